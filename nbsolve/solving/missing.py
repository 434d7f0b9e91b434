"""The gradients that an explanation has no need of, for those who ask: every ∂L/∂a, ∂a/∂z and ∂L/∂z, and ∂L/∂x.

The same rule as in the backward pass, with a name for everything, whatever the way of explaining.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain

import numpy as np

from nbsolve.evaluate import evaluate
from nbsolve.expr import Atom, Expr, Negation, Quantity, total
from nbsolve.graph import Graph, Node
from nbsolve.recorder import Recorder, forms
from nbsolve.solving.backward import write_slope
from nbsolve.solving.chain_rule import Users, entry_formula, whole_formula
from nbsolve.solving.gradient import Explanation, unit_of, written
from nbsolve.step import Form, Rule
from nbsolve.symbol import LOSS, Partial, Role, Symbol

__all__ = ["write_local_derivatives", "write_missing"]


def write_missing(recorder: Recorder, graph: Graph, nodes: Sequence[Node], how: Explanation) -> None:
    """Write down what the backward pass over these nodes did not; what the loss gives is there already."""
    for node in reversed(nodes):
        if graph.users(node.target):
            _write_gradient(recorder, graph, node.target, how, node.sample)
        _write_slopes(recorder, graph, node)
    for node in reversed(nodes):  # what is given comes last: all that uses it has its gradient
        for array in chain.from_iterable(node.operands.values()):
            if graph.origin(array) is None and array.role in (Role.ACTIVATION, Role.INPUT):
                _write_gradient(recorder, graph, array, how, node.sample)


def write_local_derivatives(recorder: Recorder, graph: Graph, nodes: Iterable[Node]) -> None:
    """Write down ∂a/∂z of every node that applies a function, unless the explanation has."""
    for node in nodes:
        _write_slopes(recorder, graph, node)


def _write_slopes(recorder: Recorder, graph: Graph, node: Node) -> None:
    for slot, local in node.operation.local.items():
        if local.slope is None and local.same is None:
            continue
        array = node.operand(slot)
        target = Partial(node.target, array)
        if target in recorder.values.stored:
            continue
        slope = graph.slope(node, slot)
        if slope is not None:
            write_slope(recorder, graph, node, slot, slope)
        elif local.same is not None and node.target in recorder.values.stored:
            recorder.derive_value(target, partial(_jacobian, graph=graph, node=node, slot=slot))


def _jacobian(recorder: Recorder, graph: Graph, node: Node, slot: str) -> np.ndarray:
    """∂out[k]/∂operand[j] for every k and j, shape (units, units)."""
    rows, columns = list(graph.entries(node.target)), list(graph.entries(node.operand(slot)))
    jacobian = np.empty((len(rows), len(columns)), dtype=object)
    for k, of in enumerate(rows):
        for j, wrt in enumerate(columns):
            formula = graph.local(node, slot, of, wrt)
            jacobian[k, j] = evaluate(formula, recorder.values, recorder.arithmetic)
    return jacobian


def _write_gradient(
    recorder: Recorder, graph: Graph, array: Symbol, how: Explanation, label: int | None
) -> None:
    """∂L/∂z or ∂L/∂a of an array; and δ = −∂L/∂z where the problem's δ means that."""
    target = Partial(LOSS, array)
    signal = how.signal(array)
    entries = list(graph.entries(array))
    members = [Partial(LOSS, entry) for entry in entries]
    of_function = array.role is Role.PRE_ACTIVATION
    if signal != target and signal in recorder.values.stored:
        recorder.copy_signed(signal, target, how.sign)
        recorder.describe(
            Rule.DELTA,
            target,
            forms(how.as_gradient(array)),
            members,
            lambda atom: forms(how.as_gradient(array._replace(to=unit_of(atom)))),
            label,
        )
    else:
        users: Users = [(node, slot, written(node.target)) for node, slot in graph.users(array)]
        _write(
            recorder,
            Rule.DELTA if of_function else Rule.PATH_SUM,
            target,
            total(*whole_formula(graph, array, users)),
            members,
            lambda atom: total(*entry_formula(graph, users, array._replace(to=unit_of(atom)), graph.local)),
            label,
        )
    if of_function and how.sign < 0:
        delta = Symbol.delta(array.layer, sample=label)
        _write(
            recorder,
            Rule.DELTA,
            delta,
            Negation((Quantity(target),)),
            [delta._replace(to=entry.to) for entry in entries],
            lambda atom: Negation((Quantity(Partial(LOSS, array._replace(to=unit_of(atom)))),)),
            label,
        )


def _write(
    recorder: Recorder,
    rule: Rule,
    target: Atom,
    formula: Expr,
    members: Sequence[Atom],
    unit: Callable[[Atom], Expr],
    label: int | None,
) -> None:
    """Write the step down unless the explanation has."""
    if target in recorder.values.stored:
        return

    def unit_forms(atom: Atom) -> tuple[Form, ...]:
        return forms(unit(atom))

    recorder.write(rule, target, forms(formula), members, unit_forms, label)
