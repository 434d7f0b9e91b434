"""Check it yourself: the gradients beside difference quotients of the loss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce

import numpy as np

from nbsolve.arithmetic import Arithmetic, Value, ball
from nbsolve.arithmetic.powers_of_ten import power_of_ten
from nbsolve.asking.differences import Differences, Quotients
from nbsolve.asking.writing import Writer, scalar
from nbsolve.compose.program_folds import program_folds
from nbsolve.compose.sentences import with_commas
from nbsolve.compose.written_numbers import literal
from nbsolve.document import Block, Heading, Markdown, Math, Paragraph, Table, Text
from nbsolve.expr import Array, Number, Quantity, number
from nbsolve.notation import Names
from nbsolve.phrases import PhraseId, phrase
from nbsolve.problem.model import Digits
from nbsolve.programs import programs_of
from nbsolve.rounding import write
from nbsolve.solving.loss_alone import Batch, Move, Parameters, Which
from nbsolve.solving.schedule import has_several
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.symbol import LOSS, Partial, Role, Symbol, canonical

MOST_ITERATIONS = 3
"""The most iterations that are all checked; of more, the first and the last are."""
MOST_PARAMETERS = 30
LARGEST_GRADIENTS = 12
"""About so many of more than MOST_PARAMETERS parameters have rows, those with the largest gradients."""
DIGITS = 8
"""Significant digits of a quotient."""
FIRST_STEP, LAST_STEP = -6, -30
"""h is 10^FIRST_STEP, or as much smaller as it takes for all rows."""
NEAR = power_of_ten(-8)
"""How close a quotient has to come to its gradient before a smaller h is tried."""
ENOUGH_BITS = 512
"""What so many bits do not tell from 0 is 0 beside a gradient: a loss of 1 has 150 decimals by then."""
NOTHING = -20
"""A difference of less than 10^NOTHING of the gradient is not written as a number."""


@dataclass(frozen=True)
class _Row:
    """One parameter, or all of them moved at once (`member` is None)."""

    member: Symbol | None
    move: Move
    gradient: Value


@dataclass(frozen=True)
class CheckBlocks:
    """Writes the check of one solution; `exact` is the same without the rounding of each step."""

    solution: Solution
    exact: Solution
    names: Names

    def everything(self) -> Iterator[Block]:
        """Nothing where there is no gradient in numbers, or where one is wrong on purpose."""
        if not self.solution.iterations or self.solution.replay:
            return
        yield Heading(2, (phrase("check.section"),))
        if self.solution.problem.given_values:
            yield Paragraph((phrase("check.given_values"),))
        elif self.solution.problem.differentiated:
            yield from self.quotients()
        yield from self.programs()

    def programs(self) -> Iterator[Block]:
        """The calculation in NumPy and in PyTorch, folded. Raises: Undecided."""
        yield from program_folds(lambda: programs_of(self.exact, self.names), self._each_step)

    def quotients(self) -> Iterator[Block]:
        """A table of each iteration. Raises: Undecided."""
        iterations = self.solution.iterations
        if len(iterations) > MOST_ITERATIONS:
            iterations = (iterations[0], iterations[-1])
        checks = [_Check(self.solution, self.exact, iteration) for iteration in iterations]
        loss = self.names.latex(LOSS)
        step = min(check.found[0] for check in checks)
        yield Paragraph((Markdown(phrase("check.how", loss=loss, step=f"10^{{{step}}}")),))
        if self.solution.problem.given_gradient:
            yield Paragraph((Markdown(phrase("check.upstream", loss=loss, sum=self._weighted_outputs())),))
        if self._each_step:
            yield Paragraph((phrase("check.rounded"),))
        if checks[0].chosen:
            words = [phrase("check.largest", count=f"{checks[0].count:,}")]
            if any(check.at(step).together for check in checks):
                words.append(phrase("check.together"))
            yield Paragraph((Markdown(" ".join(words)),))
        for check in checks:
            if has_several(self.solution.problem):
                number = str(check.iteration.number)
                yield Heading(3, (phrase("sections.iteration", number=number),))
            yield from check.at(step).blocks(loss)

    def _weighted_outputs(self) -> str:
        """0.1 a₁ − 0.3 a₂ in letters: what stands for a loss of which only the gradient is known."""
        last = len(self.solution.layers)
        outputs = [self.names.latex(Symbol.activation(last, k)) for k in self.solution.output.units]
        loss = self.names.latex(LOSS)
        shown = outputs if len(outputs) <= 3 else [outputs[0], "", outputs[-1]]
        terms = [rf"\frac{{\partial {loss}}}{{\partial {a}}}\,{a}" if a else r"\dots" for a in shown]
        return " + ".join(terms)

    @property
    def _each_step(self) -> bool:
        return Writer(self.solution).each_step


def disagreeing(solution: Solution, exact: Solution) -> Iterator[str]:
    """The gradients that differ from their difference quotients, in words. Raises: Undecided, DomainError."""
    for iteration in solution.iterations:
        yield from _Check(solution, exact, iteration).disagreeing()


@dataclass(frozen=True)
class _Check:
    """The check of one iteration; `step` is the exponent of h where it is set already."""

    solution: Solution
    exact: Solution
    iteration: Iteration
    step: int | None = None

    def at(self, step: int) -> _Check:
        """This check with the step h = 10^step."""
        return self if step == self.found[0] else _Check(self.solution, self.exact, self.iteration, step)

    # ------------------------------------------------------------------ the quotients

    @cached_property
    def differences(self) -> Differences:
        """The loss around the parameters that the iteration starts from."""
        values = self.exact.iteration(self.iteration.number).values
        weights, constants = [], []
        for layer in self.exact.layers:
            weights.append(None if layer.tied else np.asarray(values[layer.w()], dtype=object))
            own = layer.constant()
            constants.append(None if own is None else np.atleast_1d(np.asarray(values[own], dtype=object)))
        batch = Batch(self.exact.problem, self.iteration.samples, self.exact.arithmetic)
        return Differences(batch, Parameters(tuple(weights), tuple(constants)))

    @cached_property
    def arrays(self) -> list[tuple[Which, Symbol, Array]]:
        """Every array of parameters, and its gradients."""
        values = self.exact.iteration(self.iteration.number).values
        found = []
        for place, layer in enumerate(self.exact.layers):
            for symbol in (parameter.symbol for parameter in layer.parameters):
                gradients = np.atleast_1d(np.asarray(values[Partial(LOSS, symbol)], dtype=object))
                found.append(((place, symbol.role is Role.WEIGHT), symbol, gradients))
        return found

    @property
    def count(self) -> int:
        """The number of parameters checked."""
        return sum(len(self._places(which, gradients)) for which, _, gradients in self.arrays)

    def _places(self, which: Which, gradients: Array) -> list[tuple[int, ...]]:
        """The places of an array at which there are parameters."""
        layer, weight = which
        missing = self.exact.layers[layer].layer.missing if weight else frozenset()
        return [p for p in np.ndindex(gradients.shape) if not missing or (p[0] + 1, p[1] + 1) not in missing]

    @property
    def chosen(self) -> bool:
        """Whether only some of them have rows."""
        return self.count > MOST_PARAMETERS

    @cached_property
    def rows(self) -> Sequence[_Row]:
        """What is checked, in the order of the layers."""
        most = max(1, LARGEST_GRADIENTS // len(self.arrays)) if self.chosen else MOST_PARAMETERS
        rows = [
            _Row(_member(symbol, place), {which: (place,)}, gradients[place])
            for which, symbol, gradients in self.arrays
            for place in _largest(gradients, self._places(which, gradients), most)
        ]
        if not self.chosen:
            return rows
        everything = {which: self._places(which, gradients) for which, _, gradients in self.arrays}
        flat = (value for _, _, gradients in self.arrays for value in gradients.reshape(-1))
        return [*rows, _Row(None, everything, reduce(self.exact.arithmetic.add, flat))]

    @cached_property
    def _comparing(self) -> Arithmetic:
        """What quotients are compared and written in: one so small that ENOUGH_BITS do not tell it from 0 is 0."""
        arithmetic = self.exact.arithmetic
        return replace(arithmetic, lenient=True) if arithmetic.bits >= ENOUGH_BITS else arithmetic

    @cached_property
    def found(self) -> tuple[int, list[Quotients]]:
        """The exponent of h, and the quotients of the rows."""
        steps = range(FIRST_STEP, LAST_STEP - 1, -3) if self.step is None else (self.step,)
        order = [*range(len(self.rows))]
        for step in steps:
            found: dict[int, Quotients] = {}
            for place in order:
                found[place] = self.differences.at(self.rows[place].move, step)
                if step != steps[-1] and not self._close(self.rows[place], found[place]):
                    break
            else:
                break
            order = [place, *(other for other in order if other != place)]  # the one to try first
        return step, [found[place] for place in sorted(found)]

    @property
    def together(self) -> bool:
        """Whether a row has all parameters moved at once."""
        return self.chosen and self.found[1][-1].compares

    def _close(self, row: _Row, own: Quotients) -> bool:
        if own.kink or own.central is None:
            return True
        if own.crossed:
            return False
        arithmetic = self._comparing
        largest = max(self.rows, key=lambda other: _estimate(other.gradient)).gradient
        scale = arithmetic.add(arithmetic.size(row.gradient), NEAR * arithmetic.size(largest))
        gap = self._gap(row.gradient, own.central)
        return arithmetic.compare(gap, arithmetic.multiply(NEAR, scale)) <= 0

    def _gap(self, gradient: Value, quotient: Value) -> Value:
        """How far apart the two are: mostly by so little that nobody asks which is larger."""
        arithmetic = self._comparing
        return arithmetic.size(arithmetic.add(gradient, arithmetic.negate(quotient)))

    def disagreeing(self) -> Iterator[str]:
        """The gradients that no quotient comes close to."""
        for row, own in zip(self.rows, self.found[1], strict=True):
            if not own.crossed and not self._close(row, own):
                name = "all gradients" if row.member is None else canonical(Partial(LOSS, row.member))
                yield f"{name} in iteration {self.iteration.number} differs from its difference quotient"

    # ------------------------------------------------------------------ blocks

    def blocks(self, loss: str) -> Iterator[Block]:
        """The table, and that of the parameters for which the loss has a kink here."""
        writer, values = Writer(self.solution), self.iteration.values
        rows: list[tuple[Text, ...]] = []
        kinks: list[tuple[Text, ...]] = []
        missed: list[Text] = []
        for row, own in zip(self.rows, self.found[1], strict=True):
            if row.member is None:
                name: Text = (phrase("check.all", count=f"{self.count:,}"),)
                printed = write(row.gradient, self.solution.problem.rounding.answers, self.exact.arithmetic)
            else:
                name = (Math(Quantity(row.member)),)
                printed = writer.answer(values, Partial(LOSS, row.member))
            gradient: Text = (Math(literal(printed)),)
            if own.kink:
                if row.member is not None:
                    left, right = (
                        (phrase("check.jump"),) if jump else self._number(value)
                        for value, jump in ((own.left, own.jump_left), (own.right, own.jump_right))
                    )
                    kinks.append((name, left, right, gradient))
                continue
            if not own.compares:
                missed.append(name)
                continue
            cells = [name, gradient]
            if writer.each_step:
                cells.append(self._number(row.gradient))
            rows.append((*cells, self._number(own.central), self._apart(row, own)))
        unrounded: list[PhraseId] = ["check.unrounded"] if writer.each_step else []
        keys: list[PhraseId] = ["check.gradient", *unrounded, "check.difference", "check.apart"]
        if rows:
            yield _table(keys, rows)
        if kinks:
            yield Paragraph((Markdown(phrase("check.kinks", loss=loss)),))
            yield _table(["check.left", "check.right", "check.convention"], kinks)
        if missed:
            yield Paragraph((Markdown(phrase("check.crossed")), " ", *with_commas(missed), "."))

    def _number(self, value: Value | None) -> Text:
        if value is None:
            return (phrase("check.undefined"),)
        digits = max(DIGITS, (self.solution.problem.rounding.answers.significant or 0) + 2)
        return (Math(literal(write(value, Digits(significant=digits), self._comparing))),)

    def _apart(self, row: _Row, own: Quotients) -> Text:
        assert own.central is not None
        arithmetic = self._comparing
        gap = self._gap(row.gradient, own.central)
        if gap == 0:
            return (Math(number(0)),)
        limit = arithmetic.multiply(power_of_ten(NOTHING), arithmetic.size(row.gradient))
        if arithmetic.compare(gap, limit) < 0:
            magnitude = arithmetic.magnitude(limit)
            assert magnitude is not None
            return ("< ", Math(Number(power_of_ten(magnitude + 1), f"1e{magnitude + 1}")))
        return (Math(literal(write(gap, Digits(significant=1), arithmetic))),)


def _table(keys: Sequence[PhraseId], rows: Sequence[tuple[Text, ...]]) -> Table:
    header = (phrase("answers.parameter"), *map(phrase, keys))
    return Table(tuple((words,) for words in header), tuple(rows), frozenset(range(1, len(header))))


def _member(symbol: Symbol, place: tuple[int, ...]) -> Symbol:
    if symbol.shared:
        return symbol
    return symbol._replace(to=place[0] + 1, from_=place[1] + 1 if len(place) == 2 else None)


def _largest(gradients: Array, places: list[tuple[int, ...]], most: int) -> list[tuple[int, ...]]:
    """The places of the largest gradients, in their own order."""
    if len(places) <= most:
        return places
    return sorted(sorted(places, key=lambda place: (-_estimate(scalar(gradients[place])), place))[:most])


def _estimate(value: Value) -> float:
    return abs(float(ball(value).mid()))
