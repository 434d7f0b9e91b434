"""What a drawing shows, in words: the text alternative, generated from the same graph and the same numbers."""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx

from nbsolve.drawing.graph import Node
from nbsolve.drawing.readings import Readings
from nbsolve.drawing.scene import plain
from nbsolve.drawing.shows import shown_number
from nbsolve.layers.dense import LOSS
from nbsolve.notation import Names
from nbsolve.problem.model import Problem
from nbsolve.symbol import Partial, Role, Symbol

__all__ = ["network_description", "pass_description"]


def network_description(graph: nx.DiGraph, problem: Problem, names: Names) -> str:
    """Every unit with its symbols and bias, and every edge with its weight; a summary for a large network."""
    if not graph.graph["complete"]:
        return summary(graph, problem, names) + (
            " The picture shows the first and last units of each large layer, without weights."
        )
    inputs = [_input(graph, node, names) for node in graph if node[0] == 0]
    sentences = [f"Inputs: {', '.join(inputs)}."]
    for node in graph:
        if node[0] == 0:
            continue
        data = graph.nodes[node]
        before, after = (plain(names, symbol) for symbol in data["symbols"])
        activation = problem.network.layers[node[0] - 1].activation.name
        bias = ""
        if data["bias"] is not None:
            kind = "threshold" if data["bias"].role is Role.THRESHOLD else "bias"
            bias = f", {kind} {plain(names, data['bias'])} = {shown_number(data['bias_value'])}"
            bias += " (held)" if data["held"] else ""
        sentences.append(f"Layer {node[0]}, unit {node[1]} ({activation}): {before} → {after}{bias}.")
    for source, target, data in graph.edges(data=True):
        held = " (held)" if data["held"] else ""
        sentences.append(
            f"Edge {_ends(graph, source, target, names)}: "
            f"{plain(names, data['symbol'])} = {shown_number(data['weight'])}{held}."
        )
    return " ".join([*sentences, *_targets(problem, names)])


def pass_description(graph: nx.DiGraph, readings: Readings, names: Names, show: str) -> str:
    """Every unit and every edge with its numbers: values, and gradients or new values where they are drawn."""
    return " ".join(_sentences(graph, readings, names, show))


def _sentences(graph: nx.DiGraph, readings: Readings, names: Names, show: str) -> Iterator[str]:
    def said(symbol: Symbol, gradient: bool = False) -> str:
        reading = readings.value(symbol)
        text = f"{plain(names, symbol)} {reading.relation} {reading.plain()}"
        if gradient and show == "backward":
            slope = readings.gradient(symbol)
            text += f" with {plain(names, Partial(LOSS, symbol))} {slope.relation} {slope.plain()}"
        return text

    def learnt(symbol: Symbol, held: bool) -> str:
        if show != "update":
            return said(symbol, True)
        return said(symbol) + (" (held)" if held else f", new value {readings.new(symbol).plain()}")

    if graph.number_of_edges() < graph.graph["edges"]:
        text = summary(graph, readings.solution.problem, names)
        yield f"{text} The picture shows the first and last units of each large layer."
    for node, data in graph.nodes(data=True):
        symbols = data["symbols"]
        if node[0] == 0:
            yield f"Input {said(symbols[0])}."
            continue
        parts = [said(symbol, True) for symbol in symbols]
        if data["bias"] is not None:
            parts.append(learnt(data["bias"], data["held"]))
        if show == "backward" and readings.gradient(symbols[0]).zero:
            parts.append("no gradient passes through it")
        yield f"Layer {node[0]}, unit {node[1]}: {', '.join(parts)}."
    for source, target, data in graph.edges(data=True):
        yield f"Edge {_ends(graph, source, target, names)}: {learnt(data['symbol'], data['held'])}."
    targets = [Symbol(Role.TARGET, to=k) for k in range(1, names.outputs + 1)]
    if targets and readings.here(targets[0]) in readings:
        yield f"Targets: {', '.join(map(said, targets))}."
    if LOSS in readings:
        yield f"Loss: {said(LOSS)}."


def summary(graph: nx.DiGraph, problem: Problem, names: Names) -> str:
    """The layers of a large network."""
    layers = [f"{names.sizes[0]} inputs"]
    for units, layer in zip(names.sizes[1:], problem.network.layers, strict=True):
        layers.append(f"{units} {layer.activation.name} unit{'s' if units != 1 else ''}")
    return f"{', then '.join(layers)}; {graph.graph['edges']} connections."


def _ends(graph: nx.DiGraph, source: Node, target: Node, names: Names) -> str:
    return " → ".join(plain(names, graph.nodes[node]["symbols"][-1]) for node in (source, target))


def _input(graph: nx.DiGraph, node: Node, names: Names) -> str:
    data = graph.nodes[node]
    value = "" if data["value"] is None else f" = {shown_number(data['value'])}"
    return plain(names, data["symbols"][0]) + value


def _targets(problem: Problem, names: Names) -> list[str]:
    if len(problem.samples) != 1 or problem.samples[0].target is None:
        return []
    pairs = enumerate(problem.samples[0].target, 1)
    values = [f"{plain(names, Symbol(Role.TARGET, to=k))} = {shown_number(value)}" for k, value in pairs]
    return [f"Targets: {', '.join(values)}."]
