"""Where everything stands across the layers: in its order, with room, and as straight as can be."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

from nbsolve.drawing.gates.layers import Layered, Place

__all__ = ["Extent", "across"]

_SWEEPS = 8
_STRAIGHT = 8.0
"""How much more it counts that a wire that passes by runs straight."""

_LOOSE = 0.1
"""How much a place counts that no wire leads to."""

Extent = tuple[float, float]
"""How far something reaches before its wire and behind it, across the layers."""


def across(found: Layered, extents: Mapping[Place, Extent], gap: float) -> dict[Place, float]:
    """The place of each wire; neighbours stay apart by their extents and a gap."""
    at: dict[Place, float] = {}
    for layer in found.layers:
        gaps = _gaps(layer, extents, gap)
        at.update(zip(layer, _settled([0.0] * len(layer), [1.0] * len(layer), gaps), strict=True))
    pulls = {place: _pulls(found, place) for place in at}
    totals = {place: sum(pull for _, pull in pulls[place]) for place in at}
    apart = [_gaps(layer, extents, gap) for layer in found.layers]
    numbers = range(len(found.layers))
    for sweep in range(_SWEEPS):
        for number in numbers if sweep % 2 == 0 else reversed(numbers):
            layer = found.layers[number]
            wanted = [
                sum(pull * at[one] for one, pull in pulls[place]) / totals[place]
                if totals[place]
                else at[place]
                for place in layer
            ]
            weights = [totals[place] or _LOOSE for place in layer]
            at.update(zip(layer, _settled(wanted, weights, apart[number]), strict=True))
    _straighten(found, at, extents, gap)
    return at


def _straighten(found: Layered, at: dict[Place, float], extents: Mapping[Place, Extent], gap: float) -> None:
    """Wires that pass by, and those into gates of one operand, run straight as far as their neighbours allow."""
    free: dict[Place, tuple[float, float]] = {}

    def room(place: Place, layer: list[Place]) -> tuple[float, float]:
        k = layer.index(place)
        low, high = -math.inf, math.inf
        if k:
            low = at[layer[k - 1]] + extents[layer[k - 1]][1] + extents[place][0] + gap
        if k + 1 < len(layer):
            high = at[layer[k + 1]] - extents[layer[k + 1]][0] - extents[place][1] - gap
        return low, high

    def set_to_one(run: list[Place]) -> None:
        """All at one place, within the room that all have."""
        low, high = max(free[one][0] for one in run), min(free[one][1] for one in run)
        heavy = [max(_LOOSE, _wires(found, one) - 2) for one in run]
        middle = sum(at[one] * weight for one, weight in zip(run, heavy, strict=True)) / sum(heavy)
        at.update(dict.fromkeys(run, min(max(middle, low), high)))

    begun: set[Place] = set()
    for number, layer in enumerate(found.layers):
        for first in layer:
            if first in begun:
                continue
            run, here, k = [first], first, number
            free[first] = low, high = room(first, layer)
            while (after := _straight_on(found, here, at)) is not None:
                k, here = k + 1, after
                free[here] = room(here, found.layers[k])
                begun.add(here)
                if max(low, free[here][0]) > min(high, free[here][1]):
                    set_to_one(run)
                    run, (low, high) = [], free[here]
                run.append(here)
                low, high = max(low, free[here][0]), min(high, free[here][1])
            set_to_one(run)


def _wires(found: Layered, place: Place) -> int:
    """How many wires meet at a place; two of them may be a straight one that passes through it."""
    return len(found.before.get(place, ())) + len(found.after.get(place, ()))


def _straight_on(found: Layered, place: Place, at: Mapping[Place, float]) -> Place | None:
    """Where a wire goes on straight: where it passes by, else into a gate that takes nothing else."""
    after = [one for one in found.after.get(place, ()) if found.passes(one) or len(found.before[one]) == 1]
    return min(after, key=lambda one: (not found.passes(one), abs(at[one] - at[place])), default=None)


def _pulls(found: Layered, place: Place) -> list[tuple[Place, float]]:
    """What a place is drawn to, and how much: its neighbours along the wires."""
    near = [*found.before.get(place, ()), *found.after.get(place, ())]
    straight = _STRAIGHT if found.passes(place) else 1.0
    return [(one, straight if found.passes(one) else 1.0) for one in near]


def _gaps(layer: Sequence[Place], extents: Mapping[Place, Extent], gap: float) -> list[float]:
    return [extents[a][1] + extents[b][0] + gap for a, b in itertools.pairwise(layer)]


def _settled(wanted: Sequence[float], weights: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """The places nearest to those that are wanted, by weighted squares, that keep the gaps.

    Less what the gaps before it take, no place may be before the last one: neighbours that would be are pooled.
    """
    offsets = [0.0]
    for gap in gaps:
        offsets.append(offsets[-1] + gap)
    pools: list[tuple[float, float, int]] = []
    for place, weight, offset in zip(wanted, weights, offsets, strict=True):
        pool = (place - offset, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            (a, b, m), (c, d, n) = pools.pop(), pool
            pool = ((a * b + c * d) / (b + d), b + d, m + n)
        pools.append(pool)
    means = [mean for mean, _, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
