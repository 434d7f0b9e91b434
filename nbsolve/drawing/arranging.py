"""How a network is arranged: layers side by side or below one another, how far apart, and where labels stand.

A label stands on its own line, clear of all other lines (`placing`). Rows move apart, and layers with them, until
that is so in a picture that fits a page with text of 8 points. Where nothing fits, the lines stay bare and their
numbers stand in a table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import networkx as nx

from nbsolve.drawing.columns import Strip, Strips, rows_of_units
from nbsolve.drawing.content import Content, Edge
from nbsolve.drawing.graph import Node
from nbsolve.drawing.layout import Layout
from nbsolve.drawing.placing import Margins, Size
from nbsolve.drawing.scene import Point
from nbsolve.drawing.table import table_widths
from nbsolve.drawing.ways import EXIT, PAGE, ROOM, Way

__all__ = ["lay_out"]

_SCREEN = (760.0, 640.0)
"""What a screen shows at once: the first arrangement that fits is taken."""
_GROWTH = 1.1
_DIRECTIONS = ((False, False), (True, False), (True, True))
"""Layers below one another or not, with flat units or not."""
_ALIKE = 1.25
"""Layers below one another are taken where the picture is smaller by this factor."""


@dataclass(frozen=True)
class _Plan:
    """Places found: of units across, of the strips between layers along, and of the loss."""

    way: Way
    middles: Mapping[Node, float]
    sides: Sequence[float]
    aside: bool
    loss: Size
    strips: Sequence[Strip] = ()

    @cached_property
    def reach(self) -> tuple[float, float]:
        """How far everything reaches across, to both sides of the middle."""
        units = max(abs(place) + self.sides[node[0]] / 2 for node, place in self.middles.items())
        loss = self.sides[-1] / 2 + EXIT + self.loss[1] if self.aside else self.loss[1] / 2
        low = min(-units, 0.0 if self.aside else -loss, *(strip.reach[0] for strip in self.strips))
        return low, max(units, loss, *(strip.reach[1] for strip in self.strips))

    @cached_property
    def length(self) -> float:
        """How long the network is, along the way."""
        units = sum(along for along, _ in self.way.units) + self.way.behind(self.aside, self.loss)
        return units + sum(strip.width for strip in self.strips)

    @cached_property
    def size(self) -> Size:
        """The size of the picture."""
        return self.way.extent(self.length, self.reach[1] - self.reach[0])

    @property
    def price(self) -> float:
        """What is to be small: the area, more so where a screen would shrink it; `down` is a last resort."""
        shrunk = max(1.0, self.size[0] / _SCREEN[0])
        return self.size[0] * self.size[1] * shrunk**2 * _factor(self.way)


def _factor(way: Way) -> float:
    return _ALIKE if way.down else 1.0


def lay_out(graph: nx.DiGraph, contents: Sequence[Content]) -> Layout:
    """Places with room for each of the contents."""
    directions = _DIRECTIONS if graph.graph["complete"] else _DIRECTIONS[:1]
    for stretched in (False, True):
        ways = [Way(graph, contents, down, flat, stretched) for down, flat in directions]
        if not ways[0].tags:
            break
        best: _Plan | None = None
        for airy in (True, False):
            if best is None and not stretched:
                best = _Search(ways[0], ways[0].whole, _SCREEN, ways[0].margins(airy)).best()
        if best is None:
            for way in ways:
                best = _Search(way, way.tags, PAGE, way.margins()).best(best)
        if best is not None:
            return _layout(best)
    bare = [Way(graph, contents, down, flat, False) for down, flat in directions]
    plans = [_Search(way, {}, (math.inf, math.inf), way.margins()).first() for way in bare]
    return _layout(min(plans, key=lambda plan: max(plan.size[0] / PAGE[0], plan.size[1] / PAGE[1], 1.0)))


class _Search:
    """The search for the best plan of one way, with these sizes of labels, that fits a page."""

    def __init__(self, way: Way, tags: Mapping[Edge, tuple[Size, ...]], page: Size, margins: Margins) -> None:
        self.way, self.page = way, page
        self.strips = Strips(way.columns, way.least, tags, margins)

    def first(self) -> _Plan:
        """The plan with the tightest rows."""
        return next(plan for bare in self._bare() for plan in self._plans(bare, math.inf))

    def best(self, best: _Plan | None = None) -> _Plan | None:
        """The best plan, where it is better than the one that is known."""
        for bare in self._bare():
            for plan in self._plans(bare, math.inf if best is None else best.price):
                if best is None or plan.price < best.price:
                    best = plan
        return best

    def _bare(self) -> Iterator[list[_Plan]]:
        """Plans still without strips, the tightest rows first: one for each place of the loss."""
        way, across = self.way, 0 if self.way.down else 1
        rows = [rows_of_units(way.graph, way.columns, way.left_out, False)]
        if len({len(column) for column in way.columns} - {1}) > 1:
            rows.append(rows_of_units(way.graph, way.columns, way.left_out, True))
        pitch = max(across for _, across in way.units) + ROOM
        room = True
        while room:
            room = False
            for places in rows:
                middles = {node: place * pitch for node, place in places.items()}
                sides = way.sides(middles)
                plans = [_Plan(way, middles, sides, aside, loss) for aside, loss in way.ends]
                plans = [plan for plan in plans if plan.size[across] <= self.page[across]]
                if plans:
                    room = max(map(len, way.columns)) > 1
                    yield plans
            pitch *= _GROWTH

    def _plans(self, bare: Sequence[_Plan], price: float) -> Iterator[_Plan]:
        """The plans with strips that fit the page, as far as they may cost less than a price."""
        along = 1 if self.way.down else 0

        def room(plan: _Plan) -> float:
            longest = price / plan.size[1 - along] / _factor(self.way)
            return min(self.page[along], longest) - plan.size[along]

        found = self.strips.narrowest(bare[0].middles, bare[0].sides, max(map(room, bare)))
        if found is not None:
            for plan in (replace(plan, strips=found) for plan in bare):
                if plan.size[0] <= self.page[0] and plan.size[1] <= self.page[1]:
                    yield plan


def _layout(plan: _Plan) -> Layout:
    """The plan with its places in the picture."""
    way, width = plan.way, plan.size[0]
    low, high = plan.reach
    extent = way.turned((plan.length, high - low))
    left = way.beside + (width - way.beside - extent[0]) / 2
    far, middle = (way.above, left - low) if way.down else (left, way.above - low)

    def at(along: float, across: float) -> Point:
        return (middle + across, along) if way.down else (along, middle + across)

    centres: dict[Node, Point] = {}
    labels: dict[Edge, tuple[Point, bool]] = {}
    heads: list[Point] = []
    for layer, column in enumerate(way.columns):
        centre = far + way.units[layer][0] / 2
        centres.update({node: at(centre, plan.middles[node]) for node in column})
        heads.append(way.head(layer, centre))
        far += way.units[layer][0]
        if layer + 1 < len(way.columns):
            for edge, place in plan.strips[layer].places.items():
                labels[edge] = at(far + place.along, place.across), place.shape == 1
            far += plan.strips[layer].width
    loss: tuple[Point, Size] | None = None
    if way.losses and plan.aside:
        across = plan.middles[way.columns[-1][0]] + plan.sides[-1] / 2 + EXIT + plan.loss[1] / 2
        loss = at(far - way.units[-1][0] / 2, across), way.turned(plan.loss)
    elif way.losses:
        loss = at(far + EXIT + plan.loss[0] / 2, 0.0), way.turned(plan.loss)
        heads.append(way.head(len(way.columns), far + EXIT + plan.loss[0] / 2))
    sizes = [way.turned((size[0], side)) for size, side in zip(way.units, plan.sides, strict=True)]
    return Layout(
        way.graph, way.columns, way.left_out, way.down, way.abreast, centres, sizes, labels, loss, plan.aside,
        heads, table_widths(way.graph, way.contents), math.ceil(width), way.above + extent[1],
    )  # fmt: skip
