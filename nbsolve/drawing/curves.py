"""Curves on axes: a function with its jumps and kinks, tangents, and axes that look the same everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from nbsolve.drawing.floats import Floats, borders, in_floats
from nbsolve.expr import Expr

__all__ = [
    "CURVE", "POINT", "SLOPE", "TEXT", "Curve", "number_text", "point", "sampled", "set_axes",
    "slope_point", "tangent", "window",
]  # fmt: skip

CURVE, SLOPE, POINT = "#1d4ed8", "#9a3412", "#111827"
TEXT = 10.5
"""Size of text in points: 14 pixels."""
_GRID, _AXIS, _WORDS = "#d1d5db", "#6b7280", "#374151"
_PLACES = 241
_REACH = 34.0
"""Half the length of a tangent, in pixels."""
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

        def value(places: Any) -> Floats:
            found = in_floats(formula, {**known, variable: places})
            return np.broadcast_to(np.asarray(found, dtype=np.float64), np.shape(places))

        def single(place: float) -> float:
            return float(value(np.array(place)))

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

    def draw(self, ax: Any, colour: str, *, dashes: bool = False, label: str = "") -> None:
        """On axes; only the first piece carries the label, so that it is named once."""
        for k, (x, y) in enumerate(self.pieces):
            ax.plot(
                x,
                y,
                color=colour,
                linewidth=1.9,
                linestyle=(0, (5, 2.2)) if dashes else "-",
                label=label if label and k == 0 else None,
                zorder=3,
            )
        for places, face in ((self.hollow, "#ffffff"), (self.filled, colour)):
            for at in places:
                ax.plot(*at, "o", markersize=5, color=colour, markerfacecolor=face, zorder=4)


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


def set_axes(ax: Any, x: tuple[float, float], y: tuple[float, float], size: float = TEXT) -> None:
    """Limits, a light grid, the two zero lines, numbers of one size."""
    ax.set_facecolor("#ffffff")
    ax.set_xlim(*x)
    ax.set_ylim(*y)
    ax.grid(True, color=_GRID, linewidth=0.6, zorder=0)
    ax.set_axisbelow(True)
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(_AXIS)
    ax.tick_params(colors=_WORDS, labelsize=size, length=3, color=_AXIS)
    for line, (low, high) in ((ax.axvline, x), (ax.axhline, y)):
        if low < 0 < high:
            line(0, color=_AXIS, linewidth=0.8, zorder=1)


def tangent(ax: Any, at: tuple[float, float], slope: float, colour: str = POINT) -> None:
    """A short piece of the tangent: of the same length on paper however steep it is."""
    (x0, y0), (x1, y1) = ax.transData.transform([(0, 0), (1, 1)])
    dx, dy = float(x1 - x0), float(slope * (y1 - y0))
    length = float(np.hypot(dx, dy))
    reach = _REACH * ax.figure.dpi / 96
    part = reach / length if length else 0.0
    xs, ys = [at[0] - part, at[0] + part], [at[1] - part * slope, at[1] + part * slope]
    ax.plot(xs, ys, color=colour, linewidth=1.5, zorder=5)


def point(ax: Any, at: tuple[float, float]) -> None:
    """A dot on a function's curve."""
    ax.plot([at[0]], [at[1]], "o", markersize=5.5, color=POINT, zorder=6)


def slope_point(ax: Any, at: tuple[float, float]) -> None:
    """A diamond on a derivative's curve: dots stand at jumps there."""
    ax.plot([at[0]], [at[1]], "D", markersize=5.5, color=SLOPE, markerfacecolor="#ffffff", zorder=6)


def number_text(value: float) -> str:
    """Four significant digits with a true minus sign, for descriptions of curves."""
    text = f"{value + 0.0:.4g}"
    mantissa, _, exponent = text.partition("e")
    if exponent:
        mantissa += f"·10^{int(exponent)}"
    return mantissa.replace("-", "−")


def sampled(formula: Expr, variable: str, known: dict[str, float]) -> Callable[[float], float]:
    """The formula as a function of one number."""
    return lambda place: float(in_floats(formula, {**known, variable: place}))
