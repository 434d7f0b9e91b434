"""Two optimisers from one start: their paths, the picture of both, what is said of them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from nbsolve import ProblemError, WorkedGraph, load_problem, solve
from nbsolve.drawing.charts.chart import Plot
from nbsolve.drawing.charts.level_lines import levels_of
from tests.corpus.outputs import FORMATS

PROBLEM = Path(__file__).parents[2] / "problems" / "graph-momentum-and-nesterov.yaml"
ROSENBROCK = """\
kind: graph
title: A curved valley
given: {x: -1.2, y: 1}
equations: {a: (1 - x)^2, b: 100*(y - x^2)^2, f: a + b}
training:
  optimiser: {adam: {learning_rate: 0.1}}
  compare_with: {adam: {learning_rate: 0.3}}
  iterations: 5
  show: [1]
parts: [{label: a, ask: [comparison]}]
"""
HILL = """\
kind: graph
given: {x: 1, y: 1}
equations: {f: "-x^2 - 3*y^2 + x*y"}
training: {optimiser: {momentum: {learning_rate: 0.1, beta: 0.5}}, compare_with: {sgd: {learning_rate: 0.1}},
           direction: ascent, iterations: 4}
"""


def worked(source: str | Path) -> WorkedGraph:
    found = solve(load_problem(source))
    assert isinstance(found, WorkedGraph)
    return found


def plot(graph: WorkedGraph) -> Plot:
    source = graph.draw("paths").source
    assert isinstance(source, Plot)
    return source


def rounded(value: Fraction) -> Fraction:
    """Three decimals, ties away from zero."""
    return Fraction(math.floor(abs(value) * 1000 + Fraction(1, 2)), 1000) * (1 if value >= 0 else -1)


def steps(
    nesterov: bool, written: Callable[[Fraction], Fraction] = lambda value: value
) -> list[tuple[Fraction, Fraction]]:
    """The valley by hand: v ← 0.8 v + g, and w ← w − 0.05 v, or − 0.05 (g + 0.8 v), for ∂f/∂x = x, ∂f/∂y = 20 y."""
    beta, rate = Fraction("0.8"), Fraction("0.05")
    place, velocity = [Fraction(4), Fraction(1)], [Fraction(0), Fraction(0)]
    points = [(place[0], place[1])]
    for _ in range(6):
        slopes = [written(place[0]), written(20 * place[1])]
        velocity = [written(beta * v + g) for v, g in zip(velocity, slopes, strict=True)]
        moves = [g + beta * v for g, v in zip(slopes, velocity, strict=True)] if nesterov else velocity
        place = [written(w - rate * move) for w, move in zip(place, moves, strict=True)]
        points.append((place[0], place[1]))
    return points


def test_the_paths_are_those_of_the_recursions() -> None:
    first, second = plot(worked(PROBLEM)).frames[0].chart.traces
    for trace, nesterov in ((first, False), (second, True)):
        ((xs, ys),) = trace.curve.pieces
        for x, y, point in zip(xs, ys, steps(nesterov), strict=True):
            assert math.isclose(x, point[0], rel_tol=1e-15)
            assert math.isclose(y, point[1], rel_tol=1e-15, abs_tol=1e-15)


def test_the_tables_and_the_json_have_where_they_end() -> None:
    graph = worked(PROBLEM)
    for nesterov in (False, True):
        x, y = (float(f"{float(one):.4g}") for one in steps(nesterov)[-1])
        rows = re.findall(r"^  6 +(\S+) +(\S+)", str(graph.compared()), re.MULTILINE)
        assert [float(one.replace("−", "-")) for one in rows[nesterov]] == [x, y]
    answers = {one.quantity: one for one in graph.entries() if one.part == "c"}
    assert [*answers] == ["nesterov.x_new", "nesterov.y_new"]
    assert answers["nesterov.x_new"].exact == pytest.approx(float(steps(True)[-1][0]), rel=1e-15)
    assert answers["nesterov.x_new"].iteration == 6


def test_paths_round_where_their_problem_does() -> None:
    text = PROBLEM.read_text(encoding="utf-8") + "rounding: {apply: each_step, decimals: 3}\n"
    rows = re.findall(r"^  ([1-6]) +(\S+) +(\S+)", str(worked(text).compared()), re.MULTILINE)
    expected = [*steps(False, rounded)[1:], *steps(True, rounded)[1:]]
    found = [(Fraction(x.replace("−", "-")), Fraction(y.replace("−", "-"))) for _, x, y in rows]
    assert found == expected
    assert expected[5] != steps(False)[-1]


@pytest.mark.parametrize("text", [PROBLEM, ROSENBROCK, HILL])
def test_level_lines_lie_at_their_heights(text: str | Path) -> None:
    heights = {
        PROBLEM: lambda x, y: 0.5 * x**2 + 10 * y**2,
        ROSENBROCK: lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        HILL: lambda x, y: -(x**2) - 3 * y**2 + x * y,
    }
    shown = plot(worked(text))
    (frame,) = shown.frames
    words = worked(text).draw("paths").alt
    said = re.search(r", at (.*?)\. The path", words)
    assert said is not None
    levels = [float(one.replace("−", "-")) for one in said[1].split(", ")]
    assert len(levels) > 3
    met = set()
    for xs, ys in frame.chart.levels:
        found = heights[text](xs, ys)
        nearest = min(levels, key=lambda level: abs(level - float(np.median(found))))
        spread = max(abs(nearest), 0.05 * (max(levels) - min(levels)))
        assert np.allclose(found, nearest, atol=0.15 * spread), nearest
        met.add(nearest)
    assert met == set(levels)


def test_what_stands_at_a_level_line_is_its_height() -> None:
    (frame,) = plot(worked(PROBLEM)).frames
    scene = plot(worked(PROBLEM)).scene
    numbers = [label for label in scene.labels if label.plate]
    assert len(numbers) >= 4
    for label in numbers:
        x = frame.chart.x[0] + (label.centre[0] - frame.left) / frame.width * (
            frame.chart.x[1] - frame.chart.x[0]
        )
        y = frame.chart.y[0] + (frame.low - label.centre[1]) / frame.height * (
            frame.chart.y[1] - frame.chart.y[0]
        )
        assert 0.5 * x**2 + 10 * y**2 == pytest.approx(float(label.text), rel=0.05)


def test_numbers_of_level_lines_hide_no_path() -> None:
    shown = plot(worked(PROBLEM))
    (frame,) = shown.frames
    points = [frame.at((float(x), float(y))) for nesterov in (0, 1) for x, y in steps(bool(nesterov))]
    for label in shown.scene.labels:
        if label.plate:
            assert all(math.dist(label.centre, point) > 15 for point in points)


@pytest.mark.parametrize(
    ("heights", "highest", "expected"),
    [
        ((0.0, 30.0), 18.0, [0.1, 0.2, 0.5, 1, 2, 5, 10, 20]),
        ((-3.0, 1.0), 0.9, [-2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5]),
        ((2.0, 2.0), 2.0, []),
    ],
)
def test_levels_are_round(heights: tuple[float, float], highest: float, expected: list[float]) -> None:
    assert levels_of(np.array(heights), highest) == expected


def test_the_words_follow_from_the_numbers() -> None:
    words = " ".join(str(worked(PROBLEM).compared()).split())
    assert "momentum moves in one direction throughout, from 4 to 1.427" in words
    assert "momentum turns back 2 times, after updates 2 and 5, and y lies between −0.8 and 1" in words
    assert "Nesterov momentum turns back once, after update 1" in words
    assert "Nesterov momentum is lower" in words
    hill = " ".join(str(worked(HILL).compared()).split())
    assert "gradient ascent is lower" in hill


def test_two_forms_of_one_optimiser_are_told_apart_by_their_settings() -> None:
    words = str(worked(ROSENBROCK).document())
    assert "Two paths: Adam (η = 0.1) and Adam (η = 0.3)" in " ".join(words.split())


def test_every_output_has_the_paths() -> None:
    graph = worked(PROBLEM)
    calls = [*graph.cells()]
    assert ("compared", {}) in calls
    assert ("draw", {"id": "paths"}) in calls
    blocks = graph.document().blocks
    drawings = [draw() for draw in graph.pictures(blocks).values()]
    assert any("level lines of f" in one.title for one in drawings)
    for name in ("text", "markdown", "latex", "typst"):
        assert "Two paths" in FORMATS[name](graph), name


START = "kind: graph\ngiven: {x: 4, y: 1, v: [1, 2]}\nequations: {f: x^2 + y^2}\n"
FAULTS = {
    "one parameter": ("parameters: [x], compare_with: nesterov", "trained are x (a number)", "compare_with"),
    "a vector": ("parameters: [x, v], compare_with: nesterov", "v (2)", "compare_with"),
    "no optimiser": ("parameters: [x, y], compare_with: nestrov", "unknown optimiser 'nestrov'", "nestrov"),
    "a state": ("parameters: [x, y], compare_with: adam, state: {velocity: 1}", "a state is given", "state"),
    "too long": (
        "parameters: [x, y], compare_with: adam, iterations: 500",
        "too long for the page",
        "compare_with",
    ),
    "up with decay": (
        "parameters: [x, y], compare_with: adamw, direction: ascent",
        "only goes down",
        "adamw",
    ),
}


@pytest.mark.parametrize("training", FAULTS.values(), ids=FAULTS)
def test_what_cannot_be_compared_is_refused(training: tuple[str, str, str]) -> None:
    keys, message, at = training
    line = f"training: {{optimiser: momentum, {keys}}}"
    with pytest.raises(ProblemError) as raised:
        load_problem(f"{START}{line}\n")
    (fault,) = raised.value.faults
    assert message in fault.message
    assert fault.line == 4
    assert fault.column is not None
    assert line[fault.column - 1 :].startswith(at), (fault.column, line)


def test_a_comparison_is_asked_only_where_there_is_one() -> None:
    with pytest.raises(ProblemError, match="compares no optimisers"):
        load_problem("kind: graph\ngiven: {x: 4}\nequations: {f: x^2}\nparts: [{ask: [comparison]}]\n")


def test_an_array_has_no_level_lines() -> None:
    text = (
        'kind: graph\ngiven: {x: 4, y: 1, v: [1, 2]}\nequations: {"f[j]": "v[j]*x*y"}\n'
        "training: {optimiser: momentum, compare_with: adam, parameters: [x, y]}\n"
    )
    with pytest.raises(ProblemError, match="f is 2"):
        load_problem(text)


@pytest.mark.parametrize(
    ("compared", "settings"),
    [
        ("nesterov", {"learning_rate": "0.1", "beta": "0.5"}),
        ("{nesterov: {beta: 0.9}}", {"learning_rate": "0.1", "beta": "0.9"}),
        ("sgd", {"learning_rate": "0.1"}),
    ],
)
def test_what_is_not_said_of_the_second_optimiser_is_as_with_the_first(
    compared: str, settings: dict[str, str]
) -> None:
    graph = worked(HILL.replace("{sgd: {learning_rate: 0.1}}", compared))
    training = graph.problem.training
    assert training is not None
    assert training.compare_with is not None
    assert {name: str(given) for name, given in training.compare_with.parameters.items()} == settings
