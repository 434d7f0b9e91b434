"""Everything that nbsolve says about a problem, as texts by format."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

from nbsolve import load_problem, solve
from nbsolve.asking import answers
from nbsolve.errors import NbsolveError
from nbsolve.handout import CourseData, Handout
from nbsolve.handout.kinds import KINDS, sheet_of
from nbsolve.render import latex, myst, text
from nbsolve.render.mathml.page import formulas
from nbsolve.worked.network import WorkedSolution
from nbsolve.worked.pictured import Worked, described

__all__ = ["FORMATS", "outputs"]

_COURSE = CourseData("Neural networks", "Winter 2026/27", "21 November 2026", "A University")
_WIDTH = 100
_DRAWINGS = ("network", "forward", "backward", "update", "heatmaps", "activations", "loss")


def _json(worked: Worked) -> str:
    written = io.StringIO()
    if isinstance(worked, WorkedSolution):
        answers.write_json(worked, written, everything=True)
    else:
        worked.write_json(written, everything=True)
    return written.getvalue()


def _mathml(worked: Worked) -> str:
    found = formulas(worked.document())
    return "\n".join(f"{key}\n{markup}" for key, markups in found.items() for markup in markups)


def _typst(worked: Worked) -> str:
    handout = Handout(worked, _COURSE)
    return "\n".join(
        f"== {kind}\n" + "\n".join(piece.typst for piece in sheet_of(handout, kind).pieces) for kind in KINDS
    )


def _drawings(worked: Worked) -> str:
    return "\n".join(_pictures(worked))


def _pictures(worked: Worked) -> Iterator[str]:
    if not isinstance(worked, WorkedSolution):
        for method, arguments in worked.cells():
            if method == "draw":
                yield worked.draw(**arguments).svg  # type: ignore[arg-type]
        return
    for show in _DRAWINGS:
        try:
            yield worked.draw(show).svg
        except NbsolveError as error:  # this problem has none of this kind
            yield f"{show}: {error}"


FORMATS: dict[str, Callable[[Worked], str]] = {
    "text": lambda worked: text.render(described(worked), _WIDTH),
    "markdown": lambda worked: myst.render(described(worked)),
    "latex": lambda worked: latex.render(described(worked)),
    "mathml": _mathml,
    "typst": _typst,
    "json": _json,
    "drawings": _drawings,
}
"""What is frozen of a problem."""


def outputs(name: str, problem: str | Path) -> Iterator[tuple[str, str]]:
    """Every format with what it says; a problem that is refused says so in each."""
    try:
        worked = solve(load_problem(problem))
    except NbsolveError as error:
        worked = None
        refused = f"{name} is refused: {error}"
    for form, write in FORMATS.items():
        try:
            yield form, refused if worked is None else write(worked)
        except NbsolveError as error:
            yield form, f"{name} is refused as {form}: {error}"
