"""A plan of a network: how far apart its units and its layers stand, and where the labels between them do.

Sizes and places are (along, across): along the way from layer to layer, and across it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from nbsolve.drawing.clearance import Size
from nbsolve.drawing.columns import Columns, rows_of_units
from nbsolve.drawing.content import Edge
from nbsolve.drawing.graph import Node
from nbsolve.drawing.layout import Layout
from nbsolve.drawing.placing import Place
from nbsolve.drawing.scene import Point
from nbsolve.drawing.table import table_widths
from nbsolve.drawing.ways import EXIT, ROOM, Way

__all__ = ["SCREEN", "Across", "Plan", "arrangements"]

SCREEN = (760.0, 640.0)
"""What a screen shows at once."""
_APART = 1.14
"""By how much rows are moved apart at a time."""
_ALIKE = 1.25
"""Layers below one another are taken where the picture is smaller by this factor."""


@dataclass(frozen=True)
class Across:
    """Places of the units across, and how far those of each layer reach there."""

    columns: Columns
    middles: Mapping[Node, float]
    sides: Sequence[float]

    @cached_property
    def reach(self) -> float:
        """How far the units reach, to one side of the middle."""
        return max(
            abs(self.middles[node]) + side / 2
            for column, side in zip(self.columns, self.sides, strict=True)
            for node in column
        )


def arrangements(way: Way, most: float) -> Iterator[Across]:
    """The places of units across that reach no farther than this, the tightest rows first."""
    rows = [rows_of_units(way.columns, way.left_out, False)]
    if len({len(column) for column in way.columns} - {1}) > 1:
        rows.append(rows_of_units(way.columns, way.left_out, True))
    pitch, room = max(across for _, across in way.units) + ROOM, True
    while room:
        room = False
        for places in rows:
            middles = {node: place * pitch for node, place in places.items()}
            across = Across(way.columns, middles, way.sides(middles))
            if 2 * across.reach <= most:
                room = max(map(len, way.columns)) > 1
                yield across
        pitch *= _APART


@dataclass(frozen=True)
class Plan:
    """Where units stand `across`, where the loss stands (`aside` of the only output or behind the outputs), its
    size, and the widths of the strips between layers.

    `labels` have their places, one mapping for each strip; None where they are still to be found.
    """

    way: Way
    across: Across
    aside: bool
    loss: Size
    strips: Sequence[float]
    labels: Sequence[Mapping[Edge, Place]] | None = None

    @cached_property
    def reach(self) -> tuple[float, float]:
        """How far everything reaches across, to both sides of the middle."""
        units = self.across.reach
        loss = self.across.sides[-1] / 2 + EXIT + self.loss[1] if self.aside else self.loss[1] / 2
        labels = [place for found in self.labels or () for place in found.values()]
        low = min(-units, 0.0 if self.aside else -loss, *(place.across - place.high for place in labels))
        return low, max(units, loss, *(place.across + place.high for place in labels))

    @cached_property
    def length(self) -> float:
        """How long the network is, along the way."""
        return self.way.long + self.way.behind(self.aside, self.loss) + sum(self.strips)

    @cached_property
    def size(self) -> Size:
        """The size of the picture."""
        return self.way.extent(self.length, self.reach[1] - self.reach[0])

    @cached_property
    def price(self) -> float:
        """What is to be small: the area, more so where a screen would shrink it; `down` is a last resort."""
        shrunk = max(1.0, self.size[0] / SCREEN[0])
        return self.size[0] * self.size[1] * shrunk**2 * (_ALIKE if self.way.down else 1.0)

    def fits(self, page: Size) -> bool:
        """Whether a page holds the picture."""
        return self.size[0] <= page[0] and self.size[1] <= page[1]

    def layout(self) -> Layout:
        """The plan with its places in the picture."""
        way, width = self.way, self.size[0]
        low, high = self.reach
        extent = way.turned((self.length, high - low))
        left = way.beside + (width - way.beside - extent[0]) / 2
        far, middle = (way.above, left - low) if way.down else (left, way.above - low)

        def at(along: float, across: float) -> Point:
            return (middle + across, along) if way.down else (along, middle + across)

        centres: dict[Node, Point] = {}
        labels: dict[Edge, tuple[Point, bool]] = {}
        heads: list[Point] = []
        for layer, column in enumerate(way.columns):
            centre = far + way.units[layer][0] / 2
            centres.update({node: at(centre, self.across.middles[node]) for node in column})
            heads.append(way.head(layer, centre))
            far += way.units[layer][0]
            if layer < len(self.strips):
                for edge, place in self.labels[layer].items() if self.labels else ():
                    labels[edge] = at(far + place.along, place.across), place.shape == 1
                far += self.strips[layer]
        loss: tuple[Point, Size] | None = None
        if way.losses and self.aside:
            across = (
                self.across.middles[way.columns[-1][0]] + self.across.sides[-1] / 2 + EXIT + self.loss[1] / 2
            )
            loss = at(far - way.units[-1][0] / 2, across), way.turned(self.loss)
        elif way.losses:
            loss = at(far + EXIT + self.loss[0] / 2, 0.0), way.turned(self.loss)
            heads.append(way.head(len(way.columns), far + EXIT + self.loss[0] / 2))
        sizes = [way.turned((size[0], side)) for size, side in zip(way.units, self.across.sides, strict=True)]
        return Layout(
            way.graph, way.columns, way.left_out, way.down, way.abreast, centres, sizes, labels, loss,
            self.aside, heads, table_widths(way.graph, way.contents), math.ceil(width), way.above + extent[1],
        )  # fmt: skip
