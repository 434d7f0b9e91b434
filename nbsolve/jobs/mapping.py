"""Deals tasks out in batches, and gives the results back in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import islice

from nbsolve.errors import NbsolveError
from nbsolve.jobs.batches import Batch, Outcome, TaskLostError, Work, Workers
from nbsolve.jobs.local import Here, Processes

__all__ = ["BATCH", "MOST", "batch_of", "dealt", "mapped"]

Results = Generator[tuple[int, bytes], None, None]

BATCH, MOST = 25, 100
"""How many tasks are sent together, at least and at most: those of some milliseconds are too small to go alone."""
_TRIES = 3
_AHEAD = 8
"""How many rounds of batches may be finished while an earlier one is not: memory stays bounded."""


def mapped(
    work: Work,
    tasks: Iterable[bytes],
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    batch: int | None = None,
    total: int | None = None,
) -> Results:
    """Give the position and the result of each task, in order, as soon as they are known.

    With one job the work is done in this process, with several in so many local processes, with the address of a
    Dask `scheduler` by its workers. `batch` tasks are sent together, or as many as suit the `total`; a batch whose
    worker is lost is tried again, task by task.

    Raises: the error of the first task that failed, or `TaskLostError`. All
    results that are known by then are given first, and only then may positions be missing.
    """
    workers = _workers(work, jobs, scheduler)
    size = batch or (BATCH if total is None else batch_of(total, workers.at_once))
    return dealt(tasks, workers, 1 if isinstance(workers, Here) else size)


def _workers(work: Work, jobs: int, scheduler: str | None) -> Workers:
    if scheduler is not None:
        # imported here: the extra `cluster` may not be installed
        from nbsolve.jobs.cluster import Cluster

        return Cluster(work, scheduler)
    return Here(work) if jobs == 1 else Processes(work, jobs)


def batch_of(total: int, at_once: int) -> int:
    """How many of all tasks are sent together: 25 to 100, and fewer only so that each worker has some."""
    each = -(-total // at_once)
    return max(1, min(each, max(BATCH, min(MOST, total // 100))))


def dealt(tasks: Iterable[bytes], workers: Workers, size: int) -> Results:
    """Deal the tasks out to workers, `size` at a time; see `mapped`."""
    with closing(workers):
        yield from _Deal(tasks, workers, size).results()


class _Deal:
    def __init__(self, tasks: Iterable[bytes], workers: Workers, size: int) -> None:
        self._tasks, self._workers, self._size = iter(tasks), workers, size
        self._dealt = 0
        self._again: deque[Batch] = deque()
        self._running: set[int] = set()
        self._finished: dict[int, bytes] = {}
        self._next = 0
        self._failed: tuple[int, NbsolveError] | None = None

    def results(self) -> Iterator[tuple[int, bytes]]:
        while True:
            while len(self._running) < self._workers.at_once and (batch := self._taken()) is not None:
                self._running.add(batch.start)
                self._workers.begin(batch)
            if not self._awaited():
                break
            for batch, outcome in self._ended():
                self._running.discard(batch.start)
                self._note(batch, outcome)
            while self._next in self._finished:
                yield self._next, self._finished.pop(self._next)
                self._next += 1
        yield from sorted(self._finished.items())
        if self._failed is not None:
            raise self._failed[1]

    def _taken(self) -> Batch | None:
        """The next batch: none where a task failed before it, or where too much waits for an earlier one."""
        if self._again and self._matters(self._again[0].start):
            return self._again.popleft()
        if self._failed is not None or self._dealt - self._next > _AHEAD * self._workers.at_once * self._size:
            return None
        items = tuple(islice(self._tasks, self._size))
        if not items:
            return None
        batch = Batch(self._dealt, items)
        self._dealt += len(items)
        return batch

    def _matters(self, start: int) -> bool:
        return self._failed is None or start < self._failed[0]

    def _awaited(self) -> bool:
        return any(map(self._matters, self._running))

    def _ended(self) -> list[tuple[Batch, Outcome | None]]:
        try:
            return self._workers.ended()
        except NbsolveError as error:  # all of them are lost
            self._failed = (-1, error)
            return []

    def _note(self, batch: Batch, outcome: Outcome | None) -> None:
        if outcome is None:
            losses = batch.losses + 1
            if losses < _TRIES:
                ones = (Batch(batch.start + i, (item,), losses) for i, item in enumerate(batch.items))
                self._again = deque(sorted((*self._again, *ones), key=lambda one: one.start))
            else:
                self._fail(batch.start, TaskLostError(batch.start, losses))
            return
        self._finished.update(enumerate(outcome.results, batch.start))
        if outcome.error is not None:
            self._fail(batch.start + len(outcome.results), outcome.error)

    def _fail(self, position: int, error: NbsolveError) -> None:
        if self._matters(position):
            self._failed = (position, error)
