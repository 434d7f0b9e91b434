"""Training by a rule: every sample of every epoch, with exact rationals.

All rules are one formula, change = learning rate · signal · input (`catalogue.rules`); where each step is rounded,
what is written down is what the next line uses.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import flint

from nbsolve.arithmetic import ZERO, Arithmetic
from nbsolve.catalogue.rules import RULES, LearningRule
from nbsolve.errors import TooMuchWork
from nbsolve.evaluate import evaluate
from nbsolve.expr import Number, with_variables
from nbsolve.given import Entry, known
from nbsolve.problem.model import RuleProblem
from nbsolve.rounding import write

__all__ = ["EXACT", "Epoch", "Parameters", "Trained", "Turn", "train"]

EXACT = Arithmetic()
"""Everything here is rational: no question is left open at any number of bits."""
MOST_DIGITS = 4_000
"""The most digits of a parameter's numerator or denominator: with numbers of four digits a change adds ten."""
Q = flint.fmpq


@dataclass(frozen=True, slots=True)
class Parameters:
    """The weights of each unit, and its bias or threshold (none: ())."""

    weights: tuple[tuple[Q, ...], ...]
    constants: tuple[Q, ...]

    def changed(self, by: Parameters) -> Parameters:
        """These parameters after their changes."""
        return Parameters(
            tuple(
                tuple(a + b for a, b in zip(old, new, strict=True))
                for old, new in zip(self.weights, by.weights, strict=True)
            ),
            tuple(a + b for a, b in zip(self.constants, by.constants, strict=True)),
        )

    @property
    def moves(self) -> bool:
        """Whether these, taken as changes, change anything."""
        return any(value != 0 for row in (*self.weights, self.constants) for value in row)


@dataclass(frozen=True, slots=True)
class Turn:
    """One sample of one epoch: what the units say of it, and what that changes; a value for each unit.

    `signal` is what the rule makes of it (the error, for the perceptron); it is 0 where the rule changes nothing.
    In a batch `after` is what the parameters were before: they change once all samples were seen.
    """

    epoch: int
    sample: int
    before: Parameters
    z: tuple[Q, ...]
    predictions: tuple[Q, ...]
    wrong: tuple[bool, ...]
    signals: tuple[Q, ...]
    changes: Parameters
    after: Parameters


@dataclass(frozen=True, slots=True)
class Epoch:
    """All samples once; `changes` and `after` at its end (the sum of the changes, where it is one batch)."""

    number: int
    turns: tuple[Turn, ...]
    changes: Parameters
    after: Parameters

    @property
    def mistakes(self) -> int:
        """How many predictions were wrong, each with the parameters of its moment."""
        return sum(sum(turn.wrong) for turn in self.turns)


@dataclass(frozen=True)
class Trained:
    """The whole training. `returned`: the last epoch ends with the parameters that an earlier one began with."""

    problem: RuleProblem
    start: Parameters
    epochs: tuple[Epoch, ...]

    @property
    def rule(self) -> LearningRule:
        """The record of the rule."""
        return RULES[self.problem.rule.name]

    @property
    def last(self) -> Parameters:
        """The parameters in the end."""
        return self.epochs[-1].after

    @property
    def right(self) -> bool:
        """Whether the last epoch had no mistake, which is where a perceptron stays as it is."""
        return not self.epochs[-1].mistakes

    @cached_property
    def cycle(self) -> tuple[int, int] | None:
        """Two epochs after which the parameters are the same, though something changed between: an endless circle.

        Epoch 0 is the start; None where no parameters came back.
        """
        seen: dict[Parameters, int] = {self.start: 0}
        for epoch in self.epochs:
            first = seen.setdefault(epoch.after, epoch.number)
            if first != epoch.number:
                moved = any(turn.changes.moves for e in self.epochs[first : epoch.number] for turn in e.turns)
                return (first, epoch.number) if moved else None
        return None

    @property
    def shown(self) -> tuple[Epoch, ...]:
        """The epochs that are written out."""
        show, last = self.problem.show, len(self.epochs)
        if show == "all" or (show == "auto" and last <= _ALL):
            return self.epochs
        wanted = {1, 2, last} if show == "auto" else {min(number, last) for number in show}
        return tuple(epoch for epoch in self.epochs if epoch.number in wanted)

    def predicted(self, parameters: Parameters, sample: int) -> tuple[tuple[Q, ...], tuple[Q, ...]]:
        """z and the predictions for a sample (from 1), with these parameters."""
        return _Unit(self.problem).seen(parameters, sample - 1)


_ALL = 12
"""Epochs up to which all are written out where the problem does not say which."""


def train(problem: RuleProblem) -> Trained:
    """Work the training out, epoch by epoch, until it ends. Raises: TooMuchWork."""
    unit = _Unit(problem)
    layer = problem.network.layers[0]
    start = Parameters(tuple(_exact(row) for row in layer.weights), _exact(layer.bias.values))
    epochs: list[Epoch] = []
    parameters = start
    for number in range(1, problem.epochs + 1):
        epochs.append(unit.epoch(number, parameters))
        parameters = epochs[-1].after
        if problem.until_right and not epochs[-1].mistakes:
            break
    return Trained(problem, start, tuple(epochs))


def _exact(entries: Sequence[Entry]) -> tuple[Q, ...]:
    return tuple(known(entry).rational for entry in entries)


class _Unit:
    """The units of a problem: what they say of a sample and what follows from it."""

    def __init__(self, problem: RuleProblem) -> None:
        self.problem = problem
        self.rule = RULES[problem.rule.name]
        self.inputs = [_exact(sample.input) for sample in problem.samples]
        self.targets = [_exact(sample.target or ()) for sample in problem.samples]
        bias = problem.network.layers[0].bias
        self.constant = Q(-1 if bias.subtracted else 1)
        self.held = bias.trainable is False
        self.low, self.high = (given.rational for given in problem.classes)
        self.border = border_of(problem)
        self.margin = ZERO if problem.undecided is None else problem.undecided.value
        self.rate = problem.rule.parameters["learning_rate"].value

    def epoch(self, number: int, parameters: Parameters) -> Epoch:
        """One epoch from these parameters on."""
        turns: list[Turn] = []
        total = _scaled_zero(parameters)
        for place in range(len(self.inputs)):
            turn = self.turn(number, place, parameters)
            turns.append(turn)
            total = total.changed(turn.changes)
            parameters = turn.after
            _keep_short(turn)
        if self.problem.batch == "all":
            total, parameters = self.rounded(total), self.rounded(parameters.changed(total))
        return Epoch(number, tuple(turns), total, parameters)

    def seen(self, parameters: Parameters, place: int) -> tuple[tuple[Q, ...], tuple[Q, ...]]:
        """z and the prediction of each unit."""
        z = tuple(
            self.written(
                sum((w * x for w, x in zip(row, self.inputs[place], strict=True)), ZERO)
                + (parameters.constants[unit] * self.constant if parameters.constants else ZERO)
            )
            for unit, row in enumerate(parameters.weights)
        )
        return z, tuple(map(self.prediction, z))

    def prediction(self, z: Q) -> Q:
        """The class that a unit gives."""
        beyond = z - self.border
        if beyond > self.margin:
            return self.high
        return self.low if beyond < -self.margin else self.problem.at_zero.rational

    def turn(self, number: int, place: int, parameters: Parameters) -> Turn:
        """One sample."""
        z, predictions = self.seen(parameters, place)
        targets = self.targets[place]
        wrong = tuple(a != y for a, y in zip(predictions, targets, strict=True))
        signals = tuple(
            ZERO if self.rule.mistakes and not missed else self.signal(*both)
            for missed, *both in zip(wrong, targets, predictions, z, strict=True)
        )
        x = self.inputs[place]
        changes = Parameters(
            tuple(tuple(self.written(self.rate * signal * one) for one in x) for signal in signals),
            tuple(
                ZERO if self.held else self.written(self.rate * signal * self.constant)
                for signal, _ in zip(signals, parameters.constants, strict=False)
            ),
        )
        batch = self.problem.batch == "all"
        after = parameters if batch else self.rounded(parameters.changed(changes))
        return Turn(number, place + 1, parameters, z, predictions, wrong, signals, changes, after)

    def signal(self, y: Q, a: Q, z: Q) -> Q:
        """The rule's formula."""
        own = {name: given.rational for name, given in self.problem.rule.parameters.items()}
        values = {"y": y, "a": a, "z": z, **own}
        filled = with_variables(self.rule.signal, {name: Number(value) for name, value in values.items()})
        value = evaluate(filled, {}, EXACT)
        assert isinstance(value, flint.fmpq)
        return self.written(value)

    def written(self, value: Q) -> Q:
        """The value as the next line uses it."""
        rounding = self.problem.rounding
        return value if rounding.apply == "at_end" else write(value, rounding.intermediates, EXACT).rational

    def rounded(self, parameters: Parameters) -> Parameters:
        """All parameters as the next line uses them."""
        return Parameters(
            tuple(tuple(map(self.written, row)) for row in parameters.weights),
            tuple(map(self.written, parameters.constants)),
        )


def _keep_short(turn: Turn) -> None:
    longest = max(value.height_bits() for row in (*turn.after.weights, turn.after.constants) for value in row)
    if longest > MOST_DIGITS * math.log2(10):
        raise TooMuchWork(
            f"epoch {turn.epoch}, sample {turn.sample}: the exact parameters have more than {MOST_DIGITS:,} digits;"
            " give fewer epochs, or round each step (rounding: {apply: each_step})"
        )


def _scaled_zero(parameters: Parameters) -> Parameters:
    return Parameters(
        tuple((ZERO,) * len(row) for row in parameters.weights), (ZERO,) * len(parameters.constants)
    )


def border_of(problem: RuleProblem) -> Q:
    """The z at which a unit's prediction changes: 0, or between the targets where z is compared with them."""
    if not RULES[problem.rule.name].middle:
        return ZERO
    low, high = (given.rational for given in problem.classes)
    return (low + high) / 2
