"""Powers of ten, exactly: the usual ones are found once."""

from __future__ import annotations

from functools import lru_cache

import flint


def power_of_ten(exponent: int) -> flint.fmpq:
    """10^exponent, exactly."""
    return (_power if abs(exponent) < COMMON else _large_power)(exponent)


def power_enclosed(exponent: int) -> flint.arb:
    """10^exponent as an enclosure with the bits at work, in a hundredth of the time where it is a long number."""
    return flint.arb(10) ** exponent


COMMON = 65536
"""Powers of ten below it are kept by the hundred, larger ones (up to 400 kB each) by the dozen."""


@lru_cache(maxsize=768)
def _power(exponent: int) -> flint.fmpq:
    return flint.fmpq(10) ** exponent


@lru_cache(maxsize=64)
def _large_power(exponent: int) -> flint.fmpq:
    return flint.fmpq(10) ** exponent
