"""The step: which rule, for which quantity, by which formula, with which values. No words and no markup.

A step of a layer holds matrix formulae; its `units` are the same said unit by unit, made when somebody reads
them. The line with numbers is `substitute(form, bindings)`, what a step rests on are its forms' atoms: both
are derived, never stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np

from nbsolve.arithmetic import Arithmetic, Value
from nbsolve.evaluate import evaluate
from nbsolve.expr import Atom, Expr, Operand, atoms
from nbsolve.values import Values


class Rule(StrEnum):
    """Why a step may be taken; stable ids, worded in `phrases/`."""

    PRE_ACTIVATION = "pre_activation"
    ACTIVATION = "activation"
    ERROR = "error"
    TERM_LOSS = "term_loss"
    OUTPUT_LOSS = "output_loss"
    SAMPLE_LOSS = "sample_loss"
    LOSS_DECREASE = "loss_decrease"
    GIVEN = "given"
    PENALTY = "penalty"
    LOSS = "loss"
    EPOCH_LOSS = "epoch_loss"
    LOSS_DERIVATIVE = "loss_derivative"
    LOCAL_DERIVATIVE = "local_derivative"
    DELTA = "delta"
    OUTPUT_SIGNAL = "output_signal"
    PATH_SHARE = "path_share"
    PATH_SUM = "path_sum"
    JACOBIAN_PRODUCT = "jacobian_product"
    PARAMETER_GRADIENT = "parameter_gradient"
    LEARNING_RATE = "learning_rate"
    GRADIENT_NORM = "gradient_norm"
    OPTIMISER_STATE = "optimiser_state"
    PARAMETER_CHANGE = "parameter_change"
    PARAMETER_UPDATE = "parameter_update"
    NODE = "node"
    UPSTREAM = "upstream"
    NODE_DERIVATIVE = "node_derivative"
    NODE_GRADIENT = "node_gradient"


class Reason(StrEnum):
    """Why a form equals the one before it."""

    DEFINITION = "definition"
    CHAIN_RULE = "chain_rule"
    LOCAL_DERIVATIVES = "local_derivatives"
    CANCELLATION = "cancellation"
    FACTORS = "factors"
    COLLECTED = "collected"
    # in letters and in derivations
    SUM_RULE = "sum_rule"
    PRODUCT_RULE = "product_rule"
    QUOTIENT_RULE = "quotient_rule"
    POWER_RULE = "power_rule"
    DIFFERENTIATED = "differentiated"
    TERM_BY_TERM = "term_by_term"
    KNOWN_DERIVATIVE = "known_derivative"
    CASE_BY_CASE = "case_by_case"
    FIRST_ORDER = "first_order"
    LOGARITHM_RULES = "logarithm_rules"
    COMMON_DENOMINATOR = "common_denominator"
    REWRITTEN = "rewritten"
    EXPANDED = "expanded"
    SIMPLIFIED = "simplified"
    RECOGNISED = "recognised"
    ONE_HOT = "one_hot"
    SATURATED = "saturated"
    TWO_OUTPUTS = "two_outputs"
    POWER_AND_CHAIN_RULE = "power_and_chain_rule"
    CONSTANT_FACTOR = "constant_factor"
    ADDED_AND_TAKEN = "added_and_taken"
    SPLIT = "split"
    ONE_TERM = "one_term"
    BOTH_CASES = "both_cases"
    BINOMIAL = "binomial"
    COEFFICIENT = "coefficient"
    ENTRY = "entry"
    FOUND = "found"
    CONVENTION = "convention"
    LETTER = "letter"
    EXTENDED = "extended"
    TERMS_CANCEL = "terms_cancel"
    JUMP = "jump"
    REPLACED = "replaced"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class Form:
    """One expression for the target and the reason why it equals the one before.

    `about` is the expression that the reason speaks of, where it speaks of one: what is recognised, or added.
    """

    expression: Expr
    reason: Reason = Reason.DEFINITION
    about: tuple[Expr, ...] = ()


class Members(Sequence[Any]):
    """A tuple that is made when somebody first looks: a wide layer has a hundred thousand members."""

    def __init__(self, make: Callable[[], Iterable[Any]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> tuple[Any, ...]:
        return tuple(self._make())

    def __len__(self) -> int:
        return len(self._made)

    def __getitem__(self, place: Any) -> Any:
        return self._made[place]

    def __eq__(self, other: object) -> bool:
        return self._made == (other._made if isinstance(other, Members) else other)

    def __hash__(self) -> int:
        return hash(self._made)


_MOST_KEPT = 500
"""The number of members whose steps are kept; a wide layer has a hundred thousand, which nobody reads."""


@dataclass(frozen=True)
class Step:
    """target = forms[0] = forms[1] = …; the last form is the one that is computed.

    `iteration` and `sample` say where it belongs; `values` holds what its letters stand for.
    """

    rule: Rule
    target: Atom
    forms: tuple[Form, ...]
    values: Values = field(repr=False, compare=False)
    iteration: int
    sample: int | None = None
    members: Sequence[Atom] = ()
    unit_forms: Callable[[Atom], tuple[Form, ...]] | None = field(default=None, repr=False, compare=False)

    @property
    def value(self) -> Operand:
        """The value of the target; an array for a layer."""
        return self.values[self.target]

    @property
    def formula(self) -> Expr:
        """The expression that is computed."""
        return self.forms[-1].expression

    @property
    def bindings(self) -> Mapping[Atom, Operand]:
        """The values of the letters of all forms."""
        return {atom: self.values[atom] for form in self.forms for atom in atoms(form.expression)}

    @property
    def units(self) -> Iterator[Step]:
        """The step unit by unit: one step for each member; a step without members is its own only unit."""
        if self.unit_forms is None:
            yield self
            return
        for member in self.members:
            yield self.unit(member)

    def unit(self, member: Atom) -> Step:
        """The step of one member."""
        found = self._made.get(member)
        if found is None:
            assert self.unit_forms is not None
            forms = self.unit_forms(member)
            found = Step(self.rule, member, forms, self.values, self.iteration, self.sample)
            if len(self._made) < _MOST_KEPT:
                self._made[member] = found
        return found

    @cached_property
    def _made(self) -> dict[Atom, Step]:
        """The steps of members: what is written of a line is asked for several times."""
        return {}


class Mismatch(AssertionError):
    """A form of a step does not come to the step's value."""


def verify(step: Step, arithmetic: Arithmetic, round_value: Callable[[Value], Value] | None = None) -> None:
    """Check that every form of every unit comes to the unit's value.

    `round_value` is the rounding of a problem that rounds each step; then only the computed form is held
    against the rounded value. Raises: Mismatch, Undecided.
    """
    for unit in step.units:
        forms = unit.forms if round_value is None else unit.forms[-1:]
        for form in forms:
            found = evaluate(form.expression, unit.values, arithmetic)
            if round_value is not None:
                found = round_value(found)  # type: ignore[arg-type]
            if not _agree(found, unit.value, arithmetic):
                raise Mismatch(f"{unit.rule} of {unit.target}: {form.reason} gives {found}, not {unit.value}")


def _agree(left: Operand, right: Operand, arithmetic: Arithmetic) -> bool:
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        pairs = zip(np.asarray(left).ravel(), np.asarray(right).ravel(), strict=True)
        return all(_agree(x, y, arithmetic) for x, y in pairs)
    difference = left - right
    return bool(difference == 0) if hasattr(difference, "q") else bool(difference.contains(0))
