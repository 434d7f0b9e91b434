"""Networks that are not chains against automatic differentiation and 60 digits: every value, at 12 digits."""

from __future__ import annotations

from random import Random

import pytest

from nbsolve import solve
from nbsolve.errors import DomainError
from tests.loading import load_problem
from tests.networks.comparing import disagreements
from tests.networks.making import varied, with_heads
from tests.sampling import OneIn

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("start", range(2))
def test_random_networks(start: int, one_in: OneIn) -> None:
    for number in range(start, 60, 2 * one_in(10)):
        text = varied(Random(f"varied {number}"))
        found = disagreements(text)
        assert not found, text + "\n".join(found[:10])


UNITS = """
title: Units of one layer with functions of their own
network:
  inputs: 2
  layers:
    - {units: 2, activation: [tanh, sigmoid], weights: [[0.5, -0.3], [0.8, 0.2]], bias: [0.3, -0.4]}
    - {units: 1, activation: linear, weights: [[1.2, -0.7]]}
samples: [{input: [1, 2], target: [0.5]}]
loss: squared_error
"""


@pytest.mark.parametrize("explain", ["delta", "paths", "local_derivatives"])
def test_functions_of_units_in_the_wrong_order_are_found(explain: str) -> None:
    assert not disagreements(f"{UNITS}explain: {explain}\n")
    theirs, ours = UNITS, UNITS.replace("[tanh, sigmoid]", "[sigmoid, tanh]")
    assert any("da/dz[1][1]" in line for line in disagreements(theirs, ours))


HEADS = """
title: Two output layers
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.5, -0.3], [0.8, 0.2]], bias: [0.1, -0.2]}
    - {units: 2, activation: [relu, sigmoid], weights: [[0.3, -0.6], [1.1, 0.4]], bias: {shared: 0.1}}
    - {units: 1, from: [1, input], activation: linear, weights: [[0.7, -1.1, 0.2, 0.5]], bias: [0.2]}
    - {units: 3, from: 2, activation: softmax, weights: [[1, 0.5], [-0.4, 0.9], [0.2, 0]], bias: [0, 0.1, 0.3]}
samples:
  - {input: [1, 2], target: {3: [0.5], 4: [0, 1, 0]}}
  - {input: [-0.5, 0.3], target: {3: 0.1, 4: [0.2, 0.3, 0.5]}}
loss:
  - {squared_error: {of: 3, scale: 1/2}}
  - {absolute_error: {of: 3, weight: 0.3}}
  - {categorical_cross_entropy: {of: 4, weight: 0.5, log_base: 2}}
training: {optimiser: {sgd: {learning_rate: 0.1}}, batch: all, iterations: 2}
"""


@pytest.mark.parametrize("explain", ["delta", "paths", "local_derivatives"])
def test_losses_of_several_output_layers(explain: str) -> None:
    text = f"{HEADS}explain: {explain}\n"
    assert not disagreements(text)
    assert any("dL/da[1]" in line for line in disagreements(text, text.replace("weight: 0.5", "weight: 0.4")))
    alike = text.replace("{of: 3, weight: 0.3}", "{of: 3}").replace("absolute_error", "squared_error")
    assert not disagreements(alike)


def test_random_output_layers(one_in: OneIn) -> None:
    for number in range(0, 30, one_in(6)):
        text = with_heads(Random(f"heads {number}"))
        found = disagreements(text)
        assert not found, text + "\n".join(found[:10])


def test_the_loss_of_one_output_layer_that_is_not_defined_is_named() -> None:
    text = HEADS.replace("{absolute_error: {of: 3, weight: 0.3}}", "{binary_cross_entropy: {of: 3}}")
    with pytest.raises(
        DomainError, match=r"binary_cross_entropy is not defined for the prediction .* of layer 3"
    ):
        solve(load_problem(text.replace("bias: [0.2]", "bias: [-9]")))
