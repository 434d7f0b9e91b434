"""The chain rule for one array: the terms of ∂L/∂p, one for each entry that uses p."""

from __future__ import annotations

from collections.abc import Callable

from nbsolve.expr import Expr, Negation, Quantity, number, product, total
from nbsolve.graph import Graph, Node
from nbsolve.solving.gradient import Gradient
from nbsolve.symbol import Partial, Symbol

Users = list[tuple[Node, str, Gradient]]
"""The nodes that use an array, the slot in which each does, the gradient with respect to what it finds."""
Edge = Callable[[Node, str, Symbol, Symbol], Expr]


def chain(graph: Graph, users: Users, entry: Symbol) -> list[Expr]:
    """The terms of ∂L/∂entry in partial derivatives."""
    return [
        product(gradient.chain(of), Quantity(Partial(of, entry)))
        for node, slot, gradient in users
        for of in graph.reached(node, slot, entry)
        if gradient.chain(of) != number(0)
    ]


def entry_formula(graph: Graph, users: Users, entry: Symbol, local: Edge) -> list[Expr]:
    """The terms of ∂L/∂entry, with a formula for each local derivative."""
    return [
        times(gradient.entry(of), local(node, slot, of, entry))
        for node, slot, gradient in users
        for of in graph.reached(node, slot, entry)
        if gradient.chain(of) != number(0)
    ]


def whole_formula(graph: Graph, array: Symbol, users: Users) -> list[Expr]:
    """The terms of the gradient with respect to a whole array."""
    return [graph.back(node, slot, gradient.whole, array=array) for node, slot, gradient in users]


def times(gradient: Expr, local: Expr) -> Expr:
    """g · ∂q/∂p; −g for a derivative of −1, and g for −(−g)."""
    if local != number(-1):
        return product(gradient, local)
    return gradient.operands[0] if isinstance(gradient, Negation) else Negation((gradient,))


def through_function(graph: Graph, users: Users, named: bool) -> Gradient:
    """The gradient before a function, which has no name of its own; `named`: the function's derivatives have."""
    ((node, slot, upstream),) = users
    named = named and graph.slope(node, slot) is not None

    def local(node: Node, slot: str, of: Symbol, wrt: Symbol) -> Expr:
        return Quantity(Partial(of, wrt)) if named else graph.local(node, slot, of, wrt)

    slope = Quantity(Partial(node.target, node.operand(slot))) if named else None
    return Gradient(
        graph.back(node, slot, upstream.whole, slope),
        lambda entry: total(*entry_formula(graph, users, entry, local)),
        lambda entry: total(*chain(graph, users, entry)),
    )
