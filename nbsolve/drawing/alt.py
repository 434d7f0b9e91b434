"""What a drawing shows, in words: the text alternative, generated from the same graph and the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import networkx as nx

from nbsolve.compose.functions import activation_name, layer_name
from nbsolve.drawing.graph import Node, units_of, weights_of
from nbsolve.drawing.numbers import linear
from nbsolve.drawing.readings import Reading, Readings
from nbsolve.drawing.rows import shown_number
from nbsolve.drawing.scene import plain
from nbsolve.given import Entry, Given
from nbsolve.notation import Names
from nbsolve.notation.network_symbols import of_outputs
from nbsolve.phrases import PhraseId, phrase, phrase_of
from nbsolve.problem import wiring
from nbsolve.problem.model import Problem
from nbsolve.symbol import LOSS, Partial, Role, Symbol, canonical

__all__ = ["ends", "network_description", "pass_description", "said", "summary"]


def network_description(graph: nx.DiGraph, problem: Problem, names: Names) -> str:
    """Every unit with its symbols and bias, and every edge with its weight; a summary for a large network."""
    if not graph.graph["complete"]:
        return f"{summary(graph, problem, names)} {phrase('drawing.alt.shortened_symbols')}"
    return " ".join(_network(graph, problem, names))


def _network(graph: nx.DiGraph, problem: Problem, names: Names) -> Iterator[str]:
    held = phrase("drawing.alt.held")
    inputs = [
        _given(names, data["symbols"][0], data["value"]) for node, data in units_of(graph) if not node[0]
    ]
    yield phrase("drawing.alt.inputs", inputs=", ".join(inputs))
    for node, data in units_of(graph):
        if node[0] == 0:
            continue
        before, after = (plain(names, symbol) for symbol in data["symbols"])
        parts = [f"{before} → {after}"]
        known = problem.samples[0].given if len(problem.samples) == 1 else {}
        parts += [
            _given(names, symbol, known[canonical(symbol)]) + phrase("drawing.alt.given")
            for symbol in data["symbols"]
            if canonical(symbol) in known
        ]
        if data["bias"] is not None:
            threshold = data["bias"].role is Role.THRESHOLD
            kind: PhraseId = "drawing.alt.threshold" if threshold else "drawing.alt.bias"
            constant = _given(names, data["bias"], data["bias_value"]) + (held if data["held"] else "")
            parts.append(phrase(kind, constant=constant))
        layer = problem.network.layer(node[0])
        each = layer.activation.units
        activation = activation_name(each[node[1] - 1]) if each else layer_name(layer)
        slots = {"layer": str(node[0]), "unit": str(node[1]), "activation": activation}
        yield phrase("drawing.alt.unit_with", **slots, parts=", ".join(parts))
    for _, _, data in weights_of(graph):
        weight = _given(names, data["symbol"], data["weight"]) + (held if data["held"] else "")
        yield phrase("drawing.alt.edge", ends=ends(graph, data["ends"], names), weight=weight)
    yield from added(graph, names)
    if len(problem.samples) == 1 and problem.samples[0].target is not None:
        targets = wiring.targets(problem.network, problem.samples[0])
        listed = [
            _given(names, vector._replace(to=k), value)
            for vector, given in targets
            for k, value in enumerate(given, 1)
        ]
        yield phrase("drawing.alt.targets", targets=", ".join(listed))


def pass_description(graph: nx.DiGraph, readings: Readings, names: Names, show: str) -> str:
    """Every unit and every edge with its numbers: values, and gradients or new values where they are drawn."""
    return " ".join(_Sentences(graph, readings, names, show).all())


@dataclass(frozen=True)
class _Sentences:
    graph: nx.DiGraph
    readings: Readings
    names: Names
    show: str

    def all(self) -> Iterator[str]:
        """Describe the drawing: one sentence for each unit and each edge."""
        graph, names = self.graph, self.names
        if graph.number_of_edges() < graph.graph["edges"]:
            yield summary(graph, self.readings.solution.problem, names)
            yield phrase("drawing.alt.shortened")
        for node, data in units_of(graph):
            symbols = data["symbols"]
            if node[0] == 0:
                yield phrase("drawing.alt.input", input=self.valued(symbols[0]))
                continue
            parts = [self.valued(symbol) for symbol in symbols]
            if data["bias"] is not None:
                parts.append(self.learnt(data["bias"], data["held"]))
            stopped = self.readings.gradient(symbols[0])
            if self.show == "backward" and stopped is not None and stopped.zero:
                parts.append(phrase("drawing.alt.stopped"))
            slots = {"layer": str(node[0]), "unit": str(node[1])}
            yield phrase("drawing.alt.unit", **slots, parts=", ".join(parts))
        for _, _, data in weights_of(graph):
            weight = self.learnt(data["symbol"], data["held"])
            yield phrase("drawing.alt.edge", ends=ends(graph, data["ends"], names), weight=weight)
        targets = [*of_outputs(names.network, Role.TARGET)]
        if self.readings.value(targets[0]) is not None:
            listed = [said(names, target, self.readings.value(target)) for target in targets]
            yield phrase("drawing.alt.targets", targets=", ".join(listed))
        problem = self.readings.solution.problem
        if problem.given_gradient:
            ends_ = [Symbol.activation(len(names.sizes) - 1, k) for k in range(1, names.sizes[-1] + 1)]
            given = [said(names, Partial(LOSS, a), self.readings.gradient(a)) for a in ends_]
            yield phrase("drawing.alt.upstream", gradients=", ".join(given))
        if problem.losses:
            yield phrase("drawing.alt.loss", loss=said(names, LOSS, self.readings.value(LOSS)))

    def valued(self, symbol: Symbol) -> str:
        """z₁ = 0.6, with its gradient where that is drawn."""
        text = said(self.names, symbol, self.readings.value(symbol))
        if self.readings.is_given(symbol):
            text += phrase("drawing.alt.given")
        gradient = self.readings.gradient(symbol)
        if self.show == "backward" and (gradient is not None or symbol.role is not Role.INPUT):
            slope = said(self.names, Partial(LOSS, symbol), gradient)
            return phrase("drawing.alt.with_gradient", value=text, gradient=slope)
        return text

    def learnt(self, symbol: Symbol, held: bool) -> str:
        """A parameter, with what the update makes of it where that is drawn."""
        if self.show != "update":
            return self.valued(symbol)
        text = said(self.names, symbol, self.readings.value(symbol))
        new = self.readings.new(symbol)
        if held:
            return text + phrase("drawing.alt.held")
        return text if new is None else phrase("drawing.alt.new", value=text, new=new.plain())


def said(names: Names, atom: Symbol | Partial, reading: Reading | None) -> str:
    """w₁ = 0.1, or w₁ where it has no number."""
    name = plain(names, atom)
    return name if reading is None else f"{name} {reading.relation} {reading.plain()}"


def summary(graph: nx.DiGraph, problem: Problem, names: Names) -> str:
    """The layers of a large network."""
    layers = [phrase("drawing.alt.layer_inputs", count=str(names.sizes[0]))]
    for units, layer in zip(names.sizes[1:], problem.network.layers, strict=True):
        key: PhraseId = "drawing.alt.layer_units" if units != 1 else "drawing.alt.layer_unit"
        if layer.activation.units:
            key = "drawing.alt.layer_each"
        activation = layer_name(layer)
        layers.append(phrase(key, count=str(units), activation=activation))
    then = phrase("drawing.alt.then").join(layers)
    count = str(graph.graph["edges"])
    return phrase("drawing.alt.summary", layers=then, count=count)


def added(graph: nx.DiGraph, names: Names) -> Iterator[str]:
    """What is added up, or compared, without weights."""
    for _, unit, data in graph.edges(data=True):
        if "joined" in data:
            lines = ends(graph, (data["carries"], unit), names)
            yield phrase_of("combinations.", data["joined"], "line", ends=lines)


def ends(graph: nx.DiGraph, units: Sequence[Node], names: Names) -> str:
    """x₁ → a₂: an edge by the units it joins."""
    return " → ".join(plain(names, graph.nodes[node]["symbols"][-1]) for node in units)


def _given(names: Names, symbol: Symbol, entry: Entry | None) -> str:
    name = plain(names, symbol)
    if not isinstance(entry, Given):
        return name
    relation, number = shown_number(entry)
    return f"{name} {relation} {linear(number)}"
