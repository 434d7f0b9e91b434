"""Evaluating an expression tree: one rule for each kind of node, in an `Arithmetic`, over bindings.

Vectors and matrices are numpy object arrays of values; functions act on them entry by entry.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from typing import Any, Protocol

import flint
import numpy as np

from nbsolve.arithmetic import ONE, ZERO, Arithmetic, Value
from nbsolve.errors import LogarithmOfZero
from nbsolve.evaluate.elementary import FUNCTIONS
from nbsolve.evaluate.entrywise import (
    LARGEST_EXACT,
    dot_product,
    elementwise,
    entrywise,
    is_row,
    negative,
    plus,
    times,
)
from nbsolve.evaluate.shares import all_shares, deviations, is_deviation, is_share, other_terms, share
from nbsolve.expr import (
    Applied,
    Atom,
    Brace,
    Cases,
    Columns,
    Comparison,
    Expr,
    FactorReference,
    Function,
    Hadamard,
    Known,
    Matrix,
    MatrixProduct,
    Negation,
    Number,
    Operand,
    Power,
    Product,
    Quantity,
    Quotient,
    Stacked,
    Sum,
    Total,
    Transpose,
    Variable,
)
from nbsolve.expr.general import IndexedSum, Kronecker

Rational = flint.fmpq


class Bindings(Protocol):
    """A mapping from atoms to their values."""

    def __getitem__(self, atom: Atom, /) -> Operand: ...


def evaluate(expression: Expr, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    """The value of an expression: fmpq or arb, or an object array of them.

    Raises: Undecided (more bits are needed), DomainError, KeyError (an unbound atom), TypeError (a node that
    has no value, such as a placeholder).
    """
    return _RULES[type(expression)](expression, bindings, arithmetic)


def _number(e: Number, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    """A number: as calculators hold it where printed values are bound."""
    printed: Callable[[flint.fmpq], Operand] | None = getattr(bindings, "number", None)
    return e.value if printed is None else printed(e.value)


def _known(e: Known, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    """The value of a part with a name: computed, or as it was written down where printed values are bound."""
    printed: Callable[[Known], Operand] | None = getattr(bindings, "known", None)
    return evaluate(e.body, bindings, arithmetic) if printed is None else printed(e)


def _operands(expression: Any, bindings: Bindings, arithmetic: Arithmetic) -> list[Any]:
    return [_RULES[type(operand)](operand, bindings, arithmetic) for operand in expression.operands]


def _sum(e: Sum, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    if arithmetic.keeping and is_deviation(e):  # g − p·g
        p, g = _operands(e.operands[1].children[0], bindings, arithmetic)
        return deviations(p, g, arithmetic)
    first, *rest = e.operands
    result = _RULES[type(first)](first, bindings, arithmetic)
    for operand in rest:
        term = _RULES[type(operand)](operand, bindings, arithmetic)
        exact = type(result) is Rational and type(term) is Rational
        result = result + term if exact else plus(result, term, arithmetic)
    return result


def _product(e: Product | Hadamard, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    try:
        result, *rest = _operands(e, bindings, arithmetic)
    except LogarithmOfZero:
        if not any(_vanishes(factor, bindings, arithmetic) for factor in e.operands):
            raise
        return ZERO
    for factor in rest:
        exact = type(result) is Rational and type(factor) is Rational
        result = result * factor if exact else times(result, factor, arithmetic)
    return result  # type: ignore[no-any-return]


def _vanishes(factor: Expr, bindings: Bindings, arithmetic: Arithmetic) -> bool:
    """Whether a factor is exactly 0: then 0 · ln 0 is 0, the limit of x ln x."""
    try:
        value = evaluate(factor, bindings, arithmetic)
    except LogarithmOfZero:
        return False
    return not isinstance(value, np.ndarray) and value == ZERO


def _quotient(e: Quotient, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    if arithmetic.keeping and is_share(e):
        return _share(e, bindings, arithmetic)
    return _of_two(arithmetic.divide, *_operands(e, bindings, arithmetic))


def _share(e: Quotient, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    """A share of a sum, or all shares, each with its distance from 1."""
    numerator, denominator = e.operands
    if isinstance(denominator, Total):
        return all_shares(evaluate(numerator, bindings, arithmetic), arithmetic)  # type: ignore[arg-type]
    values: list[Any] = [evaluate(term, bindings, arithmetic) for term in (numerator, *other_terms(e))]
    return share(values[0], values[1:], arithmetic)


def _power(e: Power, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    return _of_two(arithmetic.power, *_operands(e, bindings, arithmetic))


def _of_two(rule: Callable[[Value, Value], Value], left: Operand, right: Operand) -> Operand:
    """A rule for two values, entry by entry where one of them is an array."""
    if isinstance(right, np.ndarray):
        return entrywise(rule, left, right)  # type: ignore[no-any-return]
    if isinstance(left, np.ndarray):
        return elementwise(lambda entry: rule(entry, right), left)
    return rule(left, right)


class _Scope:
    """Bindings inside an `Applied`: values of placeholders; its formula has no atoms."""

    def __init__(self, values: dict[str, Operand]) -> None:
        self.values = values

    def __getitem__(self, atom: Atom, /) -> Operand:
        raise KeyError(atom)


def _variable(e: Variable, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    if not isinstance(bindings, _Scope):
        raise TypeError(f"the placeholder {e.name} has no value here")
    return bindings.values[e.name]


def _applied(e: Applied, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    scope = {name: evaluate(value, bindings, arithmetic) for name, value in e.whole}
    entries = [(name, evaluate(value, bindings, arithmetic)) for name, value in e.entries]
    arrays = [value for _, value in entries if isinstance(value, np.ndarray)]
    if not arrays:
        return evaluate(e.definition, _Scope(scope | dict(entries)), arithmetic)
    result = np.empty(arrays[0].shape, dtype=object)
    flat = result.reshape(-1)
    vectors = [(name, value.reshape(-1)) for name, value in entries if isinstance(value, np.ndarray)]
    values = scope | {name: value for name, value in entries if not isinstance(value, np.ndarray)}
    here = _Scope(values)
    for place in range(flat.size):
        for name, vector in vectors:
            values[name] = vector[place]
        flat[place] = evaluate(e.definition, here, arithmetic)
    return result


_HOLDS: dict[str, Callable[[int], bool]] = {
    "<": lambda sign: sign < 0,
    "≤": lambda sign: sign <= 0,
    "=": lambda sign: sign == 0,
    "≥": lambda sign: sign >= 0,
    ">": lambda sign: sign > 0,
    "≠": lambda sign: sign != 0,
}


def holds(condition: Comparison, bindings: Bindings, arithmetic: Arithmetic) -> bool:
    """Whether a comparison of scalars is true. Raises: Undecided."""
    left = evaluate(condition.left, bindings, arithmetic)
    right = evaluate(condition.right, bindings, arithmetic)
    return _HOLDS[condition.relation](arithmetic.sign(left - right))  # type: ignore[arg-type]


def _cases(e: Cases, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    return evaluate(branch(e, bindings, arithmetic), bindings, arithmetic)


def branch(e: Cases, bindings: Bindings, arithmetic: Arithmetic) -> Expr:
    """The formula that holds here. Raises: Undecided."""
    for value, condition in e.branches:
        if condition is None or holds(condition, bindings, arithmetic):
            return value
    raise TypeError("a case distinction without a last branch")


def _matrix_product(e: MatrixProduct, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    result: Any = evaluate(e.operands[0], bindings, arithmetic)
    row = is_row(e.operands[0], result)
    for operand in e.operands[1:]:
        factor: Any = evaluate(operand, bindings, arithmetic)
        if is_row(operand, factor):
            # A column times a row: all products of their entries.
            result, row = np.multiply.outer(result, factor[0]), False
        elif row and factor.ndim == 1:
            result, row = dot_product(result[0], factor, arithmetic), False
        else:
            result = dot_product(result, factor, arithmetic)
    return result  # type: ignore[no-any-return]


def _transpose(e: Transpose, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    (array,) = _operands(e, bindings, arithmetic)
    return array.reshape(1, -1) if array.ndim == 1 else array.T  # type: ignore[no-any-return]


def _stacked(e: Stacked, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    return np.concatenate(_operands(e, bindings, arithmetic))


def _columns(e: Columns, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    body: Any = evaluate(e.body, bindings, arithmetic)
    return body[:, e.first - 1 : e.last]  # type: ignore[no-any-return]


def _total(e: Total, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    (array,) = _operands(e, bindings, arithmetic)
    entries = array.reshape(-1)
    if entries.size > LARGEST_EXACT:
        return sum(entries[1:], start=entries[0])  # type: ignore[no-any-return]
    return reduce(arithmetic.add, entries)  # type: ignore[no-any-return]


def _indexed_sum(e: IndexedSum, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    return _sum(Sum(e.terms), bindings, arithmetic)


def _kronecker(e: Kronecker, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    if not (isinstance(e.left, int) and isinstance(e.right, int)):
        raise TypeError("an index variable has no value")
    return ONE if e.left == e.right else ZERO


def _matrix(e: Matrix, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    rows, columns = len(e.rows), len(e.rows[0])
    result = np.empty((rows, columns), dtype=object)
    for i, row in enumerate(e.rows):
        for j, entry in enumerate(row):
            result[i, j] = evaluate(entry, bindings, arithmetic)
    return result[:, 0] if columns == 1 else result


def _indicator(e: Comparison, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    gap: Any = evaluate(e.left, bindings, arithmetic) - evaluate(e.right, bindings, arithmetic)
    met = _HOLDS[e.relation]

    def one(difference: Any) -> flint.fmpq:
        return ONE if met(arithmetic.sign(difference)) else ZERO

    return elementwise(one, gap) if isinstance(gap, np.ndarray) else one(gap)


def _function(e: Function, bindings: Bindings, arithmetic: Arithmetic) -> Operand:
    operands = _operands(e, bindings, arithmetic)
    rule = FUNCTIONS[e.name]
    if e.name not in ("dot", "norm") and any(isinstance(operand, np.ndarray) for operand in operands):
        if len(operands) == 1:
            return elementwise(lambda entry: rule(arithmetic, entry), operands[0])
        return reduce(partial(entrywise, partial(rule, arithmetic)), operands)  # type: ignore[no-any-return]
    return rule(arithmetic, *operands)  # type: ignore[no-any-return]


class _Rules(dict[type[Expr], Callable[[Any, Bindings, Arithmetic], Operand]]):
    def __missing__(self, kind: type[Expr]) -> Callable[[Any, Bindings, Arithmetic], Operand]:
        raise TypeError(f"{kind.__name__} has no value")


_RULES = _Rules(
    {
        Number: _number,
        Variable: _variable,
        Quantity: lambda e, bindings, arithmetic: bindings[e.atom],
        Sum: _sum,
        Product: _product,
        Hadamard: _product,
        Quotient: _quotient,
        Power: _power,
        Negation: lambda e, bindings, arithmetic: negative(
            evaluate(e.operands[0], bindings, arithmetic), arithmetic
        ),
        Function: _function,
        Applied: _applied,
        Comparison: _indicator,
        Cases: _cases,
        Matrix: _matrix,
        MatrixProduct: _matrix_product,
        Transpose: _transpose,
        Stacked: _stacked,
        Columns: _columns,
        Total: _total,
        IndexedSum: _indexed_sum,
        Kronecker: _kronecker,
        Brace: lambda e, bindings, arithmetic: evaluate(e.body, bindings, arithmetic),
        FactorReference: lambda e, bindings, arithmetic: evaluate(e.body, bindings, arithmetic),
        Known: _known,
    }
)
