"""The page of a problem whose solution is withheld: what is given and asked, from nothing that holds more.

Such a notebook has no code, and no problem that could be worked out by running it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import nbformat

from nbsolve.markdown.myst import line
from nbsolve.notebook.nodes import code_cell, markdown_cell, new_notebook, output
from nbsolve.phrases import phrase
from nbsolve.problem.model import AnyProblem
from nbsolve.worked.kinds import solve
from nbsolve.worked.pictured import Worked, given_drawing, parts_of
from nbsolve.worked.shown import Shown

__all__ = ["question_notebook"]


def question_notebook(problem: AnyProblem) -> nbformat.NotebookNode:
    """Title, statement, and of a network the drawing of what is given; `as_page` makes the page of it.

    Raises: DomainError where there is no solution.
    """
    worked = solve(problem)
    shown: list[dict[str, Any]] = [one._repr_mimebundle_() for one in _question(worked) if one.blocks]
    given = given_drawing(worked)
    if given is not None:
        shown.append({"image/svg+xml": given().svg})
    cells = [
        markdown_cell(f"# {line(problem.title, language=problem.language)}"),
        *(code_cell("", [output("display_data", data=data, metadata={})]) for data in shown),
        markdown_cell(phrase("withheld.page")),
    ]
    return new_notebook(cells, {})


def _question(worked: Worked) -> tuple[Shown, ...]:
    """The statement, blanks in the place of numbers of the solution, and what it leaves to the conventions.

    These stand before the parts, in a cell of their own: else both lists would be one.
    """
    asked = worked.statement(blanks=True)
    at = parts_of(worked, asked.blocks)
    given = asked.blocks[:at]
    return replace(asked, blocks=given), worked.unsaid(), replace(asked, blocks=asked.blocks[len(given) :])
