"""What every case goes through: read, solved, and written in every format."""

from __future__ import annotations

import io
import json
from pathlib import Path

from nbsolve import solve
from nbsolve.errors import UnknownQuantityError
from nbsolve.problem import parse_problem
from nbsolve.worked_derivation import WorkedDerivation


def all_the_way(text: str, sheets: bool, folder: Path | None = None) -> None:
    """Load and solve a problem; write text, Markdown, LaTeX and JSON; perhaps handouts and drawings."""
    from nbsolve import answers, worked_derivation
    from nbsolve.render import latex, myst
    from nbsolve.render import text as plain

    worked = solve(parse_problem(text, folder=folder))
    document = worked.document()
    pages = [
        plain.render(document, 80, lambda piece, kind: piece),
        myst.render(document),
        latex.render(document),
    ]
    stream = io.StringIO()
    if isinstance(worked, WorkedDerivation):
        worked_derivation.write_json(worked, stream, everything=True)
    else:
        answers.write_json(worked, stream, everything=True)
    json.loads(stream.getvalue(), parse_constant=_refused)
    for page in (*pages, stream.getvalue()):
        page.encode("utf-8")
    if sheets:
        _sheets(worked)


def _refused(word: str) -> None:
    raise AssertionError(f"{word} is not JSON")


def _sheets(worked: object) -> None:
    from nbsolve.handout import CourseData, Handout, key
    from nbsolve.handout.typesetting import _source

    handout = Handout(worked, CourseData())  # type: ignore[arg-type]
    for sheet in (handout.question(), handout.solution(), key(handout)):
        _source(sheet)[0].encode("utf-8")
    if not isinstance(worked, WorkedDerivation):
        for picture in ("network", "forward", "backward"):
            try:
                worked.draw(picture).svg.encode("utf-8")  # type: ignore[attr-defined]
            except UnknownQuantityError:
                continue


def warm() -> None:
    """Load everything once, so that a forked case has only its own work to do."""
    import sympy

    all_the_way(_SMALL, True)
    all_the_way("kind: derivation\nfunctions: [sigmoid]\n", True)
    assert sympy.cancel(sympy.Symbol("x")) is not None


_SMALL = """\
network:
  inputs: 1
  layers: [{units: 1, activation: {custom: {name: own, formula: "z*tanh(z)"}}, weights: [[0.5]], bias: [0.1]}]
samples: [{input: [1], target: [1]}]
loss: squared_error
letters: true
"""
