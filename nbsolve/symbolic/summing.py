"""Adding up over the entries that use a quantity: term by term, or as Σ over an index variable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nbsolve.blocks.dense import Dense
from nbsolve.expr import Expr, Product, Quantity, Variable, product, walk
from nbsolve.expr.general import IndexedSum, Kronecker
from nbsolve.graph import Graph, Node
from nbsolve.problem import wiring
from nbsolve.symbol import Index, Partial, Symbol, Unit

MOST_PATHS = 4
"""More paths than this are not multiplied out in one formula: the error signals on their way get a name."""

Term = Callable[[Symbol], Expr]
Summing = Callable[[Graph, Node, str, Symbol, Term], list[Expr]]


def named_signals(layers: Sequence[Dense]) -> frozenset[int]:
    """The layers whose error signals keep a name, so that no formula has more than `MOST_PATHS` paths."""
    named: set[int] = set()
    behind: dict[int, int] = {}
    for layer in reversed(layers):
        later = wiring.users(layer.network, layer.index)
        paths = sum(behind[user] for user in later) if later else 1
        if layer.joint:
            paths = 1  # softmax has names for its error signals
            if later:
                named.add(layer.index)
        if layer.index > 1 and paths > 1 and layer.layer.units * paths > MOST_PATHS:
            named.add(layer.index)
            paths = 1
        behind[layer.index] = paths * layer.layer.units
    return frozenset(named)


def term_by_term(graph: Graph, node: Node, slot: str, entry: Symbol, term: Term) -> list[Expr]:
    """A term for each entry that a node finds with the help of `entry`."""
    return [term(of) for of in graph.reached(node, slot, entry)]


@dataclass(frozen=True)
class OverIndices:
    """Σ_k over a layer's units, k being that layer's index variable; what has no k in it stands in front."""

    indices: dict[int, Index]

    def __call__(self, graph: Graph, node: Node, slot: str, entry: Symbol, term: Term) -> list[Expr]:
        """The sum as a single term; a layer of one unit has one term anyway."""
        reached = graph.reached(node, slot, entry)
        if len(reached) == 1:
            return [term(reached[0])]
        index = self.indices[node.target.layer or 0]
        body = term(node.target._replace(to=index))
        factors = body.operands if isinstance(body, Product) else (body,)
        outside = [factor for factor in factors if index not in indices_of(factor)]
        inside = [factor for factor in factors if index in indices_of(factor)]
        return [product(*outside, IndexedSum(product(*inside), index, 1, len(reached)))]


def indices_of(expression: Expr) -> set[Index]:
    """The index variables that stand free in an expression."""
    found: set[Unit | None] = set()
    for node in walk(expression):
        match node:
            case Quantity(Symbol() as symbol):
                found |= {symbol.to, symbol.from_}
            case Quantity(Partial(of, wrt)):
                found |= {of.to, of.from_, wrt.to, wrt.from_}
            case Variable(index=index):
                found.add(index)
            case Kronecker(left, right):
                found |= {left, right}
    bound = {node.index for node in walk(expression) if isinstance(node, IndexedSum)}
    return {unit for unit in found if isinstance(unit, Index)} - bound
