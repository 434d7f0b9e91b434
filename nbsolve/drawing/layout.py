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

from nbsolve.drawing.content import Content, Edge, Unit, Wiring
from nbsolve.drawing.graph import Node
from nbsolve.drawing.placing import Wire, place_on_wires
from nbsolve.drawing.scene import Arrow, Box, Label, Line, Point, Row, Scene, Span, row

__all__ = ["Layout", "lay_out"]

_MARGIN, _PAD = 14.0, 9.0
_SMALL, _TITLE = 14.0, 16.0
_PARTING = 3.0
_GROUP_GAP = 7.0
_EXIT = 36.0
_ROOM = 26.0
_STEEPEST = 1.35
_ATTEMPTS = 40
_STRETCH = {1: 1.2, 2: 4.2, 3: 3.8}
"""How far apart rows start, in heights of a label, by how many units the largest layer has: room for labels
abreast, so that columns can stand close."""
_PARTS = (0.5, 0.42, 0.58, 0.38, 0.62, 0.36, 0.64, 0.34, 0.66, 0.31, 0.69, 0.28, 0.72, 0.25, 0.75, 0.2, 0.8)


@dataclass(frozen=True)
class Layout:
    """Places for every unit, every wire's label and the loss; `scene` fills them."""

    graph: nx.DiGraph
    columns: tuple[tuple[Node, ...], ...]
    centres: dict[Node, Point]
    sizes: tuple[tuple[float, float], ...]
    labels: dict[Edge, Point]
    loss: tuple[Point, float, float] | None
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
                labels.append(_tag(self.labels[edge], wiring))
        for node, centre in self.centres.items():
            width, height = self.sizes[node[0]]
            unit = content.units[node]
            boxes.append(Box(centre, width, height, unit.kind, f"unit {node[0]}.{node[1]}"))
            found, dividers = _inside(unit, centre, width)
            labels += found
            lines += dividers
        arrows += self._arrows(content)
        if self.loss is not None and content.loss is not None:
            centre, width, height = self.loss
            boxes.append(Box(centre, width, height, content.loss.kind, "loss"))
            found, dividers = _inside(content.loss, centre, width)
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
        if self.loss is not None and len(content.heads) > len(self.columns):
            head = content.heads[-1]
            labels.append(Label((self.loss[0][0], self.top - 12 - sum(r.height for r in head) / 2), head))
        title = row([Span(content.title)], _TITLE, "ink", "title")
        if title.width <= self.width - 2 * _MARGIN:
            labels.append(Label((self.width / 2, _MARGIN + title.height / 2), (title,)))
        samples, words, low = _legend(content, self.width, self.below + 16)
        return Scene(
            self.width,
            math.ceil(low + _MARGIN - 6),
            tuple(lines + samples),
            tuple(boxes),
            tuple(labels + words),
            tuple(arrows),
        )

    def _wire(self, edge: Edge, wiring: Wiring) -> Line:
        (ax, ay), (bx, by) = (self.centres[node] for node in edge)
        start = (ax + self.sizes[edge[0][0]][0] / 2, ay)
        end = (bx - self.sizes[edge[1][0]][0] / 2, by)
        about = wiring.rows[0].about if wiring.rows else ""
        return Line(start, end, wiring.kind, wiring.width, about)

    def _exit(self, node: Node, content: Content) -> Line:
        assert self.loss is not None
        (x, y), (to, at) = self.centres[node], self.loss[0]
        wiring = content.exits.get(node, Wiring())
        return Line(
            (x + self.sizes[-1][0] / 2, y), (to - self.loss[1] / 2, at), wiring.kind, wiring.width, "exit"
        )

    def _arrows(self, content: Content) -> list[Arrow]:
        arrows = []
        for layer, nodes in enumerate(self.columns):
            for node in nodes:
                x, y = self.centres[node]
                half = self.sizes[layer][0] / 2
                last = layer == len(self.columns) - 1
                faint = "faded" if content.units[node].kind == "faded" else "edge"
                if content.backwards and (not last or self.loss is not None):
                    arrows.append(Arrow((x + half, y), True, faint))
                if not content.backwards and layer:
                    arrows.append(Arrow((x - half, y), False, faint))
        if self.loss is not None and not content.backwards:
            (x, y), width, _ = self.loss
            faint = "faded" if content.loss is not None and content.loss.kind == "faded" else "edge"
            arrows.append(Arrow((x - width / 2, y), False, faint))
        return arrows


def lay_out(graph: nx.DiGraph, contents: Sequence[Content]) -> Layout:
    """Places with room for each of the contents; columns and rows move apart until every label has its own."""
    layers = range(1 + max(node[0] for node in graph))
    columns = tuple(tuple(node for node in graph if node[0] == layer) for layer in layers)
    left_out = frozenset(layer for layer in layers if graph.graph["sizes"][layer] > len(columns[layer]))
    sizes = tuple(
        _fit([content.units[node] for content in contents for node in column]) for column in columns
    )
    losses = [content.loss for content in contents if content.loss is not None]
    loss = _fit(losses) if losses else None
    tags = {edge: _room([content.wires[edge] for content in contents]) for edge in graph.edges()}
    heads = [
        max(max((r.width for r in content.heads[layer]), default=0.0) for content in contents)
        for layer in layers
    ]
    relative = _relative(graph, columns, left_out)
    tallest = max(h for _, h in tags.values()) if tags else 0.0
    crowd = max(map(len, columns))
    pitch = max(max(height for _, height in sizes) + _ROOM, tallest * _STRETCH.get(crowd, 2.4))
    for _ in range(_ATTEMPTS):
        gaps = _gaps(columns, relative, sizes, tags, heads, pitch)
        if gaps is not None:
            break
        pitch *= 1.1
    else:
        raise AssertionError(f"no room for {len(tags)} labels at a distance of {pitch:.0f}")
    widths, found = gaps
    exit_room = 0.0 if loss is None else _EXIT + loss[0]
    edge = max(0.0, (heads[0] - sizes[0][0]) / 2)
    end = max(0.0, (heads[-1] - sizes[-1][0]) / 2 - exit_room)
    width = 2 * _MARGIN + edge + end + sum(size[0] for size in sizes) + sum(widths) + exit_room
    minimum = _needed(contents)
    shift = max(0.0, (minimum - width) / 2)
    width = math.ceil(max(width, minimum))
    head = max(sum(r.height for r in rows) for content in contents for rows in content.heads)
    top = _MARGIN + _TITLE * 1.36 + 14 + head + 12
    high = max(abs(y) * pitch + sizes[node[0]][1] / 2 for node, y in relative.items())
    high = max(high, loss[1] / 2 if loss else 0.0)
    middle = top + high
    centres, labels = {}, {}
    x = _MARGIN + edge + shift
    for layer, column in enumerate(columns):
        for node in column:
            centres[node] = (x + sizes[layer][0] / 2, middle + relative[node] * pitch)
        x += sizes[layer][0]
        if layer + 1 < len(columns):
            for wire, (dx, dy) in found[layer].items():
                labels[wire] = (x + dx, middle + dy)
            x += widths[layer]
    place = None if loss is None else ((x + _EXIT + loss[0] / 2, middle), loss[0], loss[1])
    return Layout(graph, columns, centres, sizes, labels, place, left_out, top, width, middle + high)


_Gap = tuple[list[float], list[dict[Edge, Point]]]


def _gaps(
    columns: Sequence[Sequence[Node]],
    relative: dict[Node, float],
    sizes: Sequence[tuple[float, float]],
    tags: dict[Edge, tuple[float, float]],
    heads: Sequence[float],
    pitch: float,
) -> _Gap | None:
    """For each pair of columns the smallest distance at which its labels fit, and where they go."""
    widths: list[float] = []
    found: list[dict[Edge, Point]] = []
    for layer, (before, after) in enumerate(pairwise(columns)):
        edges = [(a, b) for a in before for b in after]
        rise = max(abs(relative[a] - relative[b]) for a, b in edges) * pitch
        widest = max(tags[edge][0] for edge in edges)
        beside = (heads[layer] + heads[layer + 1] - sizes[layer][0] - sizes[layer + 1][0]) / 2 + 14
        gap = max(widest + 34, rise / _STEEPEST, beside, 60.0)
        if widest == 0.0:
            widths.append(max(gap, 90.0, rise / 3))
            found.append({})
            continue
        most = max(gap * 1.02, widest * (2.2 + 0.25 * max(len(before), len(after))))
        while gap <= most:
            wires = [
                Wire((0.0, relative[a] * pitch), (gap, relative[b] * pitch), *tags[a, b]) for a, b in edges
            ]
            places = place_on_wires(wires)
            if places is not None:
                widths.append(gap)
                found.append(dict(zip(edges, places, strict=True)))
                break
            gap *= 1.12
        else:
            return None
        abreast = _abreast(edges, relative, tags, pitch, gap * 1.2)
        if abreast is not None:
            widths[-1], found[-1] = max(abreast[0], beside, rise / _STEEPEST), {}
            part = abreast[1]
            for a, b in edges:
                y = (relative[a] + part * (relative[b] - relative[a])) * pitch
                found[-1][a, b] = (widths[-1] * part, y)
    return widths, found


def _abreast(
    edges: Sequence[Edge],
    relative: dict[Node, float],
    tags: dict[Edge, tuple[float, float]],
    pitch: float,
    most: float,
) -> tuple[float, float] | None:
    """A distance no larger than `most` at which all labels stand at one part of their wires, and that part."""
    widest, tallest = (max(tags[edge][k] for edge in edges) for k in (0, 1))
    for part in _PARTS:
        gap = (widest / 2 + 10) / min(part, 1 - part)
        if gap > most:
            break
        heights = sorted((relative[a] + part * (relative[b] - relative[a])) * pitch for a, b in edges)
        if all(below - above >= tallest + 4 for above, below in pairwise(heights)):
            return gap, part
    return None


def _relative(
    graph: nx.DiGraph, columns: Sequence[Sequence[Node]], left_out: frozenset[int]
) -> dict[Node, float]:
    """Heights of the units in rows around the middle: the multipartite layout, stretched where ⋮ stands."""
    found = {}
    places = nx.multipartite_layout(graph, subset_key="layer", align="vertical")
    unit = 1.0
    if len(columns) > 1:
        unit = places[columns[1][0]][0] - places[columns[0][0]][0]
    for layer, column in enumerate(columns):
        heights = sorted(float(places[node][1] / unit) for node in column)
        if layer in left_out:
            heights = [height - 0.5 for height in heights[:-1]] + [heights[-1] + 0.5]
        middle = (heights[0] + heights[-1]) / 2
        found.update({node: height - middle for node, height in zip(column, heights, strict=True)})
    return found


def _fit(units: Sequence[Unit]) -> tuple[float, float]:
    """Width and height of a box that holds each of the units."""
    width = max(r.width for unit in units for group in unit.groups for r in group) + 2 * _PAD
    height = max(_height(unit) for unit in units) + 1.4 * _PAD
    return max(width, 44.0), max(height, 44.0)


def _height(unit: Unit) -> float:
    inside = sum(r.height for group in unit.groups for r in group)
    return inside + _GROUP_GAP * (len(unit.groups) - 1)


def _room(wirings: Sequence[Wiring]) -> tuple[float, float]:
    """Width and height of a plate that holds each of the labels of a wire."""
    labels = [_tag((0, 0), wiring) for wiring in wirings if wiring.rows]
    return max((label.width for label in labels), default=0.0), max(
        (label.height for label in labels), default=0.0
    )


def _tag(centre: Point, wiring: Wiring) -> Label:
    parting = _PARTING if len(wiring.rows) > 1 else 0.0
    return Label(centre, wiring.rows, plate=True, parting=parting, wire=wiring.kind)


def _inside(unit: Unit, centre: Point, width: float) -> tuple[list[Label], list[Line]]:
    """The groups of a box from top to bottom and the thin lines between them."""
    labels, lines = [], []
    x, y = centre
    y -= _height(unit) / 2
    for number, group in enumerate(unit.groups):
        if number:
            y += _GROUP_GAP
            at = y - _GROUP_GAP / 2
            lines.append(Line((x - width / 2 + 8, at), (x + width / 2 - 8, at), "divider", 0.8))
        high = sum(r.height for r in group)
        labels.append(Label((x, y + high / 2), group))
        y += high
    return labels, lines


def _needed(contents: Sequence[Content]) -> float:
    """A width that holds each title and the widest piece of each legend."""
    rows = [row([Span(content.title)], _TITLE) for content in contents]
    rows += [row([Span(text)], _SMALL) for content in contents for _, text in content.legend]
    return max(r.width for r in rows) + 2 * _MARGIN + 40


def _legend(content: Content, width: float, y: float) -> tuple[list[Line], list[Label], float]:
    """Samples of wires with their meaning, then the notes, in as many lines as they need."""
    lines: list[Line] = []
    labels: list[Label] = []
    rows: list[list[tuple[str, Row]]] = [[]]
    used = 0.0
    for kind, text in content.legend:
        words = row([Span(text)], _SMALL, "quiet", "legend")
        room = words.width + (38 if kind else 0) + 22
        if rows[-1] and used + room > width - 2 * _MARGIN:
            rows.append([])
            used = 0.0
        rows[-1].append((kind, words))
        used += room
    height = _SMALL * 1.5
    for items in rows if content.legend else []:
        total = sum(words.width + (38 if kind else 0) + 22 for kind, words in items) - 22
        x, y = (width - total) / 2, y + height
        for kind, words in items:
            if kind:
                lines.append(Line((x, y - height / 2), (x + 30, y - height / 2), kind, 2.4, "legend"))
                x += 38
            labels.append(Label((x + words.width / 2, y - height / 2), (words,)))
            x += words.width + 22
    for note in content.notes:
        for text in _wrapped(note, width - 2 * _MARGIN):
            y += height
            labels.append(Label((width / 2, y - height / 2), (row([Span(text)], _SMALL, "quiet", "note"),)))
    return lines, labels, y


def _wrapped(text: str, width: float) -> list[str]:
    found: list[str] = []
    for word in text.split(" "):
        longer = f"{found[-1]} {word}" if found else word
        if found and row([Span(longer)], _SMALL).width > width:
            found.append(word)
        elif found:
            found[-1] = longer
        else:
            found.append(word)
    return found
