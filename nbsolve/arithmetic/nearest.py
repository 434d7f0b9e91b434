"""The nearest double of a value, and its first digits as text, both certain to the last bit.

A ball is rounded at both of its ends: where these agree, so does every number between them. Where they do not,
`Undecided` asks for more bits; no midpoint is taken for the value.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np

from nbsolve.arithmetic import TINY, Arithmetic, Undecided, Value
from nbsolve.arithmetic.powers_of_ten import power_of_ten

Floats = np.ndarray[Any, np.dtype[np.float64]]

SMALLEST_NORMAL = 2.0**-1022
"""Below it, doubles have fewer than 53 bits."""


def to_float(value: Value, arithmetic: Arithmetic) -> float:
    """The double nearest to the value, ties to even; ±infinity beyond the largest. Raises: Undecided."""
    with arithmetic.working():
        return _nearest(value, arithmetic)


def to_floats(values: object, arithmetic: Arithmetic) -> Floats:
    """The doubles nearest to the entries of an array. Raises: Undecided."""
    array = np.asarray(values, dtype=object)
    with arithmetic.working():
        entries = (_nearest(entry, arithmetic) for entry in array.reshape(-1))
        return np.fromiter(entries, np.float64, array.size).reshape(array.shape)


def rational_to_float(value: flint.fmpq) -> float:
    """The double nearest to a rational, ties to even; ±infinity beyond the largest."""
    try:
        return int(value.p) / int(value.q)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _nearest(value: Value, arithmetic: Arithmetic) -> float:
    if isinstance(value, flint.fmpq):
        return rational_to_float(value)
    low, high = float(value.lower()), float(value.upper())
    if low == high:
        return low or 0.0  # not −0
    if arithmetic.lenient and value.rad() < abs(value.mid()) * flint.arb(2) ** -TINY:
        # Halfway between two doubles, as far as all the bits can tell.
        return float((Fraction(low) + Fraction(high)) / 2)
    raise Undecided


def decimal(value: Value, arithmetic: Arithmetic, digits: int) -> str:
    """The value to so many significant digits, as `float` and `Fraction` read them. Raises: Undecided."""
    magnitude = arithmetic.magnitude(value)
    if magnitude is None:
        return "0"
    rounded = arithmetic.nearest_integer(value * power_of_ten(digits - 1 - magnitude))
    text = str(abs(rounded))
    exponent = magnitude + len(text) - digits
    fraction = text[1:].rstrip("0")
    sign = "-" if rounded < 0 else ""
    return f"{sign}{text[0]}{'.' if fraction else ''}{fraction}e{exponent:+03d}"
