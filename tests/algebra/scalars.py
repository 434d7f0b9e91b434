"""Scalars of three kinds under one set of functions: numbers of 60 digits, dual numbers, numbers with a proof.

A dual number carries the derivative along one direction (automatic differentiation forwards); it may stand on
another one, for a second derivative. A proof carries the SymPy expression beside the number, so that a branch of
a case distinction can be taken by the number while the algebra stays exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import sympy

from tests.algebra.scanning import Unreadable

real: Any = mpmath.mp.__class__()
real.dps = 60
Scalar = Any  # mpf, Dual, Proof or int


@dataclass(frozen=True, slots=True, eq=False)
class Dual:
    """value + slope · ε with ε² = 0."""

    value: Scalar
    slope: Scalar

    def __add__(self, other: Scalar) -> Scalar:
        if isinstance(other, Dual):
            return Dual(self.value + other.value, self.slope + other.slope)
        return Dual(self.value + other, self.slope)

    __radd__ = __add__

    def __neg__(self) -> Scalar:
        return Dual(-self.value, -self.slope)

    def __sub__(self, other: Scalar) -> Scalar:
        return self + (-other)

    def __rsub__(self, other: Scalar) -> Scalar:
        return -self + other

    def __mul__(self, other: Scalar) -> Scalar:
        if isinstance(other, Dual):
            return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)
        return Dual(self.value * other, self.slope * other)

    __rmul__ = __mul__

    def __truediv__(self, other: Scalar) -> Scalar:
        if isinstance(other, Dual):
            ratio = self.value / other.value
            return Dual(ratio, (self.slope - ratio * other.slope) / other.value)
        return Dual(self.value / other, self.slope / other)

    def __rtruediv__(self, other: Scalar) -> Scalar:
        ratio = other / self.value
        return Dual(ratio, -ratio * self.slope / self.value)


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """A number and the expression that it is the value of."""

    value: Any
    formula: Any

    def _with(self, other: Scalar, combine: Callable[[Any, Any], Any]) -> Scalar:
        if isinstance(other, Dual):
            return NotImplemented
        if isinstance(other, Proof):
            return Proof(combine(self.value, other.value), combine(self.formula, other.formula))
        return Proof(combine(self.value, other), combine(self.formula, sympy.Integer(int(other))))

    def __add__(self, other: Scalar) -> Scalar:
        return self._with(other, lambda a, b: a + b)

    __radd__ = __add__

    def __neg__(self) -> Scalar:
        return Proof(-self.value, -self.formula)

    def __sub__(self, other: Scalar) -> Scalar:
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other: Scalar) -> Scalar:
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other: Scalar) -> Scalar:
        return self._with(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __truediv__(self, other: Scalar) -> Scalar:
        return self._with(other, lambda a, b: a / b)

    def __rtruediv__(self, other: Scalar) -> Scalar:
        return self._with(other, lambda a, b: b / a)


def plain(x: Scalar) -> Any:
    """The number itself, without derivative and proof."""
    while isinstance(x, Dual | Proof):
        x = x.value
    return x


def rational(value: Fraction) -> Any:
    """A fraction at 60 digits."""
    return real.mpf(value.numerator) / value.denominator


def elementary(
    number: Callable[[Any], Any], formula: Callable[[Any], Any], slope: Callable[[Any, Any], Any]
) -> Callable[[Scalar], Scalar]:
    """A function of all kinds of scalars; `slope` gives its derivative from the argument and the value."""

    def function(x: Scalar) -> Scalar:
        if isinstance(x, Dual):
            value = function(x.value)
            return Dual(value, slope(x.value, value) * x.slope)
        if isinstance(x, Proof):
            return Proof(number(x.value), formula(x.formula))
        return number(real.mpf(x))

    return function


def pi_like(x: Scalar) -> Scalar:
    """π, of the kind of x."""
    while isinstance(x, Dual):
        x = x.value
    return Proof(+real.pi, sympy.pi) if isinstance(x, Proof) else +real.pi


exp = elementary(real.exp, sympy.exp, lambda _, value: value)


def _positive(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def of_positive(x: Any) -> Any:
        if x <= 0:
            raise Unreadable("a logarithm or a root of what is not positive")
        return function(x)

    return of_positive


ln = elementary(_positive(real.ln), sympy.log, lambda x, _: 1 / x)
sqrt = elementary(_positive(real.sqrt), sympy.sqrt, lambda _, value: 1 / (2 * value))
tanh = elementary(real.tanh, sympy.tanh, lambda _, value: 1 - value * value)
cosh: Callable[[Scalar], Scalar]
sinh = elementary(real.sinh, sympy.sinh, lambda x, _: cosh(x))
cosh = elementary(real.cosh, sympy.cosh, lambda x, _: sinh(x))
cos: Callable[[Scalar], Scalar]
sin = elementary(real.sin, sympy.sin, lambda x, _: cos(x))
cos = elementary(real.cos, sympy.cos, lambda x, _: -sin(x))
atan = elementary(real.atan, sympy.atan, lambda x, _: 1 / (1 + x * x))
erf = elementary(real.erf, sympy.erf, lambda x, _: 2 * exp(-x * x) / sqrt(pi_like(x)))


def power(base: Scalar, exponent: Scalar, whole: Fraction | None) -> Scalar:
    """base ^ exponent; `whole` is the exponent where it is a number."""
    if whole is not None and whole.denominator == 1 and abs(whole) < 100:
        value: Scalar = 1
        for _ in range(abs(int(whole))):
            value = value * base
        return value if whole >= 0 else 1 / value
    if whole == Fraction(1, 2):
        return sqrt(base)
    return exp(exponent * ln(base))


def size(x: Scalar) -> Scalar:
    """|x|, with the slope 0 at 0."""
    return sign(x) * x


def sign(x: Scalar) -> Scalar:
    """1, 0 or −1."""
    return (plain(x) > 0) - (plain(x) < 0)


def slope_of(x: Scalar) -> Scalar:
    """The derivative that a dual number carries; 0 for a constant."""
    return x.slope if isinstance(x, Dual) else 0


def derivative(function: Callable[[Scalar], Scalar], x: Scalar, times: int) -> Scalar:
    """The derivative of a function of one variable at x, taken so many times."""
    if times == 0:
        return function(x)
    return slope_of(derivative(function, Dual(x, 1), times - 1))
