"""The updates of a training of single quantities as lines of a program: settings, what is kept, each update."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nbsolve.problem.model import GraphTraining
from nbsolve.programs.identifiers import RATE
from nbsolve.programs.indexed import number_text
from nbsolve.programs.python import Dialect, written
from nbsolve.programs.updating import UpdateRule

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
    def rule(self) -> UpdateRule:
        """The optimiser's rule."""
        return UpdateRule(self.training)

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
                whole = self.rule.schedule is not None and name in self.rule.schedule.whole
                yield f"{name} = {own.text if whole else number_text(own)}"
        yield from (f"{name} = {number_text(given[name])}" for name in self.rule.record.letters)

    def start(self, made: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
        """What is kept before the first update: `made` as text, by its name and the parameter's, else 0."""
        for equation in self.rule.record.kept:
            for name in self.training.parameters:
                zeros = f"{self.dialect.module}.zeros_like({self.called[name]})"
                own = made.get(equation.name, {}).get(name, zeros)
                yield f"{self.rule.state(equation, self.called[name])} = {own}"

    # ------------------------------------------------------------------ one update

    def rate(self, count: str) -> Iterator[str]:
        """The number of the update, and its learning rate, where these are used; `count` is how many there were."""
        if self.rule.counted:
            yield f"t = {count}" + (f" + {self.training.updates}" if self.training.updates else "")
        yield from self.rule.scheduled(f"{count} - 1")

    def update(self) -> Iterator[str]:
        """All parameters, one after the other."""
        norm = self.rule.norm({self.gradient[name]: name in self.arrays for name in self.training.parameters})
        if norm is not None:
            yield f"norm = {written(norm, self.dialect)}"
        up = self.training.direction == "ascent"
        for name in self.training.parameters:
            yield from self.rule.lines(self.called[name], self.gradient[name], self.dialect, up=up)

    def shown(self, exact: bool) -> Iterator[str]:
        """What prints the state and the new value of each parameter; `exact`: beside the old one."""
        for place, name in enumerate(self.training.parameters):
            for equation in self.rule.record.equations:
                own = self.rule.state(equation, self.called[name])
                yield f'show("{"new " if equation.kept else ""}{equation.name}_{name}", {own})'
            before = f", before[{place}]" if exact else ""
            yield f'show("new {name}", {self.called[name]}{before})'

    def copied(self) -> str:
        """What keeps the parameters before an update."""
        copy = ".copy()" if self.dialect.module == "np" else ".detach().clone()"
        return f"before = [{', '.join(f'{self.called[name]}{copy}' for name in self.training.parameters)}]"
