"""A function and its derivative in one small plot, with tangents: a derivation made visible."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from nbsolve.drawing.charts.chart import CURVE, SLOPE, Chart, Frame, Plot, Trace, left_margin, placed
from nbsolve.drawing.charts.curves import Curve, number_text, sampled, window
from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.finishing import finished_plot
from nbsolve.drawing.scene import Label, Line, Span, row
from nbsolve.expr import Expr
from nbsolve.given import Given
from nbsolve.phrases import phrase

__all__ = ["plot_function"]

WIDTH, HEIGHT = 440.0, 300.0
_ABOVE, _BELOW, _MARGIN = 36.0, 54.0, 16.0
_TEXT = 14.0
_NOTHING = 1e-7


def plot_function(
    definition: Expr,
    derivative: Expr,
    *,
    variable: str,
    domain: tuple[float, float],
    parameters: Mapping[str, Given],
    labels: tuple[str, str],
    points: Sequence[float] = (),
) -> Drawing:
    """f and f′ over an interval, with the tangent of f at each of the points.

    `definition` and `derivative` are formulae in the placeholder `variable` and those of the `parameters`;
    `labels` are the names of the two (`("σ(z)", "σ′(z)")`). Kinks stay sharp; at a jump the curve breaks, with a
    filled dot on the value and a hollow one beside it. At each point the tangent of f is drawn, and the
    diamond below or above it on f′ is as high as that tangent is steep.

    Raises: ValueError for an empty interval or a point outside it; KeyError for a placeholder without a value.
    """
    low, high = domain
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"expected an interval from a lower to a higher number, found {domain}")
    outside = [place for place in points if not low <= place <= high]
    if outside:
        raise ValueError(f"{outside[0]} lies outside the interval from {low} to {high}")
    known = {name: float(given) for name, given in parameters.items()}
    function, slope = (sampled(formula, variable, known) for formula in (definition, derivative))
    curves = [Curve.of(formula, variable, domain, known) for formula in (definition, derivative)]
    marked = [(place, function(place), slope(place)) for place in points]
    marked = [found for found in marked if math.isfinite(found[1]) and math.isfinite(found[2])]
    heights = window(curves, [height for _, *both in marked for height in both])

    chart = Chart(
        domain,
        heights,
        (Trace(curves[1], SLOPE), Trace(curves[0], CURVE)),
        tuple(((place, height), slope) for place, height, slope in marked),
        tuple((place, slope) for place, _, slope in marked),
        x_label=variable,
    )
    title = phrase("drawing.function.title", function=labels[0], derivative=labels[1])
    alt = _described(curves, domain, labels, variable, marked)
    return finished_plot(_placed(chart, labels), title, alt)


def _placed(chart: Chart, labels: tuple[str, str]) -> Plot:
    """The chart with the names of its curves above it."""
    height = HEIGHT - _ABOVE - _BELOW
    left = _MARGIN + left_margin(chart, height)
    frame = Frame(chart, left, _ABOVE, WIDTH - left - _MARGIN, height)
    x, y = left, _ABOVE / 2
    lines, names = [], []
    for kind, label in zip((CURVE, SLOPE), labels, strict=True):
        name = row((Span(label),), _TEXT, "ink")
        lines.append(Line((x, y), (x + 30, y), kind, 2.4))
        names.append(Label((x + 38 + name.width / 2, y), (name,)))
        x += 38 + name.width + 22
    return placed([frame], WIDTH, HEIGHT, lines, names)


def _described(
    curves: Sequence[Curve],
    domain: tuple[float, float],
    labels: tuple[str, str],
    variable: str,
    marked: Sequence[tuple[float, float, float]],
) -> str:
    """Both curves with their values at the ends and in the middle, jumps and points, in words."""
    low, high = (number_text(end) for end in domain)
    said = [phrase("drawing.function.alt", variable=variable, low=low, high=high)]
    for curve, name in zip(curves, labels, strict=True):
        heights = [float(y) for _, values in curve.pieces for y in (values[0], values[-1])]
        every = [float(y) for _, values in curve.pieces for y in (values.min(), values.max())]
        if not every:
            continue
        slots = {"start": heights[0], "end": heights[-1], "least": min(every), "most": max(every)}
        # what is nothing on the scale of the picture is 0 that floating point has missed
        least = _NOTHING * max(abs(value) for value in slots.values())
        texts = {slot: number_text(value if abs(value) > least else 0) for slot, value in slots.items()}
        flat = texts["least"] == texts["most"]
        said.append(
            phrase("drawing.function.constant" if flat else "drawing.function.curve", name=name, **texts)
        )
        for at, _ in curve.filled:
            said.append(phrase("drawing.function.jump", name=name, variable=variable, place=number_text(at)))
    for place, height, slope in marked:
        said.append(
            phrase(
                "drawing.function.point",
                variable=variable,
                place=number_text(place),
                value=number_text(height),
                slope=number_text(slope),
            )
        )
    return " ".join(said)
