"""The check at the end of a page reproduces from the reference's forward pass, and every change of it is found."""

from __future__ import annotations

import itertools

import pytest

from nbsolve.checking.audit.audit import Audit
from tests.audit.killing import kill
from tests.audit.pages import PROBLEMS, ROUNDINGS, markdown
from tests.sampling import OneIn

KINKS = """
title: Kinks, and one that is near
network:
  inputs: 2
  layers:
    - {units: 3, activation: relu, weights: [[0.1, 0.2], [1, 1], [0.5, -0.25]], bias: [-0.3, 0.5, -0.2499999999]}
    - {units: 2, activation: {leaky_relu: {slope: 0.1}}, weights: [[1, 1, 1], [1, -1, 2.5]], threshold: [0, 0.5]}
samples:
  - {input: [1, 1], target: [2.5, -1.875]}
loss: {absolute_error: {scale: 1/3}}
training: {optimiser: {sgd: {learning_rate: 0.1}}, iterations: 5}
"""
JUMPS = """
title: A step, and a bend that is no kink
network:
  inputs: 2
  layers:
    - {units: 2, activation: step, weights: [[0.1, 0.2], [1, 1]], bias: [-0.3, 0.5]}
    - {units: 1, activation: elu, weights: [[1, -1]], bias: {shared: 0}}
samples:
  - {input: [1, 1], target: [2.5]}
loss: squared_error
"""
MANY = """
title: More parameters than the table has rows
network:
  inputs: 5
  layers:
    - {units: 5, activation: tanh, weights: [[0.1, 0.2, 0.3, 0.4, 0.5], [0.5, 0.4, 0.3, 0.2, 0.1], [1, 0, 1, 0, 1],
       [-0.1, 0.2, -0.3, 0.4, -0.5], [0.2, 0.2, 0.2, 0.2, 0.2]], bias: [0, 0.1, 0.2, 0.3, 0.4]}
    - {units: 2, activation: softmax, weights: [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1]]}
samples:
  - {input: [0.1, 0.5, 0.2, 0.4, 0.3], target: [1, 0]}
  - {input: [0.3, 0.5, 0.2, 0.4, 0.9], target: [0, 1]}
loss: categorical_cross_entropy
regulariser: {l2: {strength: 0.1}}
"""
PARABOLA = """
title: A loss that is a parabola, so that the difference is the slope itself
network:
  inputs: 1
  layers:
    - {units: 1, activation: sigmoid, weights: [[0.3]], bias: [0.1]}
    - {units: 1, activation: linear, weights: [[0.5]], bias: [0.1]}
samples: [{input: [2], target: [1]}]
loss: squared_error
"""
EDGES = {"parabola": PARABOLA, "kinks": KINKS, "jumps": JUMPS, "many": MANY}


def only_the_check(audit: Audit) -> Audit:
    """The audit of the blocks of the check alone."""
    first = next(n for n, place in enumerate(audit.places) if place.section == "Check it yourself")
    headings = [n for n, block in enumerate(audit.blocks) if block.source == "Check it yourself"]
    assert headings == [first]
    audit.blocks, audit.places = audit.blocks[first:], audit.places[first:]
    return audit


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("name", "rounding"),
    [
        *itertools.product(EDGES, ROUNDINGS),
        ("001-a-squared-error", "at_end"),
        ("custom-mish", "at_end"),
        ("003-three-two-one", "4 decimals"),
    ],
)
def test_every_change_of_the_check_is_found(name: str, rounding: str, one_in: OneIn) -> None:
    source = EDGES.get(name) or next(path for path in PROBLEMS if path.stem == name)
    audit = only_the_check(markdown(source, ROUNDINGS[rounding]))
    report = audit.report()
    assert not report.faults, "\n".join(report.faults)
    all_digits = rounding == "at_end" and name in EDGES
    every = one_in(3 if all_digits else 1)
    result = kill(audit, all_digits=all_digits, one_in=every)
    print(f"{name}, {rounding}: {result.found} of {result.made} changes found")
    assert result.made * every > 80
    assert result.rate == 1, "\n".join(result.passed[:20])


def test_kinks_have_two_sides_and_a_near_one_a_smaller_step() -> None:
    tables = [block.source for block in only_the_check(markdown(KINKS)).blocks if block.kind == "table"]
    assert any("From the left" in table for table in tables)
    said = [block.source for block in only_the_check(markdown(KINKS)).blocks if "h=" in block.source]
    assert "h=10^{-12}" in said[0]
    assert "a jump" in "\n".join(b.source for b in only_the_check(markdown(JUMPS)).blocks)


def test_a_wrong_gradient_does_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from nbsolve.catalogue import ACTIVATIONS

    path = next(path for path in PROBLEMS if path.stem == "003-three-two-one")
    wrong = ACTIVATIONS["tanh"]  # 1 − a² where a(1 − a) is right
    monkeypatch.setitem(
        ACTIVATIONS,
        "sigmoid",
        replace(ACTIVATIONS["sigmoid"], derivative=wrong.derivative, from_output=wrong.from_output),
    )  # fmt: skip
    faults = only_the_check(markdown(path)).report().faults
    assert any("the gradient is" in fault or "right is" in fault for fault in faults)
