"""Shares of a sum, x / (x + y + …), as softmax gives them: one near 1 keeps its distance from 1.

An output of softmax that is 1 − 10⁻²¹⁷² would be a ball around 1, and its gradient a ball around 0. What leads back
through it, g − p·g, is found without a difference of two numbers that are almost one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import chain

import flint
import numpy as np

from nbsolve.arithmetic import ONE, ZERO, Arithmetic, Value
from nbsolve.expr import Array, Expr, Function, Negation, Number, Quotient, Sum, Total
from nbsolve.expr.general import IndexedSum

_MOST_OF_IT = 0.75
"""A share above it is computed from what is missing to 1."""


def share(term: Value, others: Sequence[Value], arithmetic: Arithmetic) -> Value:
    """term / (term + Σ others), near 1 as 1 − Σ others / (term + Σ others). Raises: DomainError, Undecided."""
    whole = arithmetic.add(term, _sum(others, arithmetic))
    return _share(term, others, whole, arithmetic)


def all_shares(parts: Array, arithmetic: Arithmetic) -> Array:
    """The share of each entry of a vector in the sum of all. Raises: DomainError, Undecided."""
    result, whole = np.empty(parts.shape, dtype=object), _sum(parts, arithmetic)
    for place, part in enumerate(parts):
        others = chain(parts[:place], parts[place + 1 :])
        result[place] = _share(part, others, whole, arithmetic)
    return result


def _share(term: Value, others: Iterable[Value], whole: Value, arithmetic: Arithmetic) -> Value:
    """term / whole; the others are added up only where it is most of it, which one term at most is."""
    result = arithmetic.divide(term, whole)
    if isinstance(result, flint.fmpq) or not result > _MOST_OF_IT:
        return result
    rest = arithmetic.divide(_sum(others, arithmetic), whole)
    return arithmetic.add(ONE, arithmetic.negate(rest))


def deviations(p: Array, g: Array, arithmetic: Arithmetic) -> Array:
    """g[j] − Σ_i p[i] g[i]; where p[j] is almost 1, g[j] (1 − p[j]) − Σ_{i≠j} p[i] g[i]: nothing cancels there."""
    parts = [arithmetic.multiply(share, of) for share, of in zip(p, g, strict=True)]
    result, mean = np.empty(g.shape, dtype=object), _sum(parts, arithmetic)
    for place, own in enumerate(g):
        result[place] = arithmetic.add(own, arithmetic.negate(mean))
        if not isinstance(p[place], flint.fmpq) and p[place] > _MOST_OF_IT:  # one share at most is most of it
            rest = arithmetic.multiply(own, arithmetic.add(ONE, arithmetic.negate(p[place])))
            others = _sum(chain(parts[:place], parts[place + 1 :]), arithmetic)
            result[place] = arithmetic.add(rest, arithmetic.negate(others))
    return result


def _sum(values: Iterable[Value], arithmetic: Arithmetic) -> Value:
    nothing: Value = ZERO
    return reduce(arithmetic.add, values, nothing)


def is_share(quotient: Quotient) -> bool:
    """Whether one is divided by a sum that it is a term of: an output of softmax, or all of them."""
    numerator, denominator = quotient.operands
    if isinstance(denominator, Total):
        return denominator.operands == (numerator,)
    terms = _terms(denominator)
    return len(terms) > 1 and not isinstance(numerator, Number) and numerator in terms


def is_deviation(difference: Sum) -> bool:
    """Whether it is g − p·g: how far a vector is from its mean, weighted with the shares p."""
    if len(difference.operands) != 2:
        return False
    own, less = difference.operands
    return isinstance(less, Negation) and _is_mean_of(own, less.operands[0])


def _is_mean_of(own: Expr, mean: Expr) -> bool:
    return isinstance(mean, Function) and mean.name == "dot" and mean.operands[1] == own


def other_terms(quotient: Quotient) -> Sequence[Expr]:
    """The terms of the sum that a share is divided by, without its own."""
    numerator, denominator = quotient.operands
    others = [*_terms(denominator)]
    others.remove(numerator)
    return others


def _terms(expression: Expr) -> Sequence[Expr]:
    if isinstance(expression, IndexedSum):
        return expression.terms
    return expression.operands if isinstance(expression, Sum) else ()
