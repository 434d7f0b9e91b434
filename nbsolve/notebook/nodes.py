"""The parts of a notebook, made in the form that nbformat says.

nbformat's own functions hold each part, and the whole when it is written, against a JSON Schema, which takes longer
than all else that happens to it. What is made here has one form, and the tests hold that against the schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import nbformat
from nbformat import NotebookNode

__all__ = ["code_cell", "markdown_cell", "new_notebook", "output", "written"]


def markdown_cell(source: str, **metadata: Any) -> NotebookNode:
    """A cell of text."""
    return NotebookNode(id="", cell_type="markdown", source=source, metadata=nbformat.from_dict(metadata))


def code_cell(
    source: str, outputs: Sequence[NotebookNode] = (), count: int | None = None, **metadata: Any
) -> NotebookNode:
    """A cell of code, with what it has shown and as which it was run."""
    return NotebookNode(
        id="",
        cell_type="code",
        metadata=nbformat.from_dict(metadata),
        execution_count=count,
        source=source,
        outputs=[*outputs],
    )


def output(kind: str, **fields: Any) -> NotebookNode:
    """What a cell shows: `stream`, `display_data`, `execute_result` or `error`, with its fields."""
    return NotebookNode(output_type=kind, **fields)


def new_notebook(cells: list[NotebookNode], metadata: dict[str, Any]) -> NotebookNode:
    """A notebook; its cells get their ids, which must not be the same."""
    for position, cell in enumerate(cells):
        cell.id = f"cell-{position}"
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=nbformat.from_dict(metadata), cells=cells)


def written(notebook: NotebookNode) -> str:
    """The text of a notebook file."""
    return str(nbformat.v4.writes(notebook)) + "\n"
