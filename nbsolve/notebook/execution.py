"""Runs a problem's notebook with papermill and makes the outcome the same every time."""

from __future__ import annotations

import logging
from contextlib import chdir
from pathlib import Path

import nbformat
import papermill
from papermill.execute import raise_for_execution_errors

from nbsolve.errors import DomainError, NbsolveError
from nbsolve.notebook.cells import notebook_of
from nbsolve.notebook.children import CAN_FORK
from nbsolve.notebook.kernel import KERNEL_NAME, private_kernel
from nbsolve.papermill_engine import WarmEngine
from nbsolve.problem.model import AnyProblem


def execute_notebook(
    problem: AnyProblem, *, folder: Path, scratch: Path, in_process: bool = CAN_FORK
) -> nbformat.NotebookNode:
    """The notebook of a problem, run; `folder` is where its data files are.

    `in_process` runs the cells here, which only a child made for it may do; otherwise a kernel is started.
    Raises `NbsolveError` with what the failing cell said.
    """
    logging.getLogger("papermill").setLevel(logging.ERROR)
    notebook = notebook_of(problem)
    notebook.metadata["papermill"] = {}
    try:
        if in_process:
            executed = _executed_here(notebook, folder, scratch)
        else:
            executed = papermill.execute_notebook(
                notebook,
                None,
                kernel_name=KERNEL_NAME,
                language="python",
                progress_bar=False,
                cwd=folder,
                kernel_manager_class=private_kernel(scratch),
            )
    except papermill.PapermillExecutionError as error:
        if error.ename == DomainError.__name__:
            raise DomainError(error.evalue) from None
        known = error.ename in _names(NbsolveError)
        raise NbsolveError(error.evalue if known else f"{error.ename}: {error.evalue}") from None
    return _tidied(executed)


def _executed_here(notebook: nbformat.NotebookNode, folder: Path, scratch: Path) -> nbformat.NotebookNode:
    """What papermill does with a notebook, but for writing it as a text for nobody, before and after."""
    with chdir(folder):
        executed: nbformat.NotebookNode = WarmEngine.execute_notebook(
            notebook, KERNEL_NAME, progress_bar=False, here=str(scratch)
        )
    raise_for_execution_errors(executed, None)
    return executed


def _number(cell: nbformat.NotebookNode, count: int) -> None:
    cell.execution_count = count
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = count


def _names(error: type[Exception]) -> set[str]:
    return {error.__name__}.union(*(_names(derived) for derived in error.__subclasses__()))


def _tidied(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Without times, random identifiers, versions."""
    count = 0
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            count += 1
            _number(cell, count)
        tags = cell.metadata.tags
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        cell.id = f"cell-{position}"
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            # what `jupyter nbconvert --to script` needs to write a .py file
            "language_info": {
                "name": "python",
                "file_extension": ".py",
                "mimetype": "text/x-python",
                "nbconvert_exporter": "python",
                "pygments_lexer": "ipython3",
            },
        }
    )
    return notebook
