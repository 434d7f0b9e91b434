"""Expressions put together in the shape in which a person writes them: no factors of 1, no terms of 0."""

from __future__ import annotations

from collections.abc import Mapping

import flint

from nbsolve.arithmetic import ONE, ZERO
from nbsolve.expr.literals import literal_of
from nbsolve.expr.node import Expr
from nbsolve.expr.nodes import Hadamard, Negation, Number, Product, Quotient, Sum
from nbsolve.given import Given


def number(value: int | flint.fmpq) -> Number:
    """A literal without a text of its own."""
    return Number(flint.fmpq(value))


def literal(given: Given) -> Expr:
    """A number of the problem file inside a formula, printed as written."""
    return literal_of(given.text, given.value)


def literals(given: Mapping[str, Given]) -> dict[str, Expr]:
    """Numbers of the problem file by the names that a formula has for them."""
    return {name: literal(own) for name, own in given.items()}


def product(*factors: Expr) -> Expr:
    """The product, flattened, without factors of 1; a single factor is itself."""
    flat: list[Expr] = []
    for factor in factors:
        flat.extend(factor.operands if isinstance(factor, Product) else (factor,))
    kept = [f for f in flat if not (isinstance(f, Number) and f.value == ONE and f.text is None)]
    if not kept:
        return number(1)
    return kept[0] if len(kept) == 1 else Product(tuple(kept))


def total(*terms: Expr) -> Expr:
    """The sum, without terms of 0; a single term is itself."""
    kept = [t for t in terms if not (isinstance(t, Number) and t.value == ZERO and t.text is None)]
    if not kept:
        return number(0)
    return kept[0] if len(kept) == 1 else Sum(tuple(kept))


def collected(*terms: Expr) -> Expr:
    """The sum with the leading factors that all its terms share taken out: p a + p b is p (a + b)."""
    if len(terms) < 2:
        return total(*terms)
    factors = [term.operands if isinstance(term, Product) else (term,) for term in terms]
    shared = 0
    while all(len(own) > shared and own[shared] == factors[0][shared] for own in factors):
        shared += 1
    rest = total(*(product(*own[shared:]) for own in factors))
    return product(*factors[0][:shared], rest)


def quotient(numerator: Expr, denominator: Expr) -> Expr:
    """numerator / denominator."""
    return Quotient((numerator, denominator))


def negated(expression: Expr) -> Expr:
    """−expression in the shape a person writes: y − a for −(a − y), c for −(−c)."""
    if isinstance(expression, Negation):
        return expression.operands[0]
    if isinstance(expression, Number):
        return Number(-expression.value)
    if isinstance(expression, Sum) and len(expression.operands) == 2:
        first, second = expression.operands
        if isinstance(second, Negation):
            return Sum((second.operands[0], Negation((first,))))
    if isinstance(expression, Product | Hadamard):
        for position, factor in enumerate(expression.operands):
            turned = negated(factor)
            if isinstance(factor, Sum | Negation | Product) and not isinstance(turned, Negation):
                operands = (*expression.operands[:position], turned, *expression.operands[position + 1 :])
                return product(*operands) if isinstance(expression, Product) else Hadamard(operands)
    return Negation((expression,))
