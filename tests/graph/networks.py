"""Small networks made in Python, solved with certified numbers, for tests to hold against something else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

import flint
import numpy as np

from nbsolve.arithmetic import Arithmetic
from nbsolve.arithmetic.ladder import certified
from nbsolve.blocks.dense import LOSS
from nbsolve.graph import Graph
from nbsolve.recorder import Recorder
from nbsolve.solving.backward import Backward
from nbsolve.solving.forward import write_forward
from nbsolve.solving.gradient import Explanation, Way, written
from nbsolve.solving.missing import write_missing
from nbsolve.solving.parameters import write_gradients
from nbsolve.step import Step, verify
from nbsolve.symbol import Partial, Symbol

Doubles = Mapping[Symbol, Any]


@dataclass
class Made:
    """A graph, the givens that it was drawn with, and the gradients with respect to what it finds at its end."""

    graph: Graph = field(default_factory=Graph)
    rng: Random = field(default_factory=lambda: Random(0))
    given: dict[Symbol, Any] = field(default_factory=dict)
    upstream: dict[Symbol, Any] = field(default_factory=dict)

    def array(self, symbol: Symbol, *shape: int) -> Symbol:
        """A given array of random tenths."""
        self.given[symbol] = self._drawn(shape)
        return self.graph.array(symbol, *shape)

    def ends_with(self, symbol: Symbol) -> None:
        """The gradient with respect to this array is given."""
        self.upstream[symbol] = self._drawn(self.graph.shapes[symbol])

    def _drawn(self, shape: tuple[int, ...]) -> Any:
        drawn = np.empty(shape, dtype=object)
        for place in np.ndindex(shape):
            drawn[place] = flint.fmpq(self.rng.choice([n for n in range(-12, 13) if n]), 10)
        return drawn if shape else drawn[()]

    def solved(self, way: Way = "delta", sign: int = 1) -> Solved:
        """Forwards and backwards, every step verified."""
        return certified(lambda arithmetic: self._solved(arithmetic, Explanation(way, sign)))

    def _solved(self, arithmetic: Arithmetic, how: Explanation) -> Solved:
        recorder = Recorder(1, arithmetic, None)
        recorder.values.graph = self.graph
        for symbol, value in self.given.items():
            recorder.values.put(symbol, value)
        write_forward(recorder, self.graph)
        passes = Backward(recorder, self.graph, how, lambda of: None)
        for symbol, value in self.upstream.items():
            recorder.values.put(Partial(LOSS, symbol), value)
            passes.found[symbol] = written(symbol)
        passes.write(reversed(self.graph.nodes))
        used = [symbol for symbol in self.given if self.graph.users(symbol)]
        write_gradients(recorder, self.graph, used, passes.found, lambda _: None, written=True)
        write_missing(recorder, self.graph, self.graph.nodes, how)
        for step in recorder.steps:
            verify(step, arithmetic)
        gradients = {symbol: _doubles(recorder.values[Partial(LOSS, symbol)]) for symbol in used}
        return Solved(tuple(recorder.steps), gradients)


@dataclass(frozen=True)
class Solved:
    """The steps, and the gradient with respect to each given array."""

    steps: tuple[Step, ...]
    gradients: Doubles


def doubles(values: Mapping[Symbol, Any]) -> dict[Symbol, Any]:
    """Exact values as arrays of doubles."""
    return {symbol: _doubles(value) for symbol, value in values.items()}


def _doubles(value: Any) -> Any:
    def one(x: Any) -> float:
        return float(Fraction(int(x.p), int(x.q))) if isinstance(x, flint.fmpq) else float(x)

    return np.vectorize(one, otypes=[float])(value) if isinstance(value, np.ndarray) else one(value)
