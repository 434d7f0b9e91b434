"""The backward rule in letters: for every quantity its chain of partial derivatives and its closed form.

∂L/∂p = Σ over the entries q that use p of ∂L/∂q · ∂q/∂p, put into itself from the output backwards; common factors
are taken out as they come. Where too many paths would be multiplied out, the error signals of a layer keep a name.
With `OverIndices` for the sums, the same recursion gives the general formulae.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 6.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nbsolve.blocks.dense import Dense
from nbsolve.expr import Expr, Negation, Quantity, Sum, collected, product
from nbsolve.expr.general import IndexedSum
from nbsolve.graph import Graph, Node
from nbsolve.graph.node import array_of
from nbsolve.solving.chain_rule import times
from nbsolve.symbol import LOSS, Partial, Role, Symbol
from nbsolve.symbolic.output import Output
from nbsolve.symbolic.signed import signed_product
from nbsolve.symbolic.slopes import in_closed_form
from nbsolve.symbolic.summing import Summing


@dataclass(frozen=True)
class Backward:
    """The gradients of one sample, from the `outputs` of each output layer back.

    `named` are the layers whose error signals keep a name.
    """

    graph: Graph
    layers: Sequence[Dense]
    outputs: tuple[Output, ...]
    sample: int | None
    named: frozenset[int]
    summing: Summing
    _found: dict[tuple[bool, Symbol], Expr] = field(default_factory=dict, repr=False, compare=False)

    # ------------------------------------------------------------------ in partial derivatives

    def chain(self, entry: Symbol) -> Expr:
        """∂L/∂entry as a chain from the loss, or its name."""
        output = self.ending_in(entry)
        if self._keeps_name(entry) or (output is not None and output.joint):
            return _named(entry)
        return self.full_chain(entry)

    def full_chain(self, entry: Symbol) -> Expr:
        """∂L/∂entry as a chain of partial derivatives, also where it has a name of its own."""
        if any(output.is_activation(entry) for output in self.outputs):
            return _named(entry)
        output = self.ending_in(entry)
        if output is not None and output.joint and entry.to is not None:
            return output.chain(entry.to)
        return self._remembered(
            True, entry, lambda node, slot, of: product(self.chain(of), Quantity(Partial(of, entry)))
        )

    # ------------------------------------------------------------------ in closed form

    def closed(self, entry: Symbol) -> Expr:
        """∂L/∂entry in closed form, or its name."""
        output = self.ending_in(entry)
        if self._keeps_name(entry) or (output is not None and not output.inline):
            return _named(entry)
        return self.full_closed(entry)

    def full_closed(self, entry: Symbol) -> Expr:
        """The closed form of ∂L/∂entry, also where it has a name."""
        if entry.to is not None:
            for output in self.outputs:
                if output.is_activation(entry):
                    return output.in_activation(entry.to)
                if output.is_pre_activation(entry):
                    return output.in_pre_activation(entry.to)

        def term(node: Node, slot: str, of: Symbol) -> Expr:
            upstream, local = self.closed(of), self.graph.local(node, slot, of, entry)
            if self.graph.slope(node, slot) is None:
                return (
                    signed_product(upstream, local) if isinstance(local, Negation) else times(upstream, local)
                )
            own = in_closed_form(local)
            return (
                product(own, upstream) if isinstance(upstream, Sum | IndexedSum) else product(upstream, own)
            )

        return self._remembered(False, entry, term)

    def _remembered(
        self, in_partials: bool, entry: Symbol, term: Callable[[Node, str, Symbol], Expr]
    ) -> Expr:
        key = (in_partials, entry)
        if key not in self._found:
            terms: list[Expr] = []
            for node, slot in self.graph.users(array_of(entry)):
                terms += self.summing(
                    self.graph,
                    node,
                    slot,
                    entry,
                    lambda of, node=node, slot=slot: term(node, slot, of),  # type: ignore[misc]
                )
            self._found[key] = collected(*terms)
        return self._found[key]

    # ------------------------------------------------------------------ names

    def ending_in(self, entry: Symbol) -> Output | None:
        """The output layer that a pre-activation belongs to; None for any other quantity."""
        return next((output for output in self.outputs if output.is_pre_activation(entry)), None)

    def _keeps_name(self, entry: Symbol) -> bool:
        return entry.role is Role.PRE_ACTIVATION and entry.layer in self.named


def _named(entry: Symbol) -> Expr:
    return Quantity(Partial(LOSS, entry))
