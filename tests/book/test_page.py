from __future__ import annotations

import nbformat

from nbsolve.notebook.page import as_page


def _notebook(*outputs: dict[str, str]) -> nbformat.NotebookNode:
    shown = [nbformat.v4.new_output("display_data", data=data) for data in outputs]
    notebook: nbformat.NotebookNode = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Title"),
            nbformat.v4.new_markdown_cell("Run me.", metadata={"tags": ["not-on-page"]}),
            nbformat.v4.new_code_cell("show()", outputs=shown),
        ]
    )
    return notebook


def _sources(page: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in page.cells if cell.cell_type == "markdown"]


def test_markdown_outputs_become_the_page() -> None:
    page = as_page(_notebook({"text/markdown": "## Statement\n\nText."}), "p")
    assert _sources(page)[:2] == ["# Title", "## Statement\n\nText."]


def test_what_is_empty_makes_no_cell() -> None:
    page = as_page(_notebook({"text/markdown": "\n"}), "p")
    assert all(source.strip() for source in _sources(page))
    assert len(_sources(page)) == 2


def test_the_code_is_one_hidden_cell_at_the_end() -> None:
    page = as_page(_notebook({"text/markdown": "Text."}), "p")
    code = [cell for cell in page.cells if cell.cell_type == "code"]
    assert [cell.source for cell in code] == ["show()"]
    assert code[0] is page.cells[-1]
    assert code[0].metadata.tags == ["hide-input"]
    assert code[0].outputs == []


def test_no_second_title_but_comments_in_code_stay() -> None:
    page = as_page(_notebook({"text/markdown": "# A\n\n```\n# B\n```\n\n## C"}), "p")
    assert _sources(page)[1] == "## A\n\n```\n# B\n```\n\n### C"


def test_a_drawing_is_part_of_the_page() -> None:
    svg = '<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg role="img">\n\n<text>w</text></svg>\n'
    source = _sources(as_page(_notebook({"image/svg+xml": svg}), "p"))[1]
    assert "<?xml" not in source
    assert '<svg role="img">\n\n<text>w</text></svg>' in source
    assert source.startswith("```{raw} html\n")


def test_other_outputs_stay_with_their_cell() -> None:
    page = as_page(_notebook({"text/html": "<b>x</b>"}), "p")
    with_outputs = [cell for cell in page.cells if cell.get("outputs")]
    assert [cell.outputs[0].data["text/html"] for cell in with_outputs] == ["<b>x</b>"]


def test_the_page_links_to_the_notebook_that_runs() -> None:
    assert '<a href="../_sources/problems/a%20b.ipynb"' in _sources(as_page(_notebook(), "a b"))[-1]
