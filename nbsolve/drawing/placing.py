"""Where the labels of the wires go: each with its middle on its own wire, on a place of its own.

All wires between two layers run from the right sides of the units before to the left sides of the units after,
so their labels live in a strip of their own and only have to avoid one another. They stay level: turned along
their wires they are harder to read and take a third more room.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nbsolve.drawing.scene import Point

__all__ = ["Wire", "place_on_wires"]

_STEPS = 15
_NEAREST = 7.0
"""No other wire comes nearer than this to the middle of a label."""
_GAP = 1.5
_MARGIN = 10.0
_PARTS = np.linspace(0, 1, _STEPS)[None, :]

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Wire:
    """A wire, the size of the label it carries."""

    start: Point
    end: Point
    width: float
    height: float


def place_on_wires(wires: Sequence[Wire]) -> list[Point] | None:
    """The middles of the labels of one strip, or None where they do not fit.

    Steep wires choose first; each takes, of the places that are free, the one where other wires run least
    through its label, then the one nearest to the middle. The work is bounded: 15 places a wire.
    """
    costs, centres = _costs(wires)
    rises = [abs(round((w.end[1] - w.start[1]) / (w.end[0] - w.start[0]), 6)) for w in wires]
    found: dict[int, Point] = {}
    taken: list[tuple[float, float, float, float]] = []
    for k in sorted(range(len(wires)), key=lambda k: (-rises[k], k)):
        half, high = wires[k].width / 2 + _GAP, wires[k].height / 2 + _GAP
        own, places = costs[k], centres[k]
        for step in sorted(range(_STEPS), key=own.__getitem__):
            x, y = places[step]
            if own[step] == math.inf:
                return None
            if not any(abs(x - u) < half + w and abs(y - v) < high + h for u, v, w, h in taken):
                taken.append((x, y, half, high))
                found[k] = (x, y)
                break
        else:
            return None
    return [found[k] for k in range(len(wires))]


def _costs(wires: Sequence[Wire]) -> tuple[list[list[float]], list[list[Point]]]:
    """For each wire and each place on it: how bad the place is (inf: not allowed), and the place."""
    numbers = np.array([(*w.start, *w.end, w.width, w.height) for w in wires])
    ax, ay, bx, by, width, height = numbers.T
    slope = (by - ay) / (bx - ax)
    cos = 1 / np.hypot(1, slope)
    low = (width / 2 + _MARGIN) / (bx - ax)
    parts = low[:, None] + (1 - 2 * low)[:, None] * _PARTS
    x = ax[:, None] + parts * (bx - ax)[:, None]
    y = ay[:, None] + parts * (by - ay)[:, None]
    half = (width / 2)[:, None]
    middle, left, right = _clearance(x, y, half, ax, ay, slope, cos)
    need = (height / 2 + 4)[:, None]
    ends = np.minimum(left, right)
    cost = 10 * np.maximum(0, need - middle) / need + 4 * np.maximum(0, need - ends) / need
    cost += np.abs(parts - 0.5)
    cost[middle < _NEAREST] = math.inf
    cost[low > 0.5] = math.inf
    return cost.tolist(), [list(zip(*pair, strict=True)) for pair in zip(x.tolist(), y.tolist(), strict=True)]


def _clearance(
    x: Floats, y: Floats, half: Floats, ax: Floats, ay: Floats, slope: Floats, cos: Floats
) -> tuple[Floats, Floats, Floats]:
    """How far the nearest other wire is from places (wires, steps): from the middle and both ends of a label."""
    above = ay + (x[:, :, None] - ax) * slope - y[:, :, None]
    drift = half[:, :, None] * slope
    own = np.arange(len(ax))
    found = []
    for distance in (above, above - drift, above + drift):
        distance = np.abs(distance) * cos
        distance[own, :, own] = math.inf
        found.append(distance.min(axis=2))
    return found[0], found[1], found[2]
