"""A network as data: operations that are records, the graph that they make, and the one backward rule."""

from __future__ import annotations

from nbsolve.graph.graph import Graph
from nbsolve.graph.node import Node
from nbsolve.graph.operation import OUT, UPSTREAM, Entry, Local, Operation, Slot

__all__ = ["OUT", "UPSTREAM", "Entry", "Graph", "Local", "Node", "Operation", "Slot"]
