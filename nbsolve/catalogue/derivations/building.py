"""Short names for writing derivations down, so that a file of them reads like a blackboard."""

from __future__ import annotations

import flint

from nbsolve.catalogue.activations import ACTIVATIONS
from nbsolve.derivation import Condition, Domain, Stage
from nbsolve.expr import (
    Applied,
    Cases,
    Comparison,
    Expr,
    Function,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    number,
)
from nbsolve.expr.general import Derivative, IndexedSum
from nbsolve.step import Form, Reason
from nbsolve.symbol import Index

zero, one, two = number(0), number(1), number(2)
half = Number(flint.fmpq(1, 2))
i, j, k = Index("i"), Index("j"), Index("k")

Line = Expr | tuple[Expr, Reason] | tuple[Expr, Reason, tuple[Expr, ...]]
"""An expression with its reason and what the reason speaks of; without a reason, it is a definition."""


def stage(
    left: Expr,
    *lines: Line,
    when: tuple[Condition, ...] = (),
    words: str | None = None,
    boxed: bool = False,
) -> Stage:
    """left = first line = second line = …"""
    forms = tuple(Form(*line) if isinstance(line, tuple) else Form(line) for line in lines)
    return Stage(left, forms, when, words, boxed)


def plus(*terms: Expr) -> Expr:
    """a + b + …"""
    return Sum(terms)


def minus(left: Expr, right: Expr) -> Expr:
    """left − right."""
    return Sum((left, Negation((right,))))


def neg(x: Expr) -> Expr:
    """−x."""
    return Negation((x,))


def times(*factors: Expr) -> Expr:
    """The product of the factors as they stand."""
    return Product(factors)


def over(numerator: Expr, denominator: Expr) -> Expr:
    """A fraction."""
    return Quotient((numerator, denominator))


def power(base: Expr, exponent: Expr | int) -> Expr:
    """base ^ exponent."""
    return Power((base, number(exponent) if isinstance(exponent, int) else exponent))


def square(base: Expr) -> Expr:
    """The square."""
    return power(base, 2)


def exp(x: Expr) -> Expr:
    """e ^ x."""
    return Function("exp", (x,))


def ln(x: Expr) -> Expr:
    """The natural logarithm."""
    return Function("ln", (x,))


def absolute(x: Expr) -> Expr:
    """|x|."""
    return Function("abs", (x,))


def sign(x: Expr) -> Expr:
    """The sign of x."""
    return Function("sign", (x,))


def norm(x: Expr) -> Expr:
    """‖x‖."""
    return Function("norm", (x,))


def dot(left: Expr, right: Expr) -> Expr:
    """left · right."""
    return Function("dot", (left, right))


def either(value: Expr, condition: Comparison, otherwise: Expr) -> Expr:
    """`value` if the condition holds, `otherwise` if not."""
    return Cases(((value, condition), (otherwise, None)))


def is_(left: Expr, relation: str, right: Expr) -> Comparison:
    """A condition: z > 0."""
    return Comparison(left, relation, right)


def d(body: Expr, variable: Expr) -> Expr:
    """d/d variable [body], to be taken."""
    return Derivative(body, variable)


def partial(body: Expr, variable: Expr) -> Expr:
    """∂/∂ variable [body], to be taken."""
    return Derivative(body, variable, partial=True)


def over_all(index: Index, body: Expr) -> Expr:
    """Σ over all values of the index."""
    return IndexedSum(body, index)


def entry(name: str, index: Index) -> Variable:
    """One entry of a vector: a_i."""
    return Variable(name, index)


def vector(name: str) -> Variable:
    """A whole vector."""
    return Variable(name, vector=True)


def function(name: str, argument: Expr, parameter: str | None = None) -> Expr:
    """A catalogue activation at an argument; `parameter` says which letter stands for its parameter."""
    return _applied(name, ACTIVATIONS[name].definition, argument, 0, parameter)


def slope(name: str, argument: Expr, parameter: str | None = None) -> Expr:
    """The derivative of a catalogue activation (σ′) at an argument."""
    return _applied(name, ACTIVATIONS[name].derivative, argument, 1, parameter)


def _applied(name: str, definition: Expr, argument: Expr, primes: int, parameter: str | None) -> Expr:
    record = ACTIVATIONS[name]
    letters = {own: Variable(parameter or own) for own in record.parameters}
    whole = tuple(letters.items())
    return Applied(record.function, definition, (("z", argument),), whole, primes)


def between(low: int | flint.fmpq, high: int | flint.fmpq, length: int | None = None) -> Domain:
    """The domain of a letter: an open interval, or vectors of so many entries from it."""
    return Domain(flint.fmpq(low), flint.fmpq(high), length)
