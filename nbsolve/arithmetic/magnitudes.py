"""How large a number is: the exponent e with 10^e ≤ |value| < 10^(e+1), as far as that shows at a glance."""

from __future__ import annotations

import math

import flint

from nbsolve.arithmetic.balls import Value
from nbsolve.errors import DomainError

MOST_MAGNITUDE = 1_000_000
"""Numbers beyond 10^MOST_MAGNITUDE are not written; those below 10^−MOST_MAGNITUDE are written as 0."""

_LEAST, _PLAIN, _DOUBLE, _NEAR = 1e-100, 10**100, 60, 1e-9
"""What a double shows of a number's size: between which bounds, from how many bits, how far from a power of ten."""


class TooLarge(DomainError):
    """A number beyond 10^MOST_MAGNITUDE, which cannot be written."""

    def __init__(self, quantity: str | None = None) -> None:
        self.quantity = quantity
        exponent = f"{MOST_MAGNITUDE:,}"
        super().__init__(f"{quantity or 'a number'} is too large to be written: it is beyond 10^{exponent}")


def ordinary_magnitude(value: Value) -> int | None:
    """The magnitude of a number, where a double tells it for certain: not near a power of ten."""
    if isinstance(value, flint.fmpq):
        numerator, denominator = abs(int(value.p)), int(value.q)
        if not 0 < numerator < _PLAIN or denominator > _PLAIN:
            return None
        size = numerator / denominator
    else:
        size = abs(float(value))
        if not _LEAST < size < _PLAIN or value.rel_accuracy_bits() < _DOUBLE:
            return None
    digits = math.log10(size)
    magnitude = math.floor(digits)
    return magnitude if _NEAR < digits - magnitude < 1 - _NEAR else None


def estimated_magnitude(size: Value) -> int | None:
    """The magnitude of a positive number from its binary exponent, off by one at the most; None where it is
    too small to be written.

    Raises: TooLarge.
    """
    if isinstance(size, flint.fmpq):
        bits = int(size.p).bit_length() - int(size.q).bit_length()
    else:
        mantissa, exponent = size.mid().man_exp()
        bits = int(mantissa).bit_length() + int(exponent)
    if bits > 4 * MOST_MAGNITUDE:  # doubles would not hold it
        raise TooLarge
    if bits < -4 * MOST_MAGNITUDE:
        return None
    e = int((bits - 1) * 0.30102999566398120 // 1)
    if e > MOST_MAGNITUDE:
        raise TooLarge
    return None if e < -MOST_MAGNITUDE else e
