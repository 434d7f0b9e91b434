"""The places of everything in the picture of a network, and how they are filled: units, lines, labels, headings.

The places depend on how much room the texts take, not on what they say: several contents (the frames of a
solution) can share one layout, and all backends draw the one scene.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from nbsolve.drawing.boxes import inside, tag
from nbsolve.drawing.clearance import Size
from nbsolve.drawing.columns import Columns, joined, port
from nbsolve.drawing.content import Content, Edge, Unit, Wiring
from nbsolve.drawing.graph import Node, column_of
from nbsolve.drawing.legend import MARGIN, TITLE, Legend, wrapped
from nbsolve.drawing.scene import Arrow, Box, Label, Line, Point, Row, Scene, Span, row
from nbsolve.drawing.table import table_of
from nbsolve.symbol import LOSS, Partial, canonical

__all__ = ["Layout", "headed", "narrow"]

_BELOW = 16.0
_NARROW = 72.0
_HIDDEN = 3.0
"""How far a line runs on below the units at its ends, whose corners are round."""


@dataclass(frozen=True)
class Layout:
    """Places for every unit, every line's label and the loss; `scene` fills them.

    Layers stand side by side or, `down`, below one another; `abreast` says how many groups of text stand side
    by side in the units of each layer, and in the loss. `labels` are the places of the lines' labels, and
    whether their numbers stand below their names; without any, the numbers stand in a `table`, whose columns
    are so wide. The loss stands behind the outputs or, `loss_aside`, aside of the only one. `form` is the form
    in which the contents have their labels.
    """

    graph: nx.DiGraph
    columns: Columns
    left_out: frozenset[int]
    down: bool
    abreast: Sequence[int]
    centres: Mapping[Node, Point]
    sizes: Sequence[Size]
    labels: Mapping[Edge, tuple[Point, bool]]
    loss: tuple[Point, Size] | None
    loss_aside: bool
    heads: Sequence[Point]
    table: Sequence[float]
    width: float
    below: float
    form: int = 0

    def scene(self, content: Content) -> Scene:
        """The content at its places, with title above, legend and table below."""
        content = content.form(self.form)
        lines, arrows, boxes, labels = [], [], [], []
        for line, wiring in self._wires(content):
            lines.append(_extended(line))
            ends = (line.end, line.start) if content.backwards else (line.start, line.end)
            arrows.append(Arrow(ends[1], ends[0], "faded" if wiring.kind == "faded" else "edge"))
        for edge, (centre, parted) in self.labels.items():
            about = self.graph.edges[edge]["about"]
            labels.append(tag(centre, content.wires[edge], parted, about))
        for box, unit, abreast in self._boxes(content):
            boxes.append(box)
            found, dividers = inside(unit, box.centre, (box.width, box.height), abreast)
            labels += found
            lines += dividers
        for rows, centre in zip(content.heads, self.heads, strict=False):
            labels.append(Label(centre, narrow(rows) if self.down else rows))
        for layer in self.left_out:
            (ax, ay), (bx, by) = (
                self.centres[node] for node in own_units(self.graph, self.columns[layer])[-2:]
            )
            dots = row([Span("…" if self.down else "⋮")], 26.0, "quiet", "ellipsis")
            labels.append(Label(((ax + bx) / 2, (ay + by) / 2), (dots,)))
        title = row([Span(content.title)], TITLE, "ink", "title")
        labels.append(Label((self.width / 2, MARGIN + title.height / 2), (title,)))
        samples, words, low = Legend.of(content).placed(self.width, self.below + _BELOW)
        if not self.labels:
            table, low = table_of(self.graph, content, self.width, low, self.table)
            words += table
        return Scene(
            self.width,
            math.ceil(low + MARGIN),
            tuple(lines + samples),
            tuple(boxes),
            tuple(labels + words),
            tuple(arrows),
        )

    def scene_height(self, content: Content) -> float:
        """How high the picture of a content is: its legend, its notes and its table make the difference."""
        low = Legend.of(content.form(self.form)).placed(self.width, self.below + _BELOW)[2]
        if not self.labels:
            low = table_of(self.graph, content, self.width, low, self.table)[1]
        return float(math.ceil(low + MARGIN))

    def _boxes(self, content: Content) -> list[tuple[Box, Unit, int]]:
        """Units and loss, with how many groups of their texts stand side by side."""
        found = []
        for node, centre in self.centres.items():
            unit, about = content.units[node], about_unit(self.graph, node)
            place = column_of(self.graph, node)
            found.append((Box(centre, *self.sizes[place], unit.kind, about), unit, self.abreast[place]))
        if self.loss is not None and content.loss is not None:
            unit, abreast = (headed(content), 1) if self.loss_aside else (content.loss, self.abreast[-1])
            found.append(
                (Box(self.loss[0], *self.loss[1], content.loss.kind, canonical(LOSS)), unit, abreast)
            )
        return found

    def _wires(self, content: Content) -> list[tuple[Line, Wiring]]:
        """The lines between units, and from the outputs to the loss."""
        found = []
        for edge in self.graph.edges():
            (a, b), wiring = edge, content.wires[edge]
            before, after = joined(self.graph, self.columns, b, -1), joined(self.graph, self.columns, a, 1)
            own, other = (self.sizes[column_of(self.graph, node)] for node in edge)
            start = self._port(self.centres[a], own, after.index(b), len(after), 1, self.down)
            end = self._port(self.centres[b], other, before.index(a), len(before), -1, self.down)
            about = self.graph.edges[edge]["about"]
            found.append((Line(start, end, wiring.kind, wiring.width, about), wiring))
        if self.loss is None or content.loss is None:
            return found
        (centre, size), outputs = self.loss, self.columns[-1]
        down = self.down != self.loss_aside
        for place, node in enumerate(outputs):
            wiring = content.exits.get(node, Wiring())
            start = self._port(self.centres[node], self.sizes[-1], 0, 1, 1, down)
            end = self._port(centre, size, place, len(outputs), -1, down)
            about = canonical(Partial(LOSS, self.graph.nodes[node]["symbols"][-1]))
            found.append((Line(start, end, wiring.kind, wiring.width, about), wiring))
        return found

    @staticmethod
    def _port(centre: Point, size: Size, place: int, count: int, side: int, down: bool) -> Point:
        """Where a line leaves (`side` 1) or enters (-1) a box."""
        offset = port(size[0] if down else size[1], place, count)
        away = side * (size[1] if down else size[0]) / 2
        return (centre[0] + offset, centre[1] + away) if down else (centre[0] + away, centre[1] + offset)


def own_units(graph: nx.DiGraph, column: Sequence[Node]) -> list[Node]:
    """The units of a column, without what is only carried past them."""
    return [node for node in column if "carries" not in graph.nodes[node]]


def about_unit(graph: nx.DiGraph, node: Node) -> str:
    """The name of a box: that of a unit's activation, or of what is carried past a layer."""
    data = graph.nodes[node]
    return canonical(data["symbols"][-1]) + (f" past layer {node[0]}" if "carries" in data else "")


def headed(content: Content) -> Unit:
    """The loss with its heading in its own box."""
    assert content.loss is not None
    return Unit((content.heads[-1], *content.loss.groups), content.loss.kind)


def narrow(rows: Sequence[Row]) -> tuple[Row, ...]:
    """A heading in short lines, to stand at the left of its layer."""
    return tuple(
        row([Span(text)], line.size, line.tone, line.about)
        for line in rows
        for text in wrapped(line.text, _NARROW)
    )


def _extended(line: Line) -> Line:
    (ax, ay), (bx, by) = line.start, line.end
    part = _HIDDEN / math.hypot(bx - ax, by - ay)
    dx, dy = part * (bx - ax), part * (by - ay)
    return Line((ax - dx, ay - dy), (bx + dx, by + dy), line.kind, line.width, line.about)
