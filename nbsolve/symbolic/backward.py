"""The backward pass in letters: for every quantity its chain of partial derivatives and its closed form.

∂L/∂z_j = ∂L/∂a_j · f′(z_j) and ∂L/∂a_i = Σ_j ∂L/∂z_j · w_ji, put into each other from the output backwards;
common factors are taken out as they come. Where too many paths would be multiplied out, the error signals of a
layer keep a name. With `OverIndices` for the sums, the same recursion gives the general formulae.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 6.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nbsolve.expr import Expr, Quantity, Sum, product
from nbsolve.general import IndexedSum
from nbsolve.layers.dense import LOSS, Dense
from nbsolve.symbol import Partial, Symbol, Unit
from nbsolve.symbolic.output import Output
from nbsolve.symbolic.slopes import slope
from nbsolve.symbolic.summing import Summing


@dataclass(frozen=True)
class Backward:
    """The gradients of one sample. `named` are the layers whose error signals keep a name."""

    layers: Sequence[Dense]
    output: Output
    sample: int | None
    named: frozenset[int]
    summing: Summing
    _found: dict[tuple[str, int, Unit], Expr] = field(default_factory=dict, repr=False, compare=False)

    # ------------------------------------------------------------------ in partial derivatives

    def signal_chain(self, layer: Dense, j: Unit) -> Expr:
        """∂L/∂z_j as a chain, from the loss to z_j."""
        if layer.index in self.named or (self._is_output(layer) and layer.activation.vector):
            return self._signal(layer, j)
        return product(
            self.upstream_chain(layer, j), Quantity(Partial(self._a(layer, j), layer.z(j, self.sample)))
        )

    def full_signal_chain(self, layer: Dense, j: Unit) -> Expr:
        """∂L/∂z_j as a chain of partial derivatives, also where the error signal has a name of its own."""
        if self._is_output(layer) and layer.activation.vector:
            return self.output.chain(j)
        return product(
            self.upstream_chain(layer, j), Quantity(Partial(self._a(layer, j), layer.z(j, self.sample)))
        )

    def upstream_chain(self, layer: Dense, j: Unit) -> Expr:
        """∂L/∂a_j as a chain over every unit of the next layer."""
        key = ("chain", layer.index, j)
        if key not in self._found:
            self._found[key] = self._upstream_chain(layer, j)
        return self._found[key]

    def _upstream_chain(self, layer: Dense, j: Unit) -> Expr:
        if self._is_output(layer):
            return Quantity(Partial(LOSS, self._a(layer, j)))
        after = self.layers[layer.index]

        def path(k: Unit) -> Expr:
            step = Quantity(Partial(after.z(k, self.sample), self._a(layer, j)))
            return product(self.signal_chain(after, k), step)

        return self.summing(after, path)

    # ------------------------------------------------------------------ in closed form

    def signal(self, layer: Dense, j: Unit) -> Expr:
        """∂L/∂z_j in closed form, or its name."""
        if layer.index in self.named:
            return self._signal(layer, j)
        if self._is_output(layer):
            return self.output.in_pre_activation(j) if self.output.inline else self._signal(layer, j)
        return self.full_signal(layer, j)

    def full_signal(self, layer: Dense, j: Unit) -> Expr:
        """The closed form of ∂L/∂z_j, also where it has a name."""
        if self._is_output(layer):
            return self.output.in_pre_activation(j)
        upstream, own = self.upstream(layer, j), slope(layer, j, self.sample)
        return product(own, upstream) if isinstance(upstream, Sum | IndexedSum) else product(upstream, own)

    def upstream(self, layer: Dense, j: Unit) -> Expr:
        """∂L/∂a_j in closed form."""
        key = ("closed", layer.index, j)
        if key not in self._found:
            self._found[key] = self._upstream(layer, j)
        return self._found[key]

    def _upstream(self, layer: Dense, j: Unit) -> Expr:
        if self._is_output(layer):
            return self.output.in_activation(j)
        after = self.layers[layer.index]
        return self.summing(after, lambda k: product(self.signal(after, k), Quantity(after.w(k, j))))

    # ------------------------------------------------------------------ quantities

    def _is_output(self, layer: Dense) -> bool:
        return layer.index == len(self.layers)

    def _a(self, layer: Dense, j: Unit) -> Symbol:
        return layer.a(j, self.sample)

    def _signal(self, layer: Dense, j: Unit) -> Expr:
        return Quantity(Partial(LOSS, layer.z(j, self.sample)))
