"""Numbers as Python reads them."""

from __future__ import annotations

from fractions import Fraction
from math import isinf

import flint

from nbsolve.arithmetic.nearest import rational_to_float
from nbsolve.logarithms import Logarithm

MOST_DIGITS = 17
"""Numbers of more digits are written as fractions: 1 / 3."""


def literal(value: flint.fmpq | Logarithm) -> str:
    """A number that Python reads as the nearest double: 0.25, 3, 1 / 3, 2.5e-08, float("inf")."""
    if isinstance(value, Logarithm):
        return repr(float(value))
    if value.q == 1 and abs(value.p) < 10**MOST_DIGITS:
        return str(int(value.p))
    nearest = rational_to_float(value)
    if isinf(nearest):
        return f'float("{nearest}")'
    twos = value.q
    for prime in (2, 5):
        while twos % prime == 0:
            twos //= prime
    if twos == 1:
        text = repr(nearest)
        if flint.fmpq(*_fraction(text)) == value:
            return text
    return f"{int(value.p)} / {int(value.q)}"


def _fraction(text: str) -> tuple[int, int]:
    return Fraction(text).as_integer_ratio()
