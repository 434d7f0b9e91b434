"""A solution as arrays of doubles, for people who compute on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeVar

import numpy as np

from nbsolve.arithmetic.nearest import Floats, to_float, to_floats
from nbsolve.asking.writing import scalar
from nbsolve.problem import wiring
from nbsolve.solving.solution import Solution
from nbsolve.symbol import LOSS, Partial, Role, Symbol

T = TypeVar("T")


class Certified(Protocol):
    """Runs a computation on a solution with as many bits as it takes."""

    def __call__(self, compute: Callable[[Solution], T], /) -> T:
        """Return what the computation gives, solving with more bits until it can be told."""


@dataclass(frozen=True)
class Arrays:
    """Arrays by layer, from 1: `W[1]` has shape (units, inputs) whatever the layout, the others (units,).

    In a batch of several samples z and a (and the derivatives with respect to them) have a leading axis of samples.
    """

    W: dict[int, Floats]
    b: dict[int, Floats]
    z: dict[int, Floats]
    a: dict[int, Floats]


class IterationArrays:
    """One iteration as doubles: `W`, `b`, `z`, `a`, `loss`, `gradients`, `new` (after the update).

    Every entry is the double nearest to the number itself. `certified` solves with more bits where an array
    needs them, which shows when somebody reads it.
    """

    def __init__(self, certified: Certified, number: int) -> None:
        self._certified, self.number = certified, number

    @property
    def loss(self) -> float:
        """The loss of the batch."""
        return self._loss(False)

    @property
    def loss_after(self) -> float:
        """The loss of the same batch after the update."""
        return self._loss(True)

    @cached_property
    def values(self) -> Arrays:
        """Parameters, pre-activations and activations."""
        return self._arrays(lambda symbol: symbol)

    @property
    def W(self) -> dict[int, Floats]:
        """The weights."""
        return self.values.W

    @property
    def b(self) -> dict[int, Floats]:
        """The biases."""
        return self.values.b

    @property
    def z(self) -> dict[int, Floats]:
        """The pre-activations."""
        return self.values.z

    @property
    def a(self) -> dict[int, Floats]:
        """The activations."""
        return self.values.a

    @cached_property
    def gradients(self) -> Arrays:
        """The derivatives of the loss with respect to all of these arrays."""
        return self._arrays(lambda symbol: Partial(LOSS, symbol))

    @cached_property
    def new(self) -> Arrays:
        """The parameters, pre-activations and activations after the update, by layer."""
        return self._arrays(lambda symbol: symbol._replace(new=True))

    def _arrays(self, about: Callable[[Symbol], Symbol | Partial]) -> Arrays:
        return self._certified(lambda solution: self._found(about, solution))

    def _found(self, about: Callable[[Symbol], Symbol | Partial], solution: Solution) -> Arrays:
        iteration = solution.iteration(self.number)
        labels = iteration.labels

        def array(atom: Symbol | Partial) -> Floats:
            return to_floats(iteration.values[atom], solution.arithmetic)

        W: dict[int, Floats] = {}
        b: dict[int, Floats] = {}
        z: dict[int, Floats] = {}
        a: dict[int, Floats] = {}
        for layer in solution.layers:
            index = layer.index
            if not wiring.weightless(solution.problem.network, index):
                W[index] = array(about(layer.w()))
            constant = layer.constant()
            if constant is not None:
                sign = -1.0 if constant.role is Role.THRESHOLD else 1.0
                b[index] = sign * np.broadcast_to(array(about(constant)), (layer.layer.units,))
            z[index] = self._stack([array(about(layer.z(None, label))) for label in labels])
            a[index] = self._stack([array(about(layer.a(None, label))) for label in labels])
        return Arrays(W, b, z, a)

    @staticmethod
    def _stack(arrays: list[Floats]) -> Floats:
        return arrays[0] if len(arrays) == 1 else np.stack(arrays)

    def _loss(self, new: bool) -> float:
        loss = Symbol(Role.LOSS, new=new)
        return self._certified(
            lambda solution: to_float(
                scalar(solution.iteration(self.number).values[loss]), solution.arithmetic
            )
        )
