"""The graph of a whole network, layer after layer, for one sample or several."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nbsolve.blocks.combined import Combined
from nbsolve.blocks.dense import Dense, unchanged
from nbsolve.graph import Graph, Operation
from nbsolve.problem import wiring
from nbsolve.problem.model import Network

__all__ = ["block_of", "network_graph"]


def block_of(network: Network, layer: int, change: Callable[[Operation], Operation] = unchanged) -> Dense:
    """The block that a layer is, with the operations that `change` puts for its own."""
    return (Combined if wiring.weightless(network, layer) else Dense)(layer, network, change)


def network_graph(
    layers: Sequence[Dense], labels: Sequence[int | None] = (None,), new: bool = False
) -> Graph:
    """The graph for the samples with these labels; `new`: with the parameters after the update."""
    graph = Graph()
    for label in labels:
        for layer in layers:
            layer.add(graph, label, new)
    return graph
