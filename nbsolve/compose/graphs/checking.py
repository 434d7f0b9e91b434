"""Check a computation graph oneself: its gradients beside difference quotients of what is differentiated.

One given number is moved by ±h, in the solution's own exact arithmetic, and the equations are computed anew.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 11.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce

from nbsolve.arithmetic import Arithmetic, Value, settled
from nbsolve.arithmetic.powers_of_ten import power_of_ten
from nbsolve.asking.writing import Writer, scalar
from nbsolve.compose.program_folds import program_folds
from nbsolve.compose.written_numbers import literal
from nbsolve.document import Block, Heading, Markdown, Math, Paragraph, Table, Text
from nbsolve.equations.building import Built, entries_of
from nbsolve.equations.names import GraphNames
from nbsolve.equations.solving import GraphIteration, GraphSolution
from nbsolve.errors import DomainError
from nbsolve.evaluate import evaluate
from nbsolve.expr import Atom, Operand, Quantity, number
from nbsolve.phrases import PhraseId, phrase
from nbsolve.problem.model import Digits
from nbsolve.programs import graph_programs
from nbsolve.rounding import write
from nbsolve.symbol import Partial, Symbol

__all__ = ["GraphCheck"]

FIRST_STEP, LAST_STEP = -6, -30
"""h is 10^FIRST_STEP, or as much smaller as it takes for all rows: a kink may lie closer."""
CLOSER = 6
"""Whether two sides meet is seen with h · 10^−CLOSER."""
DIGITS = 8
"""Significant digits of a quotient."""
MOST_ROWS = 12
_ANSWERS = Digits(significant=DIGITS)


@dataclass(frozen=True)
class GraphCheck:
    """Writes the check of the first iteration; `exact` is the solution without the rounding of each step."""

    solution: GraphSolution
    exact: GraphSolution
    names: GraphNames

    def blocks(self) -> Iterator[Block]:
        """The quotients, and the programs; nothing where no gradient belongs to a given number."""
        if self._checked:
            yield from self.quotients()
            each_step = self.solution.problem.rounding.apply == "each_step"
            if self.solution.built.connected:
                yield from program_folds(lambda: graph_programs(self.exact), each_step)

    def quotients(self) -> Iterator[Block]:
        """The tables of difference quotients."""
        symbols = self._checked
        objective = self.names.latex(self.names.objective)
        yield Heading(2, (phrase("check.section"),))
        said = Markdown(phrase("graphs.check", of=objective, step=f"10^{{{self._step}}}"))
        first = f" {phrase('graphs.check_first')}" if len(self.solution.iterations) > 1 else ""
        yield Paragraph((said, first) if first else (said,))
        if self.solution.problem.rounding.apply == "each_step":
            yield Paragraph((phrase("check.rounded"),))
        rows: list[tuple[Text, ...]] = []
        kinks: list[tuple[Text, ...]] = []
        for symbol in symbols:
            (kinks if self._has_kink(symbol) else rows).append(self._row(symbol))
        if rows:
            yield _table(("check.gradient", *self._unrounded, "check.difference"), rows)
        if kinks:
            yield Paragraph((Markdown(phrase("graphs.check_kinks", of=objective)),))
            yield _table(("check.left", "check.right", "check.convention"), kinks)

    def disagreeing(self) -> Iterator[str]:
        """The gradients that differ from their difference quotients, in words. Raises: Undecided, DomainError."""
        for symbol in self._checked:
            if not self._has_kink(symbol) and not self._close(symbol, self._step):
                target = self.names.plain(Partial(self.names.objective, symbol))
                yield f"{target} differs from its difference quotient"

    @property
    def _unrounded(self) -> tuple[PhraseId, ...]:
        return ("check.unrounded",) if self.solution.problem.rounding.apply == "each_step" else ()

    @property
    def _iteration(self) -> GraphIteration:
        return self.solution.iterations[0]

    @property
    def _checked(self) -> list[Symbol]:
        """Given quantities with gradients, the first of them where they are many."""
        problem, values = self.solution.problem, self._iteration.values
        given = [symbol for array in problem.given for symbol in entries_of(array.name, array.shape)]
        return [one for one in given if Partial(self.names.objective, one) in values.stored][:MOST_ROWS]

    # ------------------------------------------------------------------ quotients

    def _row(self, symbol: Symbol) -> tuple[Text, ...]:
        target = Partial(self.names.objective, symbol)
        printed = Writer(self.solution).answer(self._iteration.values, target)
        name: Text = (Math(Quantity(symbol)),)
        gradient: Text = (Math(literal(printed)),)
        if self._has_kink(symbol):
            return (name, *(self._number(one) for one in self._sides(symbol, self._step)), gradient)
        unrounded = [self._number(scalar(self.exact.iterations[0].values[target])) for _ in self._unrounded]
        return (name, gradient, *unrounded, self._number(self._central(symbol, self._step)))

    @cached_property
    def _step(self) -> int:
        """The exponent of h."""
        smooth = [symbol for symbol in self._checked if not self._has_kink(symbol)]
        steps = range(FIRST_STEP, LAST_STEP - 1, -3)
        return next((step for step in steps if all(self._close(one, step) for one in smooth)), LAST_STEP)

    def _close(self, symbol: Symbol, step: int) -> bool:
        """Whether the central difference comes as close to the gradient as one expects of the first step."""
        arithmetic = self.exact.arithmetic
        gradient = scalar(self.exact.iterations[0].values[Partial(self.names.objective, symbol)])
        central = self._central(symbol, step)
        if central is None:
            return False
        near = power_of_ten(FIRST_STEP)
        apart = arithmetic.size(arithmetic.add(gradient, arithmetic.negate(central)))
        scale = arithmetic.add(near, arithmetic.size(gradient))
        return arithmetic.compare(apart, arithmetic.multiply(near, scale)) <= 0

    def _central(self, symbol: Symbol, step: int) -> Value | None:
        left, right = self._sides(symbol, step)
        if left is None or right is None:
            return None
        arithmetic = self.exact.arithmetic
        return arithmetic.divide(arithmetic.add(left, right), number(2).value)

    def _has_kink(self, symbol: Symbol) -> bool:
        """Whether the two sides differ by no less when h becomes smaller, however small it is."""
        return all(self._differ(symbol, step) for step in (FIRST_STEP, LAST_STEP))

    def _differ(self, symbol: Symbol, step: int) -> bool:
        gaps = []
        arithmetic = self.exact.arithmetic
        for exponent in (step, step - CLOSER):
            left, right = self._sides(symbol, exponent)
            if left is None or right is None:
                return True
            gaps.append(arithmetic.size(arithmetic.add(right, arithmetic.negate(left))))
        return arithmetic.compare(arithmetic.multiply(number(2).value, gaps[1]), gaps[0]) > 0

    def _sides(self, symbol: Symbol, step: int) -> tuple[Value | None, Value | None]:
        """The quotient from the left and the one from the right; None where it is not defined there."""
        h = power_of_ten(step)
        arithmetic = self.exact.arithmetic
        here = self._objective({})
        found: list[Value | None] = []
        for by in (-h, h):
            there = self._objective({symbol: arithmetic.add(self._given[symbol], by)})
            if here is None or there is None:
                found.append(None)
            else:
                found.append(arithmetic.divide(arithmetic.add(there, arithmetic.negate(here)), by))
        return found[0], found[1]

    @property
    def _given(self) -> dict[Symbol, Value]:
        return {symbol: given.value for symbol, given in self.solution.built.given.items()}

    def _objective(self, moved: Mapping[Symbol, Value]) -> Value | None:
        """What is differentiated, the sum of its entries, each times the gradient that comes in there."""
        try:
            return _computed(self.solution.built, {**self._given, **moved}, self.exact.arithmetic)
        except DomainError:
            return None

    def _number(self, value: Value | None) -> Text:
        if value is None:
            return (phrase("check.undefined"),)
        return (Math(literal(write(value, _ANSWERS, self.exact.arithmetic))),)


def _computed(built: Built, given: Mapping[Symbol, Value], arithmetic: Arithmetic) -> Value:
    values: dict[Atom, Operand] = {symbol: value for symbol, value in given.items()}  # noqa: C416
    for node in built.graph.nodes:
        values[node.target] = settled(
            scalar(evaluate(built.graph.formula(node, node.target), values, arithmetic))
        )
    upstream = built.problem.upstream
    entries = [scalar(values[symbol]) for symbol in built.objective]
    if upstream is not None:
        entries = [
            arithmetic.multiply(entry, given.value) for entry, given in zip(entries, upstream, strict=True)
        ]
    return reduce(arithmetic.add, entries)


def _table(keys: tuple[PhraseId, ...], rows: list[tuple[Text, ...]]) -> Table:
    header = (phrase("answers.quantity"), *map(phrase, keys))
    return Table(tuple((words,) for words in header), tuple(rows), frozenset(range(1, len(header))))
