"""Curves: a function over an interval with its jumps and kinks, and the heights that are worth showing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nbsolve.drawing.charts.borders import Floats, borders, heights_of
from nbsolve.drawing.numbers import linear
from nbsolve.expr import Expr

__all__ = ["Curve", "number_text", "sampled", "window"]

_PLACES = 241
_NEAR = 1e-9


@dataclass(frozen=True)
class Curve:
    """The pieces of a curve between its jumps, each with its places and heights; and what stands at each jump."""

    pieces: tuple[tuple[Floats, Floats], ...]
    filled: tuple[tuple[float, float], ...]
    hollow: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, formula: Expr, variable: str, domain: tuple[float, float], known: dict[str, float]) -> Curve:
        """The curve of a formula over an interval; places without a finite value are left out."""
        value = heights_of(formula, variable, known)

        def single(place: float) -> float:
            return float(value(place))

        low, high = domain
        grid = np.linspace(low, high, _PLACES)
        stops = [low, *borders(formula, variable, grid, known), high]
        span = high - low
        pieces, filled, hollow = [], [], []
        for start, end in pairwise(stops):
            inner = grid[(grid > start) & (grid < end)]
            places = np.concatenate([[start + _NEAR * span], inner, [end - _NEAR * span]])
            heights = value(places)
            finite = np.isfinite(heights)
            if finite.any():
                pieces.append((places[finite], heights[finite]))
        for at in stops[1:-1]:
            before, here, after = (single(at + d * _NEAR * span) for d in (-1, 0, 1))
            if not np.isclose(before, after, atol=1e-6):
                filled.append((at, here))
                hollow += [(at, side) for side in (before, after) if not np.isclose(side, here, atol=1e-6)]
        return cls(tuple(pieces), tuple(filled), tuple(hollow))


def window(curves: Sequence[Curve], more: Sequence[float] = ()) -> tuple[float, float]:
    """The heights to show: all of them, but not how far a pole goes."""
    heights = np.concatenate([y for curve in curves for _, y in curve.pieces] or [np.zeros(1)])
    low, high = float(heights.min()), float(heights.max())
    inner_low, inner_high = (float(q) for q in np.quantile(heights, (0.03, 0.97)))
    room = max(inner_high - inner_low, 1e-9)
    low = low if inner_low - low < 1.5 * room else inner_low - 0.2 * room
    high = high if high - inner_high < 1.5 * room else inner_high + 0.2 * room
    low, high = min([low, *more]), max([high, *more])
    if high - low < 1e-9:
        low, high = low - 1, high + 1
    pad = 0.08 * (high - low)
    return low - pad, high + pad


def number_text(value: float) -> str:
    """Four significant digits with a true minus sign, for descriptions of curves."""
    return linear(f"{value + 0.0:.4g}")


def sampled(formula: Expr, variable: str, known: dict[str, float]) -> Callable[[float], float]:
    """The formula as a function of one number."""
    value = heights_of(formula, variable, known)
    return lambda place: float(value(place))
