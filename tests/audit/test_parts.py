"""Parts of formulae that have lines of their own: with each step rounded, the line below takes their number on."""

from __future__ import annotations

import pytest

from tests.audit.pages import ROUNDINGS, markdown

TEXT = """
title: The derivative of softplus is the sigmoid
network:
  inputs: 2
  layers:
    - {units: 1, activation: softplus, weights: [[0.7, -1.1]], bias: [0.2]}
samples: [{input: [1, 2], target: [1]}]
loss: squared_error
explain: local_derivatives
parts: [{label: a, ask: [gradients]}]
"""


@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_a_number_that_is_taken_on(rounding: str) -> None:
    assert not markdown(TEXT, ROUNDINGS[rounding]).report().faults


def test_another_number_is_found() -> None:
    audit = markdown(TEXT, ROUNDINGS["4 decimals"])
    assert not audit.report().faults
    (place,) = [n for n, block in enumerate(audit.blocks) if r"\mathrm{softplus}'(z_1" in block.source]
    source = audit.blocks[place].source
    start, _, number = source.rpartition("&= ")
    for wrong in (f"{start}&= 0.3{number[3:]}", f"{start}&\\approx {number}"):
        assert audit.check(place, wrong).faults
