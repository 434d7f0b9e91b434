"""How much room an answer needs on paper: the lines that the solution itself takes for it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from nbsolve.document import Derivation, Document, blocks_within
from nbsolve.listing import asked_of
from nbsolve.symbol import anchor
from nbsolve.worked import WorkedSolution

__all__ = ["FEWEST", "MOST", "answer_lines"]

FEWEST, MOST = 3, 26
"""Ruled lines of one answer: never fewer, and never more than a page has."""
_USUAL = 3
"""Lines of a quantity that the solution does not derive by itself."""


def answer_lines(worked: object, solution: Document, labels: tuple[str, ...]) -> tuple[int, ...]:
    """Ruled lines for each part, in the order of `labels`."""
    if isinstance(worked, WorkedSolution) and worked.problem.parts and not worked.problem.symbolic:
        needed = dict(_needed(worked, solution))
        return tuple(_between(needed.get(label, _USUAL)) for label in labels)
    rows = sum(len(block.lines) for block in blocks_within(solution.blocks) if isinstance(block, Derivation))
    return tuple(_between(rows / max(1, len(labels))) for _ in labels)


def _needed(worked: WorkedSolution, solution: Document) -> Iterator[tuple[str, float]]:
    """Each part with the lines of the derivations of what it asks; one derivation of several is shared out."""
    share: dict[str, float] = {}
    for block in blocks_within(solution.blocks):
        if isinstance(block, Derivation) and block.anchors:
            share |= dict.fromkeys(block.anchors, len(block.lines) / len(block.anchors))
    for part in worked.problem.parts:
        total = 0.0
        for iteration in worked.solution.iterations:
            if part.at is not None and part.at != iteration.number:
                continue
            for place in asked_of(part, iteration, worked.solution, worked.names):
                total += share.get(f"it{iteration.number}-{anchor(place.holder)}", _USUAL)
                if total > MOST:
                    break
        yield part.label, total


def _between(lines: float) -> int:
    return min(MOST, max(FEWEST, math.ceil(lines)))
