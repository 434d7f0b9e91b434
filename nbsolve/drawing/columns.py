"""Where units stand in their layers, and where lines meet them: places across the way from layer to layer."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np

from nbsolve.drawing.graph import Node, column_of

__all__ = ["CORNER", "PORTS", "Columns", "joined", "port", "ports", "rows_of_units"]

CORNER = 14.0
"""Lines keep this far from the corners of a unit."""
PORTS = 70.0
"""Lines at one side of a unit stand no further apart than this."""
Columns = tuple[tuple[Node, ...], ...]


def rows_of_units(columns: Columns, left_out: frozenset[int], justified: bool) -> dict[Node, float]:
    """Places of the units across, in rows around the middle, with room for ⋮.

    `justified` gives every column the extent of the largest one; a single unit stays in the middle.
    """
    found: dict[Node, float] = {}
    heights: list[list[float]] = []
    for layer, column in enumerate(columns):
        dots = 1 if layer in left_out else 0
        last = len(column) - 1
        middle = (last + dots) / 2
        heights.append([*(place - middle for place in range(last)), last + dots - middle])
    tallest = max(own[-1] for own in heights)
    for column, own in zip(columns, heights, strict=True):
        stretch = tallest / own[-1] if justified and own[-1] else 1.0
        found.update({node: height * stretch for node, height in zip(column, own, strict=True)})
    return found


def joined(graph: nx.DiGraph, columns: Columns, node: Node, side: int) -> tuple[Node, ...]:
    """The units of the next column (`side` 1) or of the one before (−1) that lines join with a unit, in order."""
    near = graph.succ[node] if side > 0 else graph.pred[node]
    return tuple(other for other in columns[column_of(graph, node) + side] if other in near)


def port(side: float, place: int, count: int) -> float:
    """Where the line number `place` of `count` meets a unit's side, from its middle: each has a port of its own."""
    return float(ports(side, place, count))


def ports(side: Any, place: Any, count: Any) -> Any:
    """The ports of many lines at once: each number may be an array."""
    spacing = np.minimum(PORTS, (side - 2 * CORNER) / np.maximum(count - 1, 1))
    return (place - (count - 1) / 2) * spacing
