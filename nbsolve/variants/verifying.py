"""A variant's solution held against what did not produce it: each step's forms, and differences of the loss.

Every form of every step is evaluated again, and comes to the step's value; every gradient is compared with the
difference quotient of the loss, which is computed from the definitions alone with hundreds of bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from nbsolve.compose.checking import disagreeing
from nbsolve.compose.graphs.checking import GraphCheck
from nbsolve.recorder import Recorder
from nbsolve.step import Mismatch, Step, verify
from nbsolve.variants.candidate import Candidate
from nbsolve.worked.graph import WorkedGraph
from nbsolve.worked.network import WorkedSolution
from nbsolve.worked.steps import WorkedSteps

__all__ = ["disagreements"]


def disagreements(candidate: Candidate) -> list[str]:
    """What does not agree, in words; nothing where all does. Raises: Undetermined, DomainError."""
    worked = candidate.worked
    if isinstance(worked, WorkedSolution):
        if worked.problem.symbolic:
            return []
        # beside values that are given, the forward pass is not what the derivatives belong to
        compared = worked.problem.differentiated and not worked.problem.given_values
        return worked.certified(
            lambda solution: [
                *_wrong_steps(solution.iterations, solution),
                *(disagreeing(solution, worked.exact(solution)) if compared else ()),
            ]
        )
    if isinstance(worked, WorkedGraph):
        if worked.problem.symbolic:
            return []
        rounded = worked.problem.rounding.apply == "each_step"  # rounded gradients are no exact ones
        return worked.certified(
            lambda solution: [
                *_wrong_steps(solution.iterations, solution),
                *(() if rounded else GraphCheck(solution, solution, worked.names).disagreeing()),
            ]
        )
    if isinstance(worked, WorkedSteps):
        return worked.certified(lambda solution: list(_wrong_steps(solution.iterations, solution)))
    return []


def _wrong_steps(iterations: Iterable[Any], solution: Any) -> Iterator[str]:
    """The steps of which a form does not come to the value."""
    for iteration in iterations:
        for step in iteration.steps:
            try:
                _verify(step, solution)
            except Mismatch as error:
                yield str(error)


def _verify(step: Step, solution: Any) -> None:
    rounding = solution.problem.rounding
    if rounding.apply == "at_end":
        verify(step, solution.arithmetic)
    else:
        recorder = Recorder(step.iteration, solution.arithmetic, rounding.intermediates)
        verify(step, solution.arithmetic, recorder.rounded)
