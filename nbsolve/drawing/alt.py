"""What a drawing shows, in words: the text alternative, generated from the same graph."""

from __future__ import annotations

import networkx as nx

from nbsolve.drawing.layout import shown_number
from nbsolve.notation import Names
from nbsolve.problem.model import Problem
from nbsolve.symbol import Role, Symbol

__all__ = ["network_description", "network_title"]


def network_title(names: Names) -> str:
    """`Network 2-2-1`."""
    return f"Network {'-'.join(map(str, names.sizes))}"


def network_description(graph: nx.DiGraph, problem: Problem, names: Names) -> str:
    """Every unit with its symbols and bias, and every edge with its weight; a summary for a large network."""
    if not graph.graph["complete"]:
        return _summary(graph, problem, names)
    inputs = [_input(graph, node, names) for node in graph if node[0] == 0]
    sentences = [f"Inputs: {', '.join(inputs)}."]
    for node in graph:
        if node[0] == 0:
            continue
        data = graph.nodes[node]
        before, after = (names.plain(symbol) for symbol in data["symbols"])
        activation = problem.network.layers[node[0] - 1].activation.name
        bias = ""
        if data["bias"] is not None:
            kind = "threshold" if data["bias"].role is Role.THRESHOLD else "bias"
            bias = f", {kind} {names.plain(data['bias'])} = {shown_number(data['bias_value'])}"
            bias += " (held)" if data["held"] else ""
        sentences.append(f"Layer {node[0]}, unit {node[1]} ({activation}): {before} → {after}{bias}.")
    for source, target, data in graph.edges(data=True):
        ends = " → ".join(names.plain(graph.nodes[node]["symbols"][-1]) for node in (source, target))
        held = " (held)" if data["held"] else ""
        sentences.append(
            f"Edge {ends}: {names.plain(data['symbol'])} = {shown_number(data['weight'])}{held}."
        )
    return " ".join([*sentences, *_targets(problem, names)])


def _input(graph: nx.DiGraph, node: tuple[int, int], names: Names) -> str:
    data = graph.nodes[node]
    value = "" if data["value"] is None else f" = {shown_number(data['value'])}"
    return names.plain(data["symbols"][0]) + value


def _targets(problem: Problem, names: Names) -> list[str]:
    if len(problem.samples) != 1 or problem.samples[0].target is None:
        return []
    pairs = enumerate(problem.samples[0].target, 1)
    values = [f"{names.plain(Symbol(Role.TARGET, to=k))} = {shown_number(value)}" for k, value in pairs]
    return [f"Targets: {', '.join(values)}."]


def _summary(graph: nx.DiGraph, problem: Problem, names: Names) -> str:
    layers = [f"{names.sizes[0]} inputs"]
    for units, layer in zip(names.sizes[1:], problem.network.layers, strict=True):
        layers.append(f"{units} {layer.activation.name} unit{'s' if units != 1 else ''}")
    return (
        f"{', then '.join(layers)}; {graph.graph['edges']} connections. The picture shows the first and last "
        "units of each large layer, without weights."
    )
