"""How far columns stand apart so that the labels of the wires between them have room, and where those go.

Two ways are tried: all labels of a strip abreast, below one another at one part of their wires; and each on a
place of its own (`placing`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
import numpy as np

from nbsolve.drawing.content import Edge
from nbsolve.drawing.graph import Node
from nbsolve.drawing.placing import Wire, place_on_wires
from nbsolve.drawing.scene import Point

__all__ = ["Columns", "Size", "Strip", "rows_of_units", "strips"]

_STEEPEST = 2.6
_APART = 4.0
"""Labels abreast leave this much between them."""
_AIRY = 14.0
"""Where there is room they leave this much: there the wires are apart too, clear of their crossing."""
_CLEAR = 10.0
"""A label keeps this far from the units on both sides: arrowheads stand there."""
_GOOD_ENOUGH = 2.0
"""Strips wider than this, in widths of a label, are worth looking for single places."""
_SINGLE = 1.5
"""Labels on places of their own have at least so much room, in widths of a label: narrower hides the wires."""
_GROWTH = 1.12
_PARTS = np.array(sorted(np.arange(0.14, 0.861, 0.01), key=lambda part: (abs(part - 0.5), part)))

Columns = tuple[tuple[Node, ...], ...]
Size = tuple[float, float]


@dataclass(frozen=True)
class Strip:
    """The room between two columns: its width, and where labels stand (from its left side and the middle)."""

    width: float
    places: Mapping[Edge, Point]


def rows_of_units(
    graph: nx.DiGraph, columns: Columns, left_out: frozenset[int], justified: bool
) -> dict[Node, float]:
    """Heights of the units, in rows around the middle: networkx's multipartite layout, stretched where ⋮ stands.

    `justified` gives every column the height of the tallest one; a single unit stays in the middle.
    """
    found: dict[Node, float] = {}
    places = nx.multipartite_layout(graph, subset_key="layer", align="vertical")
    unit = 1.0
    if len(columns) > 1:
        unit = places[columns[1][0]][0] - places[columns[0][0]][0]
    heights: list[list[float]] = []
    for layer, column in enumerate(columns):
        own = sorted(float(places[node][1] / unit) for node in column)
        if layer in left_out:
            own = [height - 0.5 for height in own[:-1]] + [own[-1] + 0.5]
        middle = (own[0] + own[-1]) / 2
        heights.append([height - middle for height in own])
    tallest = max(own[-1] for own in heights)
    for column, own in zip(columns, heights, strict=True):
        stretch = tallest / own[-1] if justified and own[-1] else 1.0
        found.update({node: height * stretch for node, height in zip(column, own, strict=True)})
    return found


def strips(
    columns: Columns,
    heights: Mapping[Node, float],
    least: Sequence[float],
    tags: Mapping[Edge, Size],
    room: float = math.inf,
) -> list[Strip] | None:
    """For each pair of columns the narrowest strip found; None where the labels of one do not fit.

    `heights` are the middles of the units, `least` the least width of each strip, `tags` the sizes of labels;
    what is wider than `room` in all is given up.
    """
    found = []
    for (before, after), minimum in zip(pairwise(columns), least, strict=True):
        edges = [(a, b) for a in before for b in after if (a, b) in tags]
        strip = _strip(edges, heights, minimum, tags, room)
        if strip is None or strip.width > room:
            return None
        room -= strip.width
        found.append(strip)
    return found


def _strip(
    edges: Sequence[Edge], heights: Mapping[Node, float], least: float, tags: Mapping[Edge, Size], room: float
) -> Strip | None:
    starts, ends = (np.array([heights[edge[side]] for edge in edges]) for side in (0, 1))
    rise = float(np.abs(ends - starts).max())
    widest, tallest = (max(tags[edge][side] for edge in edges) for side in (0, 1))
    if widest == 0.0:
        return Strip(max(least, 90.0, rise / 3), {})
    least = max(least, rise / _STEEPEST, widest + 2 * _CLEAR)
    if least > room:
        return None
    most = min(room, max(least, widest * (2.2 + 0.5 * len(edges) ** 0.5)))
    for apart in (tallest + _AIRY, tallest + _APART):
        found = _abreast(edges, starts, ends, least, widest, apart)
        if found is not None and found.width <= max(least, widest * _GOOD_ENOUGH):
            return found
    if found is not None:
        most = min(most, found.width / 1.05)
    width = max(least, _SINGLE * widest)
    while width <= most:
        wires = [
            Wire((0.0, float(a)), (width, float(b)), *tags[edge])
            for edge, a, b in zip(edges, starts, ends, strict=True)
        ]
        places = place_on_wires(wires)
        if places is not None:
            return Strip(width, dict(zip(edges, places, strict=True)))
        width *= _GROWTH
    return found


def _abreast(
    edges: Sequence[Edge],
    starts: np.ndarray[tuple[int], np.dtype[np.float64]],
    ends: np.ndarray[tuple[int], np.dtype[np.float64]],
    least: float,
    widest: float,
    apart: float,
) -> Strip | None:
    """The narrowest strip in which all labels stand at one part of their wires, so far apart from one another."""
    heights = starts + _PARTS[:, None] * (ends - starts)
    if len(edges) > 1:
        nearest = np.diff(np.sort(heights, axis=1), axis=1).min(axis=1)
        parts = np.flatnonzero(nearest >= apart)
        if not parts.size:
            return None
        chosen = int(parts[0])  # nearest to the middle, where the strip is narrowest
    else:
        chosen = 0
    part = float(_PARTS[chosen])
    width = max(least, (widest / 2 + _CLEAR) / min(part, 1 - part))
    places = zip(edges, heights[chosen], strict=True)
    return Strip(width, {edge: (width * part, float(y)) for edge, y in places})
