"""How much of a solution is written out: unit by unit or with matrices, and what has an anchor."""

from __future__ import annotations

import numpy as np

from nbsolve.compose.layout import LIMIT
from nbsolve.expr import Atom
from nbsolve.solving.solution import Iteration, Solution

MOST_UNITS = 8
MOST_PARAMETERS = 120
MOST_SAMPLES = 4
"""The largest sizes that `detail: auto` writes unit by unit; larger solutions are written with matrices (a batch of
more samples only if it is long)."""
MOST_EQUATIONS = 800
"""Weights times samples times iterations on one page that `detail: auto` writes unit by unit."""


def by_matrices(solution: Solution) -> bool:
    """Whether the solution is written with matrices rather than unit by unit."""
    problem = solution.problem
    if problem.unit_by_unit:
        return False
    if problem.detail != "auto":
        return problem.detail == "matrix"
    return _is_large(solution) or is_long(solution)


def _is_large(solution: Solution) -> bool:
    """Whether one iteration is too large to be written unit by unit."""
    count, batch = solution.size
    widest = max(solution.problem.network.inputs, *(layer.layer.units for layer in solution.layers))
    long = batch > MOST_SAMPLES and (batch > MOST_UNITS or count * batch > MOST_PARAMETERS)
    return widest > MOST_UNITS or count > MOST_PARAMETERS or long


def is_long(solution: Solution) -> bool:
    """Whether it is only all iterations together that would be too long a page, unit by unit."""
    count, batch = solution.size
    whole = count * batch * len(solution.iterations)
    return solution.problem.detail == "auto" and whole > MOST_EQUATIONS and not _is_large(solution)


def anchored(solution: Solution, iteration: Iteration) -> set[Atom]:
    """The quantities of an iteration that have an anchor of their own."""
    found: set[Atom] = set()
    for step in iteration.steps:
        if step.unit_forms is None:
            found.add(step.target)
        elif not by_matrices(solution):
            found.update(step.members)
        else:
            found.add(step.target)
            if np.asarray(step.value).size <= LIMIT * LIMIT:
                found.update(step.members)
    return found
