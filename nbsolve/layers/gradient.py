"""What travels backwards between layers, and what of it the problem wants written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from nbsolve.expr import Atom, Expr, Negation, Quantity, negated
from nbsolve.symbol import Partial, Role, Symbol, Unit, number_of

LOSS = Symbol(Role.LOSS)


@dataclass(frozen=True)
class Gradient:
    """The gradient of the loss with respect to a layer's vector, as formulae over quantities that are written down.

    `whole` is the matrix formula, `unit(j)` the same for one unit, `chain(j)` in partial derivatives only,
    `spelled(j)` the formula behind it where `unit(j)` is a quantity that was written down.
    """

    whole: Expr
    unit: Callable[[int], Expr]
    chain: Callable[[int], Expr]
    spelled: Callable[[int], Expr] | None = None

    def __post_init__(self) -> None:
        # Every parameter of a unit builds on the same formula: it is written once.
        object.__setattr__(self, "unit", cache(self.unit))
        object.__setattr__(self, "chain", cache(self.chain))


@dataclass(frozen=True)
class Explanation:
    """The way of explaining, which decides what is written down:

    `delta`: every ∂L/∂a of a hidden layer and every error signal δ;
    `local_derivatives`: ∂L/∂a, ∂a/∂z and the share of each path;
    `paths`: nothing between the forward pass and a parameter's gradient, except the error signals of the
    layers in `named_layers`, behind which the paths would be too many.
    `sign` is −1 where δ means −∂L/∂z.
    """

    way: Literal["delta", "paths", "local_derivatives"]
    sign: int = 1
    named_layers: frozenset[int] = frozenset()

    def named(self, layer: int) -> bool:
        """Whether the layer's error signals are written down although the way is `paths`."""
        return layer in self.named_layers

    def signal(self, layer: int, unit: Unit | None, sample: int | None) -> Symbol | Partial:
        """The error signal as it is written: δ, or ∂L/∂z."""
        if self.way == "delta":
            return Symbol(Role.DELTA, layer, unit, sample=sample)
        return Partial(LOSS, Symbol(Role.PRE_ACTIVATION, layer, unit, sample=sample))

    def as_gradient(self, layer: int, unit: int | None, sample: int | None) -> Expr:
        """∂L/∂z in terms of the error signal."""
        signal = Quantity(self.signal(layer, unit, sample))
        return Negation((signal,)) if self.way == "delta" and self.sign < 0 else signal

    def oriented(self, gradient: Expr) -> Expr:
        """The error signal in terms of ∂L/∂z."""
        return negated(gradient) if self.way == "delta" and self.sign < 0 else gradient


def unit_of(atom: Atom) -> int:
    """The number of the unit that a quantity belongs to."""
    return number_of(atom.to if isinstance(atom, Symbol) else atom.wrt.to)
