"""The rule of an optimiser in the variables of a program: what it finds for a parameter, how that changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nbsolve.catalogue import SCHEDULES, Equation, Optimiser
from nbsolve.catalogue.schedules import Schedule
from nbsolve.expr import (
    Expr,
    Function,
    Negation,
    Power,
    Variable,
    literal,
    number,
    total,
    walk,
    with_variables,
)
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import GraphTraining, Training
from nbsolve.programs.identifiers import RATE
from nbsolve.programs.python import NUMBERS, Dialect, written

__all__ = ["Assignment", "UpdateRule"]

Assignment = tuple[str, Expr]
"""A variable, and the formula that it is set to."""


@dataclass(frozen=True)
class UpdateRule:
    """The rule of one training: `m_W1` is what it keeps for the parameter W1, `old_m_W1` what it kept before."""

    training: Training | GraphTraining

    @property
    def record(self) -> Optimiser:
        """The optimiser, with clipping where gradients are clipped."""
        return optimiser_of(self.training.optimiser)

    @property
    def schedule(self) -> Schedule | None:
        """The record of the learning rate's schedule."""
        return None if self.training.schedule is None else SCHEDULES[self.training.schedule.name]

    @property
    def rate(self) -> Expr | None:
        """The learning rate where a schedule gives it, in the variables `eta_0`, `t`, `k` and its settings."""
        record = self.schedule
        return None if record is None else with_variables(record.rate, {"start": Variable(f"{RATE}_0")})

    @property
    def used(self) -> set[str]:
        """The names that the formulae of the optimiser read."""
        formulae = [*(equation.formula for equation in self.record.equations), self.record.change]
        return {node.name for formula in formulae for node in walk(formula) if isinstance(node, Variable)}

    @property
    def counted(self) -> bool:
        """Whether the number of an update matters."""
        return self.schedule is not None or "t" in self.used

    def norm(self, gradients: Mapping[str, bool]) -> Expr | None:
        """The norm of all gradients, of which some are arrays; None where gradients are not clipped by it."""
        if self.training.optimiser.clip != "norm":
            return None
        squares = {name: Power((Variable(name), number(2))) for name in gradients}
        summed = [
            Function("total", (squares[name],)) if array else squares[name]
            for name, array in gradients.items()
        ]
        return Function("sqrt", (total(*summed),))

    # ------------------------------------------------------------------ one parameter

    def state(self, equation: Equation, parameter: str) -> str:
        """The variable of what is kept, or found on the way, for a parameter."""
        return f"{equation.name}_{parameter}"

    def found(self, parameter: str, gradient: str, rate: str = RATE) -> Iterator[Assignment]:
        """What is found for a parameter before it is changed, one after the other."""
        for equation in self.record.kept:
            if f"old_{equation.name}" in self.used:
                own = self.state(equation, parameter)
                yield f"old_{own}", Variable(own)
        slots = self._slots(parameter, gradient, rate)
        for equation in self.record.equations:
            yield self.state(equation, parameter), with_variables(equation.formula, slots)

    def change(self, parameter: str, gradient: str, rate: str = RATE) -> Expr:
        """What the update adds to a parameter."""
        return with_variables(self.record.change, self._slots(parameter, gradient, rate))

    def _slots(self, parameter: str, gradient: str, rate: str) -> dict[str, Expr]:
        slots = {
            name: Variable(name) if name in self.record.letters else literal(given)
            for name, given in self.training.optimiser.parameters.items()
        }
        slots |= {
            "learning_rate": Variable(rate),
            "gradient": Variable(gradient),
            "parameter": Variable(parameter),
            "norm": Variable("norm"),
        }
        for equation in self.record.equations:
            own = self.state(equation, parameter)
            slots |= {equation.name: Variable(own), f"old_{equation.name}": Variable(f"old_{own}")}
        return slots

    # ------------------------------------------------------------------ as lines of a program

    def scheduled(self, count: str) -> Iterator[str]:
        """The learning rate of an update, where it changes; `count` says which of the listed rates it is."""
        if self.training.rates:
            yield f"{RATE} = rates[{count}]"
        if self.schedule is not None and self.rate is not None:
            if self.schedule.every is not None:
                yield f"k = (t - 1) // {self.schedule.every}"
            yield f"{RATE} = {written(self.rate, NUMBERS)}"

    def lines(
        self,
        parameter: str,
        gradient: str,
        dialect: Dialect,
        rate: str = RATE,
        up: bool = False,
        times: str = "",
    ) -> Iterator[str]:
        """The update of a parameter: down, or `up` the gradient; `times` is what the change is multiplied with."""
        for name, formula in self.found(parameter, gradient, rate):
            yield f"{name} = {written(formula, dialect)}"
        change = self.change(parameter, gradient, rate)
        negative = isinstance(change, Negation)
        text = written(change.operands[0] if isinstance(change, Negation) else change, dialect)
        yield f"{parameter} {'+' if negative == up else '-'}= {text}{times}"
