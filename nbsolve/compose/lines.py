"""From a step to its lines: the formula in letters, the same with numbers, the value."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import flint

from nbsolve.catalogue import is_named
from nbsolve.compose.branches import Branches
from nbsolve.compose.calculator import Calculator, take_over
from nbsolve.compose.conditions import Conditions
from nbsolve.compose.known import is_tabulated, known_in, shared_out
from nbsolve.compose.numbers import Key
from nbsolve.compose.written_numbers import MOST_EXTRA, literal
from nbsolve.document import Derivation, Inline, Line, Result
from nbsolve.expr import (
    Applied,
    Atom,
    Cases,
    Expr,
    FactorReference,
    Function,
    Known,
    Negation,
    Number,
    Product,
    Quantity,
    kinds,
    number,
    substitute,
)
from nbsolve.logarithms import Logarithm
from nbsolve.phrases import phrase
from nbsolve.rounding import Written
from nbsolve.step import Form, Reason, Step
from nbsolve.symbol import LOSS_DECREASE, anchor

_SAID = (LOSS_DECREASE,)
"""Quantities whose name is their formula."""


@dataclass(frozen=True)
class Lines(Calculator):
    """Writes steps of one iteration as derivations. `tags` are the numbers of factors found earlier.

    `said` are the parts of formulae that had a line of their own before.
    """

    iteration: int
    asked: Container[Atom] = ()
    tags: Mapping[Atom, int] = field(default_factory=dict)
    said: set[Known] = field(default_factory=set, kw_only=True)

    @cached_property
    def branches(self) -> Branches:
        """What decides the distinctions of the problem's own functions."""
        return Branches(self.solution, self.values)

    @property
    def conditions(self) -> Conditions:
        """What decides the distinctions of the catalogue's functions; not kept: the two would keep each other."""
        return Conditions(self)

    # ------------------------------------------------------------------ whole derivations

    def derivation(self, unit: Step, terms: bool = False) -> Derivation:
        """A unit's step, one form a line; `terms` adds a line with the value of each term of a sum.

        What its formula uses and has no line yet stands above it.
        """
        unit = self._shared_out(unit)
        letters = self._letters(unit)
        rows = [letters] if isinstance(unit.formula, Applied) else [[form] for form in letters]
        resolved, reasons = self._resolved(unit)
        result = self.written(unit.target)
        goals = self._goals(unit.target, result)
        found = self.computed(unit.target, resolved.formula, goals, terms)
        numeric, collapsed = found.parts, found.collapsed
        beyond = self.beyond_above(found)
        above = tuple(self._known_lines(found.known))
        lines = [Line(tuple(("=", form) for form in row)) for row in rows]
        if resolved is not unit and not isinstance(resolved.formula, Number):
            letters = [*letters, self._referenced(resolved.formula, unit.target)]
            lines.append(Line((("=", letters[-1]),), note=reasons))
            reasons = ()
        shown = [part for part in numeric if not letters or part[1] != letters[-1]]
        lines.extend(Line((part,), note=() if n else beyond) for n, part in enumerate(shown))
        note = reasons + self.indistinguishable(result)
        if unit.forms[-1].reason is Reason.SATURATED:
            note = (*note, phrase("reasons.saturated"))
        if collapsed:
            note = (*note, *(["; "] if note else []), phrase("notes.collapsed"))
        tag = self.tags.get(unit.target)
        lines.append(Line(self._result(resolved, result, numeric), note=note, tag=tag))
        lines[0] = replace(lines[0], left=Quantity(unit.target))
        return Derivation((*above, *_joined(lines)), (self.anchor(unit.target),))

    def compact(self, unit: Step) -> tuple[Line, str]:
        """A unit's step on one line: letters, numbers, value; and its anchor."""
        letters = self._letters(unit)[-1:]
        resolved, reasons = self._resolved(unit)
        if resolved is not unit and not isinstance(resolved.formula, Number):
            letters = [*letters, resolved.formula]
        result = self.written(unit.target)
        found = self.computed(unit.target, resolved.formula, self._goals(unit.target, result))
        numeric = found.parts
        shown = [part for part in numeric if not letters or part[1] != letters[-1]]
        parts = (*(("=", form) for form in letters), *shown, *self._result(resolved, result, numeric))
        beyond = self.beyond_above(found)
        note = (*reasons, *(["; "] if reasons and beyond else []), *beyond)
        note = note or self.indistinguishable(result)
        return Line(parts, Quantity(unit.target), note=note), self.anchor(unit.target)

    def one_each(self, units: Iterable[Step]) -> Iterator[Derivation]:
        """Steps on one line each, below one another; nothing where there are none."""
        found = [self.compact(unit) for unit in units]
        if found:
            yield Derivation(tuple(line for line, _ in found), tuple(anchor for _, anchor in found))

    def value_only(self, step: Step) -> Derivation:
        """The formula for whole layers and the value, where the line with numbers would be endless."""
        result = self.written(step.target)
        value = self.values.before_rounding(step.target)
        exact = isinstance(value, flint.fmpq) and value == result.value
        parts: list[tuple[str, Expr | Result]] = [("=", step.formula)]
        parts.extend(self._result(step, result, (("≈", Number(result.value + (not exact))),)))
        return Derivation((Line(tuple(parts), Quantity(step.target)),), (self.anchor(step.target),))

    def anchor(self, target: Atom) -> str:
        """The id that a line has which finds a quantity."""
        return f"it{self.iteration}-{anchor(target)}"

    # ------------------------------------------------------------------ parts of formulae

    def _shared_out(self, unit: Step) -> Step:
        """The step of a share of softmax with e^z and their sum as values that are known."""
        formula = shared_out(unit, self.solution.arithmetic)
        if formula == unit.formula:
            return unit
        return replace(unit, forms=(*unit.forms[:-1], replace(unit.forms[-1], expression=formula)))

    def _known_lines(self, known: Iterable[Known]) -> Iterator[Line]:
        """A line for each part of a formula that has a value of its own and had no line before."""
        for node in known:
            if node not in self.said:
                self.said.add(node)
                yield self._known_line(node)

    def known(self, unit: Step) -> Sequence[Known]:
        """The parts of a step's formula that have values of their own, each after what it is made of."""
        return tuple(dict.fromkeys(known_in(self.decided(self._formula(unit)))))

    def _known_line(self, node: Known) -> Line:
        result = self.operand(node)
        found = self.computed(node, node.body, [result])
        numeric = found.parts
        if is_tabulated(node):
            assert isinstance(node.name, Applied)
            relation, _ = numeric[0]
            numeric = ((relation, node.name.rebuilt((self.numbers(node.name.argument, found.more),))),)
        elif node.name != node.body:
            numeric = (("=", node.body), *numeric)
        sign = "=" if result.exact else "≈"
        return Line((*numeric, (sign, Result(literal(result)))), node.name, note=self.beyond_above(found))

    def learn(self, unit: Step, terms: bool, needs: dict[Key, int]) -> None:
        """Note the digits that a step's lines need of what they use; later steps are learnt before earlier ones."""
        formula = self._formula(unit)
        goals = self._goals(unit.target, self.written(unit.target))
        found = self.computed(unit.target, formula, goals, terms)
        take_over(needs, found.more)
        for node in reversed(found.known):
            take_over(needs, self.computed(node, node.body, [self.operand(node)]).more)

    # ------------------------------------------------------------------ letters

    def _letters(self, unit: Step) -> list[Expr]:
        shown: list[Expr] = []
        for position, form in enumerate(unit.forms):
            expression = self._lettered(form.expression)
            if position == len(unit.forms) - 1:
                expression = self._referenced(expression, unit.target)
            primed = form.expression
            if not shown and isinstance(primed, Applied) and primed.primes and expression != primed:
                shown += [] if isinstance(expression, Number) else [primed]  # its name: σ′(z)
            if not shown or shown[-1] != expression:
                shown.append(expression)
        formula = unit.formula
        if isinstance(shown[-1], Number) or unit.target in _SAID or shown[-1] == Quantity(unit.target):
            shown.pop()  # a constant, what is given, L − L_new: the result says it all
        if isinstance(formula, Applied):
            spelled = self._spelled(formula)
            same = spelled == Function(formula.name, (formula.argument,))  # tanh is its own formula
            if not isinstance(spelled, Number) and spelled != shown[-1] and not same:
                shown.append(spelled)
        return shown

    def _lettered(self, expression: Expr) -> Expr:
        """Functions that have a plain formula written out inside products; case distinctions decided."""
        if kinds(expression).isdisjoint((Applied, Cases)):
            return expression
        return substitute(expression, partial(self._letter, expression))

    def _letter(self, expression: Expr, node: Expr) -> Expr | None:
        """What stands for a node of an expression; None for the node itself."""
        if isinstance(node, (Quantity, Number)):
            return None
        if self.branches.of_loss and isinstance(node, Cases | Product | Negation):
            return None  # an author's loss stands as it is, and the branch that holds after it
        if self.vanishes(node):
            return number(0)
        if self.branches.is_own(node) or (is_named(node) and node is not expression):
            return node
        named = isinstance(node, Applied) and (node.primes > 0 or expression is not node)
        if isinstance(node, Applied) and named and not isinstance(node.definition, Cases):
            return self._lettered_within(node.expanded, expression)
        if isinstance(node, Cases):
            return self._lettered_within(self.branch(node), expression)
        return None

    def _lettered_within(self, part: Expr, expression: Expr) -> Expr:
        return substitute(part, partial(self._letter, expression))

    def _spelled(self, applied: Applied) -> Expr:
        expanded = applied.expanded
        general = not isinstance(expanded, Cases) or self.branches.is_own(applied)
        return expanded if general else self.branch(expanded)  # type: ignore[arg-type]

    def _formula(self, unit: Step) -> Expr:
        """The formula into which numbers are put, without a word about how it was decided."""
        formula = shared_out(unit, self.solution.arithmetic)
        found = self.branches.resolved(formula)
        return formula if found is None else found.formula

    def _resolved(self, unit: Step) -> tuple[Step, tuple[Inline, ...]]:
        """The step with the branches of its author's functions that hold as its last form; all reasons."""
        found = self.branches.resolved(unit.formula)
        if found is None:
            return unit, self.conditions.since([*self.conditions.of(unit.formula)])
        conditions = dict.fromkeys([*found.reasons, *self.conditions.of(found.formula)])
        step = replace(unit, forms=(*unit.forms, Form(found.formula, Reason.CASE_BY_CASE)), unit_forms=None)
        return step, self.conditions.since([*conditions])

    def _referenced(self, expression: Expr, target: Atom) -> Expr:
        def replaced(node: Expr) -> Expr | None:
            if isinstance(node, Quantity) and node.atom in self.tags and node.atom != target:
                return FactorReference(self.tags[node.atom], node)
            return None

        return substitute(expression, replaced)

    # ------------------------------------------------------------------ values

    def written(self, target: Atom) -> Written:
        """The target as an intermediate value, one that its answer follows from where it is asked for."""
        return self.before_answer(target) if target in self.asked else self.operand(target)

    def before_answer(self, target: Atom) -> Written:
        """The target as an intermediate value, with more digits where its answer would be misread from it."""
        written = self.operand(target)
        if self.writer.each_step:
            return written
        answer = self.writer.answer(self.values, target)
        for extra in range(1, MOST_EXTRA):
            if self.agrees(written.value, answer):
                return written
            written = self.operand(target, extra)
        return written

    def _goals(self, target: Atom, result: Written) -> list[Written]:
        """What a calculator has to show: the written result, and the answer where it is asked for."""
        if target not in self.asked or self.writer.each_step:
            return [result]
        return [result, self.writer.answer(self.values, target)]

    def _result(
        self, unit: Step, result: Written, numeric: tuple[tuple[str, Expr], ...]
    ) -> tuple[tuple[str, Expr | Result], ...]:
        relation = "=" if result.exact else "≈"
        if self.writer.each_step:
            line = numeric[-1][1] if numeric else self.numbers(unit.formula)
            relation = "=" if self.equals(line, result) else "≈"
        if not numeric and self.writer.each_step and isinstance(unit.formula, Quantity):
            relation = "="
        if unit.target not in self.asked:
            return ((relation, Result(literal(result))),)
        answer = self.writer.answer(self.values, unit.target)
        if isinstance(result.value, Logarithm):
            return ((relation, Result(literal(result), True)), ("≈", literal(answer)))
        if answer.text == result.text or (answer.exact and answer.value == result.value):
            return ((relation, Result(literal(answer), True)),)
        return ((relation, literal(result)), ("≈", Result(literal(answer), True)))

    def indistinguishable(self, result: Written) -> tuple[Inline, ...]:
        """A word where all the bits there are could not tell the value from 0."""
        lost = result.text == "0" and not result.exact and not self.writer.each_step
        return (phrase("notes.indistinguishable"),) if lost else ()


def _joined(lines: list[Line]) -> list[Line]:
    """A derivation of one formula and its value stands on one line."""
    if len(lines) == 2 and len(lines[0].parts) == 1:
        first, last = lines
        return [Line((*first.parts, *last.parts), first.left, last.note, last.tag)]
    return lines
