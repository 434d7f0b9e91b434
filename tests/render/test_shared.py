"""A part of an expression that stands in many places is printed once."""

from __future__ import annotations

import flint

from nbsolve import load_problem
from nbsolve.expr import Expr, Function, Number, Product, Sum
from nbsolve.notation import Names
from nbsolve.problem.model import Problem
from nbsolve.render import latex_math, text
from nbsolve.render.mathml import formulas as mathml
from nbsolve.render.typst import math as typst_math
from tests.book.problems import FLAT

DEPTH = 14


def names() -> Names:
    problem = load_problem(FLAT)
    assert isinstance(problem, Problem)
    return Names.of(problem)


def tower(depth: int, shared: bool) -> Expr:
    """x + f(x), of which each x is again such a sum: 2^depth numbers in writing, one in memory where shared."""
    if depth == 0:
        return Number(flint.fmpq(2))
    one = tower(depth - 1, shared)
    other = one if shared else tower(depth - 1, shared)
    return Sum((Function("tanh", (one,)), Product((Number(flint.fmpq(3)), other))))


def test_what_is_shared_is_written_as_what_is_not() -> None:
    for dialect in (latex_math, text, mathml, typst_math):
        shared, apart = (dialect.printer(names()).print(tower(4, each)) for each in (True, False))
        assert shared == apart


def test_a_shared_part_is_printed_once() -> None:
    printer = text.printer(names())
    calls = 0
    rule = printer._rules[Sum]

    def counted(expression: Sum) -> tuple[str, int]:
        nonlocal calls
        calls += 1
        return rule(expression)

    printer._rules[Sum] = counted
    printer.print(tower(DEPTH, True))
    assert calls == DEPTH
