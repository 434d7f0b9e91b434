"""One way to arrange a network: in which direction its layers follow, and how much room its texts then take.

Sizes are (along, across): along the way from layer to layer, and across it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from copy import copy
from functools import cached_property
from itertools import pairwise
from typing import Literal

import networkx as nx

from nbsolve.drawing.boxes import box_size, tag_sizes
from nbsolve.drawing.clearance import Margins, Size
from nbsolve.drawing.columns import CORNER, PORTS, Columns
from nbsolve.drawing.content import Content, Edge, Unit
from nbsolve.drawing.graph import Node, column_of
from nbsolve.drawing.layout import headed, narrow, own_units
from nbsolve.drawing.legend import MARGIN, TITLE, Legend, needed_width
from nbsolve.drawing.scene import Point, Row

__all__ = ["EXIT", "PAGE", "ROOM", "Flat", "Labels", "Way", "label_sizes"]

Flat = Literal["each", "alike"]

PAGE = (926.0, 1220.0)
"""What a page holds with text of 8 points, in the paper's letters."""
EXIT = 34.0
"""How far the loss stands from the outputs."""
ROOM = 20.0
"""The least distance between two units of a layer."""
_CLEAR, _SEEN, _ARROW, _APART = 3.2, 12.5, 9.0, 5.0
"""The rule for labels: this far from any other line, so much of their own seen; how long an arrowhead is."""
_OVERHANG = 8.0
"""A loss aside of the output may be so much longer: its labels keep farther away than half of that."""
_LEAST = 60.0
"""The least distance between two layers."""


Labels = Mapping[Edge, tuple[Size, ...]]
"""The sizes that the labels of the lines may have; empty where lines have none."""


def label_sizes(graph: nx.DiGraph, contents: Sequence[Content]) -> Labels:
    """The widths and heights with room for each of the contents."""
    found = {edge: tag_sizes([content.wires[edge] for content in contents]) for edge in graph.edges()}
    return found if all(found.values()) else {}


class Way:
    """Layers side by side or, `down`, below one another; `flat`: units have their groups of text side by side, as
    many as there is room for in a layer (`each`) or in the largest one (`alike`).

    `stretched`: units grow with the distance between them, so that their lines have more room.
    """

    def __init__(
        self, graph: nx.DiGraph, contents: Sequence[Content], labels: Labels, down: bool, flat: Flat | None
    ) -> None:
        self.graph, self.contents, self.down, self.stretched = graph, contents, down, False
        layers = range(1 + max(graph.graph["columns"]))
        self.columns: Columns = tuple(
            tuple(node for node in graph if column_of(graph, node) == layer) for layer in layers
        )
        sizes_of = [*zip(graph.graph["columns"], graph.graph["sizes"], strict=True)]
        self.left_out = frozenset(
            k
            for k in layers
            if sum(size for column, size in sizes_of if column == k) > len(own_units(graph, self.columns[k]))
        )
        heads = [[content.heads[k] for content in contents] for k in range(len(contents[0].heads))]
        self.heads = [[narrow(rows) if down else rows for rows in every] for every in heads]
        self.losses = [content.loss for content in contents if content.loss is not None]
        boxes = [[content.units[node] for content in contents for node in column] for column in self.columns]
        most = max(map(len, self.columns))
        counts = [most if flat == "alike" else len(column) for column in self.columns]
        if self.losses:
            boxes.append(self.losses)
            counts.append(1)
        self.abreast = [self._abreast(*both) if flat else 1 for both in zip(boxes, counts, strict=True)]
        sizes = [self.turned(box_size(*both)) for both in zip(boxes, self.abreast, strict=True)]
        self.units, self.loss = sizes[: len(self.columns)], sizes[-1]
        self.tags: Labels = {edge: tuple(map(self.turned, sizes)) for edge, sizes in labels.items()}

    def larger(self) -> Way:
        """This way, with units that grow with the distance between them."""
        found = copy(self)
        found.stretched = True
        return found

    def _abreast(self, units: Sequence[Unit], count: int) -> int:
        """How many groups of text have room side by side in each of so many units."""
        room = PAGE[0] - 2 * MARGIN - self.beside
        most = max(len(unit.groups) for unit in units)
        fit = [n for n in range(1, most + 1) if count * (box_size(units, n)[0] + ROOM) <= room]
        return max(fit, default=1)

    def turned(self, size: Size) -> Size:
        """(width, height) as (along, across), and the other way round."""
        return (size[1], size[0]) if self.down else size

    @cached_property
    def sides(self) -> list[float]:
        """How far the units of each layer reach across, where they do not grow."""
        return [across for _, across in self.units]

    def grown(self, middles: Mapping[Node, float]) -> list[float]:
        """How far the units of each layer reach across, grown with the distance between them."""
        sides = []
        for layer, column in enumerate(self.columns):
            places = [middles[node] for node in column]
            room = min((b - a for a, b in pairwise(places)), default=math.inf) - ROOM
            neighbours = (self.columns[k] for k in (layer - 1, layer + 1) if 0 <= k < len(self.columns))
            wanted = (max(map(len, neighbours)) - 1) * PORTS + 2 * CORNER
            sides.append(max(self.units[layer][1], min(room, wanted)))
        return sides

    def margins(self, more: float = 0.0) -> Margins:
        """How far labels stay from other lines, and how much of their own is seen on both sides of them: the rule,
        and what there is room for.
        """
        thickest = max(wiring.width for content in self.contents for wiring in content.wires.values())
        backwards = {content.backwards for content in self.contents}
        before, after = (_SEEN + (_ARROW if side in backwards else 0.0) for side in (True, False))
        return Margins(_CLEAR + thickest / 2 + more, before + more, after + more, _APART + more)

    @cached_property
    def long(self) -> float:
        """How long the units of all layers are, along the way."""
        return sum(along for along, _ in self.units)

    @cached_property
    def beside(self) -> float:
        """How far headings reach beyond the network at the left."""
        if not self.down:
            return max(0.0, (_width(self.heads[0]) - self.units[0][0]) / 2)
        return max(map(_width, self.heads)) + 12

    @cached_property
    def above(self) -> float:
        """What stands above the network: title and headings."""
        heads = 14.0 if self.down else 10 + max(map(_height, self.heads)) + 12
        return MARGIN + TITLE * 1.36 + heads

    @cached_property
    def least(self) -> list[float]:
        """The least distances between layers: headings side by side must not touch."""
        if self.down:
            return [_LEAST] * (len(self.columns) - 1)
        spare = [
            max(0.0, (_width(head) - size[0]) / 2) for head, size in zip(self.heads, self.units, strict=False)
        ]
        return [max(_LEAST, one + other + 14) for one, other in pairwise(spare)]

    @cached_property
    def ends(self) -> tuple[tuple[bool, Size], ...]:
        """Where the loss may stand (aside of the only output, or behind the outputs), and the size of its box."""
        if not self.losses:
            return ((False, (0.0, 0.0)),)
        if len(self.columns[-1]) == 1 and max(map(len, self.columns)) > 1:
            heading = [headed(content) for content in self.contents if content.loss is not None]
            size = self.turned(box_size(heading))
            if size[0] <= self.units[-1][0] + _OVERHANG:
                return ((False, self.loss), (True, size))
        return ((False, self.loss),)

    def behind(self, aside: bool, loss: Size) -> float:
        """How much room along the way the end takes, after the last layer."""
        if self.losses and not aside:
            return EXIT + loss[0]
        if self.down:
            return 0.0
        widest = max(_width(self.heads[len(self.columns) - 1]), loss[0] if aside else 0.0)
        return max(0.0, (widest - self.units[-1][0]) / 2)

    def extent(self, along: float, across: float) -> Size:
        """Width and height of the picture, for a network of this size."""
        inner = self.turned((along, across))
        width = float(math.ceil(max(2 * MARGIN + self.beside + inner[0], self._needed)))
        if width not in self._below:
            self._below[width] = max(legend.height(width) for legend in self._legends)
        return width, self.above + inner[1] + 16 + self._below[width] + MARGIN

    @cached_property
    def _below(self) -> dict[float, float]:
        """How high the legends are in a picture of a width."""
        return {}

    @cached_property
    def _legends(self) -> list[Legend]:
        return [Legend.of(content) for content in self.contents]

    @cached_property
    def _needed(self) -> float:
        return needed_width(self.contents)

    def head(self, layer: int, centre: float) -> Point:
        """The middle of a heading: above its layer, or at the left of it."""
        if self.down:
            return MARGIN + _width(self.heads[layer]) / 2, centre
        return centre, self.above - 12 - _height(self.heads[layer]) / 2


def _width(head: Sequence[Sequence[Row]]) -> float:
    return max((line.width for rows in head for line in rows), default=0.0)


def _height(head: Sequence[Sequence[Row]]) -> float:
    return max(sum(line.height for line in rows) for rows in head)
