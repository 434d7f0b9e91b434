"""The shapes of the activations that occur, with the point of each unit and the tangent in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nbsolve.catalogue import Activation
from nbsolve.catalogue.softmaxes import Softmax
from nbsolve.compose.functions import activation_name
from nbsolve.drawing.charts.chart import Chart, Frame, Plot, Trace, left_margin, placed
from nbsolve.drawing.charts.curves import Curve, window
from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.finishing import finished_plot
from nbsolve.drawing.graph import Node, units_of
from nbsolve.drawing.passes import Pass
from nbsolve.drawing.readings import Reading
from nbsolve.drawing.scene import Label, Row, Span, row, written
from nbsolve.expr import Expr, Function, Negation, Quotient, Sum, Variable, number
from nbsolve.phrases import phrase
from nbsolve.problem.functions import softmax_of
from nbsolve.symbol import Symbol

__all__ = ["plot_activations"]

_ACROSS, _WIDEST = 3, 760.0
"""The most panels side by side, and the widest picture: its letters must stay legible on paper."""
_PANEL = (212.0, 182.0)
_ABOVE, _BELOW, _RIGHT = 46.0, 28.0, 14.0
_TEXT, _TITLE, _MARGIN = 13.0, 16.0, 8.0
_LEAST = 4.0
"""The interval reaches at least so far to both sides of 0."""


@dataclass(frozen=True)
class _Panel:
    """One unit: what is written above its curve, where it stands on it, how steep it is there."""

    lines: tuple[str, str]
    rows: tuple[Row, Row]
    formula: Expr
    known: dict[str, float]
    z: float
    a: float
    slope: float


def plot_activations(this: Pass) -> Drawing:
    """One small plot per unit drawn: a over z, the point (z, a), and the tangent with the slope ∂a/∂z."""
    panels = [
        panel
        for node, data in units_of(this.graph)
        if node[0] and (panel := _panel(this, node, data["symbols"])) is not None
    ]
    title = this.title(phrase("drawing.activations.title"))
    alt = " ".join(
        [f"{title}.", *(f"{panel.lines[0]}, {panel.lines[1]}." for panel in panels), *this.notes()]
    )
    return finished_plot(_placed(panels, title), title, alt)


def _placed(panels: Sequence[_Panel], title: str) -> Plot:
    """The panels in rows below the title."""
    charts = [_chart(panel) for panel in panels]
    high = _PANEL[1] - _ABOVE - _BELOW
    left = max([_MARGIN, *(left_margin(chart, high) for chart in charts)])
    widest = max([line.width for panel in panels for line in panel.rows], default=0.0)
    wide = max(_PANEL[0], left + _RIGHT + 120.0, widest + 2 * _MARGIN)
    head = row((Span(title),), _TITLE)
    across = max(1, min(_ACROSS, len(panels), int(_WIDEST / wide)))
    width = max(across * wide, head.width + 2 * _MARGIN) + _MARGIN
    labels = [Label((width / 2, _MARGIN + head.height / 2), (head,))]
    frames = []
    for place, (panel, chart) in enumerate(zip(panels, charts, strict=True)):
        x, y = _MARGIN + place % across * wide, 2 * _MARGIN + head.height + place // across * _PANEL[1]
        frames.append(Frame(chart, x + left, y + _ABOVE, wide - left - _RIGHT, high))
        for line, down in zip(panel.rows, (12.0, 32.0), strict=True):
            labels.append(Label((x + line.width / 2, y + down), (line,)))
    height = 3 * _MARGIN + head.height + math.ceil(len(panels) / across) * _PANEL[1]
    plot = placed(frames, width, height, labels=labels)
    corners = tuple((f.left - left, f.top - _ABOVE, wide, _PANEL[1]) for f in frames)
    return replace(plot, scene=replace(plot.scene, panels=corners))


def _chart(panel: _Panel) -> Chart:
    reach = max(_LEAST, 1.25 * abs(panel.z))
    curve = Curve.of(panel.formula, "z", (-reach, reach), panel.known)
    point = ((panel.z, panel.a), panel.slope)
    return Chart((-reach, reach), window([curve], [panel.a]), (Trace(curve),), (point,))


def _panel(this: Pass, node: Node, symbols: Sequence[Symbol]) -> _Panel | None:
    z, a = (this.readings.value(symbol) for symbol in symbols)
    slope = this.readings.slope(symbols[1], symbols[0])
    if z is None or a is None:
        return None
    layer, unit = node
    dense = this.readings.solution.layer(layer)
    choice, record = dense.layer.activation.of_unit(unit), dense.function(unit)
    names = [this.names.plain(symbol) for symbol in symbols]
    activation = activation_name(choice)
    first = phrase("drawing.activations.point", z=_said(names[0], z), a=_said(names[1], a))
    steep = "" if slope is None else _said(phrase("drawing.marks.slope"), slope)
    second = f"{activation}, {steep}" if steep else activation
    letters = [written(this.names.name(symbol)) for symbol in symbols]
    rows = (
        row((*letters[0], *_equals(z), Span(", "), *letters[1], *_equals(a)), _TEXT),
        row(
            (Span(f"{activation}, {phrase('drawing.marks.slope')}"), *_equals(slope))
            if slope is not None
            else (Span(activation),),
            _TEXT,
            "quiet",
        ),
    )
    given = {**record.parameters, **choice.parameters}
    parameters = {name: float(value) for name, value in given.items()}
    formula, known = _formula(record, softmax_of(choice), z.size, a.size, parameters)
    return _Panel((first, second), rows, formula, known, z.size, a.size, 0.0 if slope is None else slope.size)


def _formula(
    record: Activation, softmax: Softmax | None, z: float, a: float, parameters: dict[str, float]
) -> tuple[Expr, dict[str, float]]:
    """a as a function of the unit's own z; of softmax, while the other units' z stay as they are.

    Softmax is e^z/(e^z + S) with the S of this point, which is 1/(1 + e^(ln S − z)).
    """
    if softmax is None:
        return record.definition, parameters
    p = math.exp(a) if softmax.logarithm else a
    exponent = z / parameters.get("temperature", 1) * math.log(parameters.get("base", math.e))
    others = exponent + math.log1p(-p) - math.log(p) if 0 < p < 1 else 0.0
    one = number(1)
    rest = Function("exp", (Sum((Variable("others"), Negation((softmax.exponent(Variable("z")),)))),))
    below = Sum((one, rest))
    found = Negation((Function("ln", (below,)),)) if softmax.logarithm else Quotient((one, below))
    return found, {"others": others}


def _said(name: str, reading: Reading) -> str:
    return f"{name} {reading.relation} {reading.plain()}"


def _equals(reading: Reading) -> tuple[Span, ...]:
    return (Span(f" {reading.relation} "), *reading.spans())
