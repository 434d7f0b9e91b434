"""An operation as a record: its formula for one entry and for whole arrays, and its local derivatives.

`z[j] = Σ_i W[j,i]·x[i] + b[j]` is an operation, `a[j] = f(z[j])` another. Its formulae are written in entries of
its operands (`Entry`) or in whole operands (`Slot`); a graph puts its own arrays in for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbsolve.expr import Expr
from nbsolve.step import Rule
from nbsolve.symbol import Index, Unit

__all__ = ["OUT", "SLOPE", "UPSTREAM", "EachPlace", "Entry", "Local", "Operation", "Slot"]

OUT = "out"
"""The array that an operation finds, among the slots of its formulae."""
UPSTREAM = "upstream"
"""The gradient of the loss with respect to that array."""
SLOPE = "slope"
"""The derivatives of an operation that acts entry by entry."""


@dataclass(frozen=True, slots=True)
class Slot(Expr):
    """A whole operand, `OUT`, `UPSTREAM` or `SLOPE`."""

    name: str


@dataclass(frozen=True, slots=True)
class Entry(Expr):
    """One entry of an operand, or of `OUT`."""

    slot: str
    places: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class EachPlace(Expr):
    """Another formula for each number that an index variable stands for, from 1."""

    index: Index
    formulae: tuple[Expr, ...]


@dataclass(frozen=True)
class Local:
    """The derivatives of an operation with respect to one operand.

    `entry` is ∂out[…]/∂operand[…] of two entries that depend on each other. Where every entry acts on all (softmax)
    it is that of two different places, `same` that of one and the same, `indexed` both at once, with 1[k = j].
    `back` takes the gradient with respect to the whole of `OUT` (`UPSTREAM`) to the gradient with respect to the
    whole operand. An operation that acts entry by entry has the array of its derivatives as `slope`; where it does
    not have them at every point, `everywhere` is false. `by_name`: with an index variable for a place there is no
    formula, only the derivative's name.
    """

    entry: Expr
    back: Expr
    same: Expr | None = None
    indexed: Expr | None = None
    slope: Expr | None = None
    everywhere: bool = True
    by_name: bool = False


@dataclass(frozen=True)
class Operation:
    """out[…] = entry, in entries of the operands; `whole` is the same of whole arrays.

    `axes` names the places of each operand's entries, `out` those of what is found. An entry of an operand acts on
    every entry of `OUT` whose places agree with its own; places that the operand does not have run over all.
    `local` has the operands that a gradient goes back through. `as_long` says which index variable of an operand
    runs as far as one of `out` that no operand has.
    """

    name: str
    rule: Rule
    axes: Mapping[str, tuple[Index, ...]]
    out: tuple[Index, ...]
    entry: Expr
    whole: Expr
    local: Mapping[str, Local]
    as_long: Mapping[Index, Index] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := set(self.local) - set(self.axes):
            raise ValueError(f"{self.name} has no operand {', '.join(sorted(unknown))}")
