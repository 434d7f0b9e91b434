"""What an operand looks like: what decides about signs, parentheses and dots."""

from __future__ import annotations

from nbsolve.expr import (
    Expr,
    FactorReference,
    Function,
    Known,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
)


def unwrapped(expression: Expr) -> Expr:
    """What is written for an expression that has a name, or was found before."""
    kind = type(expression)
    if kind is Known:
        return unwrapped(expression.name)  # type: ignore[attr-defined]
    return expression.body if kind is FactorReference else expression  # type: ignore[attr-defined]


def is_dot(expression: Expr) -> bool:
    """Whether it is a dot product of vectors."""
    bare = unwrapped(expression)
    return isinstance(bare, Function) and bare.name == "dot"


def negative(e: Number) -> bool:
    """Whether a number is written with a minus sign."""
    return (e.text or str(e.value)).startswith("-")


def has_sum(expression: Expr) -> bool:
    """Whether a sum stands somewhere below it."""
    return any(isinstance(unwrapped(child), Sum) or has_sum(child) for child in expression.children)


def is_numeric(expression: Expr) -> bool:
    """Whether it is made of literals only (its first sign is then a digit or a minus sign)."""
    bare = unwrapped(expression)
    kind = type(bare)
    if kind is Number:
        return True
    return kind in _ARITHMETIC and bool(bare.children) and all(map(is_numeric, bare.children))


_ARITHMETIC = frozenset({Sum, Product, Quotient, Power, Negation, Function})
