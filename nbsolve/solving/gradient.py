"""What travels backwards through a graph, and what of it a problem wants written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from nbsolve.expr import Atom, Expr, Negation, Quantity, negated
from nbsolve.symbol import LOSS, Partial, Role, Symbol, number_of

__all__ = ["Explanation", "Gradient", "Way", "unit_of", "written"]

Way = Literal["delta", "paths", "local_derivatives"]


@dataclass(frozen=True)
class Gradient:
    """The gradient of the loss with respect to an array, as formulae over quantities that are written down.

    `whole` is the formula of the whole array, `entry` that of one entry, `chain` the same in partial derivatives
    only, `spelled` the formula behind it where `entry` is a quantity that was written down.
    """

    whole: Expr
    entry: Callable[[Symbol], Expr]
    chain: Callable[[Symbol], Expr]
    spelled: Callable[[Symbol], Expr] | None = None

    def __post_init__(self) -> None:
        # Every parameter of a unit builds on the same formula: it is written once.
        object.__setattr__(self, "entry", cache(self.entry))
        object.__setattr__(self, "chain", cache(self.chain))


def written(array: Symbol, of: Symbol = LOSS) -> Gradient:
    """A gradient that has its own name: ∂L/∂(array), and ∂L/∂(entry)."""

    def named(entry: Symbol) -> Expr:
        return Quantity(Partial(of, entry))

    return Gradient(named(array), named, named)


@dataclass(frozen=True)
class Explanation:
    """The way of explaining, which decides what is written down:

    `delta`: every ∂L/∂a of a hidden layer and every error signal δ;
    `local_derivatives`: ∂L/∂a, ∂a/∂z and the share of each path;
    `paths`: nothing between the forward pass and a parameter's gradient, except the error signals of the
    layers in `named_layers`, behind which the paths would be too many.
    `sign` is −1 where δ means −∂L/∂z.
    """

    way: Way
    sign: int = 1
    named_layers: frozenset[int] = frozenset()

    @property
    def turned(self) -> bool:
        """Whether error signals are written as δ = −∂L/∂z."""
        return self.way == "delta" and self.sign < 0

    def signal(self, z: Symbol) -> Symbol | Partial:
        """The error signal of a pre-activation (or of all of a layer) as it is written: δ, or ∂L/∂z."""
        if self.way == "delta" and z.role is Role.PRE_ACTIVATION:
            return Symbol.delta(z.layer, z.to, sample=z.sample)
        return Partial(LOSS, z)

    def as_gradient(self, z: Symbol) -> Expr:
        """∂L/∂z in terms of the error signal."""
        signal = Quantity(self.signal(z))
        return Negation((signal,)) if self.turned else signal

    def oriented(self, gradient: Expr) -> Expr:
        """The error signal in terms of ∂L/∂z."""
        return negated(gradient) if self.turned else gradient


def unit_of(atom: Atom) -> int:
    """The number of the unit that a quantity belongs to."""
    return number_of(atom.to if isinstance(atom, Symbol) else atom.wrt.to)
