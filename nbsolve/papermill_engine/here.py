"""A notebook's cells in this very process, for one that was forked for this notebook and ends with it.

The kernel is ipykernel's, without sockets, and what it says is read by papermill's own client: a cell shows what it
shows under a kernel in a process of its own, in half of the time.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from types import SimpleNamespace
from typing import Any

import nbformat
import numpy as np
from ipykernel.ipkernel import IPythonKernel
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.session import Session
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager
from traitlets import Any as Anything
from traitlets.config import Config

__all__ = ["HereEngine", "fresh_kernel"]


class HereEngine(Engine):  # type: ignore[misc]
    """Runs each code cell here, and stores what it shows."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, *, scratch: str, **_: object
    ) -> None:
        """Run all cells of `nb_man.nb` up to the first that fails; outputs are stored in the cells.

        `scratch` is a folder for what IPython keeps beside a person's own settings, which are not read.
        """
        client = _Client(nb_man)
        client.kernel = kernel = fresh_kernel(scratch)
        kernel.untouched = False
        np.random.seed(None)  # a fork inherits this state; a fresh kernel would not have it
        client.reset_execution_trackers()
        client.papermill_execute_cells()
        nb_man.nb.metadata["language_info"] = kernel.language_info


class _Said(Session):
    """Keeps messages where others send them."""

    def __init__(self) -> None:
        super().__init__(key=b"")
        self.messages: list[dict[str, Any]] = []

    def send(
        self, stream: Any, msg_or_type: Any, content: dict[str, Any] | None = None, *_: Any, **__: Any
    ) -> dict[str, Any]:
        made = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content)
        self.messages.append(made)
        return made

    def text(self, name: str, text: str) -> None:
        """A piece of a stream, joined to the last one where nothing else came between."""
        last = self.messages[-1] if self.messages else None
        if last and last["msg_type"] == "stream" and last["content"]["name"] == name:
            last["content"]["text"] += text
        elif text:
            self.send(None, "stream", {"name": name, "text": text})


class _Stream(io.TextIOBase):
    """What a cell prints; what comes from below Python, from other programs, say, is read before it."""

    encoding = "utf-8"

    def __init__(self, name: str, descriptor: int, said: _Said) -> None:
        super().__init__()
        self.name, self._said = name, said
        self._descriptor, self._before = descriptor, os.dup(descriptor)
        self._below, self._read = os.memfd_create(name), 0
        os.dup2(self._below, descriptor)

    def write(self, text: str) -> int:
        self.flush()
        self._said.text(self.name, text)
        return len(text)

    def flush(self) -> None:
        if not self.closed:
            written = os.fstat(self._below).st_size - self._read
            below = os.pread(self._below, written, self._read)
            self._read += written
            self._said.text(self.name, below.decode("utf-8", "replace"))

    def close(self) -> None:
        if not self.closed:
            super().close()  # reads the last of it
            os.dup2(self._before, self._descriptor)
            os.close(self._before)
            os.close(self._below)


class _Kernel(IPythonKernel):
    """ipykernel's, which speaks to `session` alone; the thread of its requests is this one."""

    untouched = True
    shell_channel_thread = Anything(SimpleNamespace(parent_thread=threading.main_thread()))


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    kernel: IPythonKernel

    def execute_cell(self, cell: nbformat.NotebookNode, cell_index: int) -> None:
        """Run one cell; raises nbclient's CellExecutionError where it fails."""
        if cell.cell_type != "code" or not cell.source.strip():
            return
        said = self.kernel.session
        assert isinstance(said, _Said)
        said.messages = []
        loop = asyncio.get_event_loop()
        with _streams(said):
            running = self.kernel.do_execute(cell.source, silent=False)
            reply = loop.run_until_complete(running)
        cell.outputs = []
        self.clear_before_next_output = False
        cell.execution_count = reply["execution_count"]
        for message in said.messages:
            self.process_message(message, cell, cell_index)
        loop.run_until_complete(self._check_raise_for_error(cell, cell_index, {"content": reply}))


@contextmanager
def _streams(said: _Said) -> Iterator[None]:
    with (
        _Stream("stdout", 1, said) as out,
        _Stream("stderr", 2, said) as error,
        redirect_stdout(out),
        redirect_stderr(error),
    ):
        yield


def fresh_kernel(scratch: str) -> _Kernel:
    """A kernel in which nothing was run: one that was made before the fork, or a new one; with a loop of events."""
    asyncio.set_event_loop(asyncio.new_event_loop())  # a forked process has none, and Python 3.14 makes none
    for kind in (IPythonKernel, InteractiveShell):
        if kind.initialized():
            before = kind.instance()
            if isinstance(before, _Kernel) and before.untouched:
                return before
            # nbsolve was called from within a notebook: leave that shell behind
            type(before).clear_instance()
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.ipython_dir = scratch
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    modules: dict[str, Any] = sys.modules
    debugger = modules.get("debugpy")
    modules["debugpy"] = debugger  # None: nobody debugs here, and it is slow to load
    made: _Kernel = _Kernel.instance(config=config, session=_Said(), log=logging.getLogger(__name__))
    if debugger is None:
        del modules["debugpy"]
    return made
