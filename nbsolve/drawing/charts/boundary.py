"""Samples of two classes in the plane, the line that a unit draws between them, and the way its weights point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nbsolve.drawing.charts.chart import Chart, Frame, Plot, Trace, left_margin, placed, sample_mark
from nbsolve.drawing.charts.curves import Curve, number_text
from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.finishing import finished_plot
from nbsolve.drawing.scene import Label, Line, Mark, Point, Span, row
from nbsolve.errors import UnknownQuantityError
from nbsolve.phrases import phrase

__all__ = ["Plane", "plot_plane"]

_WIDTH, _HEIGHT = 440.0, 380.0
_ABOVE, _BELOW, _MARGIN = 58.0, 54.0, 16.0
_TEXT = 14.0
_ROOM = 0.25
"""Room around the samples, of their width or height."""
_FAR = 2.5
"""A line farther from the samples than this, in their diameters, is not in the picture."""
_LARGEST = 1e100
_ARROW = 46.0
"""Length of the arrow, in pixels."""


@dataclass(frozen=True)
class Plane:
    """What is drawn: samples with whether they are of the upper class; a·x + b·y + c = 0, or None without a line.

    `axes` are the names of the two inputs, `classes` what the lower and the upper class are called, `line` what the
    line is called.
    """

    samples: tuple[tuple[Point, bool], ...]
    line: tuple[float, float, float] | None
    axes: tuple[str, str]
    classes: tuple[str, str]
    name: str


def plot_plane(plane: Plane, title: str) -> Drawing:
    """The samples, and where there is one, the line with an arrow to the side of the upper class.

    Raises: UnknownQuantityError for numbers whose squares doubles cannot hold.
    """
    numbers = [one for place, _ in plane.samples for one in place] + [*(plane.line or ())]
    if not all(abs(one) < _LARGEST for one in numbers):
        raise UnknownQuantityError("these numbers are too large to be drawn")
    frame = _frame(plane)
    ends = _ends(plane.line, frame.chart)
    traces: tuple[Trace, ...] = ()
    arrows: tuple[tuple[Point, Point], ...] = ()
    if ends is not None and plane.line is not None:
        xs, ys = (np.array(values, dtype=np.float64) for values in zip(*ends, strict=True))
        traces = (Trace(Curve(((xs, ys),), (), ()), "curve"),)
        arrows = (_arrow(plane.line, ends, plane.samples, frame),)
    chart = Chart(
        frame.chart.x,
        frame.chart.y,
        traces,
        samples=plane.samples,
        arrows=arrows,
        x_label=plane.axes[0],
        y_label=plane.axes[1],
    )
    whole = Frame(chart, frame.left, frame.top, frame.width, frame.height)
    lines, labels, marks = _legend(plane, ends is not None, whole)
    plot: Plot = placed([whole], _WIDTH, _HEIGHT, lines, labels, marks)
    return finished_plot(plot, title, _described(plane, ends))


# ------------------------------------------------------------------ where things are


def _frame(plane: Plane) -> Frame:
    """Axes of one scale around the samples, and around the nearest piece of the line unless it is far away."""
    points = [point for point, _ in plane.samples]
    low = [min(point[k] for point in points) for k in (0, 1)]
    high = [max(point[k] for point in points) for k in (0, 1)]
    size = math.hypot(high[0] - low[0], high[1] - low[1]) or 1.0
    if plane.line is not None:
        a, b, c = plane.line
        middle = ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2)
        off = (a * middle[0] + b * middle[1] + c) / (a * a + b * b)
        foot = (middle[0] - off * a, middle[1] - off * b)
        if math.dist(foot, middle) <= _FAR * size:
            low = [min(one, other) for one, other in zip(low, foot, strict=True)]
            high = [max(one, other) for one, other in zip(high, foot, strict=True)]
    most = max(high[0] - low[0], high[1] - low[1]) or 1.0
    low, high = [one - _ROOM * most for one in low], [one + _ROOM * most for one in high]
    height = _HEIGHT - _ABOVE - _BELOW
    bare = Chart((low[0], high[0]), (low[1], high[1]), ())
    left = _MARGIN + left_margin(bare, height) + 10
    width = _WIDTH - left - _MARGIN
    scale = min(width / (high[0] - low[0]), height / (high[1] - low[1]))
    x, y = (
        ((one + other) / 2 - length / scale / 2, (one + other) / 2 + length / scale / 2)
        for one, other, length in zip(low, high, (width, height), strict=True)
    )
    return Frame(Chart(x, y, ()), left, _ABOVE, width, height)


def _ends(line: tuple[float, float, float] | None, chart: Chart) -> tuple[Point, Point] | None:
    """Where the line enters and leaves the chart; None where it does not cross it."""
    if line is None:
        return None
    a, b, c = line
    found: list[Point] = []
    if b != 0:
        found += [(x, -(a * x + c) / b) for x in chart.x]
    if a != 0:
        found += [(-(b * y + c) / a, y) for y in chart.y]
    slack = 1e-9 * (chart.x[1] - chart.x[0])
    inside = sorted(
        {
            point
            for point in found
            if chart.x[0] - slack <= point[0] <= chart.x[1] + slack
            and chart.y[0] - slack <= point[1] <= chart.y[1] + slack
        }
    )
    return (inside[0], inside[-1]) if len(inside) > 1 else None


def _arrow(
    line: tuple[float, float, float],
    ends: tuple[Point, Point],
    samples: Sequence[tuple[Point, bool]],
    frame: Frame,
) -> tuple[Point, Point]:
    """From the line, at right angles, towards the upper class; where no sample lies in its way."""
    a, b, _ = line
    length = math.hypot(a, b)
    scale = frame.width / (frame.chart.x[1] - frame.chart.x[0])
    way = (_ARROW / scale * a / length, _ARROW / scale * b / length)

    def room(part: float) -> float:
        start = tuple(one + part * (other - one) for one, other in zip(*ends, strict=True))
        spots = [(start[0] + step * way[0], start[1] + step * way[1]) for step in (0.0, 0.5, 1.0)]
        corners = min(
            min(x - frame.chart.x[0], frame.chart.x[1] - x, y - frame.chart.y[0], frame.chart.y[1] - y)
            for x, y in spots
        )
        return min(corners, *(math.dist(spot, point) for spot in spots for point, _ in samples))

    part = max(
        (step / 16 for step in range(2, 15)), key=lambda part: (round(room(part), 9), -abs(part - 0.5))
    )
    x, y = (one + part * (other - one) for one, other in zip(*ends, strict=True))
    return (x, y), (x + way[0], y + way[1])


# ------------------------------------------------------------------ words


def _legend(plane: Plane, line: bool, frame: Frame) -> tuple[list[Line], list[Label], list[Mark]]:
    """The classes and the line by name, above the axes."""
    lines: list[Line] = []
    labels: list[Label] = []
    marks: list[Mark] = []
    x, y = frame.left, 20.0
    for upper in (True, False):
        name = row((Span(plane.classes[upper]),), _TEXT, "ink")
        marks.append(sample_mark((x + 6, y), upper))
        labels.append(Label((x + 18 + name.width / 2, y), (name,)))
        x += 18 + name.width + 20
    if line:
        name = row((Span(plane.name),), _TEXT, "ink")
        lines.append(Line((x, y), (x + 28, y), "curve", 2.4))
        labels.append(Label((x + 36 + name.width / 2, y), (name,)))
    return lines, labels, marks


def _described(plane: Plane, ends: tuple[Point, Point] | None) -> str:
    """The samples by class, and the line by two of its points."""
    first, second = plane.axes
    sentences = [phrase("rule.drawing.alt_samples", first=first, second=second)]
    for upper in (True, False):
        points = "; ".join(_place(point) for point, own in plane.samples if own is upper)
        shape = phrase("rule.drawing.filled" if upper else "rule.drawing.hollow")
        if points:
            sentences.append(
                phrase("rule.drawing.alt_class", name=plane.classes[upper], shape=shape, points=points)
            )
    if ends is not None:
        start, end = map(_place, ends)
        sentences.append(
            phrase("rule.drawing.alt_line", name=plane.name, start=start, end=end, upper=plane.classes[1])
        )
    elif plane.line is not None:
        sentences.append(phrase("rule.drawing.alt_far", name=plane.name))
    return " ".join(sentences)


def _place(point: Point) -> str:
    return f"({number_text(point[0])}, {number_text(point[1])})"
