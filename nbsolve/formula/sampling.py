"""Formulae at numbers: are two of them the same, where is one defined?

Two formulae count as equal where they agree, with enclosures of 256 bits, at many fixed pseudo-random points and
at the simple numbers where kinks lie (0, ±1/2, ±1, …).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

import flint
import numpy as np

from nbsolve.arithmetic import Undecided, Value, ball
from nbsolve.arithmetic.ladder import LADDER
from nbsolve.derivation import Domain
from nbsolve.errors import DomainError
from nbsolve.evaluate import evaluate
from nbsolve.expr import Expr, Number, with_variables

POINTS = 24
"""Random points; at LEAST of them both formulae must have a value."""
LEAST = 12
ARITHMETIC = LADDER[0]
_CLOSE = flint.arb(2) ** -160
Point = Mapping[str, flint.fmpq]


def value_at(expression: Expr, point: Point) -> Value:
    """The value with numbers for the letters. Raises: DomainError, Undecided (not to be told at 256 bits)."""
    numbers: dict[str, Expr] = {name: Number(value) for name, value in point.items()}
    with ARITHMETIC.working():
        value = evaluate(with_variables(expression, numbers), {}, ARITHMETIC)
    assert not isinstance(value, np.ndarray)
    if not ball(value).is_finite():
        raise Undecided
    return value


def same(left: Expr, right: Expr, domains: Mapping[str, Domain]) -> bool:
    """Whether both have the same values; where the left one has none, nothing is asked of the right one."""
    compared = 0
    for place, point in enumerate((*random_points(domains), *simple_points(domains))):
        try:
            wanted = value_at(left, point)
        except (DomainError, Undecided):
            continue
        try:
            found = value_at(right, point)
        except (DomainError, Undecided):
            return False
        if not _close(wanted, found):
            return False
        compared += place < POINTS
    return compared >= LEAST


def _close(left: Value, right: Value) -> bool:
    with ARITHMETIC.working():
        difference, size = flint.arb(ball(left) - ball(right)), flint.arb(abs(ball(left)) + 1)
        return bool(difference.contains(0)) and bool(difference.rad() < size.upper() * _CLOSE)


def random_points(domains: Mapping[str, Domain], count: int = POINTS) -> Iterator[Point]:
    """Points inside the domains, the same ones always."""
    numbers = random.Random(271828)
    for _ in range(count):
        yield {
            name: domain.low + (domain.high - domain.low) * flint.fmpq(numbers.randint(1, 9999), 10000)
            for name, domain in domains.items()
        }


def simple_points(domains: Mapping[str, Domain]) -> Iterator[Point]:
    """Each letter at the simple numbers of its domain (parameters between, at their middles)."""
    middles = {name: (domain.low + domain.high) / 2 for name, domain in domains.items()}
    for name, domain in domains.items():
        for half in range(-12, 13):
            place = flint.fmpq(half, 2)
            if domain.low < place < domain.high:
                yield {**middles, name: place}


_SPANS = tuple(
    (flint.fmpq(low), flint.fmpq(high))
    for low, high in ((-4, 4), (-1, 1), (0, 4), (0, 1), (1, 5), (-4, 0), (-1, 0))
)


def domain_of(formulae: Sequence[Expr], name: str, others: Mapping[str, Domain]) -> Domain | None:
    """The first usual interval in which all the formulae have values; None where there is none."""
    for low, high in _SPANS:
        domains = {**others, name: Domain(low, high)}
        if all(_defined(formula, domains) for formula in formulae):
            return domains[name]
    return None


def _defined(formula: Expr, domains: Mapping[str, Domain]) -> bool:
    for point in random_points(domains):
        try:
            value_at(formula, point)
        except (DomainError, Undecided):
            return False
    return True
