"""What a solution is to be worked out again with: values put in for others, and rules that are applied wrongly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbsolve.catalogue.changes import Change, change_named
from nbsolve.given import Given
from nbsolve.graph import Operation
from nbsolve.problem.functions import loss_of
from nbsolve.problem.model import Problem
from nbsolve.symbol import Partial, Symbol

__all__ = ["NOTHING", "Replaced", "Replay"]

Replaced = Mapping[Symbol | Partial, Given]


@dataclass(frozen=True)
class Replay:
    """`values` by iteration: what stands in for the quantities that are found there; `rules`: changes by name.

    A rule has what it is told as its value, or None (`{"derivative_of_another": "tanh", "bias_forgotten": None}`).
    """

    values: Mapping[int, Replaced] = field(default_factory=dict)
    rules: Mapping[str, str | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values or self.rules)

    @property
    def changes(self) -> list[Change]:
        """The records of the rules. Raises: UnknownChangeError."""
        return [change_named(name, told) for name, told in self.rules.items()]

    @property
    def sign(self) -> int:
        """What the derivative of the loss is multiplied by."""
        return -1 if sum(change.sign < 0 for change in self.changes) % 2 else 1

    def changed(self, operation: Operation, square: bool) -> Operation:
        """The operation that stands for another one of a layer, which has as many units as inputs or not."""
        for change in self.changes:
            if change.operation is not None and (square or not change.square):
                operation = change.operation(operation, self.rules[change.name] or "")
        return operation

    def of(self, problem: Problem) -> Problem:
        """The problem with what the rules change in its loss."""
        bases = [change.log_base for change in self.changes if change.log_base is not None]
        if not bases:
            return problem
        base = Given.read(bases[-1])
        terms = tuple(
            term.model_copy(update={"log_base": base}) if loss_of(term).logarithmic else term
            for term in problem.losses
        )
        return problem.model_copy(update={"losses": terms})

    def and_also(self, other: Replay) -> Replay:
        """Both at once; where both put a value in for a quantity, the other's."""
        numbers = {*self.values, *other.values}
        values = {number: {**self.at(number), **other.at(number)} for number in sorted(numbers)}
        return Replay(values, {**self.rules, **other.rules})

    def at(self, iteration: int) -> Replaced:
        """What stands in for the quantities of one iteration."""
        return self.values.get(iteration, {})


NOTHING = Replay()
"""Nothing is replaced or changed."""
