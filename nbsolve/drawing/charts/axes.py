"""Charts on somebody's matplotlib axes, in their own units, to stand among other curves there."""

from __future__ import annotations

import math
from typing import Any

from nbsolve.drawing.charts.chart import REACH, SMALL, Chart, Plot
from nbsolve.drawing.charts.curves import number_text
from nbsolve.drawing.ink import MARKS, WIRES

__all__ = ["paint_plot"]

_POINTS = 0.75
"""The points that one pixel measures."""


def paint_plot(plot: Plot, ax: Any) -> None:
    """A single chart on the axes themselves, several on axes within them."""
    if len(plot.frames) == 1:
        _paint(plot.frames[0].chart, ax)
        return
    ax.set_axis_off()
    for frame in plot.frames:
        low = 1 - frame.low / plot.height
        bounds = (frame.left / plot.width, low, frame.width / plot.width, frame.height / plot.height)
        inner = ax.inset_axes(bounds)
        inner.apply_aspect(inner.get_axes_locator()(inner, None))  # a tangent is as long as it looks
        _paint(frame.chart, inner)


def _paint(chart: Chart, ax: Any) -> None:
    _axes(chart, ax)
    for xs, ys in chart.levels:
        ax.plot(xs, ys, color=WIRES["level"].colour, linewidth=0.8, zorder=2)
    for trace in chart.traces:
        ink, width = WIRES[trace.kind], 1.8
        style: Any = (0, tuple(float(part) / 2.4 for part in ink.dash.split())) if ink.dash else "-"
        for xs, ys in trace.curve.pieces:
            ax.plot(xs, ys, color=ink.colour, linewidth=width, linestyle=style, zorder=3)
        for kind, dots in (("hollow", trace.curve.hollow), ("filled", (*trace.curve.filled, *trace.dots))):
            for dot in dots:
                _mark(ax, dot, f"{trace.kind} {kind}", "o", 4.8, 4)
    for (x, y), slope in chart.points:
        _tangent(ax, x, y, slope)
        _mark(ax, (x, y), "point", "o", 5.5, 6)
    for point in chart.slopes:
        _mark(ax, point, "slope point", "D", 5.5, 6)
    for point, upper in chart.samples:
        _mark(ax, point, *(("upper", "o", 7.0) if upper else ("lower", "D", 6.5)), 6)
    for start, tip in chart.arrows:
        style = {"arrowstyle": "-|>", "color": WIRES["path"].colour, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", xy=tip, xytext=start, arrowprops=style, zorder=5)
    if chart.samples:
        ax.set_aspect("equal", adjustable="box")  # so that a normal is perpendicular


def _axes(chart: Chart, ax: Any) -> None:
    """Limits, a light grid, the two zero lines, numbers of one size."""
    if chart.logarithmic:
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter(lambda value, place: number_text(value))
    ax.set_xlim(*chart.x)
    ax.set_ylim(*chart.y)
    ax.grid(not chart.levels, color=WIRES["grid"].colour, linewidth=0.6, zorder=0)
    ax.set_axisbelow(True)
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(WIRES["axis"].colour)
    ax.tick_params(labelsize=SMALL * _POINTS, length=3, color=WIRES["axis"].colour)
    if chart.whole:
        ax.xaxis.get_major_locator().set_params(integer=True)
    for line, (low, high) in ((ax.axvline, chart.x), (ax.axhline, chart.y)):
        if low < 0 < high:
            line(0, color=WIRES["axis"].colour, linewidth=0.8, zorder=1)
    if chart.x_label:
        ax.set_xlabel(chart.x_label, fontsize=14 * _POINTS)
    if chart.y_label:
        ax.set_ylabel(chart.y_label, fontsize=14 * _POINTS)


def _mark(ax: Any, at: tuple[float, float], kind: str, shape: str, size: float, order: float) -> None:
    ink = MARKS[kind]
    ax.plot(
        [at[0]], [at[1]], shape, markersize=size, color=ink.stroke, markerfacecolor=ink.fill, zorder=order
    )


def _tangent(ax: Any, x: float, y: float, slope: float) -> None:
    (x0, y0), (x1, y1) = ax.transData.transform([(0, 0), (1, 1)])
    run, rise = float(x1 - x0), float(slope * (y1 - y0))
    part = REACH * ax.figure.dpi / 96 / math.hypot(run, rise)
    ink = WIRES["tangent"]
    ax.plot(
        [x - part, x + part], [y - part * slope, y + part * slope], color=ink.colour, linewidth=1.5, zorder=5
    )
