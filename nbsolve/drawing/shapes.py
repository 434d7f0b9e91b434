"""The shapes of the activations that occur, with the point of each unit and the tangent in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nbsolve.catalogue import Activation
from nbsolve.drawing.curves import CURVE, Curve, point, set_axes, tangent, window
from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.passes import Pass
from nbsolve.drawing.plots import Plot, finished_plot
from nbsolve.drawing.readings import Reading
from nbsolve.drawing.rows import activation_name
from nbsolve.expr import Expr, Function, Negation, Quotient, Sum, Variable, number
from nbsolve.phrases import phrase
from nbsolve.symbol import Symbol

__all__ = ["plot_activations"]

_ACROSS = 3
_PANEL = (212.0, 176.0)
_TEXT = 9.0
"""Size of the text of a panel in points: 12 pixels."""
_TICKS = 4
_LEAST = 4.0
"""The interval reaches at least so far to both sides of 0."""


@dataclass(frozen=True)
class _Panel:
    """One unit: what is written above its curve, where it stands on it, how steep it is there."""

    lines: tuple[str, str]
    formula: Expr
    known: dict[str, float]
    z: float
    a: float
    slope: float


def plot_activations(this: Pass) -> Drawing:
    """One small plot for each unit that is drawn: a over z, the point (z, a), the tangent with slope ∂a/∂z."""
    panels = [
        panel
        for node, data in this.graph.nodes(data=True)
        if node[0] and (panel := _panel(this, node[0], data["symbols"])) is not None
    ]
    across = min(_ACROSS, len(panels))
    down = math.ceil(len(panels) / across)
    width, height = across * _PANEL[0], down * _PANEL[1]

    def painter(ax: Any) -> None:
        ax.set_axis_off()
        for place, panel in enumerate(panels):
            column, line = place % across, place // across
            left, top = column * _PANEL[0] + 34, line * _PANEL[1] + 40
            bounds = (
                left / width,
                1 - (top + _PANEL[1] - 66) / height,
                (_PANEL[0] - 46) / width,
                (_PANEL[1] - 66) / height,
            )
            _paint(ax.inset_axes(bounds), panel)

    title = this.title(phrase("drawing.activations.title"))
    alt = " ".join(
        [f"{title}.", *(f"{panel.lines[0]}, {panel.lines[1]}." for panel in panels), *this.notes()]
    )
    return finished_plot(Plot(width, height, painter, (0.0, 0.0, 0.0, 0.0)), title, alt)


def _panel(this: Pass, layer: int, symbols: Sequence[Symbol]) -> _Panel | None:
    z, a = (this.readings.value(symbol) for symbol in symbols)
    slope = this.readings.slope(symbols[1], symbols[0])
    if z is None or a is None:
        return None
    dense = this.readings.solution.layers[layer - 1]
    names = [this.names.plain(symbol) for symbol in symbols]
    activation = activation_name(dense.layer.activation)
    first = phrase("drawing.activations.point", z=_said(names[0], z), a=_said(names[1], a))
    steep = "" if slope is None else _said(phrase("drawing.marks.slope"), slope)
    second = f"{activation}, {steep}" if steep else activation
    record = dense.activation
    given = {**record.parameters, **dense.layer.activation.parameters}
    parameters = {name: float(value) for name, value in given.items()}
    formula, known = _formula(record, z.size, a.size, parameters)
    return _Panel((first, second), formula, known, z.size, a.size, 0.0 if slope is None else slope.size)


def _formula(
    record: Activation, z: float, a: float, parameters: dict[str, float]
) -> tuple[Expr, dict[str, float]]:
    """a as a function of the unit's own z; of softmax, while the other units' z stay as they are.

    Softmax is e^z/(e^z + S) with the S of this point, which is 1/(1 + e^(ln S − z)).
    """
    if not record.vector:
        return record.definition, parameters
    others = z + math.log1p(-a) - math.log(a) if 0 < a < 1 else 0.0
    one = number(1)
    exponent = Sum((Variable("others"), Negation((Variable("z"),))))
    return Quotient((one, Sum((one, Function("exp", (exponent,)))))), {"others": others}


def _said(name: str, reading: Reading) -> str:
    return f"{name} {reading.relation} {reading.plain()}"


def _paint(ax: Any, panel: _Panel) -> None:
    locator = ax.get_axes_locator()
    if locator is not None:
        ax.apply_aspect(locator(ax, None))  # its place is needed now: a tangent is as long as it looks
    reach = max(_LEAST, 1.25 * abs(panel.z))
    curve = Curve.of(panel.formula, "z", (-reach, reach), panel.known)
    set_axes(ax, (-reach, reach), window([curve], [panel.a]), _TEXT)
    ax.locator_params(nbins=_TICKS)
    curve.draw(ax, CURVE)
    tangent(ax, (panel.z, panel.a), panel.slope)
    point(ax, (panel.z, panel.a))
    for line, height in zip(panel.lines, (22, 8), strict=True):
        ax.annotate(
            line,
            (0, 1),
            xycoords="axes fraction",
            xytext=(-20, height * 0.75),
            textcoords="offset points",
            fontsize=_TEXT,
            color="#111827" if height > 10 else "#374151",
        )
