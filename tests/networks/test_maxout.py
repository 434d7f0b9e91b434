"""Maxout layers: each unit takes the largest of several layers, and the gradient goes to it alone."""

from __future__ import annotations

import pytest

from nbsolve import solve
from tests.audit.pages import EXPLANATIONS, markdown
from tests.drawing.labels import violations
from tests.loading import load_problem
from tests.networks.comparing import disagreements

THREE = """
title: Maxout with three pieces
network:
  inputs: 3
  layers:
    - {units: 3, activation: linear, weights: [[0.5, -0.3, 0.1], [0.8, 0.2, -0.4], [0.3, 0.1, 0]]}
    - units: 3
      from: input
      activation: tanh
      weights: [[0.6, -0.5, 0], [-0.4, 0.9, 0.3], [1, 0, 0.2]]
      bias: {shared: 0.1}
    - {kind: maxout, from: [1, input, 2], activation: ACTIVATION}
    - {units: 1, from: [3, 1], activation: sigmoid, weights: [[0.7, -1.1, 0.4, 0.2, 0.3, -0.5]], bias: [0.2]}
samples:
  - {input: [1, 2, -0.5], target: [0]}
  - {input: [-0.7, 0.4, 1.5], target: [1]}
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.1}}, batch: all, iterations: 2}
explain: EXPLAIN
"""


@pytest.mark.parametrize("number", range(3))
def test_three_pieces(number: int) -> None:
    activation = ("linear", "relu", "tanh")[number]
    text = THREE.replace("ACTIVATION", activation).replace("EXPLAIN", EXPLANATIONS[number])
    assert not disagreements(text)
    assert not markdown(text).report().faults
    assert any("dL/dW[1]" in line for line in disagreements(text, text.replace("maxout,", "add,")))


TIE = """
network:
  inputs: 1
  layers:
    - {units: 1, activation: linear, weights: [[2]]}
    - {units: 1, from: input, activation: linear, weights: [[1]], bias: [1]}
    - {kind: maxout, from: [1, 2]}
samples: [{input: [1], target: [0]}]
loss: squared_error
parts: [{label: a, ask: [gradients, "dz[3][1]/da[1][1]"]}]
"""


def test_of_equal_values_the_first_counts() -> None:
    assert not disagreements(TIE)
    worked = solve(load_problem(TIE))
    found = {entry.quantity: entry.exact for entry in worked.entries(everything=True)}
    assert (found["dL/dW[1][1][1]"], found["dL/dW[2][1][1]"]) == (4, 0)
    assert not markdown(TIE).report().faults
    text = " ".join(str(worked.document()).split())
    assert "of equal values the first counts as the largest" in text
    assert "Layer 3: output, maxout" in text


def test_the_drawing_says_what_counts() -> None:
    worked = solve(load_problem(THREE.replace("ACTIVATION", "linear").replace("EXPLAIN", "delta")))
    drawn = worked.draw("network")
    assert "Layer 3, unit 1 (maxout)" in drawn.alt
    assert "Edge x₁ → a₁⁽³⁾: the largest counts." in drawn.alt
    assert not violations(drawn.svg)
