"""A solution as arrays of doubles, for people who compute on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from nbsolve.arithmetic import to_float
from nbsolve.solution import Iteration, Solution
from nbsolve.symbol import Partial, Role, Symbol

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Arrays:
    """Arrays by layer, from 1: `W[1]` has shape (units, inputs) whatever the layout, the others (units,).

    In a batch of several samples z and a (and the gradients in them) have a leading axis of samples.
    """

    W: dict[int, Floats]
    b: dict[int, Floats]
    z: dict[int, Floats]
    a: dict[int, Floats]


class IterationArrays:
    """One iteration as doubles: `W`, `b`, `z`, `a`, `loss`, `gradients`, `new` (after the update)."""

    def __init__(self, solution: Solution, iteration: Iteration) -> None:
        self._solution, self._iteration = solution, iteration
        self.number = iteration.number

    @property
    def loss(self) -> float:
        """The loss of the batch."""
        return float(self._array(Symbol(Role.LOSS)))

    @property
    def loss_after(self) -> float:
        """The loss of the same batch after the update."""
        return float(self._array(Symbol(Role.LOSS, new=True)))

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
        """The gradients of the loss in all of these."""
        return self._arrays(lambda symbol: Partial(Symbol(Role.LOSS), symbol))

    @cached_property
    def new(self) -> Arrays:
        """All of these after the update."""
        return self._arrays(lambda symbol: replace(symbol, new=True))

    def _arrays(self, about: Callable[[Symbol], Symbol | Partial]) -> Arrays:
        solution, labels = self._solution, self._iteration.labels
        W: dict[int, Floats] = {}
        b: dict[int, Floats] = {}
        z: dict[int, Floats] = {}
        a: dict[int, Floats] = {}
        for layer in solution.layers:
            index = layer.index
            W[index] = self._array(about(layer.w()))
            constant = layer.constant()
            if constant is not None:
                sign = -1.0 if constant.role is Role.THRESHOLD else 1.0
                b[index] = sign * np.broadcast_to(self._array(about(constant)), (layer.layer.units,))
            z[index] = self._stack([self._array(about(layer.z(None, label))) for label in labels])
            a[index] = self._stack([self._array(about(layer.a(None, label))) for label in labels])
        return Arrays(W, b, z, a)

    @staticmethod
    def _stack(arrays: list[Floats]) -> Floats:
        return arrays[0] if len(arrays) == 1 else np.stack(arrays)

    def _array(self, atom: Symbol | Partial) -> Floats:
        value = self._iteration.values[atom]
        floats: Floats = np.vectorize(to_float, otypes=[np.float64])(value)
        return floats
