"""One build of a course at a time: they share the folder in which Sphinx works."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console


@contextmanager
def own_turn(folder: Path, console: Console | None = None) -> Iterator[int | None]:
    """Wait until no other build of the course whose `_build` this is runs; its end, or its death, frees it.

    Yields the lock's file descriptor: a process that inherits it holds the lock as well.
    """
    if sys.platform == "win32":  # it has no flock: there two builds of one course must not meet
        yield None
        return
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if console is not None:
                console.print("Waiting for another build of this course …", highlight=False)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()
