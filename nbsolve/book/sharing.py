"""How Sphinx's work is shared among processes: evenly, and with nobody waiting for somebody else."""

from __future__ import annotations

import math
import multiprocessing
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

import sphinx.builders
from sphinx.application import Sphinx
from sphinx.builders import Builder

from nbsolve.notebook.children import CAN_FORK

__all__ = ["beside", "setup"]

_ROUNDS = 4
_MOST = 20


def setup(app: Sphinx) -> None:
    """Let Sphinx deal pages out in this way."""
    sphinx.builders.make_chunks = dealt  # type: ignore[assignment, attr-defined]
    app.connect("write-started", _one_more)


def dealt(pages: Sequence[str], at_once: int, most: int = _MOST) -> list[list[str]]:
    """Deal pages out like cards, so that each share has its part of the long ones, which stand side by side.

    There are several shares for each process: one that is done takes another while the slowest still works. No
    share has more than `most` pages, which are all in memory until it is written.
    """
    count = min(len(pages), max(at_once * _ROUNDS, math.ceil(len(pages) / most)))
    return [[*pages[first::count]] for first in range(count)]


def _one_more(app: Sphinx, builder: Builder) -> None:
    """Sphinx writes with one process fewer than it may, as its own has pages to prepare: but soon it has none."""
    app.parallel += 1 if app.parallel > 1 else 0


def beside(task: Callable[[], None]) -> Callable[[], None]:
    """Begin a task in a forked process; what is returned waits for its end, and raises what it raised.

    Where processes cannot be forked, the task is done at once.
    """
    if not CAN_FORK:
        task()
        return lambda: None

    def work() -> None:
        with suppress(Exception):
            task()
            return
        sys.exit(1)

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()

    def wait() -> None:
        process.join()
        if process.exitcode != 0:  # whatever went wrong goes wrong here again, and is raised
            task()

    return wait
