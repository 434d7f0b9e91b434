"""The process that compiles for all notebooks: what becomes of those who wait for it."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from nbsolve.notebook import NotebookJob, make_notebooks
from nbsolve.notebook.children import CAN_FORK
from nbsolve.notebook.compiling import CompilingServer, compiling_at
from nbsolve.render.typst.compiler import compiled
from tests.book.problems import FLAT
from tests.loading import load_problem

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="notebooks are made in forked processes on Linux only")


def ends(child: int) -> bool:
    """Whether a process ends within ten seconds; it is gone afterwards."""
    for _ in range(100):
        if os.waitpid(child, os.WNOHANG)[0]:
            return True
        time.sleep(0.1)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return False


@pytest.mark.parametrize("closed", [True, False])
def test_who_waits_for_a_server_that_is_gone_ends(closed: bool, tmp_path: Path) -> None:
    """It does where its own copy of the server's socket is closed, and only there."""
    server = CompilingServer(tmp_path / "socket")
    child = os.fork()
    if child == 0:
        if closed:
            server.close()
        with suppress(BaseException), compiling_at(tmp_path / "socket"):
            compiled("words")
        os._exit(0)
    time.sleep(0.5)  # it has asked, and nobody has listened
    server.close()
    assert ends(child) == closed


def test_what_makes_notebooks_closes_its_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that is warmed up closes the server's socket before it forks those that ask."""
    here, close = os.getpid(), CompilingServer.close

    def noted(server: CompilingServer) -> None:
        (tmp_path / ("parent" if os.getpid() == here else "child")).touch()
        close(server)

    monkeypatch.setattr(CompilingServer, "close", noted)
    problem = load_problem(FLAT)
    make_notebooks([NotebookJob(problem, tmp_path, tmp_path / f"{n}.ipynb") for n in range(3)])
    assert (tmp_path / "child").exists()
    assert (tmp_path / "parent").exists()
