"""A chart: curves over two axes as data, and its place in a scene."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nbsolve.drawing.charts.borders import Floats
from nbsolve.drawing.charts.curves import Curve
from nbsolve.drawing.charts.polylines import inside, thinned
from nbsolve.drawing.charts.ticks import tick_texts, ticks
from nbsolve.drawing.numbers import digits
from nbsolve.drawing.scene import Arrow, Label, Line, Mark, Point, Polyline, Row, Scene, Span, row

__all__ = [
    "CURVE",
    "SLOPE",
    "SMALL",
    "Chart",
    "Frame",
    "Plot",
    "Trace",
    "left_margin",
    "placed",
    "sample_mark",
]

CURVE, SLOPE = "curve", "slope"
"""The two kinds of curves: a function, and its derivative."""
SMALL = 12.0
"""Size of the numbers at the axes."""
REACH = 34.0
"""Half the length of a tangent, in pixels."""
_APART, _BELOW = 7.0, 24.0
_TICK = 5.0
"""What is left of a line of the grid where level lines are drawn."""
_WIDE_TICKS, _HIGH_TICKS, _GAP = 36.0, 30.0, 14.0
"""The least distance between two numbers at an axis, and between what is written."""


@dataclass(frozen=True)
class Trace:
    """A curve and its kind; its `dots` are marked."""

    curve: Curve
    kind: str = CURVE
    dots: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Chart:
    """What is drawn over two axes, in their own units.

    `points` stand on functions, each with its tangent's slope; `slopes` are the same on derivatives. `samples` are
    points of two classes (whether each is of the upper one), `arrows` lead from a point to another. `levels` are
    level lines, each with its places across and down, which take the place of the grid.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    traces: tuple[Trace, ...]
    points: tuple[tuple[Point, float], ...] = ()
    slopes: tuple[Point, ...] = ()
    samples: tuple[tuple[Point, bool], ...] = ()
    arrows: tuple[tuple[Point, Point], ...] = ()
    levels: tuple[tuple[Floats, Floats], ...] = ()
    x_label: str = ""
    y_label: str = ""
    whole: bool = False
    logarithmic: bool = False

    def across(self, width: float) -> dict[float, str]:
        """The numbers at the horizontal axis of a chart so wide: as many as have room."""
        for most in range(max(2, int(width / _WIDE_TICKS)), 1, -1):
            numbers = ticks(*self.x, most, whole=self.whole)
            texts = tick_texts(numbers)
            room = (
                width / (self.x[1] - self.x[0]) * (numbers[1] - numbers[0] if len(numbers) > 1 else math.inf)
            )
            if max((_number(text).width for text in texts), default=0.0) + _GAP <= room:
                break
        return dict(zip(numbers, texts, strict=True))

    def down(self, height: float) -> dict[float, str]:
        """The numbers at the vertical axis of a chart so high."""
        numbers = ticks(*self.y, max(2, int(height / _HIGH_TICKS)), logarithmic=self.logarithmic)
        return dict(zip(numbers, tick_texts(numbers, logarithmic=self.logarithmic), strict=True))


@dataclass(frozen=True)
class Frame:
    """Where the axes of a chart are in a scene: the corner on top, width and height; and what stands where."""

    chart: Chart
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right end of the horizontal axis."""
        return self.left + self.width

    @property
    def low(self) -> float:
        """The lower end of the vertical axis."""
        return self.top + self.height

    def across(self, x: float) -> float:
        """The place of a number at the horizontal axis."""
        low, high = self.chart.x
        return self.left + (x - low) / (high - low) * self.width

    def down(self, y: float) -> float:
        """The place of a number at the vertical axis."""
        low, high = self.chart.y
        if self.chart.logarithmic:
            low, high, y = math.log10(low), math.log10(high), math.log10(y)
        return self.low - (y - low) / (high - low) * self.height

    def at(self, point: Point) -> Point:
        """The place of a point."""
        return self.across(point[0]), self.down(point[1])

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """Left, top, right, low."""
        return self.left, self.top, self.right, self.low


@dataclass(frozen=True)
class Plot:
    """A picture of charts: the scene, and the charts with their places in it."""

    scene: Scene
    frames: tuple[Frame, ...]

    @property
    def width(self) -> float:
        """The scene's."""
        return self.scene.width

    @property
    def height(self) -> float:
        """The scene's."""
        return self.scene.height


@dataclass
class _Pieces:
    lines: list[Line] = field(default_factory=list)
    polylines: list[Polyline] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)


def left_margin(chart: Chart, height: float) -> float:
    """How much room the numbers at the vertical axis need."""
    return max((_number(text).width for text in chart.down(height).values()), default=0.0) + _APART


def placed(
    frames: Sequence[Frame],
    width: float,
    height: float,
    lines: Sequence[Line] = (),
    labels: Sequence[Label] = (),
    marks: Sequence[Mark] = (),
    arrows: Sequence[Arrow] = (),
) -> Plot:
    """The charts in a scene, with further lines, labels, marks and arrowheads."""
    pieces = _Pieces(list(lines), [], list(marks), list(labels), list(arrows))
    for frame in frames:
        _axes(frame, pieces)
        _curves(frame, pieces)
    scene = Scene(
        width,
        height,
        tuple(pieces.lines),
        labels=tuple(pieces.labels),
        arrows=tuple(pieces.arrows),
        polylines=tuple(pieces.polylines),
        marks=tuple(pieces.marks),
    )
    return Plot(scene, tuple(frames))


def _number(text: str) -> Row:
    return row(digits(text), SMALL, "quiet")


def _axes(frame: Frame, pieces: _Pieces) -> None:
    """Grid, the axes and the lines through 0, the numbers."""
    left, top, right, low = frame.corners
    ends = (low - _TICK, left + _TICK) if frame.chart.levels else (top, right)
    for x, text in frame.chart.across(frame.width).items():
        place, number = frame.across(x), _number(text)
        pieces.lines.append(Line((place, ends[0]), (place, low), "axis" if x == 0 else "grid", 0.9))
        pieces.labels.append(Label((place, low + 4 + number.height / 2), (number,)))
    for y, text in frame.chart.down(frame.height).items():
        place, number = frame.down(y), _number(text)
        pieces.lines.append(Line((left, place), (ends[1], place), "axis" if y == 0 else "grid", 0.9))
        pieces.labels.append(Label((left - _APART - number.width / 2, place), (number,)))
    pieces.lines += [
        Line((left, top), (left, low), "axis", 0.9),
        Line((left, low), (right, low), "axis", 0.9),
    ]
    if frame.chart.x_label:
        name = row((Span(frame.chart.x_label, italic=len(frame.chart.x_label) == 1),), 14.0, "quiet")
        pieces.labels.append(Label(((left + right) / 2, low + _BELOW + name.height / 2), (name,)))
    if frame.chart.y_label:
        name = row((Span(frame.chart.y_label, italic=len(frame.chart.y_label) == 1),), 14.0, "quiet")
        pieces.labels.append(Label((left - _APART - name.width / 2, top - name.height / 2 - 4), (name,)))


def _curves(frame: Frame, pieces: _Pieces) -> None:
    """Curves with their dots, tangents, points."""
    for xs, ys in frame.chart.levels:
        path = [frame.at((float(x), float(y))) for x, y in zip(xs, ys, strict=True)]
        for run in inside(path, frame.corners):
            pieces.polylines.append(Polyline(thinned(run), "level", 0.8))
    for trace in frame.chart.traces:
        for xs, ys in trace.curve.pieces:
            path = [frame.at((float(x), float(y))) for x, y in zip(xs, ys, strict=True)]
            for run in inside(path, frame.corners):
                pieces.polylines.append(Polyline(thinned(run), trace.kind, 2.4))
        for kind, dots in (("hollow", trace.curve.hollow), ("filled", (*trace.curve.filled, *trace.dots))):
            pieces.marks += [Mark(frame.at(dot), f"{trace.kind} {kind}", 3.2) for dot in dots]
    for height in frame.chart.slopes:
        for point, slope in frame.chart.points:
            if point[0] == height[0] and slope == height[1]:
                pieces.polylines.append(Polyline((frame.at(point), frame.at(height)), "drop", 1.4))
    for point, slope in frame.chart.points:
        for run in inside(list(_tangent(frame, point, slope)), frame.corners):
            pieces.polylines.append(Polyline(tuple(run), "tangent", 2.0))
        pieces.marks.append(Mark(frame.at(point), "point", 3.8))
    pieces.marks += [Mark(frame.at(point), "slope point", 4.6, diamond=True) for point in frame.chart.slopes]
    pieces.marks += [sample_mark(frame.at(point), upper) for point, upper in frame.chart.samples]
    for start, tip in frame.chart.arrows:
        pieces.lines.append(Line(frame.at(start), frame.at(tip), "path", 2.0))
        pieces.arrows.append(Arrow(frame.at(tip), frame.at(start), "path"))


def sample_mark(at: Point, upper: bool) -> Mark:
    """A sample: a dot, or of the lower class a diamond."""
    return Mark(at, "upper", 5.2) if upper else Mark(at, "lower", 6.4, diamond=True)


def _tangent(frame: Frame, point: Point, slope: float) -> Iterator[Point]:
    """A short piece of the tangent: of the same length however steep it is."""
    (x, y), (low, high) = frame.at(point), frame.chart.y
    run = frame.width / (frame.chart.x[1] - frame.chart.x[0])
    rise = -slope * frame.height / (high - low)
    part = REACH / math.hypot(run, rise)
    for sign in (-1, 1):
        yield x + sign * part * run, y + sign * part * rise
