"""An author's own formula with distinctions, as it holds for the numbers at hand.

where(z > 0, z², z/10) at z = 1:   z², since z > 0        max(z, y):   the larger one, since it is larger
|u| at u < 0:                      −u, since u < 0        sign(u):     −1, since u < 0
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

import numpy as np

from nbsolve.asking.writing import Solved, scalar
from nbsolve.evaluate import evaluate, holds
from nbsolve.expr import (
    Applied,
    Cases,
    Comparison,
    Expr,
    Function,
    Negation,
    Number,
    atoms,
    number,
    substitute,
    walk,
)
from nbsolve.values import Values

_SIGNS = {-1: "<", 0: "=", 1: ">"}


@dataclass(frozen=True)
class Resolved:
    """A formula without the distinctions of its author's functions, and the comparisons that decided them."""

    formula: Expr
    reasons: tuple[Comparison, ...]


@dataclass(frozen=True)
class Branches:
    """Decides the distinctions of a problem's own functions for the values of one iteration."""

    solution: Solved
    values: Values

    @property
    def of_loss(self) -> bool:
        """Whether formulae of the author's stand in the steps without a name: those of a loss, of a graph."""
        return self.solution.has_own_formulas

    def is_own(self, node: Expr) -> bool:
        """Whether it is an own activation, or the derivative of one, that distinguishes cases."""
        return (
            isinstance(node, Applied)
            and node.name in self.solution.own_functions
            and any(_distinguishes(part) for part in walk(node.definition))
        )

    def resolved(self, formula: Expr) -> Resolved | None:
        """The formula as it holds here; None where no own function in it distinguishes anything.

        Raises: Undecided.
        """
        if not (self.solution.own_functions or self.of_loss):
            return None
        reasons: list[Comparison] = []

        def replaced(node: Expr) -> Expr | None:
            if isinstance(node, Applied):
                if self.is_own(node):
                    return self._decided(node.expanded, reasons)
                return None if self.of_loss and any(map(_distinguishes, walk(node.argument))) else node
            if self.of_loss and _distinguishes(node):
                return self._decided(node, reasons)
            return _once(node, replaced)

        found = substitute(formula, replaced)
        return None if found == formula else Resolved(found, tuple(dict.fromkeys(reasons)))

    def _decided(self, formula: Expr, reasons: list[Comparison]) -> Expr:
        def replaced(node: Expr) -> Expr | None:
            match node:
                case Cases():
                    value = self._branch(node, reasons)
                    return None if value is None else substitute(value, replaced)
                case Function("abs", (inner,)) if (sign := self._sign(inner, number(0), reasons)) is not None:
                    inside = substitute(inner, replaced)
                    return _negative(inside) if sign < 0 else inside
                case Function("sign", (inner,)) if (
                    sign := self._sign(inner, number(0), reasons)
                ) is not None:
                    return number(sign)
                case Function("max" | "min" as name, operands):
                    chosen = self._extreme(operands, 1 if name == "max" else -1, reasons)
                    return None if chosen is None else substitute(chosen, replaced)
                case Applied() if any(_distinguishes(part) for part in walk(node.definition)):
                    return substitute(node.expanded, replaced)  # relu(z) in an author's formula
            return _once(node, replaced)

        return substitute(formula, replaced)

    def _branch(self, cases: Cases, reasons: list[Comparison]) -> Expr | None:
        """The branch that holds; what excludes those before it, and its own condition, are the reasons."""
        for value, condition in cases.branches:
            if condition is None:
                return value
            if self._sign(condition.left, condition.right, reasons) is None:
                return None
            if holds(condition, self.values, self.solution.arithmetic):
                return value
        raise TypeError("a case distinction without a last branch")

    def _extreme(self, operands: tuple[Expr, ...], wanted: int, reasons: list[Comparison]) -> Expr | None:
        """The largest operand (the smallest where −1 is wanted); of equal ones a number, else the first.

        None for vectors.
        """
        best = operands[0]
        for other in operands[1:]:
            sign = self._sign(other, best, [])
            if sign is None:
                return None
            number_wins = sign == 0 and _constant(other) and not _constant(best)
            best = other if sign == wanted or number_wins else best
        others = [other for other in operands if other is not best]
        for left, right in ((best, other) for other in others):
            self._sign(*((right, left) if isinstance(left, Number) else (left, right)), reasons)
        return best

    def _sign(self, left: Expr, right: Expr, reasons: list[Comparison]) -> int | None:
        """The sign of left − right, noted as a reason; None for vectors."""
        arithmetic = self.solution.arithmetic
        values = [evaluate(side, self.values, arithmetic) for side in (left, right)]
        if any(isinstance(value, np.ndarray) for value in values):
            return None
        sign = arithmetic.sign(scalar(values[0]) - scalar(values[1]))
        if any(True for _ in chain(atoms(left), atoms(right))):  # two constants need no reason
            reasons.append(Comparison(left, _SIGNS[sign], right))
        return sign


def _constant(e: Expr) -> bool:
    return not any(True for _ in atoms(e))


def _distinguishes(node: Expr) -> bool:
    match node:
        case Cases() | Function("abs" | "sign" | "max" | "min", _):
            return True
        case Applied():
            return any(_distinguishes(part) for part in walk(node.definition))
    return False


def _once(node: Expr, replaced: Callable[[Expr], Expr | None]) -> Expr | None:
    """−(−u) as u, where |u| under a minus became −u."""
    if not isinstance(node, Negation):
        return None
    return _negative(substitute(node.operands[0], replaced))


def _negative(e: Expr) -> Expr:
    return e.operands[0] if isinstance(e, Negation) else Negation((e,))
