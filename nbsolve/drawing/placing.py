"""Where the labels of the lines go: each with its middle on its own line, where no other line comes near it.

All lines between two layers run from the sides of the units before to the sides of the units after, so their labels
live in a strip of their own. They stay level: a label written along its line is harder to read, and gains no room.
Places have two coordinates: `along` the way from layer to layer, 0 at the units before, and `across` it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

__all__ = ["Margins", "Place", "Size", "Wire", "place_on_wires"]

_EDGE = 5.0
"""A label keeps this far from the units."""
_STEPS = 41
_PARTS = np.linspace(0.04, 0.96, _STEPS)[None, :]
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
    """A line from (0, start) to (length, end), and the sizes (along, across) that its label may have.

    All lines of a strip have one length: the strip's width.
    """

    start: float
    length: float
    end: float
    shapes: tuple[Size, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """The middle of a label, and which of its shapes it has."""

    along: float
    across: float
    shape: int = 0


class _Candidate(NamedTuple):
    along: float
    across: float
    shape: int
    half: float
    high: float

    def meets(self, other: _Candidate, apart: float) -> bool:
        """Whether two labels would come too near to each other."""
        return (
            abs(self.along - other.along) < self.half + other.half + apart
            and abs(self.across - other.across) < self.high + other.high + apart
        )


@lru_cache(maxsize=4096)
def place_on_wires(wires: tuple[Wire, ...], margins: Margins) -> tuple[Place, ...] | None:
    """The places of the labels of one strip, or None where none are found.

    The label with the fewest places left chooses first, the best of its places; where another is then left without
    any, it chooses again (backtracking, in a bounded number of tries). Its answers are kept: the same strip
    is tried for every place of the loss, and a drawing is made again for the page, the notebook and the sheet.
    """
    candidates = _candidates(wires, margins)
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
            rest = {k: [c for c in open_[k] if not candidate.meets(c, margins.apart)] for k in others}
            if all(rest.values()):
                found = chosen(rest)
                if found is not None:
                    return {label: candidate, **found}
        return None

    found = chosen(dict(enumerate(candidates)))
    return None if found is None else tuple(Place(*found[k][:3]) for k in range(len(wires)))


def _candidates(wires: Sequence[Wire], margins: Margins) -> list[list[_Candidate]] | None:
    """For each line the places that keep the rules, the best first; None where a line has none."""
    start, length, end = np.array([(wire.start, wire.length, wire.end) for wire in wires]).T
    whole = np.hypot(length, end - start)
    along, across = length / whole, (end - start) / whole
    x, y = length[:, None] * _PARTS, start[:, None] + (end - start)[:, None] * _PARTS
    # distances from the lines (first axis) of the places (line, part)
    distance = np.abs(x * across[:, None, None] - (y - start[:, None, None]) * along[:, None, None])
    own = np.arange(len(wires))
    distance[own, own] = np.inf
    clearances, allowed = [], []
    for shape in range(max(len(wire.shapes) for wire in wires)):
        sizes = np.array([wire.shapes[min(shape, len(wire.shapes) - 1)] for wire in wires])
        half, high = sizes[:, 0] / 2, sizes[:, 1] / 2
        with np.errstate(divide="ignore"):
            hidden = np.minimum(half / along, high / np.abs(across))
        reach = half * np.abs(across)[:, None] + high * along[:, None]
        clear = (distance - reach[:, :, None]).min(axis=0)
        before, after = (part * whole[:, None] - hidden[:, None] for part in (_PARTS, 1 - _PARTS))
        inside = np.minimum(x, length[:, None] - x) - half[:, None]
        allowed.append(
            (clear >= margins.clear)
            & (before >= margins.before)
            & (after >= margins.after)
            & (inside >= _EDGE)
        )
        clearances.append(clear)
    free = np.concatenate(allowed, axis=1)
    if not free.any(axis=1).all():
        return None
    cost = np.concatenate(
        [
            np.abs(_PARTS - 0.5) + 0.5 * np.maximum(0, 1 - clear / 20) + 0.3 * shape
            for shape, clear in enumerate(clearances)
        ],
        axis=1,
    )
    cost[~free] = np.inf
    order, counts = np.argsort(cost, axis=1, kind="stable").tolist(), free.sum(axis=1).tolist()
    return [
        [_candidate(wire, ways, sides, place) for place in places[:count]]
        for wire, ways, sides, places, count in zip(wires, x.tolist(), y.tolist(), order, counts, strict=True)
    ]


def _candidate(wire: Wire, x: Sequence[float], y: Sequence[float], number: int) -> _Candidate:
    shape, part = divmod(number, _STEPS)
    along, across = wire.shapes[min(shape, len(wire.shapes) - 1)]
    return _Candidate(x[part], y[part], shape, along / 2, across / 2)
