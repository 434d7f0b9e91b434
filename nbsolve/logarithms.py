"""Numbers r + (ln q)/d, known exactly: ln 3, 2 ln 3, ln 4 − 0.3. Where r is 0 and d is 1, e^… is rational.

They are what lets σ and softmax be worked out with a pencil: σ(ln 3) = 3/4, tanh(ln 2) = 3/5. A `Logarithm` is an
enclosure like any other, which remembers the number it encloses; an operation that leaves the numbers of this form
gives a plain enclosure, one that comes to a rational gives that.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import gcd, lcm
from typing import Any

import flint

__all__ = ["Logarithm", "logarithm_of", "parsed", "terms_of"]

MOST_BITS = 256
"""Arguments with longer numerators or denominators are not kept; nobody would write them."""
_ENCLOSED = 16384
"""The bits of a given logarithm: more than anything is evaluated with."""
_NUMBER = r"[0-9]+/[0-9]+|[0-9]+(?:\.[0-9]+)?"
_TERM = re.compile(
    rf"\s*([+-]?)\s*(?:({_NUMBER})(?:\s*\*\s*|\s+)?)?ln\s*(?:\(\s*({_NUMBER})\s*\)|\s([0-9]+))(?:\s*/\s*([0-9]+))?"
    rf"|\s*([+-]?)\s*({_NUMBER})",
    re.ASCII,
)
_LONGEST = 60

Term = tuple[int, str | None, str | None, str | None]
"""A sign, a number as written (a coefficient, or the whole term), a logarithm's argument, what it is divided by."""


class Logarithm(flint.arb):
    """r + (ln q)/d with rational r, rational q > 0 other than 1, and the least whole d > 0."""

    rest: flint.fmpq
    argument: flint.fmpq
    divisor: int

    def __init__(self, rest: flint.fmpq, argument: flint.fmpq, divisor: int) -> None:
        super().__init__(rest + flint.arb(argument).log() / divisor)
        self.rest, self.argument, self.divisor = rest, argument, divisor

    @property
    def coefficient(self) -> flint.fmpq:
        """c in r + c ln b, where b is no power of another number and greater than 1."""
        return flint.fmpq(_root(self.argument)[1], self.divisor)

    @property
    def base(self) -> flint.fmpq:
        """b in r + c ln b."""
        return _root(self.argument)[0]

    def exponential(self) -> flint.fmpq | None:
        """e to this power, where that is rational."""
        return self.argument if self.rest == 0 and self.divisor == 1 else None

    def equals(self, other: object) -> bool:
        """Whether the other one is the same number, for certain."""
        return isinstance(other, Logarithm) and self._key == other._key

    def __str__(self) -> str:
        """`ln(3)`, `-2*ln(3)`, `ln(4)-0.3`, `0.3-ln(4)`: a number that a problem file can give."""
        return _written(self.rest, self.coefficient, self.base)

    @property
    def _key(self) -> tuple[flint.fmpq, flint.fmpq, int]:
        return self.rest, self.argument, self.divisor

    # ------------------------------------------------------------------ arithmetic

    def __neg__(self) -> Any:
        return logarithm_of(-self.rest, 1 / self.argument, self.divisor)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, flint.fmpq | int):
            return logarithm_of(self.rest + other, self.argument, self.divisor)
        if isinstance(other, Logarithm):
            divisor = lcm(self.divisor, other.divisor)
            left, right = (_power(one.argument, divisor // one.divisor) for one in (self, other))
            if left is not None and right is not None:
                return logarithm_of(self.rest + other.rest, left * right, divisor)
        return super().__add__(other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, int):
            other = flint.fmpq(other)
        if isinstance(other, flint.fmpq):
            power = _power(self.argument, int(other.p))
            if power is not None:
                return logarithm_of(self.rest * other, power, self.divisor * int(other.q))
        return super().__mul__(other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, flint.fmpq | int) and other != 0:
            return self * (1 / flint.fmpq(other))
        if isinstance(other, Logarithm) and self.rest == other.rest == 0 and self.base == other.base:
            return self.coefficient / other.coefficient
        return super().__truediv__(other)


def logarithm_of(rest: flint.fmpq, argument: flint.fmpq, divisor: int = 1) -> flint.fmpq | flint.arb:
    """r + (ln q)/d: a rational where q is 1, a plain enclosure where q is too long."""
    if argument == 1:
        return rest
    if max(int(argument.p).bit_length(), int(argument.q).bit_length()) > MOST_BITS:
        return rest + flint.arb(argument).log() / divisor
    if divisor > 1:
        base, exponent = _root(argument)
        common = gcd(exponent, divisor)
        if common > 1:
            argument, divisor = base ** (exponent // common), divisor // common
    return Logarithm(rest, argument, divisor)


def _power(argument: flint.fmpq, exponent: int) -> flint.fmpq | None:
    """q^n, where that is not too long."""
    size = max(int(argument.p).bit_length(), int(argument.q).bit_length())
    return argument**exponent if abs(exponent) * (size - 1) <= 2 * MOST_BITS else None


@lru_cache(maxsize=4096)
def _root(argument: flint.fmpq) -> tuple[flint.fmpq, int]:
    """b and n with q = b^n, b > 1 and n as far from 0 as can be."""
    above, below, sign = int(argument.p), int(argument.q), 1
    if above < below:
        above, below, sign = below, above, -1
    for exponent in range(max(above.bit_length(), 2), 1, -1):
        roots = [_whole_root(number, exponent) for number in (above, below)]
        if roots[0] is not None and roots[1] is not None:
            return flint.fmpq(roots[0], roots[1]), sign * exponent
    return flint.fmpq(above, below), sign


def _whole_root(number: int, exponent: int) -> int | None:
    root = int(flint.fmpz(number).root(exponent))
    return root if root**exponent == number else None


# ------------------------------------------------------------------ texts


def _written(rest: flint.fmpq, coefficient: flint.fmpq, base: flint.fmpq) -> str:
    if coefficient.q == 1 and abs(coefficient) != 1 and base**2 < 100 and coefficient in (2, -2):
        base, coefficient = base ** int(abs(coefficient)), coefficient / abs(coefficient)  # ln 9, not 2 ln 3
    if rest != 0 and rest < 0 and coefficient < 0:
        base, coefficient = 1 / base, -coefficient
    name = f"ln({_decimal(base)})"
    size = abs(coefficient)
    term = name if size == 1 else f"{_decimal(size)}*{name}"
    if rest == 0:
        return f"-{term}" if coefficient < 0 else term
    if rest > 0:
        return f"{_decimal(rest)}{'-' if coefficient < 0 else '+'}{term}"
    return f"{term}-{_decimal(-rest)}"


def _decimal(number: flint.fmpq) -> str:
    """A decimal, where it ends after a few places; else a fraction."""
    for places in range(7):
        scaled = number * 10**places
        if scaled.q == 1:
            digits = str(abs(int(scaled.p))).rjust(places + 1, "0")
            return digits[: len(digits) - places] + (f".{digits[-places:]}" if places else "")
    return f"{int(number.p)}/{int(number.q)}"


def terms_of(text: str) -> list[Term]:
    """The terms of a written number, at least one of them a logarithm. Raises: ValueError."""
    found: list[Term] = []
    at = 0
    while at < len(text):
        match = _TERM.match(text, at)
        sign = (match[1] or match[6]) if match else None
        if match is None or (found and not sign):
            raise ValueError(f"{text!r} is not a number")
        argument = match[3] or match[4]
        found.append((-1 if sign == "-" else 1, match[2] or match[7], argument, match[5]))
        at = match.end()
        if not text[at:].strip():
            break
    if len(text) > _LONGEST or not any(argument for _, _, argument, _ in found):
        raise ValueError(f"{text!r} is not a number")
    if len(found) > 1 and found[0][0] < 0:
        raise ValueError(
            f"{text!r} begins with a minus sign: write a positive term first, such as 0.3 - ln(4)"
        )
    return found


@lru_cache(maxsize=1024)
def parsed(text: str) -> flint.fmpq | flint.arb:
    """The number that is written as a sum of rationals and logarithms of rationals. Raises: ValueError."""
    before, flint.ctx.prec = flint.ctx.prec, _ENCLOSED
    try:
        value: Any = flint.fmpq(0)
        for sign, number, argument, divisor in terms_of(text):
            term: Any = flint.fmpq(1) if number is None else _rational(number)
            if argument is not None:
                if (inside := _rational(argument)) <= 0:
                    raise ValueError(f"ln({argument}) is the logarithm of a number that is not positive")
                term = logarithm_of(flint.fmpq(0), inside) * term
            if divisor is not None and int(divisor) == 0:
                raise ValueError(f"{text} divides by 0")
            value = value + term * flint.fmpq(sign, int(divisor or 1))
        return value  # type: ignore[no-any-return]
    finally:
        flint.ctx.prec = before


def _rational(text: str) -> flint.fmpq:
    numerator, _, denominator = text.partition("/")
    if denominator:
        if int(denominator) == 0:
            raise ValueError(f"{text} divides by 0")
        return flint.fmpq(int(numerator), int(denominator))
    whole, _, decimals = numerator.partition(".")
    return flint.fmpq(int(whole + decimals), 10 ** len(decimals))
