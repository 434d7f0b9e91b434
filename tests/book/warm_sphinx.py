"""Sphinx's process for tests that build, forked from one that has imported everything: half the time of a build.

What it runs is `sphinx_run.main`, with order and answer through pipes as ever. Builds by the command in a process
of its own (`tests/cli`, `killing.py`) start Sphinx as users do.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from nbsolve.book import sphinx_run
from nbsolve.book.sphinx_process import SphinxProcess

FORKING = multiprocessing.get_context("forkserver")


class WarmProcess:
    """What `SphinxProcess` uses of a `subprocess.Popen`."""

    def __init__(self) -> None:
        self._order, self._answer = FORKING.Pipe(duplex=False), FORKING.Pipe(duplex=False)
        descriptor, name = tempfile.mkstemp(suffix=".log")
        os.close(descriptor)
        self._errors = Path(name)
        theirs = (self._order[0], self._answer[1])
        self._process = FORKING.Process(target=_serve, args=(*theirs, name, dict(os.environ), os.getcwd()))
        self._process.start()
        for end in theirs:
            end.close()

    def communicate(self, order: bytes = b"") -> tuple[bytes, bytes]:
        """Hand the order over; returns what the process wrote until it ended."""
        with self._order[1] as into:
            os.write(into.fileno(), order)
        with self._answer[0] as out, open(out.fileno(), "rb", closefd=False) as answers:
            answer = answers.read()
        self._process.join()
        errors = self._errors.read_bytes()
        self._errors.unlink()
        return answer, errors

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.exitcode

    def kill(self) -> None:
        """End it."""
        self._process.kill()


def _serve(
    order: Connection, answer: Connection, errors: str, environment: dict[str, str], folder: str
) -> None:
    os.environ.clear()
    os.environ.update(environment | {"PYTHONUTF8": "1", "NO_COLOR": "1"})
    os.chdir(folder)
    for stream, number in ((order.fileno(), 0), (answer.fileno(), 1), (os.open(errors, os.O_WRONLY), 2)):
        os.dup2(stream, number)
    order.close()
    answer.close()
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
    sphinx_run.main()
    sys.stderr.flush()
    os._exit(0)


def start_warm(patch: pytest.MonkeyPatch) -> None:
    """From now on `SphinxProcess` starts forks of a process that has imported Sphinx, Jupyter Book and nbsolve."""
    FORKING.set_forkserver_preload(["tests.book.warm_imports"])

    def start(self: SphinxProcess) -> None:
        if self._process is None:
            self._process = WarmProcess()  # type: ignore[assignment]

    patch.setattr(SphinxProcess, "start", start)
