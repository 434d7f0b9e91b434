"""A papermill engine that runs the cells in this very process, which has already imported everything.

A kernel for each notebook costs about a second for starting, importing and stopping; the work itself costs a
tenth of that. The engine keeps nothing between notebooks only because its process is a forked child made for
one notebook (see `nbsolve.notebook.children`); it must not run anywhere else.
"""

from __future__ import annotations

import base64
import contextlib
import io
from collections.abc import Iterator
from typing import Any

import nbformat
import numpy as np
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from traitlets.config import Config

from nbsolve.notebook.nodes import output

ENGINE_NAME = "nbsolve"


class _Hook(DisplayHook):
    """Takes what the last line of a cell evaluates to."""

    outputs: list[nbformat.NotebookNode]
    count = 0

    def __call__(self, result: object = None) -> None:
        if result is not None:
            assert self.shell is not None
            data, metadata = self.shell.display_formatter.format(result)
            self.outputs.append(
                output("execute_result", data=_as_text(data), metadata=metadata, execution_count=self.count)
            )


class _Publisher(DisplayPublisher):
    """Takes what `display` is called with."""

    outputs: list[nbformat.NotebookNode]

    def publish(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:
        self.outputs.append(output("display_data", data=_as_text(data), metadata=metadata or {}))


class _Stream(io.StringIO):
    """Takes what is printed, joined where nothing else came between."""

    def __init__(self, name: str, outputs: list[nbformat.NotebookNode]) -> None:
        super().__init__()
        self.stream_name, self.outputs = name, outputs

    def write(self, text: str) -> int:
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last.output_type == "stream" and last.name == self.stream_name:
            last.text += text
        elif text:
            self.outputs.append(output("stream", name=self.stream_name, text=text))
        return len(text)


class _Shell(InteractiveShell):
    """Leaves an error to the cell's outputs, where the terminal would have shown it."""

    untouched = True

    def _showtraceback(self, etype: object, evalue: object, stb: object) -> None:
        return


class InProcessEngine(Engine):  # type: ignore[misc]
    """Runs each code cell with IPython, here, and stores what it shows as a kernel would."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, *, scratch: str, **_: object
    ) -> None:
        """Run all cells of `nb_man.nb` up to the first that fails; outputs are stored in the cells.

        `scratch` is a folder for what IPython keeps beside a person's own settings, which are not read.
        """
        shell = fresh_shell(scratch)
        shell.untouched = False
        np.random.seed(None)  # a fork inherits this state; a fresh kernel would not have it
        nb_man.nb.metadata["language_info"] = {"name": "python"}
        count = 0
        for index, cell in enumerate(nb_man.nb.cells):
            if cell.cell_type != "code":
                continue
            count += 1
            failed = _run_cell(shell, cell, count)
            if failed is not None:
                nb_man.cell_exception(cell, cell_index=index, exception=failed)
                return


def register_engine() -> None:
    """Make the engine known to papermill as `ENGINE_NAME`; only for a process that runs one notebook."""
    papermill_engines.register(ENGINE_NAME, InProcessEngine)


def fresh_shell(scratch: str) -> _Shell:
    """A shell in which nothing was run: one that was made before the fork, or a new one."""
    if InteractiveShell.initialized():
        shell = InteractiveShell.instance()
        if isinstance(shell, _Shell) and shell.untouched:
            return shell
        type(shell).clear_instance()  # nbsolve was called from within a notebook: leave that shell behind
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    made: _Shell = _Shell.instance(
        config=config, displayhook_class=_Hook, display_pub_class=_Publisher, ipython_dir=scratch
    )
    return made


def _run_cell(shell: _Shell, cell: nbformat.NotebookNode, count: int) -> BaseException | None:
    cell.execution_count = count
    outputs: list[nbformat.NotebookNode] = []
    hook, publisher = shell.displayhook, shell.display_pub
    assert isinstance(hook, _Hook)
    assert isinstance(publisher, _Publisher)
    hook.outputs = publisher.outputs = outputs
    hook.count = count
    with _capture_streams(outputs):
        result: ExecutionResult = shell.run_cell(cell.source, store_history=False)  # type: ignore[no-untyped-call]
    error: BaseException | None = result.error_before_exec or result.error_in_exec
    if error is not None:
        outputs.append(output("error", ename=type(error).__name__, evalue=str(error), traceback=[str(error)]))
    cell.outputs = outputs
    return error


@contextlib.contextmanager
def _capture_streams(outputs: list[nbformat.NotebookNode]) -> Iterator[None]:
    with (
        contextlib.redirect_stdout(_Stream("stdout", outputs)),
        contextlib.redirect_stderr(_Stream("stderr", outputs)),
    ):
        yield


def _as_text(data: dict[str, Any]) -> dict[str, Any]:
    """Images as base64 text, as in a notebook file."""
    return {
        mime: base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
        for mime, value in data.items()
    }
