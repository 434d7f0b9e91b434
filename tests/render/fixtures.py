"""Which fixture files there are and what is printed for a case of each."""

from __future__ import annotations

from nbsolve import solve
from nbsolve.render import latex_math, myst, text
from tests.loading import load_problem
from tests.render import notation
from tests.render.golden import Case

FIXTURES = {"expressions.txt": 2, "documents.txt": 1, "pages.txt": 1}
"""File name and number of expected outputs: LaTeX and text of expressions, text and MyST of whole documents."""


def outputs(name: str, case: Case) -> tuple[str, ...]:
    """What is found for a case."""
    if name == "expressions.txt":
        expression, names = notation.read(case.source), notation.names()
        return latex_math.printer(names).print(expression), text.printer(names).print(expression)
    document = solve(load_problem(case.source + "\n")).document()
    render = {"documents.txt": text.render, "pages.txt": myst.render}[name]
    return ("\n".join(line.rstrip() for line in render(document).strip("\n").splitlines()),)
