"""Expressions in doubles: each as a function of its variables, which are numbers or whole arrays of them.

Nothing that a page prints comes from here, but what a program prints, and the places that a curve goes through.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np

from nbsolve.arithmetic.nearest import rational_to_float
from nbsolve.expr import (
    Applied,
    Cases,
    Comparison,
    Expr,
    Function,
    MatrixProduct,
    Negation,
    Number,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    Transpose,
    Variable,
)

__all__ = ["FUNCTIONS", "Doubles", "Rule", "compiled"]

Doubles = Any
"""A NumPy array of doubles, or a single one."""
Rule = Callable[[Mapping[Any, Doubles]], Doubles]
"""A value from those of the variables, by their names, and of the quantities. Overflow and the like are NumPy's."""


def _largest(*values: Doubles) -> Doubles:
    return reduce(np.maximum, values)


def _smallest(*values: Doubles) -> Doubles:
    return reduce(np.minimum, values)


FUNCTIONS: Mapping[str, Callable[..., Doubles]] = {
    "exp": np.exp, "ln": np.log, "sqrt": np.sqrt, "tanh": np.tanh, "sinh": np.sinh, "cosh": np.cosh,
    "sin": np.sin, "cos": np.cos, "atan": np.arctan, "erf": np.vectorize(math.erf, otypes=[np.float64]),
    "abs": np.abs, "sign": np.sign, "max": _largest, "min": _smallest, "pi": lambda: math.pi,
    "log": lambda base, x: np.log(x) / np.log(base),
}  # fmt: skip
"""The functions of formulae, entry by entry."""
_RELATIONS: Mapping[str, Callable[..., Doubles]] = {
    "<": np.less, "≤": np.less_equal, "=": np.equal, "≥": np.greater_equal, ">": np.greater, "≠": np.not_equal,
}  # fmt: skip


def compiled(expression: Expr, functions: Mapping[str, Callable[..., Doubles]] = FUNCTIONS) -> Rule:
    """The expression as a function of its variables. Raises TypeError for a node or function that has no value."""

    def rule(inner: Expr) -> Rule:
        return compiled(inner, functions)

    match expression:
        case Number(value):
            constant = rational_to_float(value)
            return lambda variables: constant
        case Variable(name):
            return lambda variables: variables[name]
        case Quantity(atom):
            return lambda variables: variables[atom]
        case Applied():
            return rule(expression.expanded)
        case Sum(operands):
            return _folded(operator.add, map(rule, operands))
        case Product(operands):
            return _folded(operator.mul, map(rule, operands))
        case MatrixProduct(operands):
            return _folded(operator.matmul, map(rule, operands))
        case Quotient(operands):
            return _folded(operator.truediv, map(rule, operands))
        case Power(operands):
            return _folded(np.power, map(rule, operands))
        case Negation((inner,)):
            return _call(operator.neg, [rule(inner)])
        case Transpose((inner,)):
            return _call(np.transpose, [rule(inner)])
        case Comparison(left, relation, right):
            return _call(_holds(relation), [rule(left), rule(right)])
        case Cases(branches):
            *conditional, (last, _) = branches
            found = rule(last)
            for own, condition in reversed(conditional):
                assert condition is not None
                found = _call(np.where, [rule(condition), rule(own), found])
            return found
        case Function(name, operands) if name in functions:
            return _call(functions[name], [rule(operand) for operand in operands])
    raise TypeError(f"{type(expression).__name__} has no value in doubles")


def _holds(relation: str) -> Callable[[Doubles, Doubles], Doubles]:
    """1 where the relation holds, 0 elsewhere."""
    return lambda left, right: np.where(_RELATIONS[relation](left, right), 1.0, 0.0)


def _folded(operation: Callable[[Doubles, Doubles], Doubles], rules: Iterable[Rule]) -> Rule:
    """From the left to the right, as Python does it."""
    return reduce(lambda left, right: _call(operation, [left, right]), rules)


def _call(function: Callable[..., Doubles], arguments: Sequence[Rule]) -> Rule:
    return lambda variables: function(*(argument(variables) for argument in arguments))
