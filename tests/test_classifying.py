"""The decision boundary, predictions and accuracy of a unit trained by gradients, against plain floats."""

from __future__ import annotations

import math
from itertools import product
from random import Random
from typing import Any

import pytest

from nbsolve import ProblemError, solve
from nbsolve.arithmetic.nearest import to_float
from nbsolve.asking.classifying import classified
from nbsolve.handout import Handout, key
from nbsolve.notebook.cells import notebook_of
from nbsolve.render import myst
from nbsolve.worked.pictured import described
from tests.loading import parse_problem

ACTIVATIONS = {"sigmoid": "0", "tanh": "-1", "linear": "0"}
CASES = [*product(ACTIVATIONS, ("bias", "threshold", "none"), (1, 2, 3), ("at_end", "each_step"))]


def text(activation: str, constant: str, inputs: int, rounding: str, seed: int) -> str:
    rng = Random(seed)
    low = ACTIVATIONS[activation]
    numbers = ", ".join(str(rng.randint(-9, 9) / 10) for _ in range(inputs))
    own = "" if constant == "none" else f", {constant}: [{rng.randint(-9, 9) / 10}]"
    samples = "\n".join(
        f"  - {{input: [{', '.join(str(rng.randint(-20, 20) / 10) for _ in range(inputs))}], target: [{y}]}}"
        for y in (low, "1", rng.choice((low, "1")), rng.choice((low, "1")))
    )
    return f"""
network:
  inputs: {inputs}
  layers: [{{units: 1, activation: {activation}, weights: [[{numbers}]]{own}}}]
samples:
{samples}
loss: {{squared_error: {{scale: 1/2}}}}
training: {{optimiser: {{sgd: {{learning_rate: 0.5}}}}, iterations: 6, show: [1]}}
rounding: {{apply: {rounding}, decimals: 6}}
parts: [{{label: a, ask: [decision_boundary, prediction, accuracy]}}]
"""


def trained(problem: Any, activation: str) -> tuple[list[float], float]:
    """Weights and bias after stochastic gradient descent in floats."""
    layer = problem.network.layers[0]
    w = [float(entry) for entry in layer.weights[0]]
    sign = -1 if layer.bias.kind == "threshold" else 1
    b = sign * float(layer.bias.values[0]) if layer.bias.values else 0.0
    for step in range(6):
        sample = problem.samples[step % len(problem.samples)]
        x, (y,) = [float(entry) for entry in sample.input], map(float, sample.target)
        z = sum(p * q for p, q in zip(w, x, strict=True)) + b
        a, slope = z, 1.0
        if activation == "sigmoid":
            a = 1 / (1 + math.exp(-z))
            slope = a * (1 - a)
        elif activation == "tanh":
            a = math.tanh(z)
            slope = 1 - a * a
        delta = (a - y) * slope
        w = [p - 0.5 * delta * q for p, q in zip(w, x, strict=True)]
        b -= 0.5 * delta if layer.bias.values else 0.0
    return w, b


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("activation", "constant", "inputs", "rounding"), CASES)
def test_boundaries_and_predictions(activation: str, constant: str, inputs: int, rounding: str) -> None:
    problem = parse_problem(text(activation, constant, inputs, rounding, len(activation) + 7 * inputs))
    worked = solve(problem)
    w, b = trained(problem, activation)
    border = 0.5 if activation == "linear" else 0.0
    found = worked.certified(classified)
    assert found is not None
    numbers = [to_float(found.value(weight), found.solution.arithmetic) for weight in found.weights]
    assert numbers == pytest.approx(w, abs=2e-5)
    said = [entry for entry in worked.entries() if entry.quantity == "prediction"]
    low = float(ACTIVATIONS[activation])
    inputs_ = [[float(str(entry)) for entry in sample.input] for sample in problem.samples]
    sums = [math.fsum(p * one for p, one in zip(w, x, strict=True)) + b - border for x in inputs_]
    assert [entry.value for entry in said] == [1.0 if z >= 0 else low for z in sums]
    targets = [float(str(entry)) for sample in problem.samples for entry in sample.target or ()]
    right = sum((z >= 0) is (y == 1) for z, y in zip(sums, targets, strict=True))
    (accuracy,) = (entry.value for entry in worked.entries() if entry.quantity == "accuracy")
    assert accuracy == right / 4


OR = """
network:
  inputs: 2
  layers: [{units: 1, activation: sigmoid, weights: [[2, 1]], bias: [-3]}]
samples:
  - {input: [0, 0], target: [0]}
  - {input: [0, 1], target: [1]}
  - {input: [1, 1], target: [1]}
loss: binary_cross_entropy
parts:
  - {label: a, ask: [loss], marks: 1}
  - {label: b, ask: [decision_boundary, prediction, accuracy], marks: 3}
"""


def test_the_section_in_every_output() -> None:
    """Without training: with the given parameters. z = 0 for the third sample, which is of the upper class."""
    worked = solve(parse_problem(OR))
    page = myst.render(described(worked))
    assert r"w_{11}^{(1)}\,x_1 + w_{21}^{(1)}\,x_2 + b_1^{(1)} &= 0" in page
    assert r"2\,x_1 + x_2 - 3 &= 0" in page
    assert r"x_2 &= \boxed{-2\,x_1 + 3}" in page
    assert "| 3 | $1$ | $1$ | $1$ | $0$ | $1$ | yes |" in page
    assert r"$\frac{2}{3} \approx 0.666667$" in page
    assert "is a straight line from" in page
    assert worked.draw("boundary").svg in worked.draw("boundary")._repr_mimebundle_()["image/svg+xml"]
    sheet = key(Handout(worked))
    assert "2x₁ + x₂ − 3 = 0" in "".join(piece.typst for piece in sheet.pieces)
    assert [cell.source for cell in notebook_of(worked.problem).cells if "boundary" in cell.source][-1:] == [
        'solution.draw("boundary")'
    ]


WEIGHTS = "weights: [[2, 1]], bias: [-3]"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("activation: sigmoid", "activation: relu"),
        ("target: [1]", "target: [0.5]"),
        (WEIGHTS, "weights: [[2, w]]"),
    ],
)
def test_what_stands_for_no_class(old: str, new: str) -> None:
    with pytest.raises(
        ProblemError, match="decision_boundary is asked, but this network's output stands for no"
    ):
        parse_problem(OR.replace(old, new))
