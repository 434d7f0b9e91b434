"""Which fixture files there are and what is printed for a case of each."""

from __future__ import annotations

from dataclasses import replace

from nbsolve import WorkedSolution, solve
from nbsolve.render import latex_math, myst, text
from tests.loading import load_problem
from tests.render import notation
from tests.render.golden import Case

FIXTURES = {"expressions.txt": 2, "documents.txt": 1, "pages.txt": 1, "checks.txt": 2}
"""File name and number of expected outputs.

LaTeX and text of expressions; text and MyST of documents without the check at their end, which has its own cases.
"""


def outputs(name: str, case: Case) -> tuple[str, ...]:
    """What is found for a case."""
    if name == "expressions.txt":
        expression, names = notation.read(case.source), notation.names()
        return latex_math.printer(names).print(expression), text.printer(names).print(expression)
    worked = solve(load_problem(case.source + "\n"))
    document = worked.document()
    if isinstance(worked, WorkedSolution):
        check = worked.check()
        if name == "checks.txt":
            return _lines(text.render(check)), _lines(myst.render(check))
        document = replace(document, blocks=document.blocks[: len(document.blocks) - len(check.blocks)])
    return (_lines({"documents.txt": text.render, "pages.txt": myst.render}[name](document)),)


def _lines(rendered: str) -> str:
    return "\n".join(line.rstrip() for line in rendered.strip("\n").splitlines())
