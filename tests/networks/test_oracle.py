"""Networks that are not chains against automatic differentiation and 60 digits: every value, at 12 digits."""

from __future__ import annotations

from random import Random

import pytest

from tests.networks.comparing import disagreements
from tests.networks.making import varied
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
