"""What is made without nbformat's checks passes them: every kind of cell and output, and pages."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from nbsolve.errors import NbsolveError
from nbsolve.notebook.cells import notebook_of
from nbsolve.notebook.children import run_in_children
from nbsolve.notebook.execution import execute_notebook
from nbsolve.notebook.nodes import code_cell, markdown_cell, new_notebook, output, written
from nbsolve.notebook.page import as_page
from nbsolve.papermill_engine.here import HereEngine
from nbsolve.problem import load_problem
from tests.book.problems import FLAT

DERIVATION = "kind: derivation\ntitle: A derivation\nfunctions: [relu]\nparts:\n  - {label: a, ask: [relu]}\n"
PICTURE = "<svg xmlns='http://www.w3.org/2000/svg'/>"


def is_valid(notebook: nbformat.NotebookNode) -> bool:
    """As it stands in a file; raises what nbformat has to say."""
    nbformat.validate(nbformat.reads(written(notebook), as_version=4))
    return True


@pytest.mark.parametrize("text", [FLAT, DERIVATION])
def test_a_notebook_and_its_page(text: str, tmp_path: Path) -> None:
    problem = load_problem(text)
    assert is_valid(notebook_of(problem))
    executed = execute_notebook(problem, folder=tmp_path, scratch=tmp_path, in_process=False)
    assert is_valid(executed)
    assert is_valid(as_page(executed, "week1/page", "[another](other)"))


def test_every_kind_of_output() -> None:
    outputs = [
        output("stream", name="stdout", text="a\nb"),
        output("display_data", data={"image/svg+xml": PICTURE}, metadata={}),
        output("execute_result", data={"text/plain": "1"}, metadata={}, execution_count=2),
        output("error", ename="ValueError", evalue="why", traceback=["why"]),
    ]
    cells = [markdown_cell("# A", tags=["not-on-page"]), code_cell("1", outputs, 2), code_cell("2")]
    notebook = new_notebook(cells, {"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    assert is_valid(notebook)
    assert is_valid(as_page(notebook, "page"))


def test_what_the_engine_stores(tmp_path: Path) -> None:
    source = (
        "import sys\nfrom IPython.display import Image, display\nprint('out')\nprint('err', file=sys.stderr)\n"
        "display(Image(data=b'\\x89PNG', format='png'))\n1"
    )

    def task() -> None:
        notebook = new_notebook([code_cell(source), code_cell("1/0")], {})

        class Manager:
            nb = notebook

            def __getattr__(self, name: str) -> object:
                return lambda *_, **__: None

        HereEngine.execute_managed_notebook(Manager(), "", scratch=str(tmp_path))
        kinds = [each.output_type for cell in notebook.cells for each in cell.outputs]
        if kinds != ["stream", "stream", "display_data", "execute_result", "error"]:
            raise NbsolveError(str(kinds))
        is_valid(notebook)

    assert run_in_children([task]) == [None]
