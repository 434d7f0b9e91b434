"""Pure functions for workers, and some that are not."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from nbsolve.errors import Fault, NbsolveError, ProblemError


def doubled(task: bytes) -> bytes:
    return task + task


def named(prefix: bytes, task: bytes) -> bytes:
    return prefix + task


def uneven(task: bytes) -> bytes:
    """Early tasks take longest: they end last where several work."""
    time.sleep(0.05 if int(task) < 4 else 0)
    return task


def large(task: bytes) -> bytes:
    return task * 1_000_000


def failing_at_seven(task: bytes) -> bytes:
    if task == b"7":
        raise ProblemError([Fault("it is seven", "seven.yaml", line=7)])
    return doubled(task)


def failing_slowly_at_three(task: bytes) -> bytes:
    if task == b"3":
        time.sleep(0.3)
        raise NbsolveError("three")
    if int(task) >= 30:
        raise NbsolveError("thirty")
    return task


def faulty(task: bytes) -> bytes:
    raise ZeroDivisionError("nobody meant this")


def killed_at_five(task: bytes) -> bytes:
    if task == b"5":
        os.kill(os.getpid(), signal.SIGKILL)
    return doubled(task)


def killed_once(folder: str, task: bytes) -> bytes:
    """The first time that a task 5 or 40 is worked on, its process ends; each time is noted."""
    tries = Path(folder, task.decode())
    count = int(tries.read_text()) if tries.exists() else 0
    tries.write_text(str(count + 1))
    if task in (b"5", b"40") and count == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return doubled(task)


def noted(folder: str, task: bytes) -> bytes:
    """Each process that works leaves its number; the work takes a moment."""
    Path(folder, str(os.getpid())).touch()
    time.sleep(0.05)
    return doubled(task)


def pids(folder: Path) -> set[str]:
    """The processes that worked."""
    return {path.name for path in folder.iterdir()}


def hungry_at_five(task: bytes) -> bytes:
    """Task 5 wants a gigabyte."""
    if task == b"5":
        much = []
        for _ in range(20):
            much.append(b"x" * 50_000_000)
            time.sleep(0.1)
        time.sleep(5)
        del much
    return doubled(task)
