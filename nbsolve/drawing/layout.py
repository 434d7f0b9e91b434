"""From the graph of a network to a scene: layers as columns, units as circles, weights along their edges."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import networkx as nx

from nbsolve.drawing.graph import Node
from nbsolve.drawing.placing import place_on_edges
from nbsolve.drawing.scene import Circle, Label, Line, Point, Scene, Span, written
from nbsolve.given import Given
from nbsolve.notation import Names
from nbsolve.problem.model import Problem
from nbsolve.symbol import Role, Symbol, canonical

__all__ = ["network_scene", "shown_number"]

_TEXT, _UNIT_TEXT, _HEAD_TEXT = 15.0, 17.0, 14.0
_MARGIN, _ROOM = 22.0, 14.0
_ATTEMPTS = 24


def shown_number(given: Given) -> str:
    """A given as written with a true minus sign; a long one (from a data file) with four digits and ≈."""
    text = str(given)
    if len(text) > 9:
        text = f"≈{float(given.value):.4g}"
    return text.replace("-", "−")


def network_scene(graph: nx.DiGraph, problem: Problem, names: Names) -> Scene:
    """Place everything; columns and rows move apart until every label has a place of its own."""
    drafts = _Drafts(graph, problem, names)
    gap, row = drafts.narrowest, drafts.lowest
    for _ in range(_ATTEMPTS):
        scene = drafts.scene(gap, row)
        if scene is not None:
            return scene
        gap, row = gap * 1.07, row * 1.1
    raise AssertionError(f"no room for {graph.number_of_edges()} labels at a column distance of {gap:.0f}")


class _Drafts:
    """One network's labels, measured once, placed at growing distances."""

    def __init__(self, graph: nx.DiGraph, problem: Problem, names: Names) -> None:
        self.graph, self.problem, self.names = graph, problem, names
        self.layers: list[list[Node]] = [
            sorted(node for node in graph if node[0] == layer) for layer in range(len(names.sizes))
        ]
        self.heads = [self._head(layer) for layer in range(len(self.layers))]
        inside = [self._inside(node, (0, 0)) for node in graph]
        self.radius = max(27.0, *(self._reach(labels) for labels in inside)) + 3
        biases = [label for node in graph for label in self._bias(node, (0, 0))]
        heads = [label.width for label in self.heads]
        beside = [(a + b) / 2 + _ROOM for a, b in pairwise(heads)]
        edges = [self._edge(data).width for _, _, data in graph.edges(data=True)] if self.complete else [60.0]
        widest = max((label.width for label in biases), default=0.0)
        self.narrowest = max(*beside, 2 * self.radius + 1.6 * max(edges) + 46, widest + 40)
        self.lowest = 2 * self.radius + (2 * _TEXT if biases else _TEXT) + 2 * _ROOM

    @property
    def complete(self) -> bool:
        """Whether the weights are written on the edges."""
        return bool(self.graph.graph["complete"])

    def scene(self, gap: float, row: float) -> Scene | None:
        """The scene at these distances, or None where the labels do not fit."""
        targets = {node: self._target(node) for node in self.layers[-1]}
        right = max((label.width for label in targets.values() if label), default=0.0)
        heads = [label.width / 2 for label in self.heads]
        left = _MARGIN + max(self.radius, heads[0], self._bias_reach(0))
        last = max(self.radius + (30 + right if right else 0), heads[-1], self._bias_reach(-1))
        width = left + gap * (len(self.layers) - 1) + last + _MARGIN
        tallest = max(self._rows(layer) for layer in range(len(self.layers)))
        top = _MARGIN + 2 * _HEAD_TEXT + self.radius
        note = self._note(width)
        centre = top + (tallest - 1) * row / 2
        places = self._places(left, gap, row, centre)
        circles = [
            Circle(places[node], self.radius, "input" if node[0] == 0 else "unit") for node in self.graph
        ]
        labels = [label for node in self.graph for label in self._inside(node, places[node])]
        labels += [label for node in self.graph for label in self._bias(node, places[node])]
        labels += [
            _at(head, (left + gap * layer, _MARGIN + _HEAD_TEXT / 2)) for layer, head in enumerate(self.heads)
        ]
        lines, wanted = self._lines(places)
        for node, label in targets.items():
            if label:
                x, y = places[node]
                lines.append(Line((x + self.radius, y), (x + self.radius + 20, y), "arrow"))
                labels.append(_at(label, (x + self.radius + 28 + label.width / 2, y)))
        labels += self._dots(places)
        bottom = max(y for label in labels for _, y in label.corners())
        bottom = max(bottom, *(circle.centre[1] + circle.radius for circle in circles))
        for number, label in enumerate(note, 1):
            labels.append(_at(label, (width / 2, bottom + 24 * number)))
        height = bottom + 24 * len(note) + _MARGIN
        if self.complete:
            on_edges = place_on_edges(wanted, circles, labels)
            if on_edges is None:
                return None
            labels += on_edges
        return Scene(math.ceil(width), math.ceil(height), tuple(lines), tuple(circles), tuple(labels))

    # ------------------------------------------------------------------ where units stand

    def _rows(self, layer: int) -> int:
        hidden = self.names.sizes[layer] > len(self.layers[layer])
        return len(self.layers[layer]) + hidden

    def _places(self, left: float, gap: float, row: float, centre: float) -> dict[Node, Point]:
        places = {}
        for layer, nodes in enumerate(self.layers):
            start = centre - (self._rows(layer) - 1) * row / 2
            left_out = self._rows(layer) - len(nodes)
            for number, node in enumerate(nodes):
                step = number + (left_out if number == len(nodes) - 1 else 0)
                places[node] = (left + gap * layer, start + step * row)
        return places

    def _lines(self, places: dict[Node, Point]) -> tuple[list[Line], list[tuple[Line, Label]]]:
        lines, wanted = [], []
        for source, target, data in self.graph.edges(data=True):
            (ax, ay), (bx, by) = places[source], places[target]
            length = math.hypot(bx - ax, by - ay)
            dx, dy = self.radius * (bx - ax) / length, self.radius * (by - ay) / length
            line = Line((ax + dx, ay + dy), (bx - dx, by - dy), "held" if data["held"] else "edge")
            lines.append(line)
            if self.complete:
                wanted.append((line, self._edge(data)))
        return lines, wanted

    def _dots(self, places: dict[Node, Point]) -> list[Label]:
        labels = []
        for layer, nodes in enumerate(self.layers):
            if self._rows(layer) > len(nodes):
                (x, above), (_, below) = places[nodes[-2]], places[nodes[-1]]
                labels.append(Label((x, (above + below) / 2), (Span("⋮"),), 26.0, "quiet", about="ellipsis"))
        return labels

    # ------------------------------------------------------------------ what is written

    def _inside(self, node: Node, centre: Point) -> list[Label]:
        """The symbols of a unit, pre-activation above activation; for an input its symbol above its value."""
        data: dict[str, Any] = self.graph.nodes[node]
        (x, y), symbols = centre, data["symbols"]
        lines = [(written(self.names.name(symbol)), canonical(symbol)) for symbol in symbols]
        tones = ["quiet", "ink"]
        if node[0] == 0:
            tones = ["ink", "value"]
            if data["value"] is not None:
                lines.append(((Span(shown_number(data["value"])),), canonical(symbols[0]) + " value"))
        if len(lines) == 1:
            return [Label((x, y), lines[0][0], _UNIT_TEXT, "ink", about=lines[0][1])]
        steps = zip(lines, (-12.5, 12.5), tones, strict=True)
        return [
            Label((x, y + dy), spans, _UNIT_TEXT - 1, tone, about=about) for (spans, about), dy, tone in steps
        ]

    def _bias(self, node: Node, centre: Point) -> list[Label]:
        data: dict[str, Any] = self.graph.nodes[node]
        if node[0] == 0 or data["bias"] is None:
            return []
        name = written(self.names.name(data["bias"]))
        spans = (Span(data["bias_sign"] + " "), *name)
        if self.complete:
            spans = (*spans, Span(f" = {shown_number(data['bias_value'])}"), *_held(data))
        place = (centre[0], centre[1] + self.radius + 5 + _TEXT * 0.66)
        return [Label(place, spans, _TEXT - 1, "value", plate=True, about=canonical(data["bias"]))]

    def _bias_reach(self, layer: int) -> float:
        labels = [label for node in self.layers[layer] for label in self._bias(node, (0, 0))]
        return max((label.width / 2 for label in labels), default=0.0)

    def _edge(self, data: dict[str, Any]) -> Label:
        symbol: Symbol = data["symbol"]
        spans = (*written(self.names.name(symbol)), Span(f" = {shown_number(data['weight'])}"), *_held(data))
        return Label((0, 0), spans, _TEXT, "value", plate=True, about=canonical(symbol))

    def _target(self, node: Node) -> Label | None:
        """The target beside an output: its symbol, with its value where there is one sample."""
        samples = self.problem.samples
        if any(sample.target is None for sample in samples):
            return None
        symbol = Symbol(Role.TARGET, to=node[1])
        spans = (Span("target "), *written(self.names.name(symbol)))
        if self.names.name(symbol).signs()[0] == "target":
            spans = written(self.names.name(symbol))
        if len(samples) == 1 and samples[0].target is not None:
            spans = (*spans, Span(f" = {shown_number(samples[0].target[node[1] - 1])}"))
        return Label((0, 0), spans, _TEXT - 1, "ink", about=canonical(symbol))

    def _head(self, layer: int) -> Label:
        last = len(self.names.sizes) - 1
        if layer == 0:
            text = "Input"
        else:
            place = "Output" if layer == last else "Hidden" if last == 2 else f"Hidden {layer}"
            text = f"{place} · {self.problem.network.layers[layer - 1].activation.name.replace('_', ' ')}"
        return Label((0, 0), (Span(text),), _HEAD_TEXT, "quiet", about=f"layer {layer}")

    def _note(self, width: float) -> list[Label]:
        """What the picture leaves out, in lines no wider than the picture."""
        if self.complete:
            return []
        words = f"{'-'.join(map(str, self.names.sizes))}: {self.graph.graph['edges']} connections".split()
        words += ["(weights", "not", "written)"]
        if any(self._rows(layer) > len(nodes) for layer, nodes in enumerate(self.layers)):
            words += ["·", "⋮", "stands", "for", "units", "left", "out"]
        rows: list[str] = [words[0]]
        for word in words[1:]:
            longer = Label((0, 0), (Span(f"{rows[-1]} {word}"),), _HEAD_TEXT)
            if longer.width > width - 2 * _MARGIN:
                rows.append(word)
            else:
                rows[-1] = longer.text
        return [Label((0, 0), (Span(text),), _HEAD_TEXT, "quiet", about="note") for text in rows]

    @staticmethod
    def _reach(labels: list[Label]) -> float:
        """How large a circle must be to hold its labels."""
        return max(math.hypot(*corner) for label in labels for corner in label.corners())


def _held(data: dict[str, Any]) -> tuple[Span, ...]:
    return (Span(" (held)", 0.8),) if data["held"] else ()


def _at(label: Label, centre: Point) -> Label:
    return Label(centre, label.spans, label.size, label.tone, label.angle, label.plate, label.about)
