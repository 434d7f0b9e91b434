"""Where an axis has its numbers, and how they are written."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["tick_texts", "ticks"]

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_NEAR = 1e-9
_LARGE, _SMALL = 1e6, 1e-3
"""Numbers outside are written with a power of ten."""


def ticks(
    low: float, high: float, most: int, *, whole: bool = False, logarithmic: bool = False
) -> list[float]:
    """At most `most` + 1 round numbers within an interval, evenly spread; powers of ten on a logarithmic axis."""
    if logarithmic:
        first, last = math.ceil(math.log10(low) - _NEAR), math.floor(math.log10(high) + _NEAR)
        stride = max(1, math.ceil((last - first) / most))
        return [10.0**power for power in range(first, last + 1, stride)]
    step = _step((high - low) / most, whole)
    first, last = math.ceil(low / step - _NEAR), math.floor(high / step + _NEAR)
    return [number * step for number in range(first, last + 1)]


def _step(least: float, whole: bool) -> float:
    """The smallest round number that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    steps = [part * power for part in _STEPS if not (whole and part == 2.5 and power == 1.0)]
    step = next(step for step in steps if step >= least * (1 - _NEAR))
    return max(1.0, step) if whole else step


def tick_texts(values: Sequence[float], *, logarithmic: bool = False) -> list[str]:
    """The numbers with as many decimals as tell them apart, `-0.5` or `2e-7`; powers of ten each for itself."""
    if logarithmic:
        return [_shortened(f"{value:g}") for value in values]
    largest = max(map(abs, values), default=0.0)
    scientific = largest >= _LARGE or 0 < largest < _SMALL
    for digits in range(10):
        texts = [f"{value + 0.0:.{digits}{'e' if scientific else 'f'}}" for value in values]
        if all(
            abs(float(text) - value) <= _NEAR * largest for text, value in zip(texts, values, strict=True)
        ):
            break
    return [_shortened(text) if scientific else text for text in texts] if values else []


def _shortened(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    return "0" if float(mantissa) == 0 else f"{mantissa}e{int(exponent)}"
