"""A solution calculated in doubles, as its program does: what that prints is known before anybody runs it."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
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
    Quotient,
    Sum,
    Transpose,
    Variable,
)
from nbsolve.programs.python import in_pairs

Doubles = Any
"""A NumPy array of doubles, or a single one."""
Rule = Callable[[Mapping[str, Doubles]], Doubles]
"""A value from those of the variables. Overflow and the like are warned of by NumPy, as in the program itself."""


def _softmax(z: Doubles) -> Doubles:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _log_softmax(z: Doubles) -> Doubles:
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def _as_high(columns: Sequence[Doubles]) -> list[Doubles]:
    """Columns as high as the highest: a number stands for each sample."""
    height = max(np.shape(column)[0] if np.ndim(column) else 1 for column in columns)
    return [column if np.ndim(column) else np.broadcast_to(column, (height, 1)) for column in columns]


_FUNCTIONS: dict[str, Callable[..., Doubles]] = {
    "exp": np.exp, "ln": np.log, "sqrt": np.sqrt, "tanh": np.tanh, "sinh": np.sinh, "cosh": np.cosh,
    "sin": np.sin, "cos": np.cos, "atan": np.arctan, "erf": np.vectorize(math.erf), "abs": np.abs,
    "sign": np.sign, "max": np.maximum, "min": np.minimum, "pi": lambda: math.pi,
    "log": lambda base, x: np.log(x) / np.log(base),
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "sum_samples": lambda x: x.sum(axis=0),
    "sum_outputs": lambda x: x.sum(axis=1, keepdims=True),
    "total": np.sum,
    "beside": lambda *parts: np.concatenate(_as_high(parts), axis=1),
    "given": lambda computed, given: np.where(np.isnan(given), computed, given),
    "part": lambda x, first, last: x[:, int(first) : int(last)],
    "count": len,
    "eye": lambda size: np.eye(int(size)),
    "column": lambda a, k: a[:, int(k) : int(k) + 1],
    "columns": lambda *columns: np.concatenate(_as_high(columns), axis=1),
    "dot": lambda a, y: (a * y).sum(axis=1, keepdims=True),
    "norm": lambda a: np.sqrt((a * a).sum(axis=1, keepdims=True)),
}  # fmt: skip
_RELATIONS: dict[str, Callable[..., Doubles]] = {
    "<": np.less, "≤": np.less_equal, "=": np.equal, "≥": np.greater_equal, ">": np.greater, "≠": np.not_equal,
}  # fmt: skip


def compiled(expression: Expr) -> Rule:
    """The expression as a function of the variables. Raises TypeError for a node that a program does not have."""
    match expression:
        case Number(value):
            constant = rational_to_float(value)
            return lambda variables: constant
        case Variable(name):
            return lambda variables: variables[name]
        case Applied():
            return compiled(expression.expanded)
        case Sum(operands):
            return _folded(operator.add, operands)
        case Product(operands):
            return _folded(operator.mul, operands)
        case MatrixProduct(operands):
            return _folded(operator.matmul, operands)
        case Quotient(operands):
            return _folded(operator.truediv, operands)
        case Power(operands):
            return _folded(np.power, operands)
        case Negation((inner,)):
            return _call(operator.neg, [inner])
        case Transpose((inner,)):
            return _call(np.transpose, [inner])
        case Comparison(left, relation, right):
            return _call(_RELATIONS[relation], [left, right])
        case Cases(branches):
            *conditional, (last, _) = branches
            found = compiled(last)
            for own, condition in reversed(conditional):
                assert condition is not None
                found = _chosen(compiled(condition), compiled(own), found)
            return found
        case Function(name, operands) if name in _FUNCTIONS:
            return _call(_FUNCTIONS[name], in_pairs(expression).operands)
    raise TypeError(f"{type(expression).__name__} has no value in doubles")


def _folded(operation: Callable[[Doubles, Doubles], Doubles], operands: Sequence[Expr]) -> Rule:
    """From the left to the right, as Python does it."""
    first, *rest = map(compiled, operands)
    for following in rest:
        first = _joined(operation, first, following)
    return first


def _joined(operation: Callable[[Doubles, Doubles], Doubles], left: Rule, right: Rule) -> Rule:
    return lambda variables: operation(left(variables), right(variables))


def _chosen(condition: Rule, value: Rule, otherwise: Rule) -> Rule:
    return lambda variables: np.where(condition(variables), value(variables), otherwise(variables))


def _call(function: Callable[..., Doubles], operands: Sequence[Expr]) -> Rule:
    arguments = [compiled(operand) for operand in operands]
    return lambda variables: function(*(argument(variables) for argument in arguments))
