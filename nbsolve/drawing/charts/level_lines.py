"""Paths over the level lines of a function of two numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from contourpy import contour_generator

from nbsolve.drawing.charts.borders import Floats
from nbsolve.drawing.charts.chart import Chart, Frame, Trace, left_margin, placed
from nbsolve.drawing.charts.curves import Curve, number_text
from nbsolve.drawing.charts.ticks import tick_texts, ticks
from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.finishing import finished_plot
from nbsolve.drawing.numbers import digits
from nbsolve.drawing.scene import Arrow, Label, Line, Mark, Point, Span, row
from nbsolve.errors import UnknownQuantityError
from nbsolve.phrases import phrase

__all__ = ["Landscape", "Trail", "levels_of", "plot_trails"]

_WIDTH, _HEIGHT = 560.0, 380.0
_BELOW, _MARGIN, _LEGEND, _TEXT = 54.0, 16.0, 24.0, 14.0
_ROOM = 0.14
"""Room around the paths, of their width and height."""
_GRID = (121, 91)
"""Places across and down at which the function is evaluated for its level lines."""
_KINDS = ("curve", "slope")
_LEAST_SHARE = 0.3
"""Both axes have one scale where the paths then fill at least this part of the picture across and down."""
_MOST_LEVELS = 9
_STEEP = 20.0
"""Heights above 0 that differ by more than this factor have the levels 1, 2, 5, 10, …; else even ones."""
_CLEAR, _EDGE = 20.0, 24.0
"""How far the number of a level line stays from paths and other numbers, and from the edge, in pixels."""
_EVERY = 3
"""The points of a level line at which its number is tried: every third one."""
_ARROW = 30.0
"""Shorter steps have no arrow, in pixels."""
_LARGEST = 1e100


@dataclass(frozen=True)
class Trail:
    """The points of one path, and what it is called."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Landscape:
    """Paths over a function: `height` takes arrays of both coordinates, called `axes`; `name` is its own name."""

    height: Callable[[Floats, Floats], Floats]
    trails: tuple[Trail, ...]
    axes: tuple[str, str]
    name: str


def plot_trails(landscape: Landscape, title: str) -> Drawing:
    """The level lines with their heights, and the paths on them.

    Raises: UnknownQuantityError for points that doubles cannot tell apart.
    """
    points = [point for trail in landscape.trails for point in trail.points]
    if not all(abs(one) < _LARGEST for point in points for one in point):
        raise UnknownQuantityError("these numbers are too large to be drawn")
    frame = _frame(points, len(landscape.trails))
    lines = _level_lines(landscape, frame)
    traces = tuple(_trace(trail, kind) for trail, kind in zip(landscape.trails, _KINDS, strict=True))
    curves = tuple(line for one in lines.values() for line in one)
    chart = replace(
        frame.chart, traces=traces, levels=curves, x_label=landscape.axes[0], y_label=landscape.axes[1]
    )
    whole = replace(frame, chart=chart)
    legend, labels, marks = _legend(landscape, whole)
    numbers = list(_numbers(lines, landscape, whole))
    start = Mark(whole.at(points[0]), "point", 4.6)
    plot = placed(
        [whole],
        _WIDTH,
        whole.low + _BELOW,
        legend,
        [*labels, *numbers],
        [*marks, start],
        [*_arrows(landscape, whole)],
    )
    return finished_plot(plot, title, _described(landscape, [*lines]))


# ------------------------------------------------------------------ where things are


def _frame(points: Sequence[Point], trails: int) -> Frame:
    """Axes around the paths: of one scale, unless the picture would be a narrow strip."""
    low, high = ([end(point[k] for point in points) for k in (0, 1)] for end in (min, max))
    spans = [other - one for one, other in zip(low, high, strict=True)]
    least = 1e-3 * max(spans) or 1.0
    middles = [(one + other) / 2 for one, other in zip(low, high, strict=True)]
    spans = [(1 + 2 * _ROOM) * max(span, least) for span in spans]
    top = 2 * _MARGIN + _LEGEND * (trails + 1)
    height = _HEIGHT - _BELOW - _MARGIN
    bare = Chart((0.0, 1.0), (middles[1] - spans[1] / 2, middles[1] + spans[1] / 2), ())
    left = _MARGIN + left_margin(bare, height) + 10
    width = _WIDTH - left - _MARGIN
    scales = (width / spans[0], height / spans[1])
    scale = min(scales)
    if scale / max(scales) >= _LEAST_SHARE:
        spans = [width / scale, height / scale]
    x, y = ((middle - span / 2, middle + span / 2) for middle, span in zip(middles, spans, strict=True))
    return Frame(Chart(x, y, ()), left, top, width, height)


def levels_of(heights: Floats, highest: float) -> list[float]:
    """The heights of level lines: 1, 2, 5, 10, … up to where the paths begin, or evenly spread.

    `heights` are those of the whole picture, `highest` is the highest place of the paths.
    """
    lowest = float(heights.min())
    highest = min(max(highest, lowest), float(heights.max()))
    if not highest > lowest:
        return []
    if lowest >= 0 and highest > _STEEP * lowest:
        power = math.floor(math.log10(highest))
        series = [step * 10.0**n for n in range(power - 2, power + 2) for step in (1.0, 2.0, 5.0)]
        beyond = next((one for one in series if one >= highest), highest)
        found = [float(f"{one:.6g}") for one in series if lowest < one <= beyond]
        return found[-_MOST_LEVELS:]
    return [level for level in ticks(lowest, highest, _MOST_LEVELS) if lowest < level]


def _level_lines(landscape: Landscape, frame: Frame) -> dict[float, list[tuple[Floats, Floats]]]:
    """The lines of each height that occurs, as places across and down."""
    across, down = (
        np.linspace(*ends, count) for ends, count in zip((frame.chart.x, frame.chart.y), _GRID, strict=True)
    )
    heights = landscape.height(*np.meshgrid(across, down))
    finite = np.isfinite(heights)
    if not finite.any():
        return {}
    own = np.array([point for trail in landscape.trails for point in trail.points])
    along = landscape.height(own[:, 0], own[:, 1])
    highest = float(np.max(along[np.isfinite(along)], initial=-np.inf))
    lines = contour_generator(across, down, np.ma.masked_invalid(heights))
    found = {
        level: [(line[:, 0], line[:, 1]) for line in map(np.asarray, lines.lines(level))]
        for level in levels_of(heights[finite], highest)
    }
    return {level: curves for level, curves in found.items() if curves}


def _trace(trail: Trail, kind: str) -> Trace:
    xs, ys = (np.array(values, dtype=np.float64) for values in zip(*trail.points, strict=True))
    if kind == _KINDS[0]:
        return Trace(Curve(((xs, ys),), (), ()), kind, trail.points[1:])
    return Trace(Curve(((xs, ys),), (), trail.points[1:]), kind)


def _arrows(landscape: Landscape, frame: Frame) -> Iterator[Arrow]:
    """An arrowhead on each step that is long enough for it."""
    for trail, kind in zip(landscape.trails, _KINDS, strict=True):
        for one, other in pairwise(map(frame.at, trail.points)):
            if math.dist(one, other) >= _ARROW:
                part = 0.5 + 4.5 / math.dist(one, other)
                tip = tuple(a + part * (b - a) for a, b in zip(one, other, strict=True))
                yield Arrow((tip[0], tip[1]), one, kind)


def _numbers(
    lines: dict[float, list[tuple[Floats, Floats]]], landscape: Landscape, frame: Frame
) -> Iterator[Label]:
    """The height of each level, on a line of it, where no path and no other number is near."""
    taken = [
        (one[0] + part * (other[0] - one[0]), one[1] + part * (other[1] - one[1]))
        for trail in landscape.trails
        for one, other in pairwise(map(frame.at, trail.points))
        for part in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    left, top, right, low = frame.corners
    texts = tick_texts([*lines]) if _is_even([*lines]) else [number_text(level) for level in lines]
    for curves, text in zip(lines.values(), texts, strict=True):
        places = [
            frame.at((float(x), float(y)))
            for xs, ys in curves
            for x, y in zip(xs[::_EVERY], ys[::_EVERY], strict=True)
        ]
        found = [
            (min(3 * _CLEAR, *(math.dist((x, y), one) for one in taken)), (x, y))
            for x, y in places
            if left + _EDGE <= x <= right - _EDGE and top + _EDGE <= y <= low - _EDGE
        ]
        room, best = max(found, key=lambda one: round(one[0], 3), default=(0.0, (0.0, 0.0)))
        if room >= _CLEAR:
            taken.append(best)
            yield Label(best, (row(digits(text), 11.0, "quiet"),), plate=True, wire="ground")


def _is_even(levels: Sequence[float]) -> bool:
    steps = {round(other - one, 12) for one, other in pairwise(levels)}
    return len(steps) < 2


# ------------------------------------------------------------------ words


def _legend(landscape: Landscape, frame: Frame) -> tuple[list[Line], list[Label], list[Mark]]:
    """The paths and the level lines by name, one below the other, above the axes."""
    lines: list[Line] = []
    labels: list[Label] = []
    marks: list[Mark] = []
    names = [*(trail.name for trail in landscape.trails), phrase("graphs.level_lines", of=landscape.name)]
    for place, (words, kind) in enumerate(zip(names, (*_KINDS, "level"), strict=True)):
        y = _MARGIN + _LEGEND * (place + 0.5) - 4
        name = row((Span(words),), _TEXT, "ink")
        lines.append(Line((frame.left, y), (frame.left + 40, y), kind, 0.8 if kind == "level" else 2.4))
        if kind in _KINDS:
            dot = "curve filled" if kind == _KINDS[0] else "slope hollow"
            marks.append(Mark((frame.left + 20, y), dot, 3.2))
        labels.append(Label((frame.left + 50 + name.width / 2, y), (name,)))
    return lines, labels, marks


def _described(landscape: Landscape, levels: Sequence[float]) -> str:
    """The heights of the level lines, and each path by its points."""
    x, y = landscape.axes
    said = []
    if levels:
        listed = ", ".join(map(number_text, levels))
        said.append(phrase("graphs.alt_levels", of=landscape.name, x=x, y=y, levels=listed))
    looks = (phrase("graphs.path_solid"), phrase("graphs.path_dashed"))
    for trail, look in zip(landscape.trails, looks, strict=True):
        points = " → ".join(f"({number_text(x)}, {number_text(y)})" for x, y in trail.points)
        said.append(phrase("graphs.alt_path", name=trail.name, look=look, points=points))
    return " ".join(said)
