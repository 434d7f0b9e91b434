"""Powers of ten, exactly: the usual ones are found once."""

from __future__ import annotations

from functools import lru_cache

import flint


def power_of_ten(exponent: int) -> flint.fmpq:
    """10^exponent, exactly."""
    return (_power if abs(exponent) < _COMMON else _large_power)(exponent)


_COMMON = 65536
"""Powers of ten below it are kept by the hundred, larger ones (up to 400 kB each) by the dozen."""


@lru_cache(maxsize=768)
def _power(exponent: int) -> flint.fmpq:
    return flint.fmpq(10) ** exponent


@lru_cache(maxsize=64)
def _large_power(exponent: int) -> flint.fmpq:
    return flint.fmpq(10) ** exponent
