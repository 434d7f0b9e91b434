"""Where units stand in their layers, where lines meet them, and how far layers stand apart for the labels.

Places are (along, across): along the way from layer to layer, and across it; sizes likewise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from nbsolve.drawing.content import Edge
from nbsolve.drawing.graph import Node
from nbsolve.drawing.placing import Margins, Place, Size, Wire, place_on_wires

__all__ = ["CORNER", "PORTS", "Columns", "Strip", "port", "rows_of_units", "strips"]

CORNER = 14.0
"""Lines keep this far from the corners of a unit."""
PORTS = 70.0
"""Lines at one side of a unit stand no further apart than this."""
_BARE = 90.0
"""How far layers without labels between them stand apart."""
_STEEPEST = 3.0
_EDGE = 5.0
_GROWTH, _FINE = 1.2, 1.02
"""By how much a strip is widened at a time, and how exactly its least width is found."""

Columns = tuple[tuple[Node, ...], ...]


@dataclass(frozen=True)
class Strip:
    """The room between two layers: its width, where labels stand (from the units before, and from the middle), and
    how far they reach across, to both sides of the middle.
    """

    width: float
    places: Mapping[Edge, Place]
    reach: tuple[float, float] = (0.0, 0.0)


def rows_of_units(
    graph: nx.DiGraph, columns: Columns, left_out: frozenset[int], justified: bool
) -> dict[Node, float]:
    """Places of the units across, in rows around the middle: networkx's multipartite layout, with room for ⋮.

    `justified` gives every column the extent of the largest one; a single unit stays in the middle.
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


def port(side: float, place: int, count: int) -> float:
    """Where the line number `place` of `count` meets a unit's side, from its middle: each has a port of its own."""
    spacing = min(PORTS, (side - 2 * CORNER) / (count - 1)) if count > 1 else 0.0
    return (place - (count - 1) / 2) * spacing


def strips(
    columns: Columns,
    middles: Mapping[Node, float],
    sides: Sequence[float],
    least: Sequence[float],
    tags: Mapping[Edge, tuple[Size, ...]],
    margins: Margins,
    room: float = math.inf,
) -> list[Strip] | None:
    """For each pair of layers the narrowest strip found; None where the labels of one do not fit.

    `middles` are the places of the units across, `sides` how far they reach there, `least` the least width of each
    strip, `tags` the sizes that labels may have (empty: no labels); what is wider than `room` in all is given up.
    """
    found = []
    room -= sum(least)
    for number, (before, after) in enumerate(pairwise(columns)):
        room += least[number]
        strip = _strip(
            before, after, middles, (sides[number], sides[number + 1]), least[number], tags, margins, room
        )
        if strip is None or strip.width > room:
            return None
        room -= strip.width
        found.append(strip)
    return found


def _strip(
    before: Sequence[Node],
    after: Sequence[Node],
    middles: Mapping[Node, float],
    sides: tuple[float, float],
    least: float,
    tags: Mapping[Edge, tuple[Size, ...]],
    margins: Margins,
    room: float,
) -> Strip | None:
    ends = []
    for i, a in enumerate(before):
        for j, b in enumerate(after):
            start = middles[a] + port(sides[0], j, len(after))
            ends.append(((a, b), start, middles[b] + port(sides[1], i, len(before))))
    width = max(least, max(abs(end - start) for _, start, end in ends) / _STEEPEST)
    if not tags:
        width = max(width, _BARE)
        return Strip(width, {}) if width <= room else None
    shortest = min(along for edge, *_ in ends for along, _ in tags[edge])
    narrow, best = max(width, shortest + 2 * _EDGE), None
    wide = narrow
    while best is None and narrow <= room:
        best = _placed(ends, wide, tags, margins)
        if best is None:
            narrow, wide = wide * _FINE, min(wide * _GROWTH, room)
            if wide < narrow:
                return None
    while best is not None and best.width > narrow * _FINE:
        middle = (narrow + best.width) / 2
        better = _placed(ends, middle, tags, margins)
        narrow, best = (middle, best) if better is None else (narrow, better)
    return best


def _placed(
    ends: Sequence[tuple[Edge, float, float]],
    width: float,
    tags: Mapping[Edge, tuple[Size, ...]],
    margins: Margins,
) -> Strip | None:
    """The strip of this width, where its labels have places."""
    places = place_on_wires(tuple(Wire(start, width, end, tags[edge]) for edge, start, end in ends), margins)
    if places is None:
        return None
    found = {edge: place for (edge, _, _), place in zip(ends, places, strict=True)}
    sides = [(at.across, tags[edge][at.shape][1] / 2) for edge, at in found.items()]
    reach = min(middle - half for middle, half in sides), max(middle + half for middle, half in sides)
    return Strip(width, found, reach)
