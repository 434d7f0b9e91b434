"""How much room an answer needs on paper: in proportion to what the solution itself takes for it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from nbsolve.asking.listing import asked_of
from nbsolve.document import Derivation, Document, blocks_within
from nbsolve.symbol import anchor
from nbsolve.worked.network import WorkedSolution
from nbsolve.worked.pictured import Worked

__all__ = ["FEWEST", "IN_ALL", "answer_lines"]

FEWEST, IN_ALL = 3, 78
"""Ruled lines: of one answer never fewer, and of all answers of a sheet about three pages at most."""
_USUAL = 3
"""Lines of a quantity that the solution does not derive by itself."""
_ENOUGH = 400
"""Lines of one answer that are not counted any further."""


def answer_lines(worked: Worked, solution: Document) -> tuple[int, ...]:
    """Ruled lines for each part, as the problem sets them (`space`), else by what the part asks."""
    parts = worked.problem.parts
    needed = dict(_needed(worked, solution))
    found = [max(float(FEWEST), needed.get(part.label, 0.0)) for part in parts]
    free = sum(lines for lines, part in zip(found, parts, strict=True) if part.space is None)
    smaller = min(1.0, IN_ALL / free) if free else 1.0
    return tuple(
        max(FEWEST, math.ceil(lines * smaller)) if part.space is None else part.space
        for lines, part in zip(found, parts, strict=True)
    )


def _needed(worked: Worked, solution: Document) -> Iterator[tuple[str, float]]:
    """Each part with the lines that the solution takes for what it asks."""
    if not isinstance(worked, WorkedSolution):
        for part in worked.problem.parts:
            yield part.label, float(sum(worked.lines_of(ask, part.at) for ask in part.ask))
    elif worked.problem.symbolic:
        asked = Counter(entry.part for entry in worked.entries())
        blocks = blocks_within(solution.blocks)
        rows = sum(len(block.lines) for block in blocks if isinstance(block, Derivation))
        yield from ((label or "", rows * count / asked.total()) for label, count in asked.items())
    else:
        yield from _in_numbers(worked, solution)


def _in_numbers(worked: WorkedSolution, solution: Document) -> Iterator[tuple[str, float]]:
    """The lines of the derivations of what a part asks; one derivation of several quantities is shared out."""
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
                if total > _ENOUGH:
                    break
        yield part.label, total
