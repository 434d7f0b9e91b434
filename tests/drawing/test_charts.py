"""Charts: where the numbers of an axis stand, what of a curve is drawn, that it runs where its values lie."""

from __future__ import annotations

import math
import random

import pytest

from nbsolve import solve
from nbsolve.drawing.charts.chart import REACH, Frame, Plot
from nbsolve.drawing.charts.functions import plot_function
from nbsolve.drawing.charts.polylines import inside, thinned
from nbsolve.drawing.charts.ticks import tick_texts, ticks
from nbsolve.drawing.scene import Polyline
from nbsolve.expr import Quotient, Variable, number
from nbsolve.worked.network import WorkedSolution
from tests.drawing.networks import PROBLEMS
from tests.loading import load_problem


@pytest.fixture(scope="module")
def worked() -> WorkedSolution:
    return solve(load_problem(next(path for path in PROBLEMS if path.stem == "001-a-squared-error")))


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (-4.0, 4.0, ["-4", "-2", "0", "2", "4"]),
        (-0.01, 0.97, ["0.00", "0.25", "0.50", "0.75"]),
        (-0.09, 1.07, ["0.0", "0.5", "1.0"]),
        (0.5000012, 0.5000047, ["0.500002", "0.500003", "0.500004"]),
        (2.2e-7, 8.8e-7, ["4e-7", "6e-7", "8e-7"]),
        (-1e7, 3.1e7, ["0", "2e7"]),
        (99.2, 101.7, ["100", "101"]),
    ],
)
def test_round_numbers_as_short_as_they_can_be(low: float, high: float, texts: list[str]) -> None:
    assert tick_texts(ticks(low, high, 4)) == texts


def test_no_axis_is_without_numbers_or_has_too_many() -> None:
    dice = random.Random(9)
    for _ in range(2000):
        low = dice.uniform(-1, 1) * 10.0 ** dice.randint(-9, 9)
        high = low + dice.random() * 10.0 ** dice.randint(-6, 9) + abs(low) * 1e-6
        numbers = ticks(low, high, 5)
        assert 1 <= len(numbers) <= 6
        assert all(low - 1e-6 * (high - low) <= value <= high + 1e-6 * (high - low) for value in numbers)
        texts = tick_texts(numbers)
        assert len(set(texts)) == len(texts)
        for text, value in zip(texts, numbers, strict=True):
            assert float(text) == pytest.approx(value, rel=1e-8, abs=1e-8 * (high - low))


def test_iterations_are_whole_numbers_and_powers_of_ten_stand_for_themselves() -> None:
    assert ticks(0.85, 2.15, 8, whole=True) == [1, 2]
    assert ticks(1, 10, 4, whole=True) == [5, 10]
    assert tick_texts(ticks(2e-7, 0.3, 9, logarithmic=True), logarithmic=True) == [
        "1e-6", "1e-5", "0.0001", "0.001", "0.01", "0.1",
    ]  # fmt: skip


def test_a_line_is_cut_at_the_frame() -> None:
    frame = (0.0, 0.0, 10.0, 10.0)
    assert inside([(-5.0, 5.0), (5.0, 5.0), (5.0, 25.0)], frame) == [[(0.0, 5.0), (5.0, 5.0), (5.0, 10.0)]]
    assert inside([(1.0, -5.0), (2.0, 15.0), (3.0, -5.0)], frame) == [
        [(1.25, 0.0), (1.75, 10.0)],
        [(2.25, 10.0), (2.75, 0.0)],
    ]
    assert inside([(-1.0, 5.0), (-2.0, 6.0)], frame) == []


def test_points_that_nobody_sees_are_left_out() -> None:
    straight = [(float(k), 2.0 * k) for k in range(100)]
    assert thinned(straight) == (straight[0], straight[-1])
    wave = [(k / 10, 50 * math.sin(k / 200)) for k in range(4000)]
    few = thinned(wave)
    assert len(few) < 400
    for x, y in wave:
        before, after = max(p for p in few if p[0] <= x), min(p for p in few if p[0] >= x)
        part = (x - before[0]) / (after[0] - before[0]) if after[0] > before[0] else 0.0
        assert abs(before[1] + part * (after[1] - before[1]) - y) < 0.2


def test_points_stand_where_their_numbers_say(worked: WorkedSolution) -> None:
    plot = worked.draw("activations").source
    assert isinstance(plot, Plot)
    values = worked.iterations[0]
    units = [
        (float(z), float(a))
        for layer in (1, 2, 3)
        for z, a in zip(values.z[layer], values.a[layer], strict=True)
    ]
    marks = [mark for mark in plot.scene.marks if mark.kind == "point"]
    assert len(plot.frames) == len(marks) == 5
    for mark, frame, unit in zip(marks, plot.frames, units, strict=True):
        assert frame.chart.points[0][0] == pytest.approx(unit)
        assert mark.at == pytest.approx(frame.at(unit))
        low, high = frame.chart.x
        assert mark.at[0] == pytest.approx(frame.left + (unit[0] - low) / (high - low) * frame.width)


def test_a_tangent_is_as_steep_as_the_slope_and_as_long_as_the_others(worked: WorkedSolution) -> None:
    plot = worked.draw("activations").source
    assert isinstance(plot, Plot)
    tangents = [line for line in plot.scene.polylines if line.kind == "tangent"]
    for frame, line in zip(plot.frames, tangents, strict=True):
        (ax, ay), (bx, by) = line.points
        slope = -(by - ay) / frame.height * (frame.chart.y[1] - frame.chart.y[0])
        slope /= (bx - ax) / frame.width * (frame.chart.x[1] - frame.chart.x[0])
        assert slope == pytest.approx(frame.chart.points[0][1], abs=1e-9)
        assert math.hypot(bx - ax, by - ay) <= 2 * REACH + 1e-9


def test_what_is_drawn_stays_in_its_frame_also_at_a_pole() -> None:
    inverse, domain = Quotient((number(1), Variable("z"))), (-4.0, 4.0)
    drawing = plot_function(inverse, number(0), variable="z", domain=domain, parameters={}, labels=("f", "g"))
    plot = drawing.source
    assert isinstance(plot, Plot)
    (frame,) = plot.frames
    curve = [line for line in plot.scene.polylines if line.kind == "curve"]
    assert curve
    assert all(_within(frame, line) for line in plot.scene.polylines)


def _within(frame: Frame, line: Polyline) -> bool:
    left, top, right, low = frame.corners
    return all(left - 1e-6 <= x <= right + 1e-6 and top - 1e-6 <= y <= low + 1e-6 for x, y in line.points)


def test_losses_that_span_powers_of_ten_are_drawn_on_a_logarithmic_scale() -> None:
    path = next(path for path in PROBLEMS if path.stem == "004-relu-cross-entropy")
    worked = solve(load_problem(path, overrides={"training.iterations": 3000, "training.show": [1]}))
    plot = worked.draw("loss").source
    assert isinstance(plot, Plot)
    (frame,) = plot.frames
    assert frame.chart.logarithmic
    (line,) = (line for line in plot.scene.polylines if line.kind == "curve")
    first = worked.iterations[0].loss
    low, high = map(math.log10, frame.chart.y)
    assert line.points[0][1] == pytest.approx(
        frame.low - (math.log10(first) - low) / (high - low) * frame.height
    )
