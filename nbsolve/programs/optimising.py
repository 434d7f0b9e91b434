"""The steps of an optimiser on variables of a program: its settings, what it keeps, the updates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nbsolve.catalogue import SCHEDULES, Optimiser
from nbsolve.catalogue.schedules import Schedule
from nbsolve.expr import (
    Expr,
    Function,
    Negation,
    Power,
    Variable,
    number,
    total,
    walk,
    with_variables,
)
from nbsolve.expr import literal as as_given
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import GraphTraining
from nbsolve.programs.computation import RATE
from nbsolve.programs.indexed import number_text
from nbsolve.programs.python import NUMBERS, Dialect, written

__all__ = ["Steps"]


@dataclass(frozen=True)
class Steps:
    """Writes the updates of one training; `called` are the variables of its parameters, `arrays` have axes."""

    training: GraphTraining
    called: Mapping[str, str]
    gradient: Mapping[str, str]
    arrays: frozenset[str]
    dialect: Dialect

    @property
    def record(self) -> Optimiser:
        """The optimiser, with clipping where gradients are clipped."""
        return optimiser_of(self.training.optimiser)

    @property
    def schedule(self) -> Schedule | None:
        """The record of the learning rate's schedule."""
        return None if self.training.schedule is None else SCHEDULES[self.training.schedule.name]

    def state(self, equation: str, parameter: str) -> str:
        """The variable of what is kept, or found on the way, for a parameter."""
        return f"{equation}_{self.called[parameter]}"

    # ------------------------------------------------------------------ before the first update

    def settings(self) -> Iterator[str]:
        """The learning rate, or what its schedule is given, and the optimiser's settings."""
        training, given = self.training, self.training.optimiser.parameters
        if training.rates:
            yield f"rates = [{', '.join(map(number_text, training.rates))}]"
        elif training.schedule is None:
            yield f"{RATE} = {number_text(given['learning_rate'])}"
        else:
            yield f"{RATE}_0 = {number_text(given['learning_rate'])}"
            for name, own in training.schedule.parameters.items():
                whole = name in SCHEDULES[training.schedule.name].whole
                yield f"{name} = {own.text if whole else number_text(own)}"
        yield from (f"{name} = {number_text(given[name])}" for name in self.record.letters)

    def start(self, made: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
        """What is kept before the first update: `made` as text, by its name and the parameter's, else 0."""
        zeros = f"{self.dialect.module}.zeros_like"
        for equation in self.record.kept:
            for name in self.training.parameters:
                own = made.get(equation.name, {}).get(name)
                plain = f"{zeros}({self.called[name]})"
                yield f"{self.state(equation.name, name)} = {plain if own is None else own}"

    # ------------------------------------------------------------------ one update

    def rate(self, count: str) -> Iterator[str]:
        """The number of the update, and its learning rate, where these are used; `count` is how many there were."""
        training, record = self.training, self.schedule
        formulae = [equation.formula for equation in self.record.equations] + [self.record.change]
        names = {node.name for formula in formulae for node in walk(formula) if isinstance(node, Variable)}
        if "t" in names or record is not None:
            before = f" + {training.updates}" if training.updates else ""
            yield f"t = {count}{before}"
        if training.rates:
            yield f"{RATE} = rates[{count} - 1]"
        if record is not None:
            if record.every is not None:
                yield f"k = (t - 1) // {record.every}"
            yield f"{RATE} = {written(with_variables(record.rate, {'start': Variable(f'{RATE}_0')}), NUMBERS)}"

    def update(self) -> Iterator[str]:
        """All parameters, one after the other."""
        if self.training.optimiser.clip == "norm":
            squares = [Power((Variable(self.gradient[name]), number(2))) for name in self.training.parameters]
            summed = [
                Function("total", (square,)) if name in self.arrays else square
                for name, square in zip(self.training.parameters, squares, strict=True)
            ]
            yield f"norm = {written(Function('sqrt', (total(*summed),)), self.dialect)}"
        for name in self.training.parameters:
            yield from self._of(name)

    def _of(self, name: str) -> Iterator[str]:
        slots = self._slots(name)
        formulae = [equation.formula for equation in self.record.equations] + [self.record.change]
        used = {node.name for formula in formulae for node in walk(formula) if isinstance(node, Variable)}
        for equation in self.record.kept:
            if f"old_{equation.name}" in used:
                own = self.state(equation.name, name)
                yield f"old_{own} = {own}"
        for equation in self.record.equations:
            text = written(with_variables(equation.formula, slots), self.dialect)
            yield f"{self.state(equation.name, name)} = {text}"
        change = with_variables(self.record.change, slots)
        down = isinstance(change, Negation)
        text = written(change.operands[0] if isinstance(change, Negation) else change, self.dialect)
        sign = "-" if down != (self.training.direction == "ascent") else "+"
        own = self.called[name]
        yield f"{own} {sign}= {text}"

    def _slots(self, name: str) -> dict[str, Expr]:
        slots: dict[str, Expr] = {
            setting: Variable(setting) if setting in self.record.letters else as_given(given)
            for setting, given in self.training.optimiser.parameters.items()
        }
        slots |= {
            "learning_rate": Variable(RATE),
            "gradient": Variable(self.gradient[name]),
            "parameter": Variable(self.called[name]),
            "norm": Variable("norm"),
        }
        for equation in self.record.equations:
            slots[equation.name] = Variable(self.state(equation.name, name))
            slots[f"old_{equation.name}"] = Variable(f"old_{self.state(equation.name, name)}")
        return slots

    def shown(self, exact: bool) -> Iterator[str]:
        """What prints the state and the new value of each parameter; `exact`: beside the old one."""
        for place, name in enumerate(self.training.parameters):
            for equation in self.record.equations:
                own = self.state(equation.name, name)
                yield f'show("{"new " if equation.kept else ""}{equation.name}_{name}", {own})'
            before = f", before[{place}]" if exact else ""
            yield f'show("new {name}", {self.called[name]}{before})'

    def copied(self) -> str:
        """What keeps the parameters before an update."""
        copy = ".copy()" if self.dialect.module == "np" else ".detach().clone()"
        return f"before = [{', '.join(f'{self.called[name]}{copy}' for name in self.training.parameters)}]"
