"""From a step to its lines: the formula in letters, the same with numbers, the value.

The line with numbers has the shape of the line with letters. Its operands get as many digits as it takes for
the printed line, put into a calculator, to give exactly the printed value.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import flint

from nbsolve.arithmetic import Value
from nbsolve.catalogue import is_named
from nbsolve.compose.branches import Branches
from nbsolve.compose.known import is_tabulated, known_in, shared_out
from nbsolve.compose.numbers import MOST_EXTRA, Key, Numbers, literal
from nbsolve.document import Derivation, Inline, Line, Math, Result
from nbsolve.evaluate import evaluate
from nbsolve.expr import (
    Applied,
    Atom,
    Cases,
    Comparison,
    Expr,
    FactorReference,
    Function,
    Known,
    Negation,
    Number,
    Product,
    Quantity,
    atoms,
    number,
    substitute,
    walk,
)
from nbsolve.phrases import phrase
from nbsolve.rounding import Written
from nbsolve.step import Form, Reason, Step
from nbsolve.symbol import Role, Symbol, anchor
from nbsolve.writing import scalar

_SAID = (Symbol(Role.LOSS_DECREASE),)
"""Quantities whose name is their formula."""
MOST_CARRIED = 2
"""Digits beyond the usual ones with which a result is written because later lines need them; a line that needs
more says so: the lines above would need ever more of them."""
MOST_TRIED = 8
"""Lines with more numbers give all of them the same digits."""


@dataclass(frozen=True)
class Computed:
    """The parts of a line with numbers; how many more digits its numbers have than where they were found.

    `collapsed`: a difference stands there with its own value.
    """

    parts: tuple[tuple[str, Expr], ...]
    more: Mapping[Key, int]
    collapsed: bool = False


@dataclass(frozen=True)
class Lines(Numbers):
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
        found = self._computed(resolved.formula, goals, terms)
        numeric, collapsed = found.parts, found.collapsed
        beyond = self._beyond_above(found)
        above = tuple(self._known_lines(resolved.formula))
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
        return Derivation((*above, *_joined(lines)), (self._anchor(unit.target),))

    def compact(self, unit: Step) -> tuple[Line, str]:
        """A unit's step on one line: letters, numbers, value; and its anchor."""
        letters = self._letters(unit)[-1:]
        resolved, reasons = self._resolved(unit)
        if resolved is not unit and not isinstance(resolved.formula, Number):
            letters = [*letters, resolved.formula]
        result = self.written(unit.target)
        found = self._computed(resolved.formula, self._goals(unit.target, result))
        numeric = found.parts
        parts = (*(("=", form) for form in letters), *numeric, *self._result(resolved, result, numeric))
        beyond = self._beyond_above(found)
        note = (*reasons, *(["; "] if reasons and beyond else []), *beyond)
        return Line(parts, Quantity(unit.target), note=note), self._anchor(unit.target)

    def value_only(self, step: Step) -> Derivation:
        """The formula for whole layers and the value, where the line with numbers would be endless."""
        result = self.written(step.target)
        value = self.values.before_rounding(step.target)
        exact = isinstance(value, flint.fmpq) and value == result.value
        parts: list[tuple[str, Expr | Result]] = [("=", step.formula)]
        parts.extend(self._result(step, result, (("≈", Number(result.value + (not exact))),)))
        return Derivation((Line(tuple(parts), Quantity(step.target)),), (self._anchor(step.target),))

    def _anchor(self, target: Atom) -> str:
        return f"it{self.iteration}-{anchor(target)}"

    # ------------------------------------------------------------------ parts of formulae

    def _shared_out(self, unit: Step) -> Step:
        """The step of a share of softmax with e^z and their sum as values that are known."""
        formula = shared_out(unit, self.solution.arithmetic)
        if formula == unit.formula:
            return unit
        return replace(unit, forms=(*unit.forms[:-1], replace(unit.forms[-1], expression=formula)))

    def _known_lines(self, formula: Expr) -> Iterator[Line]:
        """A line for each part of a formula that has a value of its own and had no line before."""
        for node in self._known(formula):
            if node not in self.said:
                self.said.add(node)
                yield self._known_line(node)

    def known(self, unit: Step) -> Sequence[Known]:
        """The parts of a step's formula that have values of their own, each after what it is made of."""
        return self._known(self._resolved(self._shared_out(unit))[0].formula)

    def _known(self, formula: Expr) -> Sequence[Known]:
        return tuple(dict.fromkeys(known_in(self.decided(formula))))

    def _known_line(self, node: Known) -> Line:
        result = self.operand(node)
        found = self._computed(node.body, [result])
        numeric = found.parts
        if is_tabulated(node):
            assert isinstance(node.name, Applied)
            relation, _ = numeric[0]
            numeric = ((relation, node.name.rebuilt((self.numbers(node.name.argument, found.more),))),)
        elif node.name != node.body:
            numeric = (("=", node.body), *numeric)
        sign = "=" if result.exact else "≈"
        return Line((*numeric, (sign, Result(literal(result)))), node.name, note=self._beyond_above(found))

    def learn(self, unit: Step, terms: bool, needs: dict[Key, int]) -> None:
        """Note the digits that a step's lines need of what they use; later steps are learnt before earlier ones."""
        formula = self._resolved(self._shared_out(unit))[0].formula
        goals = self._goals(unit.target, self.written(unit.target))
        found = [self._computed(formula, goals, terms)]
        for node in reversed(self._known(formula)):
            take_over(needs, found[-1].more)
            found.append(self._computed(node.body, [self.operand(node)]))
        take_over(needs, found[-1].more)

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

        def replaced(node: Expr) -> Expr | None:
            if self.branches.of_loss and isinstance(node, Cases | Product | Negation):
                return None  # an author's loss stands as it is, and the branch that holds after it
            if self.vanishes(node):
                return number(0)
            if self.branches.is_own(node) or (is_named(node) and node is not expression):
                return node
            named = isinstance(node, Applied) and (node.primes > 0 or expression is not node)
            if isinstance(node, Applied) and named and not isinstance(node.definition, Cases):
                return substitute(node.expanded, replaced)
            if isinstance(node, Cases):
                return substitute(self.branch(node), replaced)
            return None

        return substitute(expression, replaced)

    def _spelled(self, applied: Applied) -> Expr:
        expanded = applied.expanded
        general = not isinstance(expanded, Cases) or self.branches.is_own(applied)
        return expanded if general else self.branch(expanded)  # type: ignore[arg-type]

    def _resolved(self, unit: Step) -> tuple[Step, tuple[Inline, ...]]:
        """The step with the branches of its author's functions that hold as its last form; all reasons."""
        found = self.branches.resolved(unit.formula)
        if found is None:
            return unit, self._since([*self._conditions(unit.formula)])
        conditions = dict.fromkeys([*found.reasons, *self._conditions(found.formula)])
        step = replace(unit, forms=(*unit.forms, Form(found.formula, Reason.CASE_BY_CASE)), unit_forms=None)
        return step, self._since([*conditions])

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

    def _computed(self, formula: Expr, goals: list[Written], terms: bool = False) -> Computed:
        """The lines with numbers that give the result (none where that line is the result itself).

        Operands get more digits until a calculator agrees with what is printed, each only those it needs. Where
        a difference is too small for that, its own value is put in instead. What was found before, when the same
        digits were needed of its operands, still holds.
        """
        key = (formula, tuple(goals), terms, self.solution.arithmetic)
        tried: list[tuple[Sequence[tuple[Key, int]], Computed]] = self.values.computed.setdefault(key, [])
        for needs, computed in tried:
            if all(self.needed(used) == digits for used, digits in needs):
                return computed
        keys = tuple(self.keys(formula))
        computed = self._search(formula, keys, goals, terms)
        tried.append((tuple((used, self.needed(used)) for used in keys), computed))
        return computed

    def _search(self, whole: Expr, every: Sequence[Key], goals: list[Written], terms: bool) -> Computed:
        """What `_computed` finds, by trying; `every` is all that has digits in the formula."""
        formula = self.decided(whole)
        rounded = self.writer.each_step
        result = goals[0]
        keys = [key for key in every if not self.is_exact(key)]
        most = 1 if rounded and not any(isinstance(key, Known) for key in keys) else MOST_EXTRA
        for collapse in (False, True):
            for extra in range(most):
                tried = self.numbers(formula, extra, collapse)
                if not self.gives(tried, *goals):
                    continue
                all_of_them = dict.fromkeys(keys, extra)
                fewest = all_of_them if collapse else self._fewest(formula, keys, extra, goals)
                for more in (fewest, all_of_them):
                    line = tried if not extra else self.numbers(formula, more, collapse)
                    if _is_literally(line, result):
                        return Computed((), more)
                    numeric = ((self.numeric_relation(every, more), line),)
                    if not terms or rounded:
                        return Computed(numeric, more, collapse)
                    middle = self.terms(whole, line, goals)
                    if middle is not None:
                        added = tuple(part for part in middle if part[1] != line)
                        return Computed((*numeric, *added), more, collapse)
            if rounded:
                break
        return Computed(((self.numeric_relation(every, 0), self.numbers(formula)),), {})

    def _fewest(self, formula: Expr, keys: Sequence[Key], extra: int, goals: list[Written]) -> dict[Key, int]:
        """How many of `extra` more digits each number needs for the line to give the result."""
        more = dict.fromkeys(keys, extra)
        if not 1 < len(keys) <= MOST_TRIED or extra == 0:
            return more
        for key in keys:
            for fewer in range(extra):
                tried = {**more, key: fewer}
                if self.gives(self.numbers(formula, tried), *goals):
                    more = tried
                    break
        return more

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
        if answer.text == result.text or (answer.exact and answer.value == result.value):
            return ((relation, Result(literal(answer), True)),)
        return ((relation, literal(result)), ("≈", Result(literal(answer), True)))

    # ------------------------------------------------------------------ reasons

    def indistinguishable(self, result: Written) -> tuple[Inline, ...]:
        """A word where all the bits there are could not tell the value from 0."""
        lost = result.text == "0" and not result.exact and not self.writer.each_step
        return (phrase("notes.indistinguishable"),) if lost else ()

    def _beyond_above(self, found: Computed) -> tuple[Inline, ...]:
        """A word about the numbers that have more digits than the lines that found them."""
        names = [
            key.name if isinstance(key, Known) else Quantity(key)
            for key, extra in found.more.items()
            if self.operand(key, extra).text != self.operand(key).text
        ]
        return () if found.collapsed else more_digits(names)

    def _since(self, conditions: Sequence[Comparison]) -> tuple[Inline, ...]:
        """since z = 0.4 > 0, …"""
        note: list[Inline] = []
        for condition in conditions:
            note.append(phrase("notes.since") + " " if not note else ", ")
            note.append(self._decided(condition))
        return tuple(note)

    def _conditions(self, formula: Expr) -> Iterator[Comparison]:
        """What decides the case distinctions of the catalogue's functions."""
        seen: set[Expr] = set()
        for node in walk(formula):
            cases = node.expanded if isinstance(node, Applied) else node
            if not isinstance(cases, Cases) or cases in seen:
                continue
            seen.add(cases)
            condition = cases.branches[0][1]
            assert condition is not None
            yield condition

    def _decided(self, condition: Comparison) -> Math:
        """The condition as it comes out: with its number where a quantity is held against one."""
        arithmetic = self.solution.arithmetic
        left = evaluate(condition.left, self.values, arithmetic)
        right = evaluate(condition.right, self.values, arithmetic)
        sign = arithmetic.sign(scalar(left) - scalar(right))
        relation = {-1: "<", 0: "=", 1: ">"}[sign]
        if atoms(condition.right):
            return Math(condition.left, relation, condition.right)
        limit = self.numbers(condition.right)
        if not isinstance(condition.left, Quantity):
            return Math(condition.left, relation, limit)
        if sign == 0:
            return Math(condition.left, "=", limit)
        written = self._beyond(condition.left.atom, scalar(right), sign)
        equal = "=" if written.exact or self.writer.each_step else "≈"
        return Math(condition.left, equal, Comparison(literal(written), relation, limit))

    def _beyond(self, atom: Atom, limit: Value, sign: int) -> Written:
        """The quantity with as many digits as it takes to be told from the limit."""
        for extra in range(MOST_EXTRA):
            written = self.operand(atom, extra)
            if self.solution.arithmetic.sign(written.value - limit) == sign:
                return written
        return self.operand(atom, 0)


def more_digits(names: Sequence[Expr]) -> tuple[Inline, ...]:
    """A word about numbers that have more digits than the lines that found them."""
    if not names:
        return ()
    listed = [part for n, name in enumerate(names) for part in ((", ", Math(name)) if n else (Math(name),))]
    return (*listed, phrase("notes.more_digits"))


def take_over(needs: dict[Key, int], more: Mapping[Key, int]) -> None:
    """Raise the digits that are needed by those that a line has more."""
    for key, extra in more.items():
        before = needs.get(key, 0)
        needs[key] = max(before, min(before + extra, MOST_CARRIED))


def _is_literally(line: Expr, result: Written) -> bool:
    """Whether the line is nothing but the result itself."""
    if isinstance(line, Negation):
        inner = line.operands[0]
        return isinstance(inner, Number) and f"-{inner.text or inner.value}" == result.text
    return isinstance(line, Number) and line.value == result.value


def _joined(lines: list[Line]) -> list[Line]:
    """A derivation of one formula and its value stands on one line."""
    if len(lines) == 2 and len(lines[0].parts) == 1:
        first, last = lines
        return [Line((*first.parts, *last.parts), first.left, last.note, last.tag)]
    return lines
