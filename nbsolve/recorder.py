"""Writing a solution down: a formula is evaluated, rounded where the problem says so, stored, kept as a step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import flint
import numpy as np

from nbsolve.arithmetic import Arithmetic, Value, settled
from nbsolve.expr import Array, Atom, Expr, Operand, elementwise, evaluate
from nbsolve.rounding import DigitsWanted, write
from nbsolve.step import Form, Reason, Rule, Step
from nbsolve.values import Values, whole

UnitForms = Callable[[Atom], tuple[Form, ...]]
LARGE = 20_000
"""Arrays of more entries are computed in enclosures: exact rationals would cost time for digits nobody reads."""


@dataclass
class Recorder:
    """The ledger of one iteration. `digits` is the rounding of each step (None: nothing is rounded)."""

    number: int
    arithmetic: Arithmetic
    digits: DigitsWanted | None
    recording: bool = True
    values: Values = field(default_factory=Values)
    steps: list[Step] = field(default_factory=list)

    def write(
        self,
        rule: Rule,
        target: Atom,
        forms: Iterable[Form],
        members: Iterable[Atom] = (),
        unit_forms: UnitForms | None = None,
        sample: int | None = None,
        held: tuple[Array, Operand] | None = None,
    ) -> None:
        """Compute the last form as the value of the target, and keep the step.

        `held`: where its mask is true the entry keeps the value given with it instead.
        """
        forms = tuple(forms)
        computed = evaluate(forms[-1].expression, self.values, self.arithmetic)
        self._store(target, computed)
        if held is not None:
            mask, kept = held
            self.values.stored[target][mask] = kept[mask]  # type: ignore[index]
        if self.recording:
            self.steps.append(
                Step(rule, target, forms, self.values, self.number, sample, tuple(members), unit_forms)
            )

    def write_units(
        self, rule: Rule, members: Iterable[Atom], unit_forms: UnitForms, sample: int | None = None
    ) -> None:
        """The same for quantities that have no matrix formula: each member's last form is computed."""
        members = tuple(members)
        key, _ = whole(members[0])
        computed = [
            evaluate(unit_forms(member)[-1].expression, self.values, self.arithmetic) for member in members
        ]
        places = [whole(member)[1] for member in members]
        last = places[-1]
        shape = tuple(p + 1 for p in last) if isinstance(last, tuple) else (len(members),)
        array = np.empty(shape, dtype=object)
        for place, value in zip(places, computed, strict=True):
            array[place] = value
        self._store(key, array)
        if self.recording:
            self.steps.append(
                Step(rule, key, (), self.values, self.number, sample, members, unit_forms)
            )

    def derive(self, target: Atom, expression: Expr) -> None:
        """Compute a quantity that the explanation does not write down (rounded all the same)."""
        if target not in self.values.stored:
            self._store(target, evaluate(expression, self.values, self.arithmetic))

    def keep(self, target: Atom, value: Operand) -> None:
        """Store a value that is not the result of a formula (a held parameter)."""
        self.values.put(target, value)

    def _store(self, target: Atom, value: Operand) -> None:
        if isinstance(value, np.ndarray):
            value = elementwise(settled, value)
            if self.digits is not None:
                self.values.put(target, elementwise(self.rounded, value), value)
                return
        else:
            value = settled(value)
            if self.digits is not None:
                self.values.put(target, self.rounded(value), value)
                return
        self.values.put(target, value)

    def rounded(self, value: Value) -> flint.fmpq:
        """The value as it is written down."""
        assert self.digits is not None
        return write(value, self.digits, self.arithmetic).value


def forms(*expressions: Expr, reasons: tuple[Reason, ...] = ()) -> tuple[Form, ...]:
    """Forms with their reasons; an expression that repeats the one before it is left out."""
    result: list[Form] = []
    padded = (*reasons, *[Reason.DEFINITION] * len(expressions))
    for expression, reason in zip(expressions, padded, strict=False):
        if not result or result[-1].expression != expression:
            result.append(Form(expression, reason))
    return tuple(result)
