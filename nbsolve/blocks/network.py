"""The graph of a whole network, layer after layer, for one sample or several."""

from __future__ import annotations

from collections.abc import Sequence

from nbsolve.blocks.dense import Dense
from nbsolve.graph import Graph

__all__ = ["network_graph"]


def network_graph(
    layers: Sequence[Dense], labels: Sequence[int | None] = (None,), new: bool = False
) -> Graph:
    """The graph for the samples with these labels; `new`: with the parameters after the update."""
    graph = Graph()
    for label in labels:
        for layer in layers:
            layer.add(graph, label, new)
    return graph
