"""From the graph of a network to places: layers as columns, units as boxes, labels on their wires.

The places depend on how much room the texts take, not on what they say: several contents (the frames of a
solution) can share one layout.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from nbsolve.drawing.boxes import box_size, inside, plate_size, tag
from nbsolve.drawing.columns import Columns, Size, Strip, rows_of_units, strips
from nbsolve.drawing.content import Content, Edge, Unit, Wiring
from nbsolve.drawing.graph import Node
from nbsolve.drawing.legend import MARGIN, TITLE, legend_of, needed_width
from nbsolve.drawing.scene import Arrow, Box, Label, Line, Point, Scene, Span, row
from nbsolve.layers.dense import LOSS
from nbsolve.symbol import Partial, canonical

__all__ = ["Layout", "lay_out"]

_EXIT = 34.0
_ROOM = 22.0
_BELOW = 16.0
_SHEET = (660.0, 760.0)
"""What fits a sheet of paper, and a screen, at full size."""
_ATTEMPTS, _GROWTH = 30, 1.2
_WORTH = 0.98
"""An arrangement is taken instead of an earlier one where it is better by two parts in a hundred."""
_CROWD = 24
"""With more wires in one strip the first arrangement that fits is taken."""


@dataclass(frozen=True)
class Layout:
    """Places for every unit, every wire's label and the loss; `scene` fills them."""

    graph: nx.DiGraph
    columns: Columns
    centres: dict[Node, Point]
    sizes: tuple[Size, ...]
    labels: dict[Edge, Point]
    loss: tuple[Point, float, float] | None
    loss_below: bool
    left_out: frozenset[int]
    top: float
    width: float
    below: float

    def scene(self, content: Content) -> Scene:
        """The content at its places, with title above and legend below."""
        lines, arrows, boxes, labels = [], [], [], []
        for edge in self.graph.edges():
            wiring = content.wires[edge]
            lines.append(self._wire(edge, wiring))
            if wiring.rows:
                labels.append(tag(self.labels[edge], wiring))
        for node, centre in self.centres.items():
            width, height = self.sizes[node[0]]
            unit = content.units[node]
            boxes.append(Box(centre, width, height, unit.kind, _of_unit(self.graph, node)))
            found, dividers = inside(unit, centre, width)
            labels += found
            lines += dividers
        arrows += self._arrows(content)
        if self.loss is not None and content.loss is not None:
            centre, width, height = self.loss
            boxes.append(Box(centre, width, height, content.loss.kind, canonical(LOSS)))
            found, dividers = inside(self._loss_unit(content), centre, width)
            labels += found
            lines += dividers
            lines += [self._exit(node, content) for node in self.columns[-1]]
        for layer, nodes in enumerate(self.columns):
            head = content.heads[layer]
            x = self.centres[nodes[0]][0]
            labels.append(Label((x, self.top - 12 - sum(r.height for r in head) / 2), head))
            if layer in self.left_out:
                (x, above), (_, under) = self.centres[nodes[-2]], self.centres[nodes[-1]]
                labels.append(Label((x, (above + under) / 2), (row([Span("⋮")], 26.0, "quiet", "ellipsis"),)))
        if self.loss is not None and not self.loss_below and len(content.heads) > len(self.columns):
            head = content.heads[-1]
            labels.append(Label((self.loss[0][0], self.top - 12 - sum(r.height for r in head) / 2), head))
        title = row([Span(content.title)], TITLE, "ink", "title")
        labels.append(Label((self.width / 2, MARGIN + title.height / 2), (title,)))
        samples, words, low = legend_of(content, self.width, self.below + _BELOW)
        return Scene(
            self.width,
            math.ceil(low + MARGIN),
            tuple(lines + samples),
            tuple(boxes),
            tuple(labels + words),
            tuple(arrows),
        )

    def scene_height(self, content: Content) -> float:
        """How high the picture of a content is: its legend and its notes make the difference."""
        return float(math.ceil(legend_of(content, self.width, self.below + _BELOW)[2] + MARGIN))

    def _wire(self, edge: Edge, wiring: Wiring) -> Line:
        (ax, ay), (bx, by) = (self.centres[node] for node in edge)
        start = (ax + self.sizes[edge[0][0]][0] / 2, ay)
        end = (bx - self.sizes[edge[1][0]][0] / 2, by)
        return Line(start, end, wiring.kind, wiring.width, canonical(self.graph.edges[edge]["symbol"]))

    def _loss_unit(self, content: Content) -> Unit:
        """The box of the loss; below its unit it carries its own heading."""
        assert content.loss is not None
        return _headed(content) if self.loss_below else content.loss

    def _exit(self, node: Node, content: Content) -> Line:
        assert self.loss is not None
        (x, y), ((to, at), width, height) = self.centres[node], self.loss
        wiring = content.exits.get(node, Wiring())
        if self.loss_below:
            start, end = (x, y + self.sizes[-1][1] / 2), (to, at - height / 2)
        else:
            start, end = (x + self.sizes[-1][0] / 2, y), (to - width / 2, at)
        about = canonical(Partial(LOSS, self.graph.nodes[node]["symbols"][-1]))
        return Line(start, end, wiring.kind, wiring.width, about)

    def _arrows(self, content: Content) -> list[Arrow]:
        """At the left side of every unit, or, backwards, at its right side; one at the loss."""
        arrows = []
        last = len(self.columns) - 1
        for layer, nodes in enumerate(self.columns):
            half = self.sizes[layer][0] / 2
            for node in nodes:
                x, y = self.centres[node]
                if content.backwards and layer < last:
                    leaving = [
                        edge for edge in self.graph.out_edges(node) if content.wires[edge].kind != "faded"
                    ]
                    arrows.append(Arrow((x + half, y), True, _faint(content.units[node], bool(leaving))))
                if not content.backwards and layer:
                    arriving = [
                        edge for edge in self.graph.in_edges(node) if content.wires[edge].kind != "faded"
                    ]
                    arrows.append(Arrow((x - half, y), False, _faint(content.units[node], bool(arriving))))
        if self.loss is None or content.loss is None:
            return arrows
        (x, y), width, height = self.loss
        if content.backwards:
            for node in self.columns[-1]:
                (ux, uy), unit = self.centres[node], content.units[node]
                shown = _faint(unit, content.exits.get(node, Wiring()).kind != "faded")
                tip = (
                    (ux, uy + self.sizes[-1][1] / 2) if self.loss_below else (ux + self.sizes[-1][0] / 2, uy)
                )
                arrows.append(Arrow(tip, True, shown, self.loss_below))
        else:
            tip = (x, y - height / 2) if self.loss_below else (x - width / 2, y)
            arrows.append(Arrow(tip, False, _faint(content.loss, True), self.loss_below))
        return arrows


def _of_unit(graph: nx.DiGraph, node: Node) -> str:
    """The canonical name of what a unit passes on: a[1][2], x[1]."""
    return canonical(graph.nodes[node]["symbols"][-1])


def _faint(unit: Unit, used: bool) -> str:
    return "edge" if used and unit.kind != "faded" else "faded"


def _headed(content: Content) -> Unit:
    assert content.loss is not None
    return Unit((content.heads[-1], *content.loss.groups), content.loss.kind)


_Plan = tuple[float, list[Strip], dict[Node, float], bool, float]
"""Width, strips, heights of the units' middles, whether the loss stands below, and how far up and down it goes."""


def lay_out(graph: nx.DiGraph, contents: Sequence[Content]) -> Layout:
    """Places with room for each of the contents.

    Rows move apart, and columns come together, until the picture fits a sheet of paper at its full size or no
    longer gains by it. Raises: AssertionError where no distance has room for all labels.
    """
    layers = range(1 + max(node[0] for node in graph))
    columns = tuple(tuple(node for node in graph if node[0] == layer) for layer in layers)
    left_out = frozenset(layer for layer in layers if graph.graph["sizes"][layer] > len(columns[layer]))
    sizes = tuple(
        box_size([content.units[node] for content in contents for node in column]) for column in columns
    )
    tags = {edge: plate_size([content.wires[edge] for content in contents]) for edge in graph.edges()}
    heads = [max(max((r.width for r in c.heads[layer]), default=0.0) for c in contents) for layer in layers]
    beside = [
        max(60.0, (heads[k] + heads[k + 1] - sizes[k][0] - sizes[k + 1][0]) / 2 + 14) for k in layers[:-1]
    ]
    edge = max(0.0, (heads[0] - sizes[0][0]) / 2)
    with_loss = [content for content in contents if content.loss is not None]
    losses = _losses(with_loss, len(columns[-1]) == 1 and max(map(len, columns)) > 1)
    minimum = needed_width(contents)
    best: tuple[float, _Plan] | None = None
    outside = 2 * MARGIN + edge + sum(size[0] for size in sizes)
    outside += min(_end(loss, below, sizes[-1], heads[-1])[0] for below, loss in losses)
    ways = [rows_of_units(graph, columns, left_out, False)]
    if len({len(column) for column in columns} - {1}) > 1:
        ways.append(rows_of_units(graph, columns, left_out, True))
    pitch = max(height for _, height in sizes) + _ROOM
    enough = 3 if max(len(a) * len(b) for a, b in pairwise(columns)) <= _CROWD else 0
    for attempt in range(_ATTEMPTS):
        for rows in ways:
            heights = {node: y * pitch for node, y in rows.items()}
            tall = max(abs(y) + sizes[node[0]][1] / 2 for node, y in heights.items())
            bound = math.inf if best is None else _WORTH * best[0]
            if 2 * tall / _SHEET[1] >= bound:
                continue
            found = strips(columns, heights, beside, tags, bound * _SHEET[0] - outside)
            if found is None:
                continue
            inside = 2 * MARGIN + edge + sum(size[0] for size in sizes) + sum(strip.width for strip in found)
            for below, loss in losses:
                end, reach = _end(loss, below, sizes[-1], heads[-1])
                high, width = max(tall, reach), max(inside + end, minimum)
                cost = max(width / _SHEET[0], 2 * high / _SHEET[1], 1.0)
                if best is None or cost < _WORTH * best[0]:
                    best = cost, (width, found, heights, below, high)
        if best is not None and (best[0] == 1.0 or attempt >= enough):
            break
        pitch *= _GROWTH
    if best is None:
        raise AssertionError(f"no room for {len(tags)} labels at a distance of {pitch:.0f}")
    width, found, heights, below, high = best[1]
    loss = dict(losses)[below]
    used = 2 * MARGIN + edge + sum(s[0] for s in sizes) + sum(strip.width for strip in found)
    shift = (width - used - _end(loss, below, sizes[-1], heads[-1])[0]) / 2
    head = max(sum(r.height for r in rows) for content in contents for rows in content.heads)
    top = MARGIN + TITLE * 1.36 + 10 + head + 12
    middle = top + high
    if below:  # nothing reaches as far up as the loss reaches down
        up = max(sizes[node[0]][1] / 2 - y for node, y in heights.items())
        middle = top + up
    centres, labels = {}, {}
    x = MARGIN + edge + shift
    for layer, column in enumerate(columns):
        for node in column:
            centres[node] = (x + sizes[layer][0] / 2, middle + heights[node])
        x += sizes[layer][0]
        if layer + 1 < len(columns):
            for wire, (dx, dy) in found[layer].places.items():
                labels[wire] = (x + dx, middle + dy)
            x += found[layer].width
    place = None
    if loss is not None:
        under = (x - sizes[-1][0] / 2, middle + sizes[-1][1] / 2 + _EXIT + loss[1] / 2)
        place = (under if below else (x + _EXIT + loss[0] / 2, middle), loss[0], loss[1])
    return Layout(
        graph, columns, centres, sizes, labels, place, below, left_out, top, math.ceil(width), middle + high
    )


def _losses(contents: Sequence[Content], may_stand_below: bool) -> list[tuple[bool, Size | None]]:
    """Where the loss may stand (below its unit or not), and how large its box is there."""
    if not contents:
        return [(False, None)]
    found: list[tuple[bool, Size | None]] = [
        (False, box_size([c.loss for c in contents if c.loss is not None]))
    ]
    if may_stand_below:
        found.append((True, box_size([_headed(content) for content in contents])))
    return found


def _end(loss: Size | None, below: bool, unit: Size, head: float) -> tuple[float, float]:
    """How much room the loss takes at the right side, and how far down it reaches."""
    if loss is None:
        return max(0.0, (head - unit[0]) / 2), 0.0
    if below:
        return max(0.0, (max(head, loss[0]) - unit[0]) / 2), unit[1] / 2 + _EXIT + loss[1]
    return _EXIT + loss[0], loss[1] / 2
