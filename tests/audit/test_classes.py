"""Pages about a unit that tells two classes apart: its boundary, its predictions, their accuracy."""

from __future__ import annotations

from itertools import product

import pytest

from tests.audit.killing import kill
from tests.audit.pages import ROUNDINGS, markdown
from tests.audit.test_shipped import all_reproduce
from tests.sampling import OneIn

OR = """
network:
  inputs: 2
  layers: [{units: 1, activation: sigmoid, weights: [[2, 1]], bias: [-3]}]
samples:
  - {input: [0, 0], target: [0]}
  - {input: [0, 1], target: [1]}
  - {input: [1, 1], target: [1]}
loss: binary_cross_entropy
TRAINING
parts:
  - {label: a, ask: [loss], marks: 1}
  - {label: b, ask: [decision_boundary, prediction, accuracy], marks: 3}
"""
TRAINED = OR.replace(
    "TRAINING", "training: {optimiser: {sgd: {learning_rate: 0.5}}, iterations: 3, show: [1]}"
)
THREE = """
network:
  inputs: 3
  layers: [{units: 1, activation: tanh, weights: [[0.5, -0.2, 0]], threshold: [0.3]}]
samples: [{input: [1, 0.5, 2], target: [1]}, {input: [-1, 2, 0.3], target: [-1]}]
loss: squared_error
training: {optimiser: adam, batch: all, iterations: 2, show: [2]}
parts: [{label: a, ask: [accuracy, decision_boundary]}, {label: b, ask: [prediction, gradients]}]
"""
STEEP = """
network:
  inputs: 2
  layers: [{units: 1, activation: linear, weights: [[0.5, 0]]}]
samples: [{input: [1, 0], target: [1]}, {input: [-1, 0], target: [0]}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.25}}, iterations: 2}
parts: [{label: a, ask: [decision_boundary, prediction, accuracy]}]
"""
CASES = {"given": OR.replace("TRAINING\n", ""), "trained": TRAINED, "three inputs": THREE, "steep": STEEP}


@pytest.mark.parametrize(("case", "rounding"), list(product(CASES, ROUNDINGS)))
def test_every_line_reproduces(case: str, rounding: str) -> None:
    print(case, all_reproduce(markdown(CASES[case], ROUNDINGS[rounding]).report()))


@pytest.mark.parametrize("case", CASES)
def test_every_change_of_a_page_is_found(case: str, one_in: OneIn) -> None:
    every = one_in(47)
    result = kill(markdown(CASES[case], {}), all_digits=False, one_in=every)
    print(f"{case}: {result.found} of {result.made} changes found ({result.rate:.4%})")
    assert not result.passed, "\n".join(result.passed[:20])
    assert result.made * every > 250
