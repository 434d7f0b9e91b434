"""Where the labels of the lines go: each with its middle on its own line, where no other line comes near it.

They stay level: a label written along its line is harder to read, and gains no room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from nbsolve.drawing.clearance import Clearance

__all__ = ["Place", "place_labels"]

_TRIES = 1000

_Reach = tuple[Any, Any]
"""The middles of all places in one direction, and how far the labels there reach from them."""


@dataclass(frozen=True, slots=True)
class Place:
    """The middle of a label, which of its shapes it has, and how far it reaches across, to both sides."""

    along: float
    across: float
    shape: int
    high: float


def place_labels(strip: Clearance, arrangement: int, width: float) -> tuple[Place, ...] | None:
    """The places of the labels of a strip of this width, or None where none are found.

    The label with the fewest places left chooses first, the best of its places; where another is then left without
    any, it chooses again (backtracking, in a bounded number of tries). Sets of places are the bits of numbers.
    """
    places, counts = strip.places(arrangement, width)
    if not all(counts):
        return None
    along, across, half, high, _ = places
    half, high = half + strip.margins.apart / 2, high + strip.margins.apart / 2
    ends = list(accumulate(counts))
    masks = [(1 << end) - (1 << end - count) for end, count in zip(ends, counts, strict=True)]
    choice = _Choice((along, half), (across, high), masks)
    found = choice.of((1 << len(along)) - 1, frozenset(range(len(masks))))
    if found is None:
        return None
    wanted = places[:, [found[k] for k in range(len(masks))]].T.tolist()
    return tuple(Place(x, y, int(shape), reach) for x, y, _, reach, shape in wanted)


class _Choice:
    """Chooses a place for each label; `masks` are the places that each has."""

    def __init__(self, along: _Reach, across: _Reach, masks: Sequence[int]) -> None:
        self.reaches, self.masks, self.left = (along, across), masks, _TRIES
        self._beside: dict[int, int] = {}

    def of(self, free: int, labels: frozenset[int]) -> dict[int, int] | None:
        """Places for the labels among those that are free, or None."""
        if not labels:
            return {}
        masks = self.masks
        label = min(labels, key=lambda k: ((free & masks[k]).bit_count(), k))
        others, own = labels - {label}, free & masks[label]
        while own and self.left:
            self.left -= 1
            best = (own & -own).bit_length() - 1
            own &= own - 1
            rest = free & self._allowed(best)
            if all(rest & masks[k] for k in others):
                found = self.of(rest, others)
                if found is not None:
                    return {label: best, **found}
        return None

    def _allowed(self, place: int) -> int:
        """Where other labels may stand when one stands here."""
        if place not in self._beside:
            along, across = (np.abs(at - at[place]) >= far + far[place] for at, far in self.reaches)
            along |= across
            self._beside[place] = int.from_bytes(np.packbits(along, bitorder="little").tobytes(), "little")
        return self._beside[place]
