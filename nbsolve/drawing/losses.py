"""The loss over the iterations of a training."""

from __future__ import annotations

import numpy as np

from nbsolve.drawing.charts import Chart, Frame, Plot, Trace, left_margin, placed
from nbsolve.drawing.curves import Curve, number_text
from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.plots import finished_plot
from nbsolve.drawing.scene import Label, Span, row
from nbsolve.engine import losses_at
from nbsolve.errors import UnknownQuantityError
from nbsolve.layers.dense import LOSS
from nbsolve.nearest import to_float
from nbsolve.notation import Names
from nbsolve.phrases import phrase
from nbsolve.solution import Solution
from nbsolve.writing import scalar

__all__ = ["MOST_POINTS", "plot_losses"]

MOST_POINTS = 120
"""The most iterations that are drawn; those of a longer training are evenly spread."""
_MOST_CELLS = 400_000
"""Every point keeps the values of its iteration: wide networks get fewer points."""
_WIDTH, _HEIGHT = 520.0, 310.0
_ABOVE, _BELOW, _MARGIN = 44.0, 54.0, 16.0
_DOTTED, _LISTED = 30, 12
_LOGARITHMIC = 50.0
"""Losses that differ by more than this factor are drawn on a logarithmic scale."""


def plot_losses(solution: Solution, names: Names) -> Drawing:
    """The loss of each iteration, before its update. Raises: UnknownQuantityError for fewer than two; Undecided."""
    points = _losses(solution)
    numbers, losses = zip(*points, strict=True)
    logarithmic = min(losses) > 0 and max(losses) / min(losses) > _LOGARITHMIC
    loss = names.plain(LOSS)

    low, high = min(losses), max(losses)
    pad = 0.08 * (high - low) or 0.1 * abs(high) or 1.0
    room = max(0.03 * (numbers[-1] - numbers[0]), 0.15)
    curve = Curve(((np.array(numbers, dtype=np.float64), np.array(losses, dtype=np.float64)),), (), ())
    chart = Chart(
        (max(0.0, numbers[0] - room), numbers[-1] + room),
        (low / 1.3, high * 1.3) if logarithmic else (low - pad, high + pad),
        (Trace(curve, dots=tuple(points) if len(points) <= _DOTTED else ()),),
        x_label=phrase("drawing.losses.iteration"),
        whole=True,
        logarithmic=logarithmic,
    )
    title = phrase("drawing.losses.title", loss=loss)
    return finished_plot(_placed(chart, title), title, _described(points, title, logarithmic))


def _placed(chart: Chart, title: str) -> Plot:
    head = row((Span(title),), 16.0)
    height = _HEIGHT - _ABOVE - _BELOW
    left = _MARGIN + left_margin(chart, height)
    frame = Frame(chart, left, _ABOVE, _WIDTH - left - _MARGIN, height)
    return placed([frame], _WIDTH, _HEIGHT, labels=[Label((_WIDTH / 2, _ABOVE / 2), (head,))])


def _losses(solution: Solution) -> list[tuple[int, float]]:
    """Number and loss of every iteration, or of some of them where there are many.

    A solution keeps only the iterations that are shown; the losses of others are worked out again.
    """
    training = solution.problem.training
    if training is None or training.iterations < 2 or not solution.problem.losses:
        raise UnknownQuantityError("a loss over the iterations needs two iterations or more")
    parameters = sum(layer.units * len(layer.weights[0]) for layer in solution.problem.network.layers)
    most = max(2, min(MOST_POINTS, _MOST_CELLS // parameters))
    count = min(training.iterations, most)
    chosen = tuple(int(number) for number in np.unique(np.linspace(1, training.iterations, count).round()))
    losses = {iteration.number: iteration.values[LOSS] for iteration in solution.iterations}
    if not set(chosen) <= losses.keys():
        losses = losses_at(chosen, solution.problem, solution.arithmetic, solution.rounded)
    return [(number, to_float(scalar(losses[number]), solution.arithmetic)) for number in chosen]


def _described(points: list[tuple[int, float]], title: str, logarithmic: bool) -> str:
    listed = points
    if len(points) > _LISTED:
        listed = [points[k] for k in np.unique(np.linspace(0, len(points) - 1, _LISTED).round().astype(int))]
    values = [
        phrase("drawing.losses.value", number=str(number), loss=number_text(loss)) for number, loss in listed
    ]
    scale = [phrase("drawing.losses.logarithmic")] if logarithmic else []
    return " ".join([f"{title}:", f"{', '.join(values)}.", *scale])
