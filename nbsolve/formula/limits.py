"""How large a formula may be: nesting, operations, exponents, degrees, and the numbers in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import flint

from nbsolve.arithmetic import Undecided, Value, ball
from nbsolve.arithmetic.ladder import Undetermined, certified
from nbsolve.errors import DomainError
from nbsolve.evaluate import evaluate
from nbsolve.expr import Expr, Power, Product, Quotient, Variable, walk, with_variables
from nbsolve.expr.general import IndexNumber
from nbsolve.formula.tokens import FormulaError

MOST_DEPTH = 40
"""Parentheses, signs and powers within one another."""
MOST_HEIGHT = 60
"""Operations within one another: a/b/c/d has three."""
MOST_OPERATIONS = 200
"""Numbers, letters and operations in one formula."""
LARGEST_EXPONENT = 100
"""The largest exponent that is a number."""
LARGEST_DEGREE = 1000
"""The largest degree of powers within powers and their products: (z^10)^10 counts as 100."""
LARGEST_MAGNITUDE = 400
"""Numbers of a formula, and what is computed from them alone, are smaller than 10^400."""


@dataclass(frozen=True)
class Limits:
    """Refuses numbers, exponents and degrees that are too large; `values` are those of the parameters."""

    values: Mapping[str, Expr]

    def check_exponent(self, exponent: Expr, column: int) -> None:
        """10^10^10 is not computed: exponents without letters are small."""
        value = self.check_constant(exponent, column)
        if value is not None and not abs(value) <= LARGEST_EXPONENT:
            raise FormulaError(
                "the exponent is too large", column, f"an exponent of at most {LARGEST_EXPONENT} in size"
            )

    def check_constant(self, expression: Expr, column: int) -> flint.arb | None:
        """The value of what has no variables, which must have one: ln(−1) is refused, also inside max(…)."""
        constant = with_variables(expression, self.values)
        if any(isinstance(node, Variable | IndexNumber) for node in walk(constant)):
            return None
        try:
            value = certified(lambda arithmetic: _finite(evaluate(constant, {}, arithmetic)))  # type: ignore[arg-type]
        except DomainError as error:
            raise FormulaError(f"this has no value: it needs {error}", column) from None
        except Undetermined:
            raise FormulaError(
                "the value of this cannot be computed", column, "smaller numbers, and no jump right there"
            ) from None
        if not abs(value) < flint.arb(10) ** LARGEST_MAGNITUDE:
            raise FormulaError("this number is too large", column, f"less than 10^{LARGEST_MAGNITUDE}")
        return value

    def check_degree(self, expression: Expr, column: int) -> None:
        """((z^10)^10)^10 is not computed."""
        if self.degree(expression) > LARGEST_DEGREE:
            raise FormulaError(
                "the powers within one another are too high", column, f"at most {LARGEST_DEGREE} together"
            )

    def degree(self, expression: Expr) -> float:
        """The highest power of the variable that a formula can reach."""
        if isinstance(expression, Power):
            base, exponent = expression.operands
            value = self.check_constant(exponent, 1)
            return self.degree(base) * (1.0 if value is None else max(1.0, abs(float(value.mid()))))
        degrees = [self.degree(child) for child in expression.children]
        if isinstance(expression, Product | Quotient):
            return sum(degrees)
        return max(degrees, default=float(isinstance(expression, Variable)))


def _finite(value: Value) -> flint.arb:
    if not ball(value).is_finite():
        raise Undecided
    return ball(value)


def check_height(expression: Expr) -> None:
    """Refuse a formula with too many operations within one another. Raises: FormulaError."""
    if _height(expression) > MOST_HEIGHT:
        raise FormulaError(
            "the formula is nested too deeply", 1, f"at most {MOST_HEIGHT} operations within one another"
        )


def _height(expression: Expr) -> int:
    height, level = 0, [expression]
    while level:
        height += 1
        level = [child for node in level for child in node.children]
    return height
