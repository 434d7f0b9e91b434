"""Values and arrays of values added and multiplied, entry by entry and as matrices; an exact 0 stays exact."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial, reduce
from itertools import starmap
from typing import Any

import flint
import numpy as np

from nbsolve.arithmetic import ZERO, Arithmetic
from nbsolve.expr import Array, Atom, Columns, Expr, Quantity, Transpose
from nbsolve.symbol import Partial, Role, Symbol

LARGEST_EXACT = 4096
"""Products of arrays with more entries are not searched for exact zeros."""


def plus(left: Any, right: Any, arithmetic: Arithmetic) -> Any:
    """left + right; an exact 0 that came out as a ball leaves the other summand as exact as it was."""
    if not (isinstance(left, np.ndarray) or isinstance(right, np.ndarray)):
        if is_nothing(left):
            return right
        return left if is_nothing(right) else arithmetic.add(left, right)
    arrays = [x for x in (left, right) if isinstance(x, np.ndarray)]
    if arrays[0].size > LARGEST_EXACT or not (
        arithmetic.keeping or any(has_zero(x) and any(map(is_nothing, x.reshape(-1))) for x in arrays)
    ):
        return left + right
    return entrywise(partial(plus, arithmetic=arithmetic), left, right)


def entrywise(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """The operation on corresponding entries; one of both may be a number, which stands for all entries."""
    shape = np.broadcast_shapes(np.shape(left), np.shape(right))
    wide = [np.broadcast_to(np.asarray(x, dtype=object), shape) for x in (left, right)]
    result = np.empty(shape, dtype=object)
    for place in np.ndindex(shape):
        result[place] = operation(wide[0][place], wide[1][place])
    return result


def is_nothing(value: Any) -> bool:
    """Whether it is an exact 0 that came out as a ball."""
    return isinstance(value, flint.arb) and bool(value.is_zero())


def negative(value: Any, arithmetic: Arithmetic) -> Any:
    """−value, entry by entry where it is an array."""
    if arithmetic.keeping and isinstance(value, np.ndarray) and value.size <= LARGEST_EXACT:
        return elementwise(arithmetic.negate, value)
    return -value if isinstance(value, np.ndarray) else arithmetic.negate(value)


def times(left: Any, right: Any, arithmetic: Arithmetic) -> Any:
    """left · right, entry by entry where they are arrays."""
    if not (isinstance(left, np.ndarray) or isinstance(right, np.ndarray)):
        return arithmetic.multiply(left, right)
    if arithmetic.keeping and max(np.size(left), np.size(right)) <= LARGEST_EXACT:
        return entrywise(arithmetic.multiply, left, right)
    # An array stands first: a flint number on the left would not know what to do with it.
    return right * left if isinstance(right, np.ndarray) else left * right


def elementwise(function: Callable[[Any], Any], array: Array) -> Array:
    """The function applied to each entry, as an object array of the same shape."""
    result = np.empty(array.shape, dtype=object)
    flat, source = result.reshape(-1), array.reshape(-1)
    for position in range(flat.size):
        flat[position] = function(source[position])
    return result


def dot_product(left: Any, right: Any, arithmetic: Arithmetic) -> Any:
    """The product of vectors or matrices; what is multiplied by an exact 0 does not touch the sum.

    (0 · a + 0.1 is 0.1 itself, not an enclosure of it, also where a is irrational.)
    """
    if left.size > LARGEST_EXACT or not (arithmetic.keeping or has_zero(left) or has_zero(right)):
        return np.dot(left, right)
    if left.ndim == 1 and right.ndim == 1:
        pairs = [(x, y) for x, y in zip(left, right, strict=True) if not (x == ZERO or y == ZERO)]
        if not pairs:
            return ZERO
        if arithmetic.keeping:
            return reduce(arithmetic.add, [arithmetic.multiply(x, y) for x, y in pairs])
        return reduce(operator.add, starmap(operator.mul, pairs))
    if left.ndim == 1:
        return dot_product(right.T, left, arithmetic)
    if right.ndim == 1:
        result = np.empty(left.shape[0], dtype=object)
        for row in range(left.shape[0]):
            result[row] = dot_product(left[row], right, arithmetic)
        return result
    return np.dot(left, right)


def has_zero(array: Array) -> bool:
    """Whether an entry is exactly 0; a ball that contains 0 is not equal to it."""
    return ZERO in array.reshape(-1).tolist()


def is_row(expression: Expr, value: Any) -> bool:
    """Whether the value is a vector laid on its side, which a matrix of one row is not."""
    if not isinstance(expression, Transpose) or value.shape[0] != 1:
        return False
    inner = expression.operands[0]
    return not (isinstance(inner, Columns) or (isinstance(inner, Quantity) and _is_matrix(inner.atom)))


def _is_matrix(atom: Atom) -> bool:
    symbol = atom if isinstance(atom, Symbol) else atom.wrt
    of_outputs = isinstance(atom, Partial) and atom.of.role is Role.ACTIVATION and symbol.role is Role.INPUT
    return symbol.role is Role.WEIGHT or of_outputs
