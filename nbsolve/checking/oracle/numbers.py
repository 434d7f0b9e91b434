"""Numbers of the reference: rational while that is possible, 60 digits of mpmath where it is not.

A `Fraction` is exact; a `Real` is right to about the working precision. Functions give a `Fraction`
back where their value is rational (the exponential of 0, the logarithm of 1, the root of a square), so that
a printed digit can be judged: `0.6` is exact, `0.6000` is rounded.
"""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from math import isqrt

from mpmath import mp, mpf

DIGITS = 60
LARGEST_DENOMINATOR = 1 << 2000


class NotKnown(ValueError):
    """A function, or a number, that nobody has written down here: an oracle never guesses."""


class Real:
    """An mpf that does its arithmetic with fractions as well (mpmath's own type does so only in part)."""

    __slots__ = ("value",)

    def __init__(self, value: mpf) -> None:
        self.value = value

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        return f"Real({mp.nstr(self.value, 20)})"

    def __hash__(self) -> int:
        return hash(self.value)

    def __add__(self, other: Number | int) -> Real:
        return Real(self.value + big(other))

    __radd__ = __add__

    def __sub__(self, other: Number | int) -> Real:
        return Real(self.value - big(other))

    def __rsub__(self, other: Number | int) -> Real:
        return Real(big(other) - self.value)

    def __mul__(self, other: Number | int) -> Number:
        return Fraction(0) if not isinstance(other, Real) and other == 0 else Real(self.value * big(other))

    __rmul__ = __mul__

    def __truediv__(self, other: Number | int) -> Real:
        return Real(self.value / big(other))

    def __rtruediv__(self, other: Fraction | int) -> Number:
        return Fraction(0) if other == 0 else Real(big(other) / self.value)

    def __pow__(self, power: int) -> Real:
        return Real(self.value**power)

    def __neg__(self) -> Real:
        return Real(-self.value)

    def __abs__(self) -> Real:
        return Real(abs(self.value))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Fraction, Real, int)) and self.value == big(other)

    def __lt__(self, other: Number | int) -> bool:
        return bool(self.value < big(other))

    def __le__(self, other: Number | int) -> bool:
        return bool(self.value <= big(other))

    def __gt__(self, other: Number | int) -> bool:
        return bool(self.value > big(other))

    def __ge__(self, other: Number | int) -> bool:
        return bool(self.value >= big(other))


Number = Fraction | Real


def read(text: str) -> Fraction:
    """The exact value of a number as it is written: `0.10`, `1/3`, `2e-3`, `.5`."""
    if "ln" in text:
        raise NotKnown(f"given {text}")
    return Fraction(text.replace(" ", "").replace("_", "x"))


def given(text: str) -> Number:
    """The value of a given number, perhaps with logarithms: `0.3`, `ln(3)`, `-2 ln 3`, `0.5*ln(4) - 0.3`."""
    if "ln" not in text:
        return read(text)
    spelt = re.sub(r"ln\s+(\d+)", r"ln(\1)", text)
    spelt = re.sub(r"(\d)\s*ln", r"\1*ln", spelt)
    with mp.workdps(DIGITS):
        return _value(ast.parse(spelt.strip(), mode="eval").body, spelt.strip())


def _value(node: ast.expr, text: str) -> Number:
    match node:
        case ast.Constant():
            return read(ast.get_source_segment(text, node) or "")
        case ast.UnaryOp(ast.USub(), inner):
            return -_value(inner, text)
        case ast.UnaryOp(ast.UAdd(), inner):
            return _value(inner, text)
        case ast.BinOp(left, ast.Add(), right):
            return _value(left, text) + _value(right, text)
        case ast.BinOp(left, ast.Sub(), right):
            return _value(left, text) - _value(right, text)
        case ast.BinOp(left, ast.Mult(), right):
            return _value(left, text) * _value(right, text)
        case ast.BinOp(left, ast.Div(), right):
            return _value(left, text) / _value(right, text)
        case ast.Call(ast.Name("ln"), [inner]):
            return log(_value(inner, text))
    raise ValueError(f"not a number: {text}")


def big(x: Number | int) -> mpf:
    """`x` as an mpf of the working precision."""
    if isinstance(x, Fraction):
        return mpf(x.numerator) / x.denominator
    return x.value if isinstance(x, Real) else mpf(x)


def tame(x: Number) -> Number:
    """`x` itself, or 60 digits of it where the rational has grown past all use."""
    if isinstance(x, Fraction) and x.denominator > LARGEST_DENOMINATOR:
        return Real(big(x))
    return x


def exp(x: Number) -> Number:
    """e^x; exactly 1 at 0."""
    return Fraction(1) if x == 0 else Real(mp.exp(big(x)))


def log(x: Number) -> Number:
    """ln x; exactly 0 at 1."""
    if x <= 0:
        raise ValueError(f"logarithm of {x}")
    return Fraction(0) if x == 1 else Real(mp.log(big(x)))


def sqrt(x: Number) -> Number:
    """√x; exact where x is the square of a rational."""
    if x < 0:
        raise ValueError(f"the root of {x}")
    if isinstance(x, Fraction):
        top, bottom = isqrt(x.numerator), isqrt(x.denominator)
        if top * top == x.numerator and bottom * bottom == x.denominator:
            return Fraction(top, bottom)
    return Real(mp.sqrt(big(x)))


def size(x: Number) -> Number:
    """|x|."""
    return -x if x < 0 else x


def sign(x: Number) -> Fraction:
    """−1, 0 or 1."""
    return Fraction((x > 0) - (x < 0))
