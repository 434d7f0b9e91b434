"""A derivation as data: how a derivative is found, line by line, with the reason for each line.

Formulae are written in `Variable`s, which are letters here: z for the argument of an activation, a and y for
prediction and target, entries with an `Index`, whole vectors in bold. A letter that is not among the `letters`
of a derivation is defined by a stage whose `left` it is: L, p_k for every k.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import flint

from nbsolve.expr import Comparison, Expr
from nbsolve.expr.general import Kronecker
from nbsolve.step import Form
from nbsolve.symbol import Unit


@dataclass(frozen=True, slots=True)
class Apart:
    """The condition that two places are not the same: k ≠ j. (That they are the same is a `Kronecker`.)"""

    left: Unit
    right: Unit


Condition = Comparison | Kronecker | Apart


@dataclass(frozen=True)
class Stage:
    """left = forms[0] = forms[1] = …, each form with the reason why it equals the one before.

    `words` is the id of a phrase (`derivations.…`) that is said first; `conditions` say for which case the stage
    holds (z > 0; k = j): all of them together. `boxed`: the last form is a result.
    """

    left: Expr
    forms: tuple[Form, ...]
    conditions: tuple[Condition, ...] = ()
    words: str | None = None
    boxed: bool = False


@dataclass(frozen=True)
class Domain:
    """Where a letter may lie: an open interval; `length` makes it a vector of so many entries in checks."""

    low: flint.fmpq
    high: flint.fmpq
    length: int | None = None


@dataclass(frozen=True)
class Derivation:
    """The stages of one derivation, first the definitions it starts from, last its result.

    `subject` is its id (`sigmoid`, `binary_cross_entropy`), `through` the activation that it is taken through,
    if any; `variant` tells several derivations of one thing apart (`one_output`, `mean`). `letters` says where
    its letters lie. `kinks` are the places where only one-sided derivatives exist (values of the
    letter with respect to which the derivative is taken; for the hinge, of the product a · y), `remarks` the ids of
    phrases said at the end (a convention, what to remember).
    """

    subject: str
    stages: tuple[Stage, ...]
    letters: Mapping[str, Domain]
    through: str | None = None
    variant: str | None = None
    kinks: tuple[Expr, ...] = ()
    remarks: tuple[str, ...] = field(default=())

    @property
    def result(self) -> Expr:
        """The last form of the last stage."""
        return self.stages[-1].forms[-1].expression
