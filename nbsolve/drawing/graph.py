"""The network as a graph: units as nodes, weights as edges, with what a drawing needs to know of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import networkx as nx

from nbsolve.given import Entry
from nbsolve.notation import Names
from nbsolve.problem import wiring
from nbsolve.problem.model import Bias, Network, Problem
from nbsolve.symbol import Symbol, canonical

__all__ = [
    "MOST_LABELLED_EDGES",
    "MOST_UNITS",
    "Node",
    "column_of",
    "columns_of",
    "network_graph",
    "shown_units",
    "units_of",
    "weights_of",
]

MOST_LABELLED_EDGES = 60
"""With more connections than this a picture cannot carry their weights legibly."""
MOST_UNITS = 10
"""With more units than this in a layer a picture grows taller than a page."""
_FEW = 6
_FIRST = 3

Node = tuple[int, int]
"""(layer, unit); layer 0 is the input."""


def shown_units(units: int, *, all_of_them: bool) -> tuple[int, ...]:
    """Which units of a layer are drawn: all, or the first three and the last."""
    if all_of_them or units <= _FEW:
        return tuple(range(1, units + 1))
    return (*range(1, _FIRST + 1), units)


def columns_of(network: Network) -> tuple[int, ...]:
    """The column that each layer stands in, the inputs first; in a network without branches each has its own.

    With several output layers, or several inputs that layers of their own take, output layers stand in the last
    column, and the others as far to the left as what comes in allows.
    """
    depth, last = len(network.layers), wiring.ends(network)
    if len(last) == 1 and not any(layer.columns for layer in network.layers):
        return tuple(range(depth + 1))
    found = [0]
    for layer in range(1, depth + 1):
        found.append(1 + max(found[source] for source in wiring.sources(network, layer) if source >= 0))
    furthest = max(found)
    return tuple(furthest if layer in last else column for layer, column in enumerate(found))


def column_of(graph: nx.DiGraph, node: Node) -> int:
    """The column that a unit stands in."""
    columns: tuple[int, ...] = graph.graph["columns"]
    return columns[node[0]]


def units_of(graph: nx.DiGraph) -> Iterator[tuple[Node, dict[str, Any]]]:
    """The inputs and units, without the places at which an activation is carried past a layer."""
    return ((node, data) for node, data in graph.nodes(data=True) if "carries" not in data)


def weights_of(graph: nx.DiGraph) -> Iterator[tuple[Node, Node, dict[str, Any]]]:
    """The connections with weights, without the lines that carry an activation on."""
    return ((a, b, data) for a, b, data in graph.edges(data=True) if "carries" not in data)


def network_graph(problem: Problem, names: Names) -> nx.DiGraph:
    """The directed graph of the units that are drawn.

    An activation that a later layer than the next one takes is carried past the layers between: each has a place
    for it, behind its units.
    Graph attributes: `names`, `sizes`, `columns` (of each layer), `edges` (how many connections there are),
    `complete` (all of it is drawn).
    Nodes (layer, unit): `layer`, `symbols`, and `value` for an input or `bias`, `bias_value`, `bias_sign`, `held`;
    `carries` and `symbols` for a place of what is carried. Edges: `about`, and `symbol`, `weight` (as given),
    `held` and `ends` (the units that it joins), or `carries`.
    """
    network = problem.network
    layers = network.layers
    total = sum(
        layer.units * (wiring.width(network, n) - (layer.bias.folded is not None))
        - len(network.layer(wiring.owner(network, n)).missing)
        for n, layer in enumerate(layers, 1)
    )
    complete = total <= MOST_LABELLED_EDGES and max(names.sizes) <= MOST_UNITS
    columns = columns_of(network)
    graph = nx.DiGraph(edges=total, complete=complete, sizes=names.sizes, names=names, columns=columns)
    shown = [shown_units(units, all_of_them=complete) for units in names.sizes]
    sample = problem.samples[0] if len(problem.samples) == 1 else None
    for unit in shown[0]:
        symbol = Symbol.input(unit)
        graph.add_node(
            (0, unit), layer=0, symbols=(symbol,), value=sample.input[unit - 1] if sample else None
        )
    for number in range(1, len(layers) + 1):
        for unit in shown[number]:
            symbols = (Symbol.pre_activation(number, unit), Symbol.activation(number, unit))
            bias, value, held = _bias(problem, number, unit)
            sign = "−" if _is_subtracted(network.layer(number).bias) else "+"
            graph.add_node(
                (number, unit),
                layer=number,
                symbols=symbols,
                bias=bias,
                bias_value=value,
                bias_sign=sign,
                held=held,
            )
            _connect(graph, network, (number, unit), shown)
        if columns[number] not in columns[number + 1 :]:
            _carry_past(graph, network, number, shown)
    return graph


def _connect(graph: nx.DiGraph, network: Network, unit: Node, shown: Sequence[Sequence[int]]) -> None:
    """Add the lines to a unit from what it takes, or from where that was carried to."""
    number, to = unit
    kind = network.layer(number).kind
    if wiring.weightless(network, number):
        for source in wiring.sources(network, number):
            if to in shown[source]:
                start = (source, to)
                before = _just_before(network, number, start)
                name = canonical(graph.nodes[start]["symbols"][-1])
                graph.add_edge(before, unit, carries=start, joined=kind, about=f"{name} into layer {number}")
    tied = wiring.owner(network, number) != number
    for column, (layer, own) in enumerate(wiring.incoming(network, number), 1):
        if layer < 0 or own not in shown[layer] or wiring.is_missing(network, number, to, column):
            continue
        symbol = wiring.weight(network, number, to, column)
        graph.add_edge(
            _just_before(network, number, (layer, own)),
            unit,
            symbol=symbol,
            weight=wiring.given_weight(network, number, to, column),
            held=not wiring.is_trained(network, number, to, column),
            about=canonical(symbol) + (f" in layer {number}" if tied else ""),
            ends=((layer, own), unit),
        )


def _carry_past(graph: nx.DiGraph, network: Network, number: int, shown: Sequence[Sequence[int]]) -> None:
    """Add the places in a layer, the last of its column, for what is carried past it."""
    columns = columns_of(network)
    for layer in range(number):
        later = [
            user for user in wiring.users(network, layer) if columns[user] > columns[number] > columns[layer]
        ]
        for own in shown[layer]:
            if not any(wiring.takes(network, user, (layer, own)) for user in later):
                continue
            before = _just_before(network, number, (layer, own))
            here = _carried(network, number, (layer, own))
            symbols = graph.nodes[layer, own]["symbols"][-1:]
            graph.add_node(here, layer=number, symbols=symbols, carries=(layer, own))
            about = f"{canonical(symbols[0])} past layer {number}"
            graph.add_edge(before, here, carries=(layer, own), about=about)


def _just_before(network: Network, number: int, unit: Node) -> Node:
    """Where a layer gets an activation from: the unit itself, or the place in the column before that carries it."""
    columns = columns_of(network)
    before = columns[number] - 1
    if columns[unit[0]] == before:
        return unit
    last = max(layer for layer, column in enumerate(columns) if column == before)
    return _carried(network, last, unit)


def _carried(network: Network, past: int, unit: Node) -> Node:
    """The place in a layer for what is carried past it: behind the layer's own units."""
    before = sum(wiring.width_of(network, layer) for layer in range(unit[0]))
    return past, wiring.width_of(network, past) + before + unit[1]


def _is_subtracted(bias: Bias) -> bool:
    return bias.subtracted or (bias.folded is not None and bias.folded.input.value < 0)


def _bias(problem: Problem, number: int, unit: int) -> tuple[Symbol | None, Entry | None, bool]:
    bias = problem.network.layer(number).bias
    if bias.folded is not None:
        column = wiring.column_of(problem.network, number, (-number, 1))
        weight = wiring.weight(problem.network, number, unit, column)
        entry = wiring.given_weight(problem.network, number, unit, column)
        return weight, entry, not wiring.is_trained(problem.network, number, unit, column)
    own = wiring.constant(problem.network, number, unit)
    if own is None:
        return None, None, False
    trained = bias.trainable if isinstance(bias.trainable, bool) else bias.trainable[unit - 1]
    return own, bias.entry(unit), not trained
