"""Where the labels of the lines go: each with its middle on its own line, where no other line comes near it.

All lines between two layers run from the sides of the units before to the sides of the units after, so their labels
live in a strip of their own. They stay level: a label written along its line is harder to read, and gains no room.
Places have two coordinates: `along` the way from layer to layer, 0 at the units before, and `across` it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

__all__ = ["Margins", "Place", "Size", "Wire", "place_on_wires"]

_EDGE = 5.0
"""A label keeps this far from the units."""
_STEPS = 41
_PARTS = np.linspace(0.04, 0.96, _STEPS)
_TRIES = 4000

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


@dataclass(frozen=True, slots=True)
class Wire:
    """A line from one side of a strip, at `start`, to the other, at `end`, and the sizes (along, across) that its
    label may have.
    """

    start: float
    end: float
    shapes: tuple[Size, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """The middle of a label, and which of its shapes it has."""

    along: float
    across: float
    shape: int = 0


_Candidate = Sequence[float]
"""A place that a label may have: along, across, half its size along, half its size across, its shape's number."""


@lru_cache(maxsize=4096)
def place_on_wires(wires: tuple[Wire, ...], width: float, margins: Margins) -> tuple[Place, ...] | None:
    """The places of the labels of a strip of this width, or None where none are found.

    The label with the fewest places left chooses first, the best of its places; where another is then left without
    any, it chooses again (backtracking, in a bounded number of tries). Its answers are kept: a drawing is made
    again for the page, the notebook and the sheet.
    """
    candidates = _candidates(wires, width, margins)
    if candidates is None:
        return None
    left = _TRIES

    def chosen(open_: dict[int, list[_Candidate]]) -> dict[int, _Candidate] | None:
        nonlocal left
        if not open_:
            return {}
        label = min(open_, key=lambda k: (len(open_[k]), k))
        others = [k for k in open_ if k != label]
        for candidate in open_[label]:
            left -= 1
            if left < 0:
                return None
            rest = {}
            for k in others:
                rest[k] = _away_from(candidate, open_[k], margins.apart)
                if not rest[k]:
                    break
            else:
                found = chosen(rest)
                if found is not None:
                    return {label: candidate, **found}
        return None

    found = chosen(dict(enumerate(candidates)))
    if found is None:
        return None
    return tuple(Place(found[k][0], found[k][1], int(found[k][4])) for k in range(len(wires)))


def _away_from(label: _Candidate, places: Sequence[_Candidate], apart: float) -> list[_Candidate]:
    """Those of the places at which another label does not come too near to this one."""
    x, y, half, high, _ = label
    half, high = half + apart, high + apart
    return [at for at in places if abs(at[0] - x) >= at[2] + half or abs(at[1] - y) >= at[3] + high]


@lru_cache(maxsize=8)
def _heights(wires: tuple[Wire, ...]) -> tuple[Any, Any]:
    """How far across each line is at each part of the way, and how far from every other (first axis) it is there.

    They are the same in a strip of any width.
    """
    start, end = np.array([(wire.start, wire.end) for wire in wires]).T[:, :, None]
    heights = start + (end - start) * _PARTS
    gaps = np.abs(heights[:, None] - heights)
    own = np.arange(len(wires))
    gaps[own, own] = np.inf
    return heights, gaps[:, :, None]


def _candidates(wires: tuple[Wire, ...], width: float, margins: Margins) -> list[list[_Candidate]] | None:
    """For each line the places that keep the rules, the best first; None where a line has none.

    The axes of the arrays: the other lines, the lines, the shapes of their labels, the parts of the way.
    """
    heights, gaps = _heights(wires)
    count = max(len(wire.shapes) for wire in wires)
    half, high = np.array([(*wire.shapes, wire.shapes[-1])[:count] for wire in wires]).transpose(2, 0, 1) / 2
    slope = np.array([abs(wire.end - wire.start) / width for wire in wires])[:, None]
    longer = np.sqrt(1 + slope**2)
    hidden = np.minimum(half, high / np.maximum(slope, 1e-9))
    first, last = (
        np.maximum(hidden + seen / longer, half + _EDGE) / width for seen in (margins.before, margins.after)
    )
    taken = half * slope[:, None] + high
    free = (first[:, :, None] <= _PARTS) & (1 - last[:, :, None] >= _PARTS)
    free &= (gaps >= (taken + margins.clear * longer[:, None])[:, :, :, None]).all(axis=0)
    free = free.reshape(len(wires), -1)
    if not free.any(axis=1).all():
        return None
    clear = ((gaps - taken[:, :, :, None]) / longer[:, None, None]).min(axis=0)
    cost = np.abs(_PARTS - 0.5) + 0.5 * np.maximum(0, 1 - clear / 20) + 0.3 * np.arange(count)[:, None]
    cost = np.where(free, cost.reshape(len(wires), -1), np.inf)
    places = np.empty((len(wires), count, _STEPS, 5))
    places[..., 0] = width * _PARTS
    places[..., 1] = heights[:, None]
    places[..., 2], places[..., 3] = half[:, :, None], high[:, :, None]
    places[..., 4] = np.arange(count)[:, None]
    best = np.argsort(cost, axis=1, kind="stable")
    return [
        every[order[:number]].tolist()
        for every, order, number in zip(
            places.reshape(len(wires), -1, 5), best, free.sum(axis=1).tolist(), strict=True
        )
    ]
