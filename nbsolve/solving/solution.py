"""A solved problem: its layers, how they are explained, and the steps of its iterations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import pairwise

from nbsolve.arithmetic import Arithmetic
from nbsolve.blocks.dense import Dense, unchanged
from nbsolve.blocks.network import block_of
from nbsolve.graph import Graph, Operation
from nbsolve.problem import wiring
from nbsolve.problem.functions import activation_of
from nbsolve.problem.model import Problem, Rounding
from nbsolve.recorder import Action
from nbsolve.solving.gradient import Explanation
from nbsolve.solving.replay import NOTHING, Replay
from nbsolve.step import Step
from nbsolve.values import Values

MOST_PATHS = 6
"""More paths than this from a layer to the outputs are not multiplied out: an error signal is named instead."""


@dataclass(frozen=True)
class Iteration:
    """One pass over a batch: `samples` are the samples' numbers in the file.

    `extra` are steps for gradients that the explanation has no need of, for those who ask.
    """

    number: int
    samples: tuple[int, ...]
    values: Values
    forward: tuple[Step, ...]
    loss: tuple[Step, ...]
    backward: tuple[Step, ...]
    update: tuple[Step, ...]
    after: tuple[Step, ...]
    epoch: tuple[Step, ...] = ()
    extra: tuple[Step, ...] = ()

    @property
    def steps(self) -> Iterator[Step]:
        """All steps in the order in which they are taken."""
        for part in (self.forward, self.loss, self.backward, self.update, self.after, self.epoch):
            yield from part

    @property
    def labels(self) -> tuple[int | None, ...]:
        """What the symbols of each sample carry: its number, or nothing where the batch is one sample."""
        return self.samples if len(self.samples) > 1 else (None,)


Kind = tuple[tuple[int, ...], bool, bool]
"""A kind of iteration: its samples, whether it is shown, whether its loss is found."""
Done = dict[Kind, tuple[Graph, tuple[Action, ...]]]
"""The graph and the actions of each kind of iteration."""


@dataclass(frozen=True)
class EpochLoss:
    """The loss of epoch `number`, whose last iteration is `iteration`; `values` holds it."""

    number: int
    iteration: int
    values: Values


@dataclass(frozen=True)
class Solution:
    """A problem with its shown iterations, solved in one arithmetic; `epochs` where every epoch is listed.

    `replay` is what it was worked out again with; `done` is what was computed in each kind of iteration.
    """

    problem: Problem
    arithmetic: Arithmetic
    layers: tuple[Dense, ...]
    how: Explanation
    iterations: tuple[Iteration, ...]
    rounded: bool = True
    epochs: tuple[EpochLoss, ...] = ()
    replay: Replay = NOTHING
    done: Done = field(default_factory=dict, repr=False, compare=False)

    @property
    def rounding(self) -> Rounding:
        """How its numbers are rounded."""
        return self.problem.rounding

    @cached_property
    def own_functions(self) -> frozenset[str]:
        """The activations that the problem's author made, by name."""
        chosen = self.problem.network.activations
        return frozenset(activation_of(choice).function for choice in chosen if choice.formula is not None)

    @cached_property
    def has_own_formulas(self) -> bool:
        """Whether a term of the loss is its author's formula, which stands in the steps without a name."""
        return any(term.formula is not None for term in self.problem.losses)

    @cached_property
    def size(self) -> tuple[int, int]:
        """The number of weights, and of the samples in a batch; forward passes alone stand each by itself."""
        widths = [self.problem.network.inputs, *(layer.units for layer in self.problem.network.layers)]
        batch = max((len(iteration.samples) for iteration in self.iterations), default=1)
        weights = sum(below * above for below, above in pairwise(widths))
        return weights, batch if self.problem.differentiated else 1

    def layer(self, number: int) -> Dense:
        """The layer of a number, from 1."""
        return self.layers[number - 1]

    @property
    def output(self) -> Dense:
        """The output layer; the last of them where there are several."""
        return self.layers[-1]

    def iteration(self, number: int) -> Iteration:
        """The shown iteration of that number. Raises KeyError."""
        for iteration in self.iterations:
            if iteration.number == number:
                return iteration
        raise KeyError(number)


def layers_of(problem: Problem, replay: Replay = NOTHING) -> tuple[Dense, ...]:
    """The layers of a problem's network, from the first to the last, with the operations that a replay changes."""
    network = problem.network
    return tuple(
        block_of(network, index, _change(replay, layer.units == wiring.width(network, index)))
        for index, layer in enumerate(network.layers, start=1)
    )


def _change(replay: Replay, square: bool) -> Callable[[Operation], Operation]:
    return partial(replay.changed, square=square) if replay.rules else unchanged


def explanation_of(problem: Problem) -> Explanation:
    """The way of explaining that a problem asks for."""
    sign = -1 if problem.notation.delta == "-dL/dz" else 1
    named = named_layers(problem) if problem.explain == "paths" else frozenset()
    return Explanation(problem.explain, sign, named)


def named_layers(problem: Problem) -> frozenset[int]:
    """The layers whose error signals get a name where paths are written out: too many paths lie behind them."""
    network, named = problem.network, set[int]()
    behind: dict[int, int] = {}
    for index in range(len(network.layers), 0, -1):
        later = wiring.users(network, index)
        paths = sum(wiring.width_of(network, user) * behind[user] for user in later) if later else 1
        if paths > MOST_PATHS:
            named.add(index)
        behind[index] = 1 if index in named else paths
    return frozenset(named)
