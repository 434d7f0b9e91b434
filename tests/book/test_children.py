from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nbsolve.errors import NbsolveError
from nbsolve.notebook.children import run_in_children
from tests.book.interrupting import children_end


def _nothing() -> None:
    return


def _raises(error: Exception) -> Callable[[], None]:
    def task() -> None:
        raise error

    return task


def test_faults_come_back_in_the_order_of_the_tasks() -> None:
    faults = run_in_children([_nothing, _raises(NbsolveError("no")), _nothing, _raises(KeyError("k"))])
    assert [fault and str(fault) for fault in faults] == [None, "no", None, "KeyError: 'k'"]


def test_a_task_leaves_nothing_behind() -> None:
    def soil() -> None:
        os.environ["NBSOLVE_SOILED"] = "yes"
        os.chdir("/")

    def look() -> None:
        assert "NBSOLVE_SOILED" not in os.environ

    here = Path.cwd()
    assert run_in_children([soil, look], at_once=1) == [None, None]
    assert Path.cwd() == here


def test_a_child_that_dies_is_named_and_the_others_go_on() -> None:
    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    faults = run_in_children([die, _nothing])
    assert str(faults[0]) == "the process that ran it ended unexpectedly (exit code -9)"
    assert faults[1] is None


def test_two_run_at_once_and_never_three(tmp_path: Path) -> None:
    def busy(position: int) -> Callable[[], None]:
        def task() -> None:
            mark = tmp_path / str(position)
            mark.touch()
            end = time.monotonic() + 20
            most = 0
            while most < 2 and not list(both.iterdir()) and time.monotonic() < end:
                most = max(most, len(list(tmp_path.iterdir())))
                time.sleep(0.01)
            time.sleep(0.1)
            most = max(most, len(list(tmp_path.iterdir())))
            mark.unlink()
            if most > 2:
                raise NbsolveError(f"{most} at once")
            if most == 2:
                (both / str(position)).touch()

        return task

    both = tmp_path.with_name("both")
    both.mkdir()
    assert run_in_children([busy(position) for position in range(6)], at_once=2) == [None] * 6
    assert list(both.iterdir()), "never two at once"


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C is not ignored, whatever the caller of the tests does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_the_children(tmp_path: Path) -> None:
    children_end(tmp_path, run_in_children)
