"""The forward pass: every node of the graph in order, as a step of the whole array with its units."""

from __future__ import annotations

from collections.abc import Iterable

from nbsolve.arithmetic import short
from nbsolve.errors import DomainError
from nbsolve.expr import atoms
from nbsolve.graph import Graph, Node
from nbsolve.graph.node import entry_of, places_of
from nbsolve.recorder import Recorder, forms

__all__ = ["undefined", "write_forward"]


def write_forward(recorder: Recorder, graph: Graph, nodes: Iterable[Node] | None = None) -> None:
    """Write down what the nodes find. Raises: DomainError, naming function, unit and pre-activation."""
    for node in graph.nodes if nodes is None else nodes:
        try:
            recorder.write(
                node.operation.rule,
                node.target,
                forms(graph.whole(node)),
                list(graph.entries(node.target)),
                lambda atom, node=node: forms(graph.formula(node, atom)),  # type: ignore[misc]
                node.sample,
            )
        except DomainError as error:
            raise undefined(recorder, graph, node, error) from error


def undefined(
    recorder: Recorder, graph: Graph, node: Node, error: DomainError, slope: str | None = None
) -> DomainError:
    """The error for a function without a value: which function, at which pre-activation of which unit.

    With `slope` it is the function's derivative with respect to that operand which has none.
    """
    name = node.operation.name
    what, where = (f"the derivative of {name}" if slope else name), ""
    for entry in graph.entries(node.target):
        formula = (
            graph.local(node, slope, entry, entry_of(node.operand(slope), places_of(entry)))
            if slope
            else graph.formula(node, entry)
        )
        try:
            recorder.require(formula)
        except DomainError as own:
            z = atoms(formula)[0]
            value = short(recorder.values[z])  # type: ignore[arg-type]
            where, error = f" for the pre-activation {value} of unit {entry.to} of layer {entry.layer}", own
            break
    found = DomainError(f"{what} is not defined{where}: it needs {error}")
    found.sample = node.sample
    return found
