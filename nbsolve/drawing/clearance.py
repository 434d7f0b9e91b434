"""How wide the strip between two layers must be for a label at each place of its line, in closed form.

All lines between two layers run from the sides of the units before to the sides of the units after, so their labels
live in a strip of their own. A wider strip makes the lines flatter: whatever keeps a label from a place (another
line below it, too little of its own line beside it) ends at some width. Units farther apart are another
arrangement: all of them are reckoned at once. Places have two coordinates: `along` the way from layer to layer, 0
at the units before, and `across` it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

__all__ = ["EDGE", "Clearance", "Margins", "Size"]

EDGE = 5.0
"""A label keeps this far from the units."""
_STEEPEST = 3.0
"""How steep a line may be: the label of a steeper one hides too much of it."""
_LONGER = (10**0.5 - 1) / 3
"""A line that rises by v is √(1 + v²) as long as its way along: no more than 1 + this·v, up to the steepest."""
_PARTS = np.linspace(0.05, 0.95, 37)
"""The parts of its line at which a label may stand."""

Size = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Margins:
    """What stays free: `clear` to the middle of any other line; `before` and `after` it, of its own; `apart` from
    any other label.
    """

    clear: float
    before: float
    after: float
    apart: float


@dataclass(frozen=True)
class Clearance:
    """The lines of one strip.

    `starts` and `ends` have the places across of each line's ends in each arrangement of the units: one row for an
    arrangement; `shapes` are the sizes (along, across) that the label of each line may have.
    """

    starts: Any
    ends: Any
    shapes: Sequence[Sequence[Size]]
    margins: Margins

    @cached_property
    def least(self) -> Any:
        """For each arrangement the least width at which every line has a place for its label, were it alone."""
        steepest = self._rises.max(axis=1) / _STEEPEST
        return np.maximum(steepest, self._needed.min(axis=(2, 3)).max(axis=1))

    @cached_property
    def _needed(self) -> Any:
        """The least width for each arrangement, line, shape of its label and part of the way."""
        rises, (half, high) = self._rises[:, :, None, None], self._halves
        with np.errstate(divide="ignore", invalid="ignore"):
            before = self._seen(_PARTS, self.margins.before)
            after = self._seen(1 - _PARTS, self.margins.after)
            needed = np.maximum(before, after)
            # another line that rises by r is far enough where half·r/w + clear·(1 + _LONGER·r/w) ≤ the gap - high
            reach = half + self.margins.clear * _LONGER
            for other in range(rises.shape[1]):  # one at a time: what all of them take fits no cache
                gaps = np.abs(self._heights[:, other, None] - self._heights)
                free = gaps[:, :, None] - (high + self.margins.clear)
                width = rises[:, other, None] * reach / free
                width[free <= 0] = np.inf
                width[:, other] = 0.0
                np.maximum(needed, width, out=needed)
        return needed

    def _seen(self, part: Any, seen: float) -> Any:
        """The least width at which enough of a line is seen between its label and a side of the strip."""
        rises, (half, high) = self._rises[:, :, None, None], self._halves
        # the line leaves its label at the end, or above or below
        end = (half + seen) / part
        end = (half + seen / np.sqrt(1 + (rises / end) ** 2)) / part
        rest = part - high / rises
        side = np.sqrt(np.maximum(0.0, (seen / rest) ** 2 - rises**2))
        side[~(rest > 0)] = np.inf
        return np.maximum((half + EDGE) / part, np.minimum(end, side))

    @cached_property
    def _rises(self) -> Any:
        return np.abs(self.ends - self.starts)

    @cached_property
    def _heights(self) -> Any:
        """How far across each line is at each part of the way."""
        return self.starts[:, :, None] + (self.ends - self.starts)[:, :, None] * _PARTS

    @cached_property
    def _halves(self) -> tuple[Any, Any]:
        """Half the sizes of the labels: along, across; a line with fewer shapes has its last one again."""
        sizes = (
            np.array([[*shapes, *[shapes[-1]] * (self._count - len(shapes))] for shapes in self.shapes]) / 2
        )
        return sizes[:, :, :1], sizes[:, :, 1:]

    def places(self, arrangement: int, width: float) -> tuple[Any, list[int]]:
        """Every place in a strip of a width that keeps the rules, the best first, and how many each line has.

        A place: along, across, half its size along and across, its shape's number. The best are near the middle of
        the line, in its first shape, where a narrower strip would do too.
        """
        needed = self._needed[arrangement].reshape(len(self.shapes), -1) / width
        fits = needed <= 1
        aside, later = self._against
        cost = np.where(fits, aside + 0.5 * needed + later, np.inf)
        ranked, counts = cost.argsort(axis=1, kind="stable"), fits.sum(axis=1)
        ranked += np.arange(0, cost.size, cost.shape[1])[:, None]
        places = self._every(arrangement)[:, ranked[np.arange(cost.shape[1]) < counts[:, None]]]
        places[0] *= width
        return places, counts.tolist()

    def _every(self, arrangement: int) -> Any:
        """All places in a strip as wide as 1: line by line, shape by shape."""
        if arrangement not in self._placed:
            places = np.empty((5, len(self.shapes), self._count, len(_PARTS)))
            places[0], places[1] = _PARTS, self._heights[arrangement][:, None]
            places[2:4], places[4] = self._halves, np.arange(self._count)[:, None]
            self._placed[arrangement] = places.reshape(5, -1)
        return self._placed[arrangement]

    @cached_property
    def _against(self) -> tuple[Any, Any]:
        """What speaks against each place: how far from the middle it is, which shape it has."""
        shapes = 0.3 * np.arange(self._count)
        return np.tile(np.abs(_PARTS - 0.5), self._count), shapes.repeat(len(_PARTS))

    @cached_property
    def _placed(self) -> dict[int, Any]:
        """What `_every` gave: a strip is tried with several widths."""
        return {}

    @cached_property
    def _count(self) -> int:
        """How many shapes a label may have."""
        return max(map(len, self.shapes))
