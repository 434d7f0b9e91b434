"""Writing a solution down: a formula is evaluated, rounded where the problem says so, stored, kept as a step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import flint
import numpy as np

from nbsolve.arithmetic import Arithmetic, TooLarge, Undecided, Value, settled
from nbsolve.evaluate import evaluate
from nbsolve.evaluate.entrywise import elementwise
from nbsolve.expr import Array, Atom, Expr, Operand, literal
from nbsolve.given import Given
from nbsolve.rounding import DigitsWanted, write
from nbsolve.step import Form, Members, Reason, Rule, Step
from nbsolve.symbol import Partial, Symbol, described
from nbsolve.values import Place, Values, given_array, whole

UnitForms = Callable[[Atom], tuple[Form, ...]]
Held = tuple[Array, Atom]
"""Where the mask is true, the entry keeps the value of that quantity instead."""


Action = Callable[["Recorder"], None]
"""Something that a recorder does to its values."""


@dataclass(frozen=True, slots=True)
class Computation:
    """What one step computes: a formula for a whole quantity, or one for each of its places; or what it keeps."""

    target: Atom
    formula: Expr | tuple[tuple[Place | None, Expr], ...] | Atom
    held: Held | None = None


@dataclass
class Recorder:
    """The ledger of one iteration. `digits` is the rounding of each step (None: nothing is rounded).

    `actions` is all that happened, in order: who begins with other numbers can repeat it without writing the
    formulae anew (`repeat`). `replaced` are values that stand in for those that would be found; those of them that
    the problem gives are `given`.
    """

    number: int
    arithmetic: Arithmetic
    digits: DigitsWanted | None
    recording: bool = True
    values: Values = field(default_factory=Values)
    steps: list[Step] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    replaced: Mapping[Atom, Given] = field(default_factory=dict)
    given: Mapping[Atom, Given] = field(default_factory=dict)

    def write(
        self,
        rule: Rule,
        target: Atom,
        forms: Iterable[Form],
        members: Sequence[Atom] = (),
        unit_forms: UnitForms | None = None,
        sample: int | None = None,
        held: Held | None = None,
    ) -> None:
        """Compute the last form as the value of the target, and keep the step."""
        forms = tuple(forms)
        self._run(Computation(target, forms[-1].expression, held))
        if self.replaced:
            forms = self._instead(target) or forms
            unit_forms = None if unit_forms is None else self._told(unit_forms)
        if self.recording:
            members = members if isinstance(members, Members) else tuple(members)
            self.steps.append(
                Step(rule, target, forms, self.values, self.number, sample, members, unit_forms)
            )

    def write_units(
        self,
        rule: Rule,
        members: Iterable[Atom],
        unit_forms: UnitForms,
        sample: int | None = None,
        forms: tuple[Form, ...] = (),
    ) -> None:
        """Compute each member's last form and keep the step; `forms` say it for the whole array where they can."""
        members = tuple(members)
        key, _ = whole(members[0])
        formulae = tuple((whole(member)[1], unit_forms(member)[-1].expression) for member in members)
        self._run(Computation(key, formulae))
        if self.replaced:
            unit_forms = self._told(unit_forms)
        if self.recording:
            self.steps.append(Step(rule, key, forms, self.values, self.number, sample, members, unit_forms))

    def describe(
        self,
        rule: Rule,
        target: Atom,
        forms: tuple[Form, ...],
        members: Iterable[Atom],
        unit_forms: UnitForms,
        sample: int | None,
    ) -> None:
        """Keep a step for a quantity that has its value already."""
        if self.recording:
            members = tuple(members)
            self.steps.append(
                Step(rule, target, forms, self.values, self.number, sample, members, unit_forms)
            )

    def require(self, expression: Expr) -> None:
        """Compute a formula only to see that it has a value. Raises: DomainError."""
        evaluate(expression, self.values, self.arithmetic)

    def derive(self, target: Atom, expression: Expr) -> None:
        """Compute a quantity that the explanation does not write down (rounded all the same)."""
        if target not in self.values.stored:
            self._run(Computation(target, expression))

    def derive_value(self, target: Atom, find: Callable[[Recorder], Operand]) -> None:
        """Store a derived value that no single formula gives."""
        if target not in self.values.stored:
            self._do(lambda recorder: recorder._store(target, find(recorder)))

    def copy_signed(self, source: Atom, target: Atom, sign: int) -> None:
        """Give a quantity the value of another one, or its negative."""
        self._do(lambda recorder: recorder.values.copy_signed(source, target, sign))

    def keep(self, target: Atom, source: Atom) -> None:
        """Give a quantity the value of another one, without a formula (a held parameter)."""
        self._run(Computation(target, source))

    def clear(self, target: Atom, mask: Array) -> None:
        """Make the entries of a quantity 0 where the mask is true (the change of a held parameter)."""
        self._do(lambda recorder: recorder.values.clear(target, mask))

    def repeat(self, actions: Iterable[Action]) -> None:
        """Do what was done with other numbers."""
        for action in actions:
            action(self)

    def _do(self, action: Action) -> None:
        self.actions.append(action)
        action(self)

    def _run(self, computation: Computation) -> None:
        self._do(partial(Recorder._computed, computation=computation))

    def _computed(self, computation: Computation) -> None:
        try:
            self._compute(computation)
        except Undecided as error:
            error.quantity = error.quantity or self._named(computation.target)
            raise
        except TooLarge as error:
            raise TooLarge(error.quantity or self._named(computation.target)) from None

    def _named(self, target: Atom) -> str:
        return f"{described(target)} (iteration {self.number})"

    def _compute(self, computation: Computation) -> None:
        target, formula = computation.target, computation.formula
        if isinstance(formula, Expr):
            self._store(target, evaluate(formula, self.values, self.arithmetic))
        elif isinstance(formula, Symbol | Partial):
            self.values.copy(formula, target)
        else:
            self._store(target, self._by_place(formula))
        if computation.held is not None:
            mask, source = computation.held
            self.values.copy_places(source, target, mask)

    def _by_place(self, formulae: tuple[tuple[Place | None, Expr], ...]) -> Array:
        last = formulae[-1][0]
        shape = tuple(place + 1 for place in last) if isinstance(last, tuple) else (len(formulae),)
        array = np.empty(shape, dtype=object)
        for place, formula in formulae:
            array[place] = evaluate(formula, self.values, self.arithmetic)
        return array

    def _store(self, target: Atom, value: Operand) -> None:
        value = _settled(value) if isinstance(value, np.ndarray) else settled(value)
        if self.replaced:
            value = self._taken_instead(target, value)
        if self.digits is None:
            self.values.put(target, value)
            return
        rounded = elementwise(self.rounded, value) if isinstance(value, np.ndarray) else self.rounded(value)
        self.values.put(target, self._taken_instead(target, rounded), value)  # what is given is never rounded

    def _taken_instead(self, target: Atom, value: Operand) -> Operand:
        """The value with the entries that others stand in for; what was found of those that are given is kept."""
        for atom, given in self.replaced.items():
            array, place = whole(atom)
            if atom == target:
                return given.value
            if array == target and place is not None and isinstance(value, np.ndarray):
                if atom in self.given:
                    self.values.computed.setdefault(atom, value[place])
                    self.values.givens[atom] = given_array(given)
                value = value.copy()
                value[place] = given.value
        return value

    def _told(self, forms: UnitForms) -> UnitForms:
        """The forms of members: a number where a value stands in for the one that would be found."""

        def unit_forms(atom: Atom) -> tuple[Form, ...]:
            return self._instead(atom) or forms(atom)

        return unit_forms

    def _instead(self, atom: Atom) -> tuple[Form, ...]:
        """The number that stands in for a quantity; nothing where none does."""
        given = self.replaced.get(atom)
        reason = Reason.GIVEN if atom in self.given else Reason.REPLACED
        return () if given is None else (Form(literal(given), reason),)

    def rounded(self, value: Value) -> flint.fmpq:
        """The value as it is written down."""
        assert self.digits is not None
        return write(value, self.digits, self.arithmetic).rational


def _settled(array: Array) -> Array:
    """Each entry settled: of balls only those that are 0 change."""
    entries = array.reshape(-1).tolist()
    unchanged = {*map(type, entries)} == {flint.arb} and 0 not in entries
    return array.copy() if unchanged else elementwise(settled, array)


def forms(*expressions: Expr, reasons: tuple[Reason, ...] = ()) -> tuple[Form, ...]:
    """Forms with their reasons; an expression that repeats the one before it is left out."""
    if len(expressions) == 1:
        return (Form(expressions[0], reasons[0] if reasons else Reason.DEFINITION),)
    result: list[Form] = []
    padded = (*reasons, *[Reason.DEFINITION] * len(expressions))
    for expression, reason in zip(expressions, padded, strict=False):
        if not result or result[-1].expression != expression:
            result.append(Form(expression, reason))
    return tuple(result)
