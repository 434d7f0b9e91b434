"""A written number as an expression: a literal, or the sum of logarithms that it writes."""

from __future__ import annotations

import flint

from nbsolve.expr.node import Expr
from nbsolve.expr.nodes import Function, Negation, Number, Product, Quotient, Sum
from nbsolve.given import Given
from nbsolve.logarithms import Logarithm, terms_of

__all__ = ["literal_of"]


def literal_of(text: str, value: flint.fmpq | Logarithm) -> Expr:
    """0.30 as a literal that is printed as written; `ln(4)-0.3` as ln 4 − 0.3."""
    if not isinstance(value, Logarithm):
        return Number(value, text)
    terms = [_signed(sign, _term(*rest)) for sign, *rest in terms_of(text)]
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))


def _signed(sign: int, term: Expr) -> Expr:
    return Negation((term,)) if sign < 0 else term


def _term(number: str | None, argument: str | None, divisor: str | None) -> Expr:
    factors: list[Expr] = [] if number is None else [_number(number)]
    if argument is not None:
        factors.append(Function("ln", (_number(argument),)))
    term = factors[0] if len(factors) == 1 else Product(tuple(factors))
    return term if divisor is None else Quotient((term, _number(divisor)))


def _number(text: str) -> Number:
    return Number(Given.read(text).rational, text)
