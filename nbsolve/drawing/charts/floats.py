"""Expression trees in doubles, for curves: whole arrays of places at once, nan where there is no value.

Curves need no certified digits; every number that a drawing writes out comes from the solution itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from nbsolve.arithmetic.nearest import rational_to_float
from nbsolve.expr import (
    Applied,
    Brace,
    Cases,
    Comparison,
    Expr,
    FactorReference,
    Function,
    Hadamard,
    Matrix,
    MatrixProduct,
    Negation,
    Number,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    Total,
    Transpose,
    Variable,
    walk,
)

__all__ = ["Floats", "borders", "in_floats"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
_Known = Mapping[Any, Any]


def in_floats(expression: Expr, known: _Known) -> Any:
    """The value of an expression; `known` gives the values of its atoms and, by name, of its placeholders.

    Raises: KeyError for what is not known, TypeError for a node without a value.
    """
    rule = _RULES.get(type(expression))
    if rule is None:
        raise TypeError(f"{type(expression).__name__} has no value")
    with np.errstate(all="ignore"):
        return rule(expression, known)


def borders(expression: Expr, variable: str, places: Floats, known: _Known) -> list[float]:
    """Where the formula changes between its cases inside `places` (ascending): its kinks and jumps."""
    found: set[float] = set()
    for switch in _switches(expression):

        def value(place: float, switch: Expr = switch) -> float:
            return float(in_floats(switch, {**known, variable: place}))

        signs = np.sign(np.broadcast_to(in_floats(switch, {**known, variable: places}), places.shape))
        for k in np.flatnonzero(signs[:-1] != signs[1:]):
            found.add(_root(value, float(places[k]), float(places[k + 1])))
    inside = (place for place in found if places[0] < place < places[-1])
    return sorted(dict.fromkeys(round(place, 12) + 0.0 for place in inside))


def _switches(expression: Expr) -> Iterator[Expr]:
    """What changes its sign where one case ends and another begins."""
    for node in walk(expression):
        if isinstance(node, Comparison):
            yield Sum((node.left, Negation((node.right,))))
        elif isinstance(node, Function) and node.name in ("abs", "sign"):
            yield node.operands[0]
        elif isinstance(node, Function) and node.name in ("max", "min"):
            yield from (Sum((other, Negation((node.operands[0],)))) for other in node.operands[1:])
        elif isinstance(node, Applied):
            yield from _switches(node.expanded)


def _root(value: Callable[[float], float], low: float, high: float) -> float:
    """Where the sign changes between two places, by halving."""
    start = np.sign(value(low))
    if start == 0:
        return low
    for _ in range(60):
        middle = (low + high) / 2
        if np.sign(value(middle)) == start:
            low = middle
        else:
            high = middle
    return high


def _operands(e: Any, known: _Known) -> list[Any]:
    return [in_floats(operand, known) for operand in e.operands]


def _sum(e: Sum, known: _Known) -> Any:
    result, *rest = _operands(e, known)
    for term in rest:
        result = result + term
    return result


def _product(e: Any, known: _Known) -> Any:
    result, *rest = _operands(e, known)
    for factor in rest:
        result = result * factor
    return result


def _quotient(e: Quotient, known: _Known) -> Any:
    over, under = _operands(e, known)
    return np.divide(over, under)


def _matrix_product(e: MatrixProduct, known: _Known) -> Any:
    result, *rest = _operands(e, known)
    for factor in rest:
        if result.ndim == 1 and factor.ndim == 2 and factor.shape[0] == 1:
            result = np.outer(result, factor[0])  # a column times a row
        else:
            result = np.dot(result, factor)
            if result.shape == (1,) and factor.ndim == 1:
                result = result if _is_matrix(e.operands[0]) else result[0]
    return result


def _is_matrix(expression: Expr) -> bool:
    """Whether it is a matrix, not a vector laid on its side."""
    return not isinstance(expression, Transpose)


def _transpose(e: Transpose, known: _Known) -> Any:
    (array,) = _operands(e, known)
    return array.reshape(1, -1) if array.ndim == 1 else array.T


def _applied(e: Applied, known: _Known) -> Any:
    entries = {name: in_floats(value, known) for name, value in e.entries}
    wholes = {name: in_floats(value, known) for name, value in e.whole}
    return in_floats(e.definition, {**wholes, **entries})


def _cases(e: Cases, known: _Known) -> Any:
    *cases, (otherwise, _) = e.branches
    result = in_floats(otherwise, known)
    for value, condition in reversed(cases):
        assert condition is not None
        result = np.where(_holds(condition, known), in_floats(value, known), result)
    return result


_RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": np.less,
    "≤": np.less_equal,
    "=": np.equal,
    "≥": np.greater_equal,
    ">": np.greater,
    "≠": np.not_equal,
}


def _holds(e: Comparison, known: _Known) -> Any:
    return _RELATIONS[e.relation](in_floats(e.left, known), in_floats(e.right, known))


def _maximum(*values: Any) -> Any:
    result, *rest = values
    for value in rest:
        result = np.maximum(result, value)
    return result


def _minimum(*values: Any) -> Any:
    result, *rest = values
    for value in rest:
        result = np.minimum(result, value)
    return result


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": np.exp,
    "ln": np.log,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "sin": np.sin,
    "cos": np.cos,
    "atan": np.arctan,
    "erf": np.vectorize(math.erf, otypes=[np.float64]),
    "abs": np.abs,
    "sign": np.sign,
    "max": _maximum,
    "min": _minimum,
    "dot": np.dot,
    "norm": np.linalg.norm,
    "log": lambda base, x: np.log(x) / np.log(base),
    "pi": lambda: math.pi,
}


def _power(e: Power, known: _Known) -> Any:
    base, exponent = _operands(e, known)
    return np.power(np.asarray(base, dtype=np.float64), exponent)


def _matrix(e: Matrix, known: _Known) -> Any:
    array = np.array([[in_floats(entry, known) for entry in row] for row in e.rows], dtype=np.float64)
    return array[:, 0] if array.shape[1] == 1 else array


_RULES: dict[type[Expr], Callable[[Any, _Known], Any]] = {
    Number: lambda e, known: rational_to_float(e.value),
    Variable: lambda e, known: known[e.name],
    Quantity: lambda e, known: known[e.atom],
    Sum: _sum,
    Product: _product,
    Hadamard: _product,
    Quotient: _quotient,
    Power: _power,
    Negation: lambda e, known: -in_floats(e.operands[0], known),
    Function: lambda e, known: _FUNCTIONS[e.name](*_operands(e, known)),
    Applied: _applied,
    Comparison: lambda e, known: np.where(_holds(e, known), 1.0, 0.0),
    Cases: _cases,
    Matrix: _matrix,
    MatrixProduct: _matrix_product,
    Transpose: _transpose,
    Total: lambda e, known: np.sum(in_floats(e.operands[0], known)),
    Brace: lambda e, known: in_floats(e.body, known),
    FactorReference: lambda e, known: in_floats(e.body, known),
}
