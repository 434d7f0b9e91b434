"""What a case goes through: read, solved, and written."""

from __future__ import annotations

import gc
import io
import json
from pathlib import Path

from nbsolve import solve
from nbsolve.errors import UnknownQuantityError
from nbsolve.problem import parse_problem
from nbsolve.worked.network import WorkedSolution
from nbsolve.worked.page import WorkedPage

DRAWINGS = ("network", "forward", "backward", "update", "heatmaps", "activations", "loss")


SURFACES = ("pages", "handouts", "drawings")


def all_the_way(text: str, surface: str = "pages", folder: Path | None = None) -> None:
    """Load and solve a problem, and write it: as text, Markdown, LaTeX and JSON, as handouts, or as drawings."""
    worked = solve(parse_problem(text, folder=folder))
    {"pages": _pages, "handouts": _handouts, "drawings": _drawings}[surface](worked)


def _pages(worked: WorkedSolution | WorkedPage) -> None:
    from nbsolve.asking import answers
    from nbsolve.render import latex, myst
    from nbsolve.render import text as plain

    document = worked.document()
    pages = [
        plain.render(document, 80, lambda piece, kind: piece),
        myst.render(document),
        latex.render(document),
    ]
    stream = io.StringIO()
    if isinstance(worked, WorkedPage):
        worked.write_json(stream, everything=True)
    else:
        answers.write_json(worked, stream, everything=True)
    json.loads(stream.getvalue(), parse_constant=_refused)
    for page in (*pages, stream.getvalue()):
        page.encode("utf-8")


def _refused(word: str) -> None:
    raise AssertionError(f"{word} is not JSON")


def _handouts(worked: WorkedSolution | WorkedPage) -> None:
    from nbsolve.handout import CourseData, Handout, key
    from nbsolve.handout.typesetting import _source

    handout = Handout(worked, CourseData())
    for sheet in (handout.question(), handout.solution(), key(handout)):
        _source(sheet)[0].encode("utf-8")


def _drawings(worked: WorkedSolution | WorkedPage) -> None:
    if isinstance(worked, WorkedPage):
        for method, arguments in worked.cells():
            if method == "draw":
                worked.draw(**arguments).svg.encode("utf-8")  # type: ignore[arg-type]
        return
    for picture in DRAWINGS:
        try:
            worked.draw(picture).svg.encode("utf-8")
        except UnknownQuantityError:
            continue


def warm() -> None:
    """Load everything once, so that a forked case has only its own work to do."""
    import sympy

    for surface in SURFACES:
        all_the_way(_SMALL, surface)
        all_the_way("kind: derivation\nfunctions: [sigmoid]\n", surface)
    assert sympy.cancel(sympy.Symbol("x")) is not None
    gc.freeze()


_SMALL = """\
network:
  inputs: 1
  layers: [{units: 1, activation: {custom: {name: own, formula: "z*tanh(z)"}}, weights: [[0.5]], bias: [0.1]}]
samples: [{input: [1], target: [1]}]
loss: squared_error
letters: true
"""
