"""The loss over the iterations of a training."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import reduce

import flint
import numpy as np

from nbsolve.arithmetic import ZERO, Value
from nbsolve.arithmetic.nearest import to_float
from nbsolve.asking.writing import scalar
from nbsolve.drawing.charts.chart import Chart, Frame, Plot, Trace, left_margin, placed
from nbsolve.drawing.charts.curves import Curve, number_text
from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.finishing import finished_plot
from nbsolve.drawing.scene import Label, Line, Point, Span, row
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Array
from nbsolve.notation import Names
from nbsolve.phrases import phrase
from nbsolve.problem import wiring
from nbsolve.solving.engine import solve_problem
from nbsolve.solving.loss_alone import Batch, Parameters
from nbsolve.solving.schedule import batch_size
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.symbol import LOSS, Symbol
from nbsolve.values import Values

__all__ = ["MOST_POINTS", "plot_losses"]

MOST_POINTS = 120
"""The most iterations that are drawn; those of a longer training are evenly spread."""
_MOST_CELLS = 400_000
"""Every point keeps the values of its iteration: wide networks get fewer points."""
_WIDTH, _HEIGHT = 520.0, 310.0
_ABOVE, _BELOW, _MARGIN = 44.0, 54.0, 16.0
_DOTTED, _LISTED = 30, 12
_NAMES = 26.0
_KINDS = ("curve", "slope", "third", "fourth")
"""How lines are drawn; with more samples than this their mean is one line."""
_LOGARITHMIC = 50.0
"""Losses that differ by more than this factor are drawn on a logarithmic scale."""


def plot_losses(solution: Solution, names: Names) -> Drawing:
    """The loss after each number of updates: of the one batch, of each sample, or their mean where they are many.

    Where each iteration takes other samples, their losses are not one curve: each sample has a line of its own.
    Raises: UnknownQuantityError for fewer than two iterations; Undecided.
    """
    solution = _with_points(solution)
    lines = _lines(solution)
    every = [height for points in lines.values() for _, height in points]
    low, high = min(every), max(every)
    logarithmic = low > 0 and high / low > _LOGARITHMIC
    first, last = next(iter(lines.values()))[0][0], next(iter(lines.values()))[-1][0]
    pad = 0.08 * (high - low) or 0.1 * abs(high) or 1.0
    room = max(0.03 * (last - first), 0.15)
    chart = Chart(
        (max(0.0, first - room), last + room),
        (low / 1.3, high * 1.3) if logarithmic else (low - pad, high + pad),
        tuple(_trace(points, kind) for points, kind in zip(lines.values(), _KINDS, strict=False)),
        x_label=phrase("drawing.losses.updates"),
        whole=True,
        logarithmic=logarithmic,
    )
    loss = names.plain(LOSS)
    mean = len(lines) == 1 and len(solution.problem.samples) > batch_size(solution.problem)
    title = phrase("drawing.losses.mean" if mean else "drawing.losses.title", loss=loss)
    return finished_plot(_placed(chart, title, list(lines)), title, _described(lines, title, logarithmic))


def _trace(points: list[Point], kind: str) -> Trace:
    xs, ys = (np.array(numbers, dtype=np.float64) for numbers in zip(*points, strict=True))
    return Trace(Curve(((xs, ys),), (), ()), kind, tuple(points) if len(points) <= _DOTTED else ())


def _placed(chart: Chart, title: str, names: Sequence[str]) -> Plot:
    """The chart below its title and, where there are several lines, their names."""
    head = row((Span(title),), 16.0)
    above = _ABOVE + (_NAMES if len(names) > 1 else 0.0)
    height = _HEIGHT - _ABOVE - _BELOW
    left = _MARGIN + left_margin(chart, height)
    frame = Frame(chart, left, above, _WIDTH - left - _MARGIN, height)
    labels, lines, x = [Label((_WIDTH / 2, _ABOVE / 2), (head,))], [], left
    for name, trace in zip(names, chart.traces, strict=True) if len(names) > 1 else ():
        words = row((Span(name),), 14.0)
        lines.append(Line((x, _ABOVE), (x + 30, _ABOVE), trace.kind, 2.4))
        labels.append(Label((x + 38 + words.width / 2, _ABOVE), (words,)))
        x += 38 + words.width + 20
    return placed([frame], _WIDTH, above + height + _BELOW, lines, labels)


def _with_points(solution: Solution) -> Solution:
    """The solution with every iteration shown, or with some of them where there are many.

    A solution keeps only the iterations that are shown, so it is solved again with others shown.
    """
    training = solution.problem.training
    if training is None or training.iterations < 2 or not solution.problem.losses:
        raise UnknownQuantityError("a loss over the iterations needs two iterations or more")
    network = solution.problem.network
    cells = sum(layer.units * wiring.width(network, n) for n, layer in enumerate(network.layers, 1))
    if batch_size(solution.problem) < len(solution.problem.samples):
        cells *= len(solution.problem.samples)
    most = max(2, min(MOST_POINTS, _MOST_CELLS // cells))
    count = min(training.iterations, most)
    chosen = tuple(int(number) for number in np.unique(np.linspace(1, training.iterations, count).round()))
    if set(chosen) == {iteration.number for iteration in solution.iterations}:
        return solution
    shown = training.model_copy(update={"show": chosen})
    problem = solution.problem.model_copy(update={"training": shown})
    return solve_problem(problem, solution.arithmetic, solution.rounded, solution.replay)


def _lines(solution: Solution) -> dict[str, list[Point]]:
    """The points (updates made, loss) of each line, by its name."""
    count = len(solution.problem.samples)
    whole = batch_size(solution.problem) == count
    groups: list[tuple[int, ...]] = [tuple(range(1, count + 1))]
    if not whole and count <= len(_KINDS):
        groups = [(number,) for number in groups[0]]
    lines: dict[str, list[Point]] = {}
    for samples in groups:
        points = []
        for iteration in solution.iterations:
            own = tuple(iteration.samples) == samples
            value = scalar(iteration.values[LOSS]) if own else _loss(solution, samples, iteration, False)
            points.append((float(iteration.number - 1), to_float(value, solution.arithmetic)))
        last = _loss(solution, samples, solution.iterations[-1], True)
        points.append((float(solution.iterations[-1].number), to_float(last, solution.arithmetic)))
        points = [point for point in points if math.isfinite(point[1])]
        if not points:
            raise UnknownQuantityError("a loss over the iterations cannot be drawn: it is beyond 10^308")
        lines[phrase("drawing.titles.sample", number=str(samples[0])) if len(groups) > 1 else ""] = points
    return lines


def _loss(solution: Solution, samples: Sequence[int], iteration: Iteration, new: bool) -> Value:
    """The loss of some samples with the parameters before an update, or after it; a mean where it is of many."""
    values, arithmetic = iteration.values, solution.arithmetic
    if new and tuple(iteration.samples) == tuple(samples) and LOSS._replace(new=True) in values:
        return scalar(values[LOSS._replace(new=True)])
    weights, constants = [], []
    for layer in solution.layers:
        own = layer.constant()
        weights.append(None if layer.tied else _array(values, layer.w(), new))
        constants.append(None if own is None else _array(values, own, new))
    parameters = Parameters(tuple(weights), tuple(constants))
    together = batch_size(solution.problem) == len(samples)
    batches = [samples] if together else [[number] for number in samples]
    total: Value = ZERO
    for chosen in batches:
        batch = Batch(solution.problem, chosen, arithmetic)
        found = batch.loss(parameters, 0, [own[0] for own in batch.sums(parameters)])
        terms = (batch.penalty(parameters).value, *(sample.value for sample in found))
        total = reduce(arithmetic.add, terms, total)
    return arithmetic.divide(total, flint.fmpq(len(batches)))


def _array(values: Values, symbol: Symbol, new: bool) -> Array:
    changed = symbol._replace(new=True)
    return np.atleast_1d(np.asarray(values[changed if new and changed in values else symbol], dtype=object))


def _described(lines: Mapping[str, list[Point]], title: str, logarithmic: bool) -> str:
    sentences = []
    for name, points in lines.items():
        listed = points
        if len(points) > _LISTED:
            listed = [
                points[k] for k in np.unique(np.linspace(0, len(points) - 1, _LISTED).round().astype(int))
            ]
        values = [
            phrase(
                "drawing.losses.value" if number == 1 else "drawing.losses.values",
                number=str(int(number)),
                loss=number_text(loss),
            )
            for number, loss in listed
        ]
        sentences.append(f"{name + ': ' if name else ''}{', '.join(values)}.")
    scale = [phrase("drawing.losses.logarithmic")] if logarithmic else []
    return " ".join([f"{title}:", *sentences, *scale])
