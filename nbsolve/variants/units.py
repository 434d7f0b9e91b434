"""Units that are saturated, and values on a kink of a function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import flint
import numpy as np

from nbsolve.arithmetic import Arithmetic, Value
from nbsolve.arithmetic.ladder import LADDER
from nbsolve.catalogue import ACTIVATIONS
from nbsolve.equations.building import Built
from nbsolve.equations.solving import solve_graph
from nbsolve.problem.functions import loss_of
from nbsolve.problem.model import Choice, GraphProblem, Problem
from nbsolve.solving.engine import solve_problem
from nbsolve.solving.solution import Solution
from nbsolve.symbol import Role, Symbol
from nbsolve.variants.candidate import Candidate
from nbsolve.worked.network import WorkedSolution

__all__ = ["on_kink", "saturated"]

_NEAR = 0.01
"""A unit is saturated whose activation is within this of a bound that it approaches."""
_BOUNDS: dict[str, tuple[float, ...]] = {
    "sigmoid": (0, 1),
    "softmax": (1,),
    "softmax_with_base": (1,),
    "tanh": (-1, 1),
    "hard_sigmoid": (0, 1),
    "hard_sigmoid_6": (0, 1),
    "hard_tanh": (-1, 1),
    "softsign": (-1, 1),
    "arctan": (-float(np.pi) / 2, float(np.pi) / 2),
    "relu6": (6,),
}
"""The bounds of bounded functions. A share of a softmax may well be small."""


def saturated(candidate: Candidate) -> bool:
    """Whether a unit of a network in numbers is saturated, in an iteration that is shown."""
    worked = candidate.numbers
    if not isinstance(worked, WorkedSolution):
        return False
    return any(
        abs(value - bound) <= _NEAR
        for choice, value in _units(worked.solution, Role.ACTIVATION)
        for bound in _BOUNDS.get(choice.name, ())
    )


def on_kink(candidate: Candidate) -> bool:
    """Whether some function is at a place where it has no derivative, or at a tie."""
    worked, problem = candidate.numbers, candidate.problem
    if isinstance(problem, Problem) and isinstance(worked, WorkedSolution):
        if all(choice.name in ACTIVATIONS for choice in problem.network.activations) and not _kinked(problem):
            return any(
                value == 0
                for choice, value in _units(worked.solution, Role.PRE_ACTIVATION)
                if ACTIVATIONS[choice.name].kink is not None
            )
        watching = _Watching.of(worked.solution.arithmetic)
        with watching.working():
            solve_problem(problem, watching)
        return bool(watching.seen)
    if isinstance(problem, GraphProblem) and not problem.symbolic:
        watching = _Watching.of(LADDER[0])
        with watching.working():
            solve_graph(Built.of(problem), watching)
        return bool(watching.seen)
    return False


def _kinked(problem: Problem) -> bool:
    """Whether a loss has a kink, or may have one."""
    return any(term.formula is not None or loss_of(term).kink is not None for term in problem.losses)


def _units(solution: Solution, role: Role) -> Iterator[tuple[Choice, float]]:
    """Every unit of every shown iteration and sample: its function, and its value."""
    for iteration in solution.iterations:
        for label in iteration.labels:
            for number, layer in enumerate(solution.problem.network.layers, 1):
                values: Any = iteration.values[Symbol(role, layer=number, sample=label)]
                for unit in range(1, layer.units + 1):
                    yield layer.activation.of_unit(unit), float(flint.arb(values[unit - 1]))


@dataclass(frozen=True)
class _Watching(Arithmetic):
    """An arithmetic that notes when two things were compared that are equal."""

    seen: list[Value] = field(default_factory=list, compare=False)

    @classmethod
    def of(cls, other: Arithmetic) -> _Watching:
        """An arithmetic equal to this one that notes on which side of a kink each argument lies."""
        return cls(other.bits, True, other.keeping)

    def sign(self, value: Value) -> int:
        """−1, 0 or 1."""
        found = super().sign(value)
        if found == 0:
            self.seen.append(value)
        return found
