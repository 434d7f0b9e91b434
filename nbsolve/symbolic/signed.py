"""Products with a factor of −1 or 1, and forms that say something new."""

from __future__ import annotations

from nbsolve.expr import (
    Expr,
    Negation,
    Number,
    Product,
    Quotient,
    product,
)
from nbsolve.step import Form

__all__ = ["distinct", "leading", "signed_product", "times"]


def leading(factor: Expr, error: Expr) -> tuple[Expr, ...]:
    """A number first, then the error, then what is left: 2 (a − y) a (1 − a)."""
    if isinstance(factor, Number):
        return (factor, error)
    if isinstance(factor, Product) and isinstance(factor.operands[0], Number):
        return (factor.operands[0], error, *factor.operands[1:])
    return (error, factor)


def times(constants: list[Expr], q: Expr) -> Expr:
    """c · 1/x written c/x."""
    constant = product(*constants)
    if isinstance(q, Quotient) and isinstance(q.operands[0], Number):
        return Quotient((constant, q.operands[1]))
    return product(constant, q)


def signed_product(left: Expr, right: Expr) -> Expr:
    """g · (−x) written −g x."""
    if isinstance(right, Negation):
        return Negation((product(left, right.operands[0]),))
    return product(left, right)


def distinct(steps: list[Form]) -> tuple[Form, ...]:
    """The forms without those that repeat the one before."""
    kept: list[Form] = []
    for form in steps:
        if not kept or kept[-1].expression != form.expression:
            kept.append(form)
    return tuple(kept)
