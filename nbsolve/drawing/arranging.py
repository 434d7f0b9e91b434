"""How a network is arranged: layers side by side or below one another, how far apart, and where labels stand.

A label stands on its own line, clear of all other lines (`placing`). Rows move apart, and layers with them, until
that is so in a picture that fits a page with text of 8 points. Where nothing fits, the lines stay bare and their
numbers stand in a table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from nbsolve.drawing.columns import Strip, rows_of_units, strips
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


_Tags = Mapping[Edge, tuple[Size, ...]]


@dataclass(frozen=True)
class _Plan:
    """Places found: of units across, of layers along, and of the loss; the size of the picture."""

    way: Way
    middles: Mapping[Node, float]
    sides: Sequence[float]
    strips: Sequence[Strip]
    aside: bool
    loss: Size
    low: float
    high: float
    size: Size

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
                best = _best(ways[0], ways[0].whole, _SCREEN, ways[0].margins(airy))
        if best is None:
            for way in ways:
                best = _best(way, way.tags, PAGE, way.margins(), best)
        if best is not None:
            return _layout(best)
    bare = [Way(graph, contents, down, flat, False) for down, flat in directions]
    plans = [next(_plans(way, {}, (math.inf, math.inf), way.margins())) for way in bare]
    return _layout(min(plans, key=lambda plan: max(plan.size[0] / PAGE[0], plan.size[1] / PAGE[1], 1.0)))


def _best(way: Way, tags: _Tags, page: Size, margins: Margins, best: _Plan | None = None) -> _Plan | None:
    """The best plan of one way that fits a page, where it is better than another."""
    bounds = [math.inf if best is None else best.price]
    for plan in _plans(way, tags, page, margins, bounds):
        if plan.price < bounds[0]:
            best = plan
            bounds[0] = plan.price
    return best


def _plans(
    way: Way, tags: _Tags, page: Size, margins: Margins, bounds: Sequence[float] = (math.inf,)
) -> Iterator[_Plan]:
    """The plans that fit a page, the tightest rows first; those beyond a price are left out."""
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
            reach = max(abs(place) + sides[node[0]] / 2 for node, place in middles.items())
            across = 0 if way.down else 1
            if way.extent(0.0, 2 * reach)[across] <= page[across]:
                room = max(map(len, way.columns)) > 1
                for aside, loss in way.ends():
                    plan = _planned(way, middles, sides, reach, aside, loss, tags, page, margins, bounds[0])
                    if plan is not None:
                        yield plan
        pitch *= _GROWTH


def _planned(
    way: Way, middles: Mapping[Node, float], sides: Sequence[float], reach: float, aside: bool, loss: Size,
    tags: _Tags, page: Size, margins: Margins, bound: float,
) -> _Plan | None:  # fmt: skip
    """The plan with these places across, if there is one."""
    high = max(reach, sides[-1] / 2 + EXIT + loss[1] if aside else loss[1] / 2)
    low = min(-reach, 0.0 if aside else -loss[1] / 2)
    units = sum(along for along, _ in way.units) + way.behind(aside, loss)
    fixed, along = way.extent(units, high - low), 1 if way.down else 0
    room = min(page[along], bound / fixed[1 - along] / _factor(way)) - fixed[along]
    found = strips(way.columns, middles, sides, way.least, tags, margins, room)
    if found is None:
        return None
    low = min(low, *(strip.reach[0] for strip in found))
    high = max(high, *(strip.reach[1] for strip in found))
    size = way.extent(units + sum(strip.width for strip in found), high - low)
    if size[0] > page[0] or size[1] > page[1]:
        return None
    return _Plan(way, middles, sides, found, aside, loss, low, high, size)


def _layout(plan: _Plan) -> Layout:
    """The plan with its places in the picture."""
    way, width = plan.way, plan.size[0]
    along = sum(size for size, _ in way.units) + sum(strip.width for strip in plan.strips)
    along += way.behind(plan.aside, plan.loss)
    extent = way.turned((along, plan.high - plan.low))
    left = way.beside + (width - way.beside - extent[0]) / 2
    far, middle = (way.above, left - plan.low) if way.down else (left, way.above - plan.low)

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
