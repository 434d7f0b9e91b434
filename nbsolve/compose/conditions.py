"""What decides a case distinction, in the words beside a line: since z = 0.4 > 0."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbsolve.arithmetic import Value
from nbsolve.asking.writing import scalar
from nbsolve.compose.numbers import Numbers
from nbsolve.compose.written_numbers import MOST_EXTRA, literal
from nbsolve.document import Inline, Math
from nbsolve.evaluate import evaluate
from nbsolve.expr import Applied, Atom, Cases, Comparison, Expr, Quantity, atoms, walk
from nbsolve.phrases import phrase
from nbsolve.rounding import Written


@dataclass(frozen=True)
class Conditions:
    """Says which branch of a function of the catalogue holds, with the numbers of one iteration."""

    numbers: Numbers

    def since(self, conditions: Sequence[Comparison]) -> tuple[Inline, ...]:
        """since z = 0.4 > 0, …"""
        note: list[Inline] = []
        for condition in conditions:
            note.append(phrase("notes.since") + " " if not note else ", ")
            note.append(self._decided(condition))
        return tuple(note)

    def of(self, formula: Expr) -> Iterator[Comparison]:
        """What decides the case distinctions of the catalogue's functions."""
        seen: set[Expr] = set()
        for node in walk(formula):
            cases: Expr = node
            if isinstance(node, Applied):
                if not isinstance(node.definition, Cases):
                    continue  # its formula need not be written out to see that nothing is decided
                cases = node.expanded
            if not isinstance(cases, Cases) or cases in seen:
                continue
            seen.add(cases)
            condition = cases.branches[0][1]
            assert condition is not None
            yield condition

    def _decided(self, condition: Comparison) -> Math:
        """The condition as it comes out: with its number where a quantity is held against one."""
        arithmetic = self.numbers.solution.arithmetic
        left = evaluate(condition.left, self.numbers.values, arithmetic)
        right = evaluate(condition.right, self.numbers.values, arithmetic)
        sign = arithmetic.sign(scalar(left) - scalar(right))
        relation = {-1: "<", 0: "=", 1: ">"}[sign]
        if atoms(condition.right):
            return Math(condition.left, relation, condition.right)
        limit = self.numbers.numbers(condition.right)
        if not isinstance(condition.left, Quantity):
            return Math(condition.left, relation, limit)
        if sign == 0:
            return Math(condition.left, "=", limit)
        written = self._beyond(condition.left.atom, scalar(right), sign)
        equal = "=" if written.exact or self.numbers.writer.each_step else "≈"
        return Math(condition.left, equal, Comparison(literal(written), relation, limit))

    def _beyond(self, atom: Atom, limit: Value, sign: int) -> Written:
        """The quantity with as many digits as it takes to be told from the limit."""
        for extra in range(MOST_EXTRA):
            written = self.numbers.operand(atom, extra)
            if self.numbers.solution.arithmetic.sign(written.value - limit) == sign:
                return written
        return self.numbers.operand(atom, 0)
