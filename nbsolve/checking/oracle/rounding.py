"""How a value is printed: rounded half away from zero; unpadded where exact, padded where rounded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from mpmath import mp

from nbsolve.checking.oracle.numbers import Number, Real

LARGEST_PLAIN = 7  # numbers below 10^7 are written out: never rounded before the decimal point
LARGEST_WHOLE = 15  # exact whole numbers below 10^15 are never rounded
MOST_PLACES = 20  # two values that agree to so many decimals are not told apart
NEARLY = Fraction(1, 10**45)
PRINTED = re.compile(
    r"([-−]?)(\d+)(?:\.(\d+))?(?:(?:e|\s*\\cdot\s*10\^\{?|\s*\\times\s*10\^\{?)([-−+]?\d+)\}?)?"
)


@dataclass(frozen=True)
class Digits:
    """Decimals or significant digits; with decimals, at least `minimum` significant ones."""

    decimals: int | None = None
    significant: int | None = None
    minimum: int = 0


def as_fraction(x: Number) -> Fraction:
    """The binary value of a `Real`, exactly."""
    if isinstance(x, Fraction):
        return x
    sign, mantissa, exponent, _ = x.value._mpf_
    scale = Fraction(2) ** int(exponent)
    return (-1 if sign else 1) * int(mantissa) * scale


def places(x: Fraction, digits: Digits, unlike: Fraction | None = None) -> int:
    """How many decimals `x` is rounded to (negative: tens, hundreds …); significant ones tell it from `unlike`."""
    decimals = _places(x, digits)
    if unlike is None or digits.significant is None or (x.denominator == 1 and x < 10**LARGEST_WHOLE):
        return decimals
    apart = (p for p in range(decimals, MOST_PLACES) if round_half_away(x, p) != round_half_away(unlike, p))
    return next(apart, decimals)


def _places(x: Fraction, digits: Digits) -> int:
    if x == 0:
        return digits.decimals or 0
    leading = magnitude(x)
    if x.denominator == 1 and leading < LARGEST_WHOLE:
        return 0
    if digits.decimals is not None:
        return max(digits.decimals, digits.minimum - 1 - leading) if digits.minimum else digits.decimals
    if digits.significant is None:
        raise ValueError("neither decimals nor significant digits")
    decimals = _significant(leading, digits.significant)
    grown = magnitude(round_half_away(x, decimals))
    return _significant(grown, digits.significant) if grown > leading else decimals


def _significant(leading: int, wanted: int) -> int:
    decimals = wanted - 1 - leading
    return max(decimals, 0) if leading < LARGEST_PLAIN else decimals


def magnitude(x: Fraction) -> int:
    """The power of ten of the first digit."""
    with mp.workdps(30):
        guess = int(mp.floor(mp.log10(abs(mp.mpf(x.numerator)) / x.denominator)))
    while abs(x) >= Fraction(10) ** (guess + 1):
        guess += 1
    while abs(x) < Fraction(10) ** guess:
        guess -= 1
    return guess


def round_half_away(x: Fraction, decimals: int) -> Fraction:
    """`x` rounded to `decimals` places, a tie away from zero."""
    unit = Fraction(10) ** decimals
    n = (abs(x) * unit * 2 + 1) // 2
    return (-n if x < 0 else n) / unit


def read_printed(text: str) -> tuple[Fraction, int]:
    """The value of a printed number and the decimal place of its last digit."""
    match = PRINTED.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a printed number: {text!r}")
    sign, whole, part, power = match.groups()
    part, shift = part or "", int((power or "0").replace("−", "-"))
    value = Fraction(int(whole + part)) / Fraction(10) ** (len(part) - shift)
    return -value if sign else value, len(part) - shift


def fault(printed: str, x: Number, digits: Digits, unlike: Number | None = None) -> str | None:
    """What is wrong with `printed` as the rounding of `x`, or None; `unlike` is what a new parameter was before."""
    other = None if unlike is None else as_fraction(unlike)
    value, decimals = read_printed(printed)
    exact = as_fraction(x)
    if isinstance(x, Real) and abs(exact) < NEARLY:
        return None if value == 0 else f"printed {printed}, right is 0"
    if isinstance(x, Real):
        short = round_half_away(exact, 30)
        if abs(exact - short) < NEARLY * abs(exact):
            return _near_a_decimal(value, short, digits, printed, other)
    wanted = places(exact, digits, other)
    expected = round_half_away(exact, wanted)
    if value != expected:
        return f"printed {printed}, right is {float(expected):.17g}"
    if exact == expected:
        if _padded(printed):
            return f"printed {printed}, but it is exact"
        return None
    if decimals != wanted and not (wanted < 0 and decimals <= 0):
        return f"printed {printed}, a rounded value has {wanted} decimals"
    return None


def _near_a_decimal(
    value: Fraction, short: Fraction, digits: Digits, printed: str, unlike: Fraction | None
) -> str | None:
    """A transcendental expression whose value is a short decimal: exact or ≈, but the digits are decided."""
    expected = round_half_away(short, places(short, digits, unlike))
    return None if value == expected else f"printed {printed}, right is {float(expected):.17g}"


def _padded(printed: str) -> bool:
    mantissa = re.split(r"e|\\", printed)[0].strip()
    return "." in mantissa and mantissa.endswith("0")


def is_tie(x: Number, digits: Digits) -> bool:
    """Whether `x` lies exactly between two printed numbers."""
    if not isinstance(x, Fraction) or x == 0:
        return False
    return (abs(x) * Fraction(10) ** places(x, digits) * 2) % 2 == 1
