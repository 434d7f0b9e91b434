"""How a value is written down: rounded to decimals or significant digits, ties away from zero."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import flint

from nbsolve.arithmetic import RATIONAL_BITS, Arithmetic, Undecided, Value
from nbsolve.arithmetic.powers_of_ten import power_of_ten
from nbsolve.logarithms import Logarithm

SMALLEST_PLAIN = -4
LARGEST_PLAIN = 7
"""Magnitudes 10^e written without a power of ten: SMALLEST_PLAIN ≤ e < LARGEST_PLAIN."""
LARGEST_WHOLE = 15
"""Exact whole numbers below 10^LARGEST_WHOLE are written out: 54729792, not 5.4729792·10⁷."""
LARGEST_DECIMAL = 40
"""From 10^LARGEST_DECIMAL on nobody means decimals: a number gets LARGEST_WHOLE significant digits."""
MOST_PLACES = 20
"""Two values that agree to so many decimals are not told apart."""


class DigitsWanted(Protocol):
    """Exactly one of `decimals` and `significant` is a number."""

    @property
    def decimals(self) -> int | None: ...

    @property
    def significant(self) -> int | None: ...

    @property
    def minimum_significant(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Written:
    """A number as it stands on the page: `0.6457`, `-7.639e-6`, `ln(3)`; `value` is exactly what the text says.

    `exact` tells whether the text is the number itself (then the relation is =) or a rounding (≈).
    """

    text: str
    value: flint.fmpq | Logarithm
    exact: bool

    @property
    def rational(self) -> flint.fmpq:
        """The value of a decimal. Raises TypeError for a logarithm."""
        if isinstance(self.value, Logarithm):
            raise TypeError(f"{self.text} is irrational")
        return self.value


def write(
    value: Value, digits: DigitsWanted, arithmetic: Arithmetic, extra: int = 0, unlike: Value | None = None
) -> Written:
    """The value with the digits wanted and `extra` more of them.

    A value that ends within the digits is written as it is (0.6), a rounded one is padded (0.6000); an exact
    whole number is written out. Significant digits become as many as it takes to tell the value from `unlike`.
    A fraction of thousands of digits is written from an enclosure, unless that leaves a digit open.
    Raises: Undecided.
    """
    if isinstance(value, flint.fmpq) and value.height_bits() > RATIONAL_BITS:
        with suppress(Undecided), arithmetic.working():
            return _ordinary(flint.arb(value), digits, arithmetic, extra, unlike)
    return _ordinary(value, digits, arithmetic, extra, unlike)


def _ordinary(
    value: Value, digits: DigitsWanted, arithmetic: Arithmetic, extra: int, unlike: Value | None
) -> Written:
    """The value as `write` says, in its own arithmetic."""
    try:
        magnitude = arithmetic.magnitude(value)
    except Undecided:
        near = arithmetic.near_power_of_ten(value)
        if near is None:
            raise
        # Below a power of ten or above it: where both are written alike it does not matter which.
        below, above = (_written(value, digits, arithmetic, extra, unlike, e) for e in (near - 1, near))
        if below != above:
            raise
        return above
    if magnitude is None:
        return Written("0", flint.fmpq(0), isinstance(value, flint.fmpq))
    return _written(value, digits, arithmetic, extra, unlike, magnitude)


def _written(
    value: Value,
    digits: DigitsWanted,
    arithmetic: Arithmetic,
    extra: int,
    unlike: Value | None,
    magnitude: int,
) -> Written:
    """The value of this magnitude, as `write` says."""
    if isinstance(value, flint.fmpq) and value.q == 1 and magnitude < LARGEST_WHOLE:
        return Written(str(int(value.p)), value, True)
    places = _places(magnitude, digits) + extra
    scaled = arithmetic.scaled_to(value, places)
    if digits.significant is not None and scaled != 0:
        carried = len(str(abs(scaled))) - 1 - places
        # 9.9996 to four digits is 10.00: one place fewer.
        if carried > magnitude:
            fewer = _places(carried, digits) + extra
            scaled = arithmetic.scaled_to(scaled * power_of_ten(-places), fewer)
            magnitude, places = carried, fewer
    if unlike is not None and digits.significant is not None:
        places = _telling(value, unlike, places, arithmetic)
        scaled = arithmetic.scaled_to(value, places)
    rounded = scaled * power_of_ten(-places)
    exact = isinstance(value, flint.fmpq) and value == rounded
    return Written(_text(scaled, places, exact, magnitude, digits), rounded, exact)


def _telling(value: Value, other: Value, places: int, arithmetic: Arithmetic) -> int:
    """The first number of places, from `places` on, at which two values differ; `places` where none does."""
    for more in range(places, MOST_PLACES):
        if arithmetic.scaled_to(value, more) != arithmetic.scaled_to(other, more):
            return more
    return places


def _places(magnitude: int, digits: DigitsWanted) -> int:
    if digits.significant is not None:
        places = digits.significant - 1 - magnitude
        return max(places, 0) if magnitude < LARGEST_PLAIN else places
    assert digits.decimals is not None
    if magnitude >= LARGEST_DECIMAL:
        return LARGEST_WHOLE - 1 - magnitude
    if digits.minimum_significant == 0:
        return digits.decimals
    return max(digits.decimals, digits.minimum_significant - 1 - magnitude)


def _text(scaled: int, places: int, exact: bool, magnitude: int, digits: DigitsWanted) -> str:
    """The text of scaled / 10^places."""
    scientific = (
        digits.significant is not None or digits.minimum_significant > 0 or magnitude >= LARGEST_DECIMAL
    )
    if scientific and scaled != 0 and not SMALLEST_PLAIN <= magnitude < LARGEST_PLAIN:
        mantissa = _pointed(scaled, places + magnitude)
        return f"{shortened(mantissa) if exact else mantissa}e{magnitude}"
    text = _pointed(scaled, places) if places >= 0 else _pointed(scaled * 10**-places, 0)
    return shortened(text) if exact else text


def plain(value: flint.fmpq, places: int) -> str:
    """A decimal with exactly `places` decimals; the value must end there."""
    return _pointed(int((value * power_of_ten(places)).p), places)


def _pointed(scaled: int, places: int) -> str:
    """The whole number with a point before its last `places` digits."""
    digits = str(abs(scaled)).rjust(places + 1, "0")
    sign = "-" if scaled < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def shortened(text: str) -> str:
    """The decimal without trailing zeros."""
    return text.rstrip("0").rstrip(".") if "." in text else text
