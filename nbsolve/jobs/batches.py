"""What is worked on at a time: a batch of tasks, and what became of it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from nbsolve.errors import NbsolveError

__all__ = ["Batch", "Outcome", "TaskLostError", "Work", "Workers", "outcome_of"]

Work = Callable[[bytes], bytes]
"""A pure function that can be pickled: of a module, or `functools.partial` of one."""


class TaskLostError(NbsolveError):
    """A task ended each process that worked on it (it ran out of memory, say); `position` counts from 0."""

    def __init__(self, position: int, times: int) -> None:
        self.position, self.times = position, times
        super().__init__(
            f"task {position + 1} was tried {times} times, and each time the process that worked on it ended: "
            "it was killed, or it ran out of memory"
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Tasks that follow one another, from position `start` on; `losses` of its workers were lost."""

    start: int
    items: tuple[bytes, ...]
    losses: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The results of a batch, up to the first task that failed, and its error."""

    results: tuple[bytes, ...]
    error: NbsolveError | None = None


class Workers(Protocol):
    """Something that works on batches, several `at_once`."""

    @property
    def at_once(self) -> int:
        """How many batches may be begun and not ended."""

    def begin(self, batch: Batch) -> None:
        """Begin a batch."""

    def ended(self) -> list[tuple[Batch, Outcome | None]]:
        """Wait until a batch has ended, or several; None stands for a batch whose worker was lost."""

    def close(self) -> None:
        """End all workers, whatever they do."""


def outcome_of(work: Work, items: Sequence[bytes]) -> Outcome:
    """Do the work, here; an error of nobody's intention keeps its traceback as a note."""
    results: list[bytes] = []
    for item in items:
        try:
            results.append(work(item))
        except NbsolveError as error:
            return Outcome(tuple(results), error)
        except Exception as error:
            failed = NbsolveError(f"{type(error).__name__}: {error}")
            failed.add_note(traceback.format_exc())
            return Outcome(tuple(results), failed)
    return Outcome(tuple(results))
