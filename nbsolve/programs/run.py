"""What a program prints, found in doubles, beside what the page writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

import flint
import numpy as np

from nbsolve.arithmetic import Value
from nbsolve.asking.derived import derive
from nbsolve.asking.writing import Writer, scalar
from nbsolve.expr import Atom
from nbsolve.given import Entry, Given
from nbsolve.problem.functions import activation_of, loss_of
from nbsolve.problem.model import Problem
from nbsolve.programs.arrays import Array, Objects, alone, each, entries_of, members
from nbsolve.programs.computation import Computation
from nbsolve.programs.doubles import Doubles, compiled
from nbsolve.programs.identifiers import RATE, STRENGTH
from nbsolve.programs.jacobian import is_printed, jacobian_in_doubles
from nbsolve.programs.printing import Format
from nbsolve.rounding import Written, write
from nbsolve.solving.givens import given_parameters
from nbsolve.solving.schedule import batch_size, batches
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.symbol import LOSS, Partial, Role, Symbol
from nbsolve.values import Values, is_exact

SNAPPED = 12
"""Decimals that pre-activations are rounded to where one of them is exactly 0, which doubles miss."""


@dataclass(frozen=True)
class Shown:
    """An array that is printed: its name there, its variable, and its quantities in the same shape."""

    label: str
    variable: str
    atoms: Objects
    new: bool = False


@dataclass(frozen=True)
class Run:
    """One way of writing the program, and what it would print."""

    solution: Solution
    computation: Computation
    snapped: bool
    form: Format

    @property
    def problem(self) -> Problem:
        """What is calculated."""
        return self.computation.problem

    @property
    def whole_batch(self) -> bool:
        """Whether every iteration takes all samples."""
        return batch_size(self.problem) >= len(self.problem.samples)

    # ------------------------------------------------------------------ what is printed

    @cached_property
    def forward_shown(self) -> tuple[Shown, ...]:
        """z and a where there is no loss."""
        found = []
        for n, layer in enumerate(self.problem.network.layers, 1):
            for letter, role in (("z", Role.PRE_ACTIVATION), ("a", Role.ACTIVATION)):
                atoms = np.empty((len(self.problem.samples), layer.units), dtype=object)
                for s, j in np.ndindex(atoms.shape):
                    sample = s + 1 if len(self.problem.samples) > 1 else None
                    atoms[s, j] = Symbol(role, n, j + 1, sample=sample)
                found.append(Shown(f"{letter}{n}", f"{letter}{n}", atoms))
        return tuple(found)

    @cached_property
    def gradients_shown(self) -> tuple[Shown, ...]:
        """The gradients of all parameters."""
        loss = LOSS
        return tuple(
            Shown(
                f"dL/d{own.name}", own.gradient, each(lambda p: Partial(loss, p), members(self.problem, own))
            )
            for own in self.computation.arrays
        )

    @cached_property
    def new_shown(self) -> tuple[Shown, ...]:
        """The new parameters."""
        return tuple(
            Shown(
                f"new {own.name}",
                own.name,
                each(lambda p: p._replace(new=True), members(self.problem, own)),
                True,
            )
            for own in self.computation.arrays
        )

    @cached_property
    def states_shown(self) -> tuple[Shown, ...]:
        """What the optimiser has kept of each array that moves."""
        if self.problem.training is None:
            return ()
        return tuple(
            Shown(
                f"{equation.name} of {own.name}",
                self.computation.rule.state(equation, own.name),
                each(partial(_state, equation.name), members(self.problem, own)),
            )
            for own in self.computation.arrays
            for equation in self.computation.rule.record.kept
            if not own.held and own.trained is None
        )

    def rate_of(self, own: Array) -> str:
        """The variable of the learning rate of an array."""
        training = self.problem.training
        return f"rate_{own.name}" if training is not None and training.own_rates else RATE

    # ------------------------------------------------------------------ in doubles

    @cached_property
    def differing(self) -> tuple[str, ...]:
        """What would not be printed with the digits of the page."""
        with np.errstate(all="ignore"):
            return tuple(dict.fromkeys(label for label, right in self._compared() if not right))

    def _compared(self) -> Iterator[tuple[str, bool]]:
        for iteration, shown, values, before in self._printed():
            for place in np.ndindex(shown.atoms.shape):
                atom: Any = shown.atoms[place]
                expected = self._expected(iteration, atom)
                old = None if before is None else float(np.asarray(before)[place])
                found = self.form.printed_near(float(np.asarray(values)[place]), old)
                yield shown.label, all(one is not None and _same(one, expected) for one in found)

    def _expected(self, iteration: Iteration, atom: Atom) -> Written:
        """What the page writes, or would write if it did not round each step."""
        values, arithmetic = iteration.values, self.solution.arithmetic
        if self.problem.rounding.apply == "each_step":
            return write(scalar(values[atom]), self.problem.rounding.answers, arithmetic)
        given = values.given(atom)
        if given is not None:  # what is held stays as it is given
            return write(given.value, self.problem.rounding.answers, arithmetic)
        return Writer(self.solution).answer(values, atom)

    def _printed(self) -> Iterator[tuple[Iteration, Shown, Doubles, Doubles | None]]:
        """Everything that the program prints, in its order."""
        computation, problem = self.computation, self.problem
        variables = self._data()
        forward = [(name, compiled(expression)) for name, expression in computation.forward]
        backward = [
            (name, compiled(expression))
            for name, expression in computation.backward
            if problem.differentiated
        ]
        changes = [
            (own, compiled(computation.rule.change(own.name, own.gradient, self.rate_of(own))))
            for own in computation.arrays
            if problem.training
        ]
        shown = {iteration.number: iteration for iteration in self.solution.iterations}
        samples = [[_double(v) for v in sample.input] for sample in problem.samples]
        targets = [[_double(v) for v in sample.target or ()] for sample in problem.samples]
        given = [[_double(v) for v in sample.upstream or ()] for sample in problem.samples]
        weights = [[1.0 if sample.weight is None else _double(sample.weight)] for sample in problem.samples]
        for number, batch in enumerate(batches(problem), 1):
            iteration = shown.get(number)
            variables["x"] = np.array([samples[s - 1] for s in batch])
            variables["y"] = np.array([targets[s - 1] for s in batch])
            variables["g"] = np.array([given[s - 1] for s in batch])
            for name, rows in computation.given.items():
                variables[f"given_{name}"] = np.array(
                    [[np.nan if one is None else _double(one) for one in rows[s - 1]] for s in batch]
                )
            variables["v"] = np.array([weights[s - 1] for s in batch])
            for name, rule in forward:
                found = rule(variables)
                if self.snapped and name.startswith("z"):
                    found = np.round(found, SNAPPED)
                variables[name] = found
            if iteration is not None and is_printed(problem):
                known = replace(iteration, values=derive(self.solution, iteration, outputs=True).values)
                for label, atoms, found in jacobian_in_doubles(self.computation, variables):
                    yield known, Shown(label, label, atoms), found, None
            if not problem.differentiated:
                if iteration is not None:
                    yield from ((iteration, own, variables[own.variable], None) for own in self.forward_shown)
                return
            for name, rule in backward:
                variables[name] = rule(variables)
            if iteration is not None:
                if problem.losses:
                    yield (
                        iteration,
                        Shown("L", "L", alone(LOSS)),
                        compiled(computation.objective.loss)(variables),
                        None,
                    )
                yield from ((iteration, own, variables[own.variable], None) for own in self.gradients_shown)
            if problem.training is None:
                return
            before = {own.name: variables[own.name] for own in computation.arrays}
            variables["t"] = problem.training.updates + number
            if problem.training.rates:
                variables[RATE] = _double(problem.training.rates[number - 1])
            if (record := computation.rule.schedule) is not None and computation.rule.rate is not None:
                every = 1 if record.every is None else int(variables[record.every])
                variables["k"] = (problem.training.updates + number - 1) // every
                variables[RATE] = compiled(computation.rule.rate)(variables)
            norm = computation.rule.norm({own.gradient: True for own in computation.arrays if not own.held})
            if norm is not None:
                variables["norm"] = compiled(norm)(variables)
            for own, rule in changes:
                for name, expression in computation.rule.found(own.name, own.gradient, self.rate_of(own)):
                    if not own.held:
                        variables[name] = compiled(expression)(variables)
                mask = 1.0 if own.trained is None else np.array(own.trained, dtype=float)
                if not own.held:
                    variables[own.name] = variables[own.name] + rule(variables) * mask
            if iteration is not None:
                yield from (
                    (iteration, own, variables[own.variable], before[own.variable]) for own in self.new_shown
                )
                yield from ((iteration, own, variables[own.variable], None) for own in self.states_shown)

    def _data(self) -> dict[str, Doubles]:
        variables: dict[str, Doubles] = {}
        for own in self.computation.arrays:
            entries = entries_of(self.problem, own)
            variables[own.name] = np.array(each(lambda entry: _double(entry), entries), dtype=float)
        for name, mask in self.computation.masks.items():
            variables[name] = np.array(mask.flags, dtype=float)
        if self.problem.training is not None:
            variables |= {
                self.computation.rule.state(equation, own.name): np.array(
                    each(_double, self.start_of(equation.name, own)), dtype=float
                )
                for own in self.computation.arrays
                for equation in self.computation.rule.record.kept
                if not own.held
            }
            variables |= {
                name: _double(self.problem.training.optimiser.parameters[name])
                for name in self.computation.rule.record.letters
            }
            for own in self.computation.arrays if self.problem.training.own_rates else ():
                if not own.held:
                    numbers = each(_double, self.start_of("rate", own))
                    variables[self.rate_of(own)] = np.array(numbers, dtype=float)
            rate = _double(self.problem.training.optimiser.parameters["learning_rate"])
            variables |= {RATE: rate, f"{RATE}_0": rate}
            if self.problem.training.schedule is not None:
                settings = self.problem.training.schedule.parameters.items()
                variables |= {name: _double(given) for name, given in settings}
        if self.problem.regulariser is not None:
            variables[STRENGTH] = _double(self.problem.regulariser.strength)
        return variables

    def start_of(self, name: str, own: Array) -> Objects:
        """What the optimiser has of an array before its first update, in its shape."""
        states: Objects = each(partial(_state, name, new=False), members(self.problem, own))
        found: Objects = each(self.started.given, states)
        return found

    @cached_property
    def started(self) -> Values:
        """What is given at the start, as it is written."""
        return given_parameters(self.problem, self.solution.layers)

    @cached_property
    def on_a_kink(self) -> bool:
        """Whether a function is taken exactly at a kink or jump, which doubles may miss by 10⁻¹⁷."""
        layers = self.problem.network.layers
        for iteration in self.solution.iterations:
            for label in iteration.labels:
                for n, layer in enumerate(layers, 1):
                    z = iteration.values[Symbol.pre_activation(n, sample=label)]
                    kinks = (activation_of(choice).kink for choice in layer.activation.each_once)
                    if any(kink is not None for kink in kinks) and _has_zero(z):
                        return True
                for term in self.problem.losses:
                    if loss_of(term).kink is None:
                        continue
                    n = term.layer or len(layers)
                    a = iteration.values[Symbol.activation(n, sample=label)]
                    y = iteration.values[Symbol.target(layer=term.layer, sample=label)]
                    if all(map(is_exact, np.ravel(np.asarray(a)))) and (
                        _has_zero(np.asarray(a) - np.asarray(y)) or np.dot(a, y) == 1  # type: ignore[arg-type]
                    ):
                        return True
        return False


# ------------------------------------------------------------------ numbers


def _new(parameter: Symbol) -> Symbol:
    return parameter._replace(new=True)


def _state(name: str, parameter: Symbol, new: bool = True) -> Symbol:
    return parameter.state(name, new)


def _double(entry: Entry) -> float:
    assert isinstance(entry, Given)
    return float(entry)


def _has_zero(values: object) -> bool:
    flat: list[Value] = list(np.ravel(np.asarray(values, dtype=object)))
    return any(isinstance(value, flint.fmpq) and value == 0 for value in flat)


def _same(text: str, wanted: Written) -> bool:
    return Fraction(text) == Fraction(int(wanted.rational.p), int(wanted.rational.q))
