"""Plots of a function and its derivative: where the curves run, where they break, what the words say."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from nbsolve.arithmetic import Arithmetic, ball
from nbsolve.catalogue.activations import ACTIVATIONS, Activation
from nbsolve.drawing import plot_function
from nbsolve.drawing.charts.borders import heights_of
from nbsolve.drawing.charts.curves import Curve, window
from nbsolve.drawing.drawing import Drawing
from nbsolve.evaluate import evaluate
from nbsolve.expr import Applied, Expr, Number, Quotient, Variable, number
from nbsolve.given import Given

SVG = "{http://www.w3.org/2000/svg}"
RECORDS = [record for record in ACTIVATIONS.values() if not record.vector]


def drawn(record: Activation, *points: float) -> Drawing:
    return plot_function(
        record.definition,
        record.derivative,
        variable="z",
        domain=(-4, 4),
        parameters=record.parameters,
        labels=("f(z)", "f′(z)"),
        points=points,
    )


def curve(formula: Expr, record: Activation) -> Curve:
    known = {name: float(given) for name, given in record.parameters.items()}
    return Curve.of(formula, "z", (-4.0, 4.0), known)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
@pytest.mark.parametrize("place", ["-2.5", "-0.3", "0", "0.7", "3"])
def test_curves_run_where_the_certified_values_lie(record: Activation, place: str) -> None:
    for formula in (record.definition, record.derivative):
        given = {name: Number(value.rational) for name, value in record.parameters.items()}
        entries = (("z", Number(Given.read(place).rational)),)
        certified = evaluate(Applied("f", formula, entries, tuple(given.items())), {}, Arithmetic())
        known = {name: float(value) for name, value in record.parameters.items()}
        found = heights_of(formula, "z", known)(float(place))
        assert float(found) == pytest.approx(float(ball(certified)), rel=1e-12, abs=1e-12)  # type: ignore[arg-type]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_the_drawn_derivative_is_the_slope_of_the_drawn_function(record: Activation) -> None:
    function, slope = curve(record.definition, record), curve(record.derivative, record)
    xs, ys = (np.concatenate(parts) for parts in zip(*slope.pieces, strict=True))
    for x, y in function.pieces:
        middle = (x[1:] + x[:-1]) / 2
        wide = np.diff(x) > 1e-3
        steep = np.diff(y)[wide] / np.diff(x)[wide]
        assert steep == pytest.approx(np.interp(middle[wide], xs, ys), abs=0.02)


def test_a_jump_breaks_the_curve_and_a_kink_does_not() -> None:
    record = ACTIVATIONS["relu"]
    slope = curve(record.derivative, record)
    assert len(slope.pieces) == 2
    assert (slope.filled, slope.hollow) == (((0.0, 0.0),), ((0.0, 1.0),))
    function = curve(record.definition, record)
    assert (function.filled, function.hollow) == ((), ())
    assert min(abs(float(x)) for places, _ in function.pieces for x in places) < 1e-7
    assert "f′(z) jumps at z = 0." in drawn(record).alt


def test_a_pole_does_not_flatten_the_rest() -> None:
    inverse = Quotient((number(1), Variable("z")))
    low, high = window([Curve.of(inverse, "z", (0.0, 10.0), {})])
    assert high < 20
    assert low < 0.1


def test_words_and_tangents_carry_the_values() -> None:
    drawing = drawn(ACTIVATIONS["sigmoid"], 0.0)
    assert "At z = 0 the value is 0.5, and the tangent has the slope 0.25." in drawing.alt
    assert drawing.title == "f(z) and its derivative f′(z)"


def test_real_text_own_ids_and_the_same_bytes_again() -> None:
    one, other = drawn(ACTIVATIONS["tanh"], 0.5), drawn(ACTIVATIONS["tanh"], 0.5)
    assert one.svg == other.svg
    root = ElementTree.fromstring(one.svg)
    tag = root.get("id")
    assert tag is not None
    assert all(str(element.get("id", tag)).startswith(tag) for element in root.iter())
    texts = ["".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")]
    assert {"f(z)", "f′(z)", "−4", "z"} <= set(texts)
    assert next(root.iter(f"{SVG}desc")).text == one.alt


@pytest.mark.parametrize("domain", [(1.0, 1.0), (2.0, 1.0), (0.0, math.inf)])
def test_an_interval_has_two_ends(domain: tuple[float, float]) -> None:
    z = Variable("z")
    with pytest.raises(ValueError, match="an interval from a lower to a higher number"):
        plot_function(z, number(1), variable="z", domain=domain, parameters={}, labels=("f", "f′"))


def test_a_point_outside_is_refused() -> None:
    with pytest.raises(ValueError, match=r"9\.0 lies outside the interval from -4 to 4"):
        drawn(ACTIVATIONS["tanh"], 9.0)
