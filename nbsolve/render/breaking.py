"""Where a line of mathematics may be broken, on the screen as on paper: before operators, the outermost first.

A format takes its markup apart into `Part`s and says which pieces have room as they are. What has none is opened:
at its relations, else at the terms of its sums, else between factors, else inside its brackets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import NamedTuple

__all__ = ["Kind", "Part", "Parts", "joined", "opened"]


class Kind(Enum):
    """What a part of a line is to the one who breaks it."""

    RELATION = auto()
    SUM = auto()
    """+ or − between two terms."""
    PRODUCT = auto()
    """A sign between two factors."""
    GAP = auto()
    """The space between two factors, in whose place a piece begins with a sign of multiplication."""
    SPACE = auto()
    """Any other space, which ends its piece."""
    OPEN = auto()
    CLOSE = auto()
    ALONE = auto()
    """What is broken before and after, and inside in a way of its own."""
    OTHER = auto()


class Part(NamedTuple):
    """A part of a line that is never broken: its markup, with the space before it."""

    markup: str
    kind: Kind = Kind.OTHER


Parts = tuple[Part, ...]

_LEVELS = (
    (0, {Kind.RELATION}),
    (0, {Kind.SUM}),
    (0, {Kind.PRODUCT, Kind.GAP, Kind.SPACE}),
    (0, {Kind.ALONE}),
)
_INSIDE = ((1, {Kind.SUM}), (1, {Kind.PRODUCT, Kind.GAP, Kind.SPACE}))


def joined(parts: Sequence[Part]) -> str:
    """The markup of parts that stand beside each other."""
    return "".join(part.markup for part in parts)


def opened(parts: Parts, inside: Callable[[Part], Parts]) -> tuple[Parts, ...]:
    """The pieces of what is too long for one line; the parts as they are where nothing can be broken.

    `inside` is the content of a part that is a row in brackets, with these; nothing for any other.
    """
    for depth, kinds in _LEVELS:
        found = _cut(parts, kinds, depth)
        if len(found) > 1:
            return found
    flat = tuple(inner for part in parts for inner in (inside(part) or (part,)))
    for depth, kinds in _INSIDE:
        found = _cut(flat, kinds, depth)
        if len(found) > 1:
            return found
    return (flat,)


def _cut(parts: Parts, kinds: set[Kind], depth: int) -> tuple[Parts, ...]:
    """Before each part of these kinds that stands so many brackets deep, and after a space."""
    found: list[Parts] = []
    start, level = 0, 0
    for at, part in enumerate(parts):
        level += (part.kind is Kind.OPEN) - (part.kind is Kind.CLOSE)
        if at > start and level == depth and part.kind in kinds:
            end = at + (part.kind is Kind.SPACE)
            found.append(parts[start:end])
            start = end
        if part.kind is Kind.ALONE and Kind.ALONE in kinds:
            found.append(parts[start : at + 1])
            start = at + 1
    found.append(parts[start:])
    return tuple(piece for piece in found if piece)
