"""A plan of a network: how far apart its units and its layers stand, and where the labels between them do.

Sizes and places are (along, across): along the way from layer to layer, and across it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nbsolve.drawing.clearance import Size
from nbsolve.drawing.columns import rows_of_units
from nbsolve.drawing.content import Edge
from nbsolve.drawing.graph import Node
from nbsolve.drawing.layout import Layout
from nbsolve.drawing.placing import Place
from nbsolve.drawing.scene import Point
from nbsolve.drawing.table import table_widths
from nbsolve.drawing.ways import EXIT, ROOM, Way

__all__ = ["SCREEN", "Across", "Plan", "arrangements", "length", "prices"]

SCREEN = (760.0, 640.0)
"""What a screen shows at once."""
_APART = 1.14
"""By how much rows are moved apart at a time."""
_ALIKE = 1.25
"""Layers below one another are taken where the picture is smaller by this factor."""


@dataclass(frozen=True)
class Across:
    """Where the units of a way stand across: in rows, by their `places` there, which are so far apart.

    `farthest` is the largest place of each layer.
    """

    way: Way
    places: Mapping[Node, float]
    farthest: Sequence[float]
    pitch: float

    @cached_property
    def middles(self) -> Mapping[Node, float]:
        """The middles of the units."""
        return {node: place * self.pitch for node, place in self.places.items()}

    @cached_property
    def sides(self) -> Sequence[float]:
        """How far the units of each layer reach across."""
        return self.way.grown(self.middles) if self.way.stretched else self.way.sides

    @cached_property
    def reach(self) -> float:
        """How far the units reach, to one side of the middle."""
        ends = zip(self.farthest, self.sides, strict=True)
        return max(farthest * self.pitch + side / 2 for farthest, side in ends)


def arrangements(way: Way, most: float) -> Iterator[Across]:
    """The places of units across that reach no farther than this, the tightest rows first."""
    rows = [rows_of_units(way.columns, way.left_out, False)]
    if len({len(column) for column in way.columns} - {1}) > 1:
        rows.append(rows_of_units(way.columns, way.left_out, True))
    farthest = [[max(abs(places[node]) for node in column) for column in way.columns] for places in rows]
    pitch, room = max(across for _, across in way.units) + ROOM, True
    while room:
        room = False
        for places, ends in zip(rows, farthest, strict=True):
            across = Across(way, places, ends, pitch)
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
        low, high = _reach(self.across.reach, self.across.sides[-1], self.aside, self.loss)
        labels = [place for found in self.labels or () for place in found.values()]
        lows, highs = ([place.across + side * place.high for place in labels] for side in (-1, 1))
        return min([float(low), *lows]), max([float(high), *highs])

    @cached_property
    def length(self) -> float:
        """See `length`."""
        return float(length(self.way, self.aside, self.loss, self.strips))

    @cached_property
    def size(self) -> Size:
        """The size of the picture."""
        return self.way.extent(self.length, self.reach[1] - self.reach[0])

    @cached_property
    def price(self) -> float:
        """See `_price`."""
        return float(_price(self.way, *self.size))

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


def prices(
    way: Way, every: Sequence[Across], end: tuple[bool, Size], strips: Sequence[Any], page: Size
) -> list[float]:
    """The price of the plan of each arrangement, without labels; infinite where the page does not hold it.

    `strips` are the widths between layers: each one for all plans, or an array with one for each.
    """
    units, sides = np.array([(across.reach, across.sides[-1]) for across in every]).T
    low, high = _reach(units, sides, *end)
    along, across = np.broadcast_arrays(length(way, *end, strips), high - low)
    sizes = [way.extent(*size) for size in zip(along.tolist(), across.tolist(), strict=True)]
    width, height = np.array(sizes).T
    fits = (width <= page[0]) & (height <= page[1])
    return np.where(fits, _price(way, width, height), np.inf).tolist()  # type: ignore[no-any-return]


def length(way: Way, aside: bool, loss: Size, strips: Sequence[Any]) -> Any:
    """How long the network is, along the way; the widths of the strips may be arrays."""
    return way.long + way.behind(aside, loss) + sum(strips)


def _reach(units: Any, side: Any, aside: bool, loss: Size) -> tuple[Any, Any]:
    """How far units and loss reach across, to both sides of the middle; the output reaches as far as `side`."""
    beyond = side / 2 + EXIT + loss[1] if aside else loss[1] / 2
    return np.minimum(-units, 0.0 if aside else -beyond), np.maximum(units, beyond)


def _price(way: Way, width: Any, height: Any) -> Any:
    """What is to be small: the area, more so where a screen would shrink it; `down` is a last resort."""
    shrunk = np.maximum(1.0, width / SCREEN[0])
    return width * height * (shrunk * shrunk) * (_ALIKE if way.down else 1.0)
