"""A unit that tells two classes apart: its boundary and its predictions, with the parameters in the end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from nbsolve.arithmetic import Value
from nbsolve.asking.writing import scalar
from nbsolve.given import Given, known
from nbsolve.problem import wiring
from nbsolve.problem.classes import Border, border_of
from nbsolve.rounding import write
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.symbol import Role, Symbol

__all__ = ["Classified", "classified"]


@dataclass(frozen=True)
class Classified:
    """Weights and bias by their symbols, after the last update where there is training. Raises: Undecided."""

    solution: Solution
    iteration: Iteration
    border: Border

    @cached_property
    def weights(self) -> tuple[Symbol, ...]:
        """The weights of the unit."""
        inputs = range(1, self.solution.problem.network.inputs + 1)
        return tuple(Symbol.weight(1, 1, i, new=self._new) for i in inputs)

    @cached_property
    def constant(self) -> Symbol | None:
        """The bias or threshold; None where there is none."""
        return wiring.constant(self.solution.problem.network, 1, 1, self._new)

    @property
    def _new(self) -> bool:
        return bool(self.iteration.update)

    def value(self, symbol: Symbol) -> Value:
        """The value of a parameter."""
        return scalar(self.iteration.values[symbol])  # a held parameter's new value is its old one

    @cached_property
    def rest(self) -> Value:
        """What stands beside the weighted inputs in Σ w x + rest = 0."""
        arithmetic = self.solution.arithmetic
        rest: Value = -self.border.z.value
        if self.constant is not None:
            own = self.value(self.constant)
            own = arithmetic.negate(own) if self.constant.role is Role.THRESHOLD else own
            rest = arithmetic.add(own, rest)
        return rest

    def weighted_sum(self, sample: int) -> Value:
        """z of a sample (from 0), rounded where each step is."""
        arithmetic, problem = self.solution.arithmetic, self.solution.problem
        total = arithmetic.add(self.rest, self.border.z.value)
        for weight, entry in zip(self.weights, problem.samples[sample].input, strict=True):
            total = arithmetic.add(total, arithmetic.multiply(self.value(weight), known(entry).value))
        if problem.rounding.apply == "each_step" and self.solution.rounded:
            return write(total, problem.rounding.intermediates, arithmetic).value
        return total

    def prediction(self, sample: int) -> Given:
        """The class of a sample (from 0)."""
        low, high = self.border.classes
        above = self.solution.arithmetic.compare(self.weighted_sum(sample), self.border.z.value) >= 0
        return high if above else low

    @cached_property
    def right(self) -> tuple[bool, ...]:
        """Which samples are predicted correctly."""
        samples = enumerate(self.solution.problem.samples)
        return tuple(
            known((sample.target or ())[0]).value == self.prediction(place).value for place, sample in samples
        )


def classified(solution: Solution) -> Classified | None:
    """What the unit tells apart; None where its output stands for no class."""
    border = border_of(solution.problem)
    if border is None or not solution.iterations:
        return None
    return Classified(solution, solution.iterations[-1], border)
