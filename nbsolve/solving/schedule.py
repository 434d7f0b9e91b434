"""Which samples each iteration takes, and which iterations are written out."""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.problem.model import Problem


def shown_iterations(problem: Problem) -> frozenset[int]:
    """The iterations that are written out: those of `show`, and those that a part asks about."""
    show = problem.training.show if problem.training is not None else ()
    return frozenset(show) | {part.at for part in problem.parts if part.at is not None}


def has_several(problem: Problem) -> bool:
    """Whether there are several iterations, so that each that is written out must say which it is."""
    return problem.training is not None and problem.training.iterations > 1


def batches(problem: Problem) -> Iterator[tuple[int, ...]]:
    """The numbers of the samples of each iteration: in order, starting over; without training all at once."""
    everything = tuple(range(1, len(problem.samples) + 1))
    if problem.training is None:
        yield everything
        return
    length, size = epoch_length(problem), batch_size(problem)
    for count in range(problem.training.iterations):
        start = (count % length) * size
        yield everything[start : start + size]


def epoch_length(problem: Problem) -> int:
    """The number of iterations that go through all samples once."""
    return -(-len(problem.samples) // batch_size(problem))


def batch_size(problem: Problem) -> int:
    """How many samples an iteration takes (the last one of an epoch perhaps fewer)."""
    if problem.training is None or problem.training.batch == "all":
        return len(problem.samples)
    return int(problem.training.batch)
