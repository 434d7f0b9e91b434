"""Workers on this machine: this process itself, or processes that take one batch after another.

(`ProcessPoolExecutor` is broken as a whole by one process that is killed.)
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import warnings
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from nbsolve.jobs.batches import Batch, Outcome, Work, outcome_of

__all__ = ["CAN_FORK", "Here", "Processes"]

# macOS has fork, but its system libraries may crash in a forked child.
CAN_FORK = "fork" in multiprocessing.get_all_start_methods() and sys.platform == "linux"


class Here:
    """This process does the work."""

    at_once = 1

    def __init__(self, work: Work) -> None:
        self._work = work
        self._begun: list[Batch] = []

    def begin(self, batch: Batch) -> None:
        """Keep the batch for `ended`."""
        self._begun.append(batch)

    def ended(self) -> list[tuple[Batch, Outcome | None]]:
        """Work on it."""
        batch = self._begun.pop()
        return [(batch, outcome_of(self._work, batch.items))]

    def close(self) -> None:
        """Nothing is left."""


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    line: Connection
    batch: Batch | None = None


class Processes:
    """As many local processes as `count` says, forked from this one where possible; a lost one is replaced."""

    def __init__(self, work: Work, count: int) -> None:
        self.at_once = count
        self._work = work
        self._workers: list[_Worker] = []

    def begin(self, batch: Batch) -> None:
        """Give the batch to a worker that has nothing to do, or to a new one."""
        worker = next((one for one in self._workers if one.batch is None), None)
        if worker is None:
            self._workers.append(worker := self._started())
        worker.batch = batch
        with suppress(OSError):  # it is gone, which `ended` sees
            worker.line.send(batch.items)

    def ended(self) -> list[tuple[Batch, Outcome | None]]:
        """Wait until a worker answers or ends."""
        ended: list[tuple[Batch, Outcome | None]] = []
        ready = wait([worker.line for worker in self._workers if worker.batch is not None])
        for worker in [one for one in self._workers if one.line in ready]:
            assert worker.batch is not None
            try:
                outcome: Outcome | None = worker.line.recv()
            except (EOFError, OSError):
                outcome = None
                self._workers.remove(worker)
                _end([worker])
            ended.append((worker.batch, outcome))
            worker.batch = None
        return ended

    def close(self) -> None:
        """End the processes, whatever they do."""
        _end(self._workers)
        self._workers = []

    def _started(self) -> _Worker:
        mine, theirs = multiprocessing.Pipe()
        context: Any = multiprocessing.get_context("fork" if CAN_FORK else "spawn")
        process: BaseProcess = context.Process(
            target=_serve, args=(self._work, theirs, mine if CAN_FORK else None)
        )
        with warnings.catch_warnings():
            # Python 3.12 warns when there are other threads: NumPy's, which sleep and are made anew after a fork.
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        theirs.close()
        return _Worker(process, mine)


def _end(workers: list[_Worker]) -> None:
    for worker in workers:
        worker.process.terminate()
    for worker in workers:
        worker.process.join()
        worker.process.close()
        worker.line.close()


def _serve(work: Work, line: Connection, other_end: Connection | None) -> None:
    """What a worker does, until nobody is at the other end of the line."""
    if other_end is not None:
        other_end.close()  # the fork's copy: else the line would never end
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is its parent's to hear, who ends it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with suppress(EOFError, OSError):
        while True:
            line.send(outcome_of(work, line.recv()))
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # it may be closed, full or missing
            stream.flush()
    os._exit(0)  # nothing of the parent's may be closed, saved or cleaned up a second time here
