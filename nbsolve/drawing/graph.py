"""The network as a graph: units as nodes, weights as edges, with what a drawing needs to know of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from nbsolve.given import Entry
from nbsolve.notation import Names
from nbsolve.problem.model import Problem
from nbsolve.symbol import Role, Symbol

__all__ = ["MOST_LABELLED_EDGES", "MOST_UNITS", "Node", "network_graph", "shown_units"]

MOST_LABELLED_EDGES = 60
"""With more connections than this a picture cannot carry their weights legibly."""
MOST_UNITS = 10
"""With more units than this in a layer a picture grows taller than a page."""
_FEW = 6
_FIRST = 3

Node = tuple[int, int]
"""(layer, unit); layer 0 is the input."""


@dataclass(frozen=True)
class _Size:
    units: tuple[int, ...]

    @property
    def edges(self) -> int:
        return sum(a * b for a, b in pairwise(self.units))


def shown_units(units: int, *, all_of_them: bool) -> tuple[int, ...]:
    """Which units of a layer are drawn: all, or the first three and the last."""
    if all_of_them or units <= _FEW:
        return tuple(range(1, units + 1))
    return (*range(1, _FIRST + 1), units)


def network_graph(problem: Problem, names: Names) -> nx.DiGraph:
    """The directed graph of the units that are drawn.

    Graph attributes: `names`, `sizes`, `edges` (how many connections there are), `complete` (all of it is drawn).
    Nodes (layer, unit): `layer`, `symbols`, and `value` for an input or `bias`, `bias_value`, `bias_sign`, `held`.
    Edges: `symbol` and `weight` (as given), `held`.
    """
    layers = problem.network.layers
    total = _Size(names.sizes).edges
    complete = total <= MOST_LABELLED_EDGES and max(names.sizes) <= MOST_UNITS
    graph = nx.DiGraph(edges=total, complete=complete, sizes=names.sizes, names=names)
    shown = [shown_units(units, all_of_them=complete) for units in names.sizes]
    sample = problem.samples[0] if len(problem.samples) == 1 else None
    for unit in shown[0]:
        symbol = Symbol(Role.INPUT, to=unit)
        graph.add_node(
            (0, unit), layer=0, symbols=(symbol,), value=sample.input[unit - 1] if sample else None
        )
    for number, layer in enumerate(layers, 1):
        for unit in shown[number]:
            symbols = (Symbol(Role.PRE_ACTIVATION, number, unit), Symbol(Role.ACTIVATION, number, unit))
            bias, value, held = _bias(problem, number, unit)
            sign = "−" if bias is not None and bias.role is Role.THRESHOLD else "+"
            graph.add_node(
                (number, unit),
                layer=number,
                symbols=symbols,
                bias=bias,
                bias_value=value,
                bias_sign=sign,
                held=held,
            )
            for source in shown[number - 1]:
                trainable = layer.weights_trainable
                graph.add_edge(
                    (number - 1, source),
                    (number, unit),
                    symbol=Symbol(Role.WEIGHT, number, unit, source),
                    weight=layer.weights[unit - 1][source - 1],
                    held=not (trainable if isinstance(trainable, bool) else trainable[unit - 1][source - 1]),
                )
    return graph


def _bias(problem: Problem, number: int, unit: int) -> tuple[Symbol | None, Entry | None, bool]:
    bias = problem.network.layers[number - 1].bias
    if bias.kind == "absent":
        return None, None, False
    place = 0 if bias.kind == "shared" else unit - 1
    trainable = bias.trainable if isinstance(bias.trainable, bool) else bias.trainable[place]
    if bias.kind == "shared":
        return Symbol(Role.BIAS, number, shared=True), bias.values[0], not trainable
    role = Role.THRESHOLD if bias.kind == "threshold" else Role.BIAS
    return Symbol(role, number, unit), bias.values[place], not trainable
