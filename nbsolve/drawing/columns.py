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

__all__ = ["CORNER", "PORTS", "Columns", "Strip", "Strips", "port", "rows_of_units"]

CORNER = 14.0
"""Lines keep this far from the corners of a unit."""
PORTS = 70.0
"""Lines at one side of a unit stand no further apart than this."""
_BARE = 90.0
"""How far layers without labels between them stand apart."""
_STEEPEST = 3.0
_EDGE = 5.0
_FINE, _FINEST = 1.02, 1.004
"""How exactly the least width of a strip is found, and where it decides whether strips have room."""

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


class Strips:
    """The strips between the layers of a network, whose least widths are sought for different rows of units.

    `least` is the least width of each strip, `tags` the sizes that labels may have (empty: no labels).
    """

    def __init__(
        self,
        columns: Columns,
        least: Sequence[float],
        tags: Mapping[Edge, tuple[Size, ...]],
        margins: Margins,
    ) -> None:
        self.columns, self.least, self.tags, self.margins = columns, least, tags, margins
        self._last = [1.0] * len(least)

    def narrowest(
        self, middles: Mapping[Node, float], sides: Sequence[float], room: float
    ) -> list[Strip] | None:
        """The narrowest strips found, for units at these places across that reach so far there; None where labels
        do not fit or the strips would be wider than the room.

        Rows that are a little farther apart need much the same widths: those of the last time are asked first.
        """
        if sum(self.least) > room:
            return None
        sought = [
            _Sought(*layers, middles, (sides[number], sides[number + 1]), least, self.tags, self.margins)
            for number, (layers, least) in enumerate(zip(pairwise(self.columns), self.least, strict=True))
        ]

        def most(strip: _Sought) -> float:
            """How wide a strip may be, from what is known of it and of the others."""
            return min(strip.width, room - sum(other.least for other in sought if other is not strip))

        if not self.tags:
            return [Strip(strip.least, {}) for strip in sought]
        # The strip with the most lines is the likeliest to have no places at all.
        crowded = max(sought, key=lambda strip: len(strip.wires))
        if most(crowded) < crowded.least or not crowded.fits(most(crowded)):
            return None
        scale = room / sum(self._last)
        for strip, last in zip(sought, self._last, strict=True):
            if strip.fits(min(max(strip.least, last * scale), most(strip))) and strip is not crowded:
                strip.fits(strip.least)
        while True:
            doubts = [most(strip) / strip.least for strip in sought]
            fit = sum(strip.width for strip in sought) <= room
            if min(doubts) < 1 or max(doubts) <= (_FINE if fit else _FINEST):
                self._last = [strip.least for strip in sought]
                return [strip.found() for strip in sought] if fit else None
            strip = sought[doubts.index(max(doubts))]
            strip.fits(strip.least * math.sqrt(max(doubts)))


class _Sought:
    """A strip of which the least width is sought: it lies between `least` and `width`, where labels have places.

    Labels that have no places in a strip have none in a narrower one.
    """

    def __init__(
        self,
        before: Sequence[Node],
        after: Sequence[Node],
        middles: Mapping[Node, float],
        sides: tuple[float, float],
        least: float,
        tags: Mapping[Edge, tuple[Size, ...]],
        margins: Margins,
    ) -> None:
        self.margins = margins
        self.edges = [(a, b) for a in before for b in after]
        starts = [middles[a] + port(sides[0], j, len(after)) for a in before for j in range(len(after))]
        ends = [middles[b] + port(sides[1], i, len(before)) for i in range(len(before)) for b in after]
        shapes = [tags.get(edge, ()) for edge in self.edges]
        self.wires = tuple(map(Wire, starts, ends, shapes))
        steep = max(abs(wire.end - wire.start) for wire in self.wires) / _STEEPEST
        shortest = min((along + 2 * _EDGE for sizes in shapes for along, _ in sizes), default=_BARE)
        self.least = max(least, steep, shortest)
        self.width = math.inf
        self.places: tuple[Place, ...] = ()

    def fits(self, width: float) -> bool:
        """Whether labels have places in a strip of this width, which then is the narrowest found, or the least."""
        places = place_on_wires(self.wires, width, self.margins)
        if places is None:
            self.least = width
        else:
            self.width, self.places = width, places
        return places is not None

    def found(self) -> Strip:
        """The narrowest strip found."""
        halves = [wire.shapes[at.shape][1] / 2 for wire, at in zip(self.wires, self.places, strict=True)]
        reach = (
            min(at.across - half for at, half in zip(self.places, halves, strict=True)),
            max(at.across + half for at, half in zip(self.places, halves, strict=True)),
        )
        return Strip(self.width, dict(zip(self.edges, self.places, strict=True)), reach)
