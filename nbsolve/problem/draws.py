"""Weights drawn from a seed: one fixed stream, the same numbers for ever.

The stream: `numpy.random.PCG64(seed)` gives 64-bit integers r₁, r₂, … (NumPy fixes bit generators, not its
distributions); u = (⌊r / 2¹¹⌋ + ½) / 2⁵³ is uniform on (0, 1). Uniform weights are low + (high − low) u,
normal ones mean + std · Φ⁻¹(u) with Φ⁻¹ by M. J. Wichura, "Algorithm AS 241", 1988 (Python's
`statistics`). They are drawn unit by unit, input by input, whatever the layout of the file, and rounded to
`decimals`.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist

from nbsolve.given import Given

DEFAULT_DECIMALS = 4


def uniforms(seed: int, count: int) -> Iterator[float]:
    """`count` numbers in the open interval (0, 1) from the fixed stream of `seed`."""
    # Imported when something is drawn: most problems write their weights out.
    from numpy.random import PCG64

    # uint64 keeps NumPy integers exact; int() leaves them.
    return ((int(raw) // 2**11 + 0.5) / 2**53 for raw in PCG64(seed).random_raw(count))


def draw_uniform(low: float, high: float, seed: int, decimals: int, count: int) -> list[Given]:
    """`count` uniform numbers between `low` and `high`, written with `decimals` decimals."""
    return [_written(low + (high - low) * u, decimals) for u in uniforms(seed, count)]


def draw_normal(mean: float, std: float, seed: int, decimals: int, count: int) -> list[Given]:
    """`count` normal numbers of the given mean and standard deviation, written with `decimals` decimals."""
    quantile = NormalDist().inv_cdf
    return [_written(mean + std * quantile(u), decimals) for u in uniforms(seed, count)]


def _written(number: float, decimals: int) -> Given:
    text = f"{number:.{decimals}f}"
    return Given.read(text.removeprefix("-") if not text.strip("-0.") else text)
