"""What is composed and drawn goes when nobody needs it, and leaves hardly anything to the garbage collector."""

from __future__ import annotations

import gc
from types import FunctionType

from nbsolve import solve
from nbsolve.problem.model import Problem
from tests.loading import files, load_problem

MOST = 100
"""Functions within functions that call one another left 2,000 of them, with the lines that they had written."""


def _worked(problem: Problem) -> None:
    worked = solve(problem)
    str(worked.document())
    worked.draw("backward")


def test_hardly_any_function_is_left_as_garbage() -> None:
    problem = load_problem(next(path for path in files("network") if path.stem == "001-a-squared-error"))
    _worked(problem)
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        _worked(problem)
        gc.collect()
        left = [one.__qualname__ for one in gc.garbage if isinstance(one, FunctionType)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    assert len(left) < MOST
