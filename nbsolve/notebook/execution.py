"""Runs the template on one problem with papermill and makes the outcome the same every time."""

from __future__ import annotations

import logging
from importlib.resources import files
from pathlib import Path

import nbformat
import papermill

from nbsolve.errors import DomainError, NbsolveError
from nbsolve.notebook.children import CAN_FORK
from nbsolve.notebook.engine import ENGINE_NAME, register_engine
from nbsolve.notebook.kernel import private_kernel
from nbsolve.notebook.parameters import KERNEL_NAME, register_translator
from nbsolve.phrases import phrase

NOT_ON_PAGE = "not-on-page"  # tag of a cell that speaks to the person who has the notebook open


TEMPLATES = {"network": "problem.ipynb", "derivation": "derivation.ipynb"}


def template_text(kind: str = "network") -> str:
    """The one notebook template of a kind of problem, as JSON."""
    return (files("nbsolve") / "templates" / TEMPLATES[kind]).read_text(encoding="utf-8")


def execute_template(
    problem_text: str,
    title: str,
    *,
    folder: Path,
    scratch: Path,
    kind: str = "network",
    trust: bool = False,
    in_process: bool = CAN_FORK,
) -> nbformat.NotebookNode:
    """The template, run on a problem: `problem_text` is YAML, `folder` is where its data files are.

    `title` is the Markdown of its heading. `trust`: the notebook lets raw HTML through in the problem's texts.

    `in_process` runs the cells here, which only a child made for it may do; otherwise a kernel is started.
    Raises `NbsolveError` with what the failing cell said.
    """
    register_translator()
    engine: dict[str, object]
    if in_process:
        register_engine()
        engine = {"engine_name": ENGINE_NAME, "scratch": str(scratch)}
    else:
        engine = {"kernel_manager_class": private_kernel(scratch)}
    logging.getLogger("papermill").setLevel(logging.ERROR)
    notebook = nbformat.reads(template_text(kind), as_version=4)
    notebook.metadata["papermill"] = {}
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
        if trust:
            cell.source = cell.source.replace("overrides=overrides)", "overrides=overrides, trust=True)")
    try:
        executed = papermill.execute_notebook(
            notebook,
            None,
            parameters={"problem_text": problem_text, "overrides": {}},
            kernel_name=KERNEL_NAME,
            language="python",
            progress_bar=False,
            cwd=folder,
            **engine,
        )
    except papermill.PapermillExecutionError as error:
        if error.ename == DomainError.__name__:
            raise DomainError(error.evalue) from None
        known = error.ename in _names(NbsolveError)
        raise NbsolveError(error.evalue if known else f"{error.ename}: {error.evalue}") from None
    return _tidied(executed, title)


def _number(cell: nbformat.NotebookNode, count: int) -> None:
    cell.execution_count = count
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = count


def _names(error: type[Exception]) -> set[str]:
    return {error.__name__}.union(*(_names(derived) for derived in error.__subclasses__()))


def _tidied(notebook: nbformat.NotebookNode, title: str) -> nbformat.NotebookNode:
    """Without times, random identifiers, versions; the problem's cell takes the place of the template's."""
    cells = [cell for cell in notebook.cells if "parameters" not in cell.metadata.tags]
    count = 0
    for position, cell in enumerate(cells):
        if cell.cell_type == "code":
            count += 1
            _number(cell, count)
        tags = ["parameters" if tag == "injected-parameters" else tag for tag in cell.metadata.tags]
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        cell.id = f"cell-{position}"
    cells[0].source = f"# {title}"
    for cell in cells:
        if NOT_ON_PAGE in cell.metadata.get("tags", []):
            cell.source = cell.source.replace("{install}", phrase("notebook.install"))
    notebook.cells = cells
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
