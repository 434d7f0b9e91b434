"""Lines of a problem about a rule: a formula, the numbers put in, the result; values as they are written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import flint

from nbsolve.arithmetic import RATIONAL_BITS
from nbsolve.compose.written_numbers import literal
from nbsolve.document import Line, Result
from nbsolve.evaluate import evaluate
from nbsolve.expr import Atom, Expr, Number, Quantity, Sum, atoms, substitute
from nbsolve.given import known
from nbsolve.problem.model import Rounding, RuleProblem
from nbsolve.rounding import Written, write
from nbsolve.rules.training import EXACT

__all__ = ["Lines", "ends"]

Q = flint.fmpq
_MOST_EXTRA = 40
"""Digits that operands may have beyond the usual ones, so that a calculator comes to the printed result."""


_LONG = 1000
"""Fractions with larger numbers are written as decimals."""


def ends(value: Q) -> bool:
    """Whether a value has an end as a decimal: its denominator has no other prime factors than 2 and 5."""
    rest = int(value.q)
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    return rest == 1


@dataclass(frozen=True)
class Lines:
    """Writes lines in the rounding of a problem; `given` are numbers written as the problem has them."""

    rounding: Rounding
    given: Mapping[Q, str]

    @classmethod
    def of(cls, problem: RuleProblem) -> Lines:
        """The lines of a problem; its own numbers that rounding would change (1/3, 0.1234567) stay as given."""
        layer = problem.network.layers[0]
        entries = [entry for row in layer.weights for entry in row] + list(layer.bias.values)
        entries += [entry for sample in problem.samples for entry in sample.input]
        found = [known(entry) for entry in entries] + [*problem.rule.parameters.values()]
        rounding = problem.rounding
        return cls(
            rounding,
            {
                one.rational: one.text
                for one in found
                if not write(one.value, rounding.intermediates, EXACT).exact
            },
        )

    def operand(self, value: Q, extra: int = 0) -> Written:
        """A value as it enters a line, or as it stands in a table."""
        text = self._text(value)
        if text is not None:
            return Written(text, value, True)
        return write(value, self.rounding.intermediates, EXACT, extra)

    def _text(self, value: Q) -> str | None:
        """A value that is written as it is: as given, or as a fraction."""
        if value.height_bits() > RATIONAL_BITS:
            return None
        return self.given.get(value) or self._fraction(value)

    def _fraction(self, value: Q) -> str | None:
        """A value without an end as a decimal (−11/30) as a short fraction, which is exact."""
        if self.rounding.apply == "each_step" or abs(value.p) >= _LONG or value.q >= _LONG or ends(value):
            return None
        return str(value)

    def answer(self, value: Q) -> Written:
        """A value as an answer."""
        text = self._text(value)
        return Written(text, value, True) if text is not None else write(value, self.rounding.answers, EXACT)

    def line(
        self, left: Atom, formula: Expr, values: Mapping[Atom, Q], result: Q, *, boxed: bool = False
    ) -> Line:
        """left = formula = numbers = result."""
        found = self.answer(result) if boxed else self.operand(result)
        wanted = self.rounding.answers if boxed else self.rounding.intermediates
        numbers, computed = formula, result
        for extra in range(_MOST_EXTRA):
            numbers = self.filled(formula, values, extra)
            value = evaluate(numbers, {}, EXACT)
            assert isinstance(value, flint.fmpq)
            computed = value
            if write(computed, wanted, EXACT).value == found.value:
                break
        exact = all(self.operand(values[one], extra).exact for one in atoms(formula) if one in values)
        relation = "=" if exact or self.rounding.apply == "each_step" else "≈"
        if self.rounding.apply == "each_step" and result != computed:
            found = write(computed, wanted, EXACT)  # 0.1002 is written 0.100
        last = "=" if computed == found.value else "≈"
        parts: list[tuple[str, Expr | Result]] = [("=", formula)]
        if not isinstance(numbers, Number):
            parts.append((relation, numbers))
        parts.append((last, Result(literal(found), boxed)))
        return Line(tuple(parts), left=Quantity(left))

    def added(self, left: Atom, values: Sequence[Q], result: Q) -> Line:
        """left = the values added = result."""
        found, each, sum_ = self.operand(result), [self.operand(value) for value in values], result
        for extra in range(_MOST_EXTRA):
            each = [self.operand(value, extra) for value in values]
            sum_ = sum((one.rational for one in each), Q(0))
            if write(sum_, self.rounding.intermediates, EXACT).value == found.value:
                break
        terms = tuple(literal(one) for one in each)
        parts: list[tuple[str, Expr | Result]] = []
        if len(terms) > 1:
            parts.append(("=" if all(one.exact for one in each) else "≈", Sum(terms)))
        parts.append(("=" if sum_ == found.value else "≈", Result(literal(found))))
        return Line(tuple(parts), left=Quantity(left))

    def filled(self, formula: Expr, values: Mapping[Atom, Q], extra: int = 0) -> Expr:
        """The formula with its numbers."""

        def number(node: Expr) -> Expr | None:
            if isinstance(node, Quantity) and node.atom in values:
                return literal(self.operand(values[node.atom], extra))
            return None

        return substitute(formula, number)
