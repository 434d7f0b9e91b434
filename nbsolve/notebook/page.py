"""The site's copy of a notebook: what its cells show becomes the page; the code waits at the end, folded."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import quote

import nbformat

from nbsolve.markdown.myst import fenced
from nbsolve.notebook.cells import NOT_ON_PAGE
from nbsolve.notebook.nodes import code_cell, markdown_cell, new_notebook
from nbsolve.phrases import phrase
from nbsolve.render import myst
from nbsolve.render.figure import figure

_HEADING = re.compile(r"^(#{1,6})(?=\s)", re.MULTILINE)
_FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1[`~]*\s*$", re.MULTILINE | re.DOTALL)

_AFTERWORD = """\
## The notebook of this page

Everything above was worked out by the notebook below.
<a href="{up}_sources/problems/{name}.ipynb" download="{file}">Download it</a>, change a number in its first
code cell and run it again: the whole solution follows. {install}
"""


def as_page(notebook: nbformat.NotebookNode, name: str, related: str | None = None) -> nbformat.NotebookNode:
    """The page of an executed notebook of the problem `name` (`week1/ex1`); `related` leads to other pages.

    Markdown and drawings among the outputs become Markdown cells, so that their headings make the page's
    outline; the code that made them is gathered into one hidden cell at the end, where there is any.
    """
    cells: list[nbformat.NotebookNode] = []
    code: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            if NOT_ON_PAGE not in cell.metadata.get("tags", []):
                cells.append(markdown_cell(cell.source))
        elif cell.cell_type == "code":
            code += [cell.source] if cell.source else []
            cells.extend(_lifted(cell))
    if related is not None:
        cells.append(markdown_cell(f"## See also\n\n{related}"))
    if not code:
        return new_notebook(cells, notebook.metadata)
    up, file = "../" * (1 + name.count("/")), f"{name.rpartition('/')[2]}.ipynb"
    words = _AFTERWORD.format(up=up, name=quote(name), file=escape(file), install=phrase("notebook.install"))
    cells.append(markdown_cell(words))
    cells.append(code_cell("\n\n".join(code), count=1, tags=["hide-input"]))
    return new_notebook(cells, notebook.metadata)


def _lifted(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    lifted, left = [], []
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/svg+xml" in data:
            lifted.append(markdown_cell(_figure(data["image/svg+xml"])))
        elif "text/markdown" in data:
            if not data["text/markdown"].strip():  # no pitfalls, for one
                continue
            markdown = myst.with_directives(data["text/markdown"])
            lifted.append(markdown_cell(_below_title(markdown)))
        else:
            left.append(output)
    if left:
        lifted.append(code_cell(cell.source, left, cell.execution_count, tags=["hide-input"]))
    return lifted


def _figure(svg: str) -> str:
    return fenced("`", figure(svg), "{raw} html")


def _below_title(markdown: str) -> str:
    """Headings moved down so that none stands as high as the page's one title."""
    fenced = [match.span() for match in _FENCE.finditer(markdown)]
    headings = [
        match
        for match in _HEADING.finditer(markdown)
        if not any(start <= match.start() < end for start, end in fenced)
    ]
    if all(len(match[1]) > 1 for match in headings):
        return markdown
    for match in reversed(headings):
        markdown = markdown[: match.start()] + "#" + markdown[match.start() :]
    return markdown
