"""Pages of problems and of derivations lead to each other."""

from __future__ import annotations

import nbformat

from nbsolve import load_problem
from nbsolve.book.entry import entry_of
from nbsolve.book.related import related_pages
from nbsolve.notebook.page import as_page
from tests.loading import FOLDER

NAMES = ("002-two-sigmoid-layers", "003-1-derivatives", "derivation-sigmoid", "derivation-squared-error",
         "derivation-hinge", "custom-mish", "derivation-mish")  # fmt: skip
LISTED = [(name, entry_of(load_problem(FOLDER / f"{name}.yaml"))) for name in NAMES]


def names(page: str) -> list[str]:
    return [name for _, name in related_pages(LISTED)[page].pages]


def test_a_problem_leads_to_the_derivations_of_what_it_uses() -> None:
    # to the page of the sigmoid alone, not to the one that derives three functions
    assert names("002-two-sigmoid-layers") == ["derivation-sigmoid", "derivation-squared-error"]
    assert "derivation-mish" in names("custom-mish")


def test_a_derivation_leads_to_the_problems_that_use_it() -> None:
    assert "002-two-sigmoid-layers" in names("derivation-sigmoid")
    assert "002-two-sigmoid-layers" in names("003-1-derivatives")
    assert names("derivation-mish") == ["custom-mish"]
    assert "derivation-hinge" not in related_pages(LISTED)


def test_without_derivations_there_is_nothing_to_lead_to() -> None:
    assert not related_pages(LISTED[:1])


def test_the_page_says_so_before_its_notebook() -> None:
    words = related_pages(LISTED)["derivation-mish"].markdown
    assert words.startswith("Problems that use it:\n\n- [")
    assert "](<custom-mish.ipynb>)" in words
    cells = [nbformat.v4.new_markdown_cell("# Title"), nbformat.v4.new_code_cell("solution.statement()")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    cells = [cell.source for cell in as_page(notebook, "derivation-mish", words).cells]
    assert cells[1] == f"## See also\n\n{words}"
    assert "The notebook of this page" in cells[2]
    assert len(as_page(notebook, "derivation-mish").cells) == len(cells) - 1
