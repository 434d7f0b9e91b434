"""Operations on enclosures that keep what their operands know, where a fixed number of bits would lose it.

σ(3000) is 1 − 10⁻¹³⁰³: with 256 bits it is a ball around 1, and 1 − σ(3000) a ball around 0. Here a sum gets as
many bits as its terms span (4,330 and 256 more), a product or quotient as many as its operands have, and functions
that come close to a limit (tanh, erf, exp near 0) keep their distance from it. The work stays that of a few bits:
only sums grow long, and the difference 1 − a is short again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import flint

from nbsolve.logarithms import Logarithm

Value = flint.fmpq | flint.arb

MOST_SPAN = 1 << 20
"""Terms that lie further apart (in bits) are added with the bits at work: the smaller one is lost."""
SLACK = 16
FAR = 4
"""Beyond ±FAR tanh and erf are computed from their distance to ±1, which is 10⁻³ or less."""


def ball(value: Value) -> flint.arb:
    """The value as an enclosure."""
    return value if isinstance(value, flint.arb) else flint.arb(value)


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Evaluate enclosures with so many bits inside the block."""
    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def total(left: Value, right: Value) -> Value:
    """left + right, with as many bits as lie between the larger term and what is unknown of both."""
    if not (_has_more_to_keep(left, right) and _finite(left) and _finite(right)):
        return left + right
    if isinstance(left, Logarithm) or isinstance(right, Logarithm):
        exactly = left + right
        if isinstance(exactly, flint.fmpq | Logarithm):
            return exactly
    unknown = _exponents(value.rad() for value in (left, right) if isinstance(value, flint.arb))
    sizes = _exponents(ball(value).abs_upper() for value in (left, right))
    if not unknown or not sizes:
        return left + right
    span = max(sizes) - max(unknown) + SLACK
    if not flint.ctx.prec < span <= MOST_SPAN:
        return left + right
    with precision(span):
        return ball(left) + ball(right)


def kept(operation: Callable[..., Value], *operands: Value) -> Value:
    """The operation with as many bits as the least certain of its operands has."""
    enough = flint.ctx.prec + SLACK
    for value in operands:
        if isinstance(value, flint.arb) and value.rel_accuracy_bits() <= enough:
            return operation(*operands)
    if any(isinstance(value, Logarithm) for value in operands):
        exactly = operation(*operands)
        if isinstance(exactly, flint.fmpq | Logarithm):
            return exactly
    certain = [value.rel_accuracy_bits() for value in operands if isinstance(value, flint.arb)]
    bits = int(min(certain, default=0)) + SLACK
    if not SLACK < bits <= MOST_SPAN + 2 * SLACK:
        return operation(*operands)
    with precision(bits):
        return operation(*(ball(value) for value in operands))


def logarithm(x: flint.arb) -> Value:
    """ln x, which near 1 is as small as x − 1."""
    distance = x - 1
    return distance.log1p() if abs(distance) < 0.5 else kept(flint.arb.log, x)


def exponential(x: flint.arb) -> Value:
    """e^x, which near 0 is 1 and as little more as x is."""
    return total(flint.fmpq(1), x.expm1()) if abs(x) < 0.5 else x.exp()


def tanh(x: flint.arb) -> Value:
    """tanh x = ±(1 − 2/(e^(2|x|) + 1)), the distance to ±1 kept."""
    return _near_one(x, lambda size: 2 / ((2 * size).exp() + 1), flint.arb.tanh)


def erf(x: flint.arb) -> Value:
    """erf x = ±(1 − erfc |x|), the distance to ±1 kept."""
    return _near_one(x, flint.arb.erfc, flint.arb.erf)


def _near_one(
    x: flint.arb, distance: Callable[[flint.arb], flint.arb], function: Callable[[flint.arb], flint.arb]
) -> Value:
    if x > FAR:
        return total(flint.fmpq(1), -distance(x))
    if x < -FAR:
        return total(flint.fmpq(-1), distance(-x))
    return function(x)


def _has_more_to_keep(left: Value, right: Value) -> bool:
    """Whether a sum with the bits at work could lose more than it does not know anyway."""
    if isinstance(left, flint.fmpq):
        left, right = right, left
    if isinstance(left, flint.fmpq) or left.rel_accuracy_bits() > flint.ctx.prec:
        return True
    if isinstance(right, flint.fmpq):
        return not abs(left) > abs(right)
    return right.rel_accuracy_bits() > flint.ctx.prec


def _finite(value: Value) -> bool:
    return isinstance(value, flint.fmpq) or bool(value.is_finite())


def _exponents(values: Iterable[flint.arb]) -> list[int]:
    """e with 2^(e−1) ≤ value < 2^e, of exact numbers; 0 has none."""
    found = [value.man_exp() for value in values if not value.is_zero()]
    return [int(mantissa).bit_length() + int(exponent) for mantissa, exponent in found]
