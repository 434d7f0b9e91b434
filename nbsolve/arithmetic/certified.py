"""What a formula is evaluated in: exact rationals while a value is rational, then certified enclosures.

A value is a `flint.fmpq` (exact) or a `flint.arb` (a ball that certainly contains the number). A question
that the balls cannot answer (which branch? which last digit?) raises `Undecided`; the caller starts again
with more bits (`ladder.certified`). What 4096 bits leave open is a tie or a zero, and is
treated as one where the ball is tiny: that is what `lenient` means. A ball that is not tiny has lost its bits on
the way (a long training, say); it gets still more of them, and in the end an error rather than a guess.

From 512 bits on sums and functions keep what their operands know (`nbsolve.arithmetic.balls`), so that 1 − σ(3000)
does not need thousands of them.

Source for ball arithmetic: F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval
arithmetic", IEEE Transactions on Computers 66(8), 2017.
"""

from __future__ import annotations

import operator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TypeVar

import flint

from nbsolve.arithmetic import balls
from nbsolve.arithmetic.balls import Value as Value
from nbsolve.arithmetic.balls import ball as ball
from nbsolve.arithmetic.balls import precision
from nbsolve.arithmetic.magnitudes import MOST_MAGNITUDE as MOST_MAGNITUDE
from nbsolve.arithmetic.magnitudes import TooLarge as TooLarge
from nbsolve.arithmetic.magnitudes import estimated_magnitude, ordinary_magnitude
from nbsolve.arithmetic.powers_of_ten import COMMON, power_enclosed, power_of_ten
from nbsolve.errors import DomainError, LogarithmOfZero
from nbsolve.logarithms import Logarithm, logarithm_of

PRECISIONS = (256, 512, 1024, 4096)
MOST_BITS = 16384
"""The last resort, for values that have lost thousands of bits on the way."""
TINY = 200
"""A rounding is taken to be a tie if the ball around it is smaller than 2^-TINY of the last digit."""
RATIONAL_BITS = 4096
"""Beyond this size of numerator or denominator a rational is continued as a ball (long trainings)."""

ZERO, ONE, HALF = flint.fmpq(0), flint.fmpq(1), flint.fmpq(1, 2)
T = TypeVar("T")


class Undecided(ArithmeticError):
    """The enclosure is too wide to tell a branch or a digit: evaluate again with more bits.

    `quantity` is what was being computed or written, where somebody has said it.
    """

    quantity: str | None = None


@dataclass(frozen=True)
class Arithmetic:
    """Elementary operations on values at one precision; `bits` of 256 are about 77 decimal digits.

    `keeping`: sums and functions keep what their operands know, however many bits that takes.
    """

    bits: int = PRECISIONS[0]
    lenient: bool = False
    keeping: bool = False

    def is_lenient_form_of(self, other: Arithmetic) -> bool:
        """Whether the two differ in nothing but that this one takes what stays open for a tie or a zero."""
        return self == replace(other, lenient=True) and not other.lenient

    def working(self) -> AbstractContextManager[None]:
        """Evaluate enclosures with `bits` bits inside the block."""
        return precision(self.bits)

    def add(self, left: Value, right: Value) -> Value:
        """left + right."""
        if not self.keeping or (isinstance(left, flint.fmpq) and isinstance(right, flint.fmpq)):
            return left + right
        return balls.total(left, right)

    def negate(self, x: Value) -> Value:
        """−x (flint's own rounds to the bits at work)."""
        return balls.kept(operator.neg, x) if self.keeping else -x

    def multiply(self, left: Value, right: Value) -> Value:
        """left · right."""
        return balls.kept(operator.mul, left, right) if self.keeping else left * right

    def sign(self, value: Value) -> int:
        """−1, 0 or 1. Raises: Undecided."""
        if isinstance(value, flint.fmpq):
            numerator = int(value.p)
            return (numerator > 0) - (numerator < 0)
        if value > 0:
            return 1
        if value < 0:
            return -1
        if not value.is_finite():
            raise Undecided
        if value == 0:
            return 0
        # Half of the bits are left for what the value lost on the way.
        if self.lenient and value.abs_upper() < flint.arb(2) ** (-self.bits // 2):
            return 0
        raise Undecided

    def compare(self, left: Value, right: Value) -> int:
        """The sign of left − right. Raises: Undecided."""
        return self.sign(self.add(left, self.negate(right)))

    def divide(self, numerator: Value, denominator: Value) -> Value:
        """numerator / denominator. Raises: DomainError on a zero denominator; Undecided."""
        if self.sign(denominator) == 0:
            raise DomainError("a division by zero")
        if self.keeping:
            return settled(balls.kept(operator.truediv, numerator, denominator))
        return settled(numerator / denominator)

    def power(self, base: Value, exponent: Value) -> Value:
        """base^exponent. Raises: DomainError (also for an irrational power of a negative number); Undecided."""
        if not isinstance(exponent, flint.fmpq):
            return self._irrational_power(base, exponent)
        if exponent.q == 1:
            whole = int(exponent.p)
            if whole < 0 and self.sign(base) == 0:
                raise DomainError("a division by zero")
            return settled(self._whole_power(base, whole))
        sign = self.sign(base)
        if sign < 0:
            raise DomainError(f"a fractional power of a negative number ({short(base)})")
        if sign == 0 and exponent < 0:
            raise DomainError("a division by zero")
        return balls.kept(operator.pow, ball(base), exponent) if self.keeping else ball(base) ** exponent

    def _whole_power(self, base: Value, whole: int) -> Value:
        if isinstance(base, flint.fmpq) and abs(whole) <= RATIONAL_BITS:
            return base**whole
        if not isinstance(base, flint.arb) or not base.contains(0):
            return balls.kept(lambda x: ball(x) ** whole, base)
        # The power of a ball around 0, by multiplication: flint would take its logarithm.
        result: Value = ONE
        for bit in bin(abs(whole))[2:]:
            result = result * result * (base if bit == "1" else 1)
        return self.divide(ONE, result) if whole < 0 else result

    def _irrational_power(self, base: Value, exponent: flint.arb) -> Value:
        if self.sign(base) < 0:
            raise DomainError(f"an irrational power of a negative number ({short(base)})")
        if self.sign(base) == 0:
            if self.sign(exponent) > 0:
                return ZERO
            raise DomainError("a division by zero")
        return (exponent * ball(base).log()).exp()

    def exp(self, x: Value) -> Value:
        """e^x, a rational where x is the logarithm of one."""
        if x == 0:
            return ONE
        if isinstance(x, Logarithm) and (power := x.exponential()) is not None:
            return power
        return balls.exponential(ball(x)) if self.keeping else ball(x).exp()

    def ln(self, x: Value) -> Value:
        """The natural logarithm. Raises: DomainError where x ≤ 0 (LogarithmOfZero at 0); Undecided."""
        if isinstance(x, flint.fmpq) and x == 1:
            return ZERO
        sign = self.sign(x)
        if sign == 0:
            raise LogarithmOfZero("the logarithm of a number that is not positive (0)")
        if sign < 0:
            raise DomainError(f"the logarithm of a number that is not positive ({short(x)})")
        if isinstance(x, flint.fmpq):
            return logarithm_of(ZERO, x)
        return balls.logarithm(ball(x)) if self.keeping else ball(x).log()

    def sqrt(self, x: Value) -> Value:
        """The square root, exact for squares of rationals. Raises: DomainError where x < 0; Undecided."""
        if self.sign(x) < 0:
            raise DomainError(f"the square root of a negative number ({short(x)})")
        if isinstance(x, flint.fmpq):
            p, q = flint.fmpz(x.p).isqrt(), flint.fmpz(x.q).isqrt()
            if p * p == x.p and q * q == x.q:
                return flint.fmpq(p, q)
        return balls.kept(flint.arb.sqrt, ball(x)) if self.keeping else ball(x).sqrt()

    def tanh(self, x: Value) -> Value:
        """The hyperbolic tangent, a rational where x is half the logarithm of one."""
        if x == 0:
            return ZERO
        if isinstance(x, Logarithm) and isinstance(twice := self.exp(x * 2), flint.fmpq):
            return (twice - 1) / (twice + 1)
        return balls.tanh(ball(x)) if self.keeping else ball(x).tanh()

    def sinh(self, x: Value) -> Value:
        """The hyperbolic sine."""
        return ZERO if x == 0 else ball(x).sinh()

    def cosh(self, x: Value) -> Value:
        """The hyperbolic cosine."""
        return ONE if x == 0 else ball(x).cosh()

    def sin(self, x: Value) -> Value:
        """The sine."""
        return ZERO if x == 0 else ball(x).sin()

    def cos(self, x: Value) -> Value:
        """The cosine."""
        return ONE if x == 0 else ball(x).cos()

    def atan(self, x: Value) -> Value:
        """The arc tangent."""
        return ZERO if x == 0 else ball(x).atan()

    def erf(self, x: Value) -> Value:
        """The error function."""
        if x == 0:
            return ZERO
        return balls.erf(ball(x)) if self.keeping else ball(x).erf()

    def absolute(self, x: Value) -> Value:
        """|x|. Raises: Undecided."""
        return self.negate(x) if self.sign(x) < 0 else x

    def size(self, value: Value) -> Value:
        """|value|, also where the sign is not known; then nothing is known but how large it may be."""
        if self.keeping:
            return balls.kept(abs, value)
        return abs(value)  # type: ignore[return-value]

    def nearest_integer(self, value: Value) -> int:
        """The nearest integer, ties away from zero, as people round by hand. Raises: Undecided."""
        if isinstance(value, flint.fmpq):
            numerator, denominator = int(value.p), int(value.q)
            whole = (2 * abs(numerator) + denominator) // (2 * denominator)
            return -whole if numerator < 0 else whole
        size = ball(self.add(self.size(value), HALF))
        whole_ball = size.floor().unique_fmpz()
        if whole_ball is not None:
            return -int(whole_ball) if value < 0 else int(whole_ball)
        if not self.lenient or not value.rad() < flint.arb(2) ** -TINY:
            raise Undecided
        upper = int(size.upper().floor().unique_fmpz() or 0)
        return -upper if value.mid() < 0 else upper

    def scaled_to(self, value: Value, places: int) -> int:
        """The whole number nearest to value · 10^places. Raises: Undecided."""
        if abs(places) < COMMON or isinstance(value, flint.fmpq):
            return self.nearest_integer(self.multiply(value, power_of_ten(places)))
        with precision(max(self.bits, int(value.rel_accuracy_bits())) + balls.SLACK):
            return self.nearest_integer(value * power_enclosed(places))

    def round_to(self, value: Value, places: int) -> flint.fmpq:
        """The value rounded to `places` decimals (negative: left of the point). Raises: Undecided."""
        return self.scaled_to(value, places) * power_of_ten(-places)

    def rounds_to(self, value: Value, places: int, rounded: flint.fmpq) -> bool:
        """Whether the value rounded to `places` decimals is this number of so many decimals. Raises: Undecided."""
        if abs(places) >= COMMON:
            # exact powers take milliseconds
            apart = abs(ball(value) - ball(rounded)) * power_enclosed(places)
            if apart < HALF or apart > HALF:
                return bool(apart < HALF)
        return self.round_to(value, places) == rounded

    def magnitude(self, value: Value) -> int | None:
        """e with 10^e ≤ |value| < 10^(e+1); None for zero, and for what is too small to be written.

        Raises: TooLarge, Undecided.
        """
        near = ordinary_magnitude(value)
        if near is not None:
            return near
        if self.sign(value) == 0:
            return None
        size = self.size(value)
        e = estimated_magnitude(size)
        if e is None:
            return None
        while self._is_below(size, e):
            e -= 1
        while not self._is_below(size, e + 1):
            e += 1
        return e

    def near_power_of_ten(self, value: Value) -> int | None:
        """e where |value| lies about 10^e, for certain between 10^(e−1) and 10^(e+1); None where it does not.

        It is what can be said of 1 − 10^(−10⁷), whose first digit no number of bits tells. Raises: TooLarge.
        """
        size = ball(self.size(value))
        estimate = estimated_magnitude(size) if size > 0 else None
        for e in () if estimate is None else (estimate, estimate + 1):
            if size.contains(ball(power_of_ten(e))) and power_of_ten(e - 1) < size < power_of_ten(e + 1):
                return e
        return None

    def _is_below(self, size: Value, exponent: int) -> bool:
        """Whether size < 10^exponent, which mostly shows without their difference. Raises: Undecided."""
        power = power_enclosed(exponent) if abs(exponent) >= COMMON else power_of_ten(exponent)
        if size < power or size >= power:
            return bool(size < power)
        return self.compare(size, power_of_ten(exponent)) < 0


def settled(value: Value) -> Value:
    """The value, continued as a ball where its rational has grown beyond RATIONAL_BITS; 0 stays rational."""
    if isinstance(value, flint.arb):
        return ZERO if value.is_zero() else value
    return flint.arb(value) if value.height_bits() > RATIONAL_BITS else value


def short(value: Value) -> str:
    """Six digits of a value, for messages."""
    return f"{float(ball(value).mid()):.6g}"
