"""The decision boundary of a unit: the inputs where its prediction changes, as an equation with exact numbers."""

from __future__ import annotations

from dataclasses import dataclass

import flint

from nbsolve.arithmetic import ZERO
from nbsolve.given import known
from nbsolve.problem.model import RuleProblem
from nbsolve.rules.training import Trained, border_of

__all__ = ["Boundary", "axes_of", "boundary", "drawn_units"]

Q = flint.fmpq


@dataclass(frozen=True, slots=True)
class Boundary:
    """Σ weights · x + constant = 0; the prediction is the upper class where the sum is above 0."""

    weights: tuple[Q, ...]
    constant: Q

    @property
    def exists(self) -> bool:
        """Whether there is one: with all weights 0 every input gets the same prediction."""
        return any(weight != 0 for weight in self.weights)

    @property
    def explicit(self) -> tuple[Q, Q] | None:
        """Slope and intercept of x₂ = slope · x₁ + intercept; None where it is no such line."""
        if len(self.weights) != 2 or self.weights[1] == 0:
            return None
        first, second = self.weights
        return -first / second, -self.constant / second

    @property
    def intercepts(self) -> tuple[Q | None, ...]:
        """Where it meets each axis; None where it runs along it."""
        return tuple(None if weight == 0 else -self.constant / weight for weight in self.weights)

    def at(self, point: tuple[Q, ...]) -> Q:
        """The sum at a point, whose sign says on which side it lies."""
        return sum((w * x for w, x in zip(self.weights, point, strict=True)), ZERO) + self.constant


def boundary(trained: Trained, unit: int) -> Boundary:
    """The boundary of a unit (from 1) with the parameters that training ends with."""
    own = trained.last
    constant = own.constants[unit - 1] if own.constants else ZERO
    sign = -1 if trained.problem.network.layers[0].bias.subtracted else 1
    return Boundary(own.weights[unit - 1], sign * constant - border_of(trained.problem))


def axes_of(problem: RuleProblem) -> tuple[int, int] | None:
    """The two inputs (from 0) that a plane is drawn of: those that differ; None for other than two."""
    inputs = [tuple(known(entry).rational for entry in sample.input) for sample in problem.samples]
    width = problem.network.inputs
    if width == 2:
        return 0, 1
    differing = [k for k in range(width) if len({point[k] for point in inputs}) > 1]
    return (differing[0], differing[1]) if len(differing) == 2 else None


def drawn_units(problem: RuleProblem) -> range:
    """The units whose boundary can be drawn: all of them, or none."""
    return range(1, 1 + (problem.network.layers[0].units if axes_of(problem) is not None else 0))
