"""Pages with softmax with a temperature or log-softmax: every line reproduces, every change of one is found."""

from __future__ import annotations

from itertools import product

import pytest

from tests.audit.killing import kill
from tests.audit.pages import ROUNDINGS, markdown
from tests.audit.test_shipped import all_reproduce
from tests.sampling import OneIn

LAST = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.5, -0.25], [0.1, 0.4]], bias: {shared: 0.1}}
    - {units: UNITS, activation: ACTIVATION, weights: WEIGHTS, bias: [0.3, -0.1, 0.2]}
samples: [{input: [1, 2], target: [0, 0.75, 0.25]}]
loss: LOSS
training: {optimiser: {sgd: {learning_rate: 0.1}}, iterations: 1}
"""
INSIDE = """
network:
  inputs: 2
  layers:
    - {units: 3, activation: ACTIVATION, weights: [[0.5, -0.25], [0.1, 0.4], [1, -0.2]], threshold: [0.1, 0, 0.3]}
    - {units: 1, activation: linear, weights: [[1.5, -0.5, 1]], bias: [0.3]}
samples: [{input: [1, 2], target: [1]}, {input: [-1, 0.5], target: [0]}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.1}}, batch: all, iterations: 1}
"""
WARM = "{softmax_with_temperature: {temperature: 2.5}}"
CASES = {
    "temperature, cross-entropy": (LAST, WARM, "categorical_cross_entropy"),
    "temperature, squared error": (LAST, WARM, "squared_error"),
    "base, cross-entropy": (
        LAST,
        "{softmax_with_base: {base: 2}}",
        "{categorical_cross_entropy: {log_base: 2}}",
    ),
    "base, natural logarithm": (LAST, "{softmax_with_base: {base: 3}}", "categorical_cross_entropy"),
    "logarithm, likelihood": (LAST, "log_softmax", "negative_log_likelihood"),
    "logarithm, squared error": (LAST, "log_softmax", "squared_error"),
    "temperature inside": (INSIDE, WARM, ""),
    "logarithm inside": (INSIDE, "log_softmax", ""),
}
WAYS = ("delta", "paths", "local_derivatives")


def text(case: str, way: str = "delta") -> str:
    frame, activation, loss = CASES[case]
    filled = frame.replace("ACTIVATION", activation).replace("LOSS", loss).replace("UNITS", "3")
    filled = filled.replace("WEIGHTS", "[[1.5, -0.5], [0.2, 0.4], [-1, 0.3]]")
    return f"{filled}explain: {way}\n"


@pytest.mark.sampled(23)
@pytest.mark.parametrize(("case", "way", "rounding"), list(product(CASES, WAYS, ROUNDINGS)))
def test_every_line_reproduces(case: str, way: str, rounding: str) -> None:
    print(case, all_reproduce(markdown(text(case, way), ROUNDINGS[rounding]).report()))


@pytest.mark.parametrize("case", ["temperature, cross-entropy", "logarithm, likelihood"])
def test_every_change_of_a_page_is_found(case: str, one_in: OneIn) -> None:
    result = kill(markdown(text(case), {}), all_digits=False, one_in=one_in(97))
    print(f"{result.found} of {result.made} changes found ({result.rate:.4%})")
    assert not result.passed, "\n".join(result.passed[:20])
