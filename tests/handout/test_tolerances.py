"""Tolerances of keys: the printed digits, and never so wide that 0 is right for what is not 0."""

from __future__ import annotations

from fractions import Fraction

import pytest

from nbsolve.asking.answers import Answer
from nbsolve.handout.tolerances import Tolerance, tolerance
from tests.handout.made import handout, pdf

SMALL = """
title: Small answers
network: {inputs: 2, layers: [{units: 1, activation: sigmoid, weights: [[0.5, 1.5]], bias: [0.1]}]}
samples: [{x: [1, 2], y: [1]}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.1}}, iterations: 1}
rounding: {decimals: 2}
parts: [{label: a, ask: [loss, gradients, updated_parameters]}]
"""


def entry(printed: str, exact: float | str) -> Answer:
    return Answer("L", "L", 1, None, None, exact, printed)


@pytest.mark.parametrize(
    ("printed", "exact", "found"),
    [
        ("0.34", 0.3354, Tolerance("0.01")),
        ("-0.34", -0.3354, Tolerance("0.01")),
        ("0.5", 0.5, None),
        ("0", 0.0, None),
        ("0.01", 0.0123, Tolerance("0.005")),
        ("-0.01", -0.0123, Tolerance("0.005")),
        ("0.02", 0.0187, Tolerance("0.01")),
        ("1.235e7", 12345678.9, Tolerance("1e4")),
        ("1.235e-7", 1.2345678e-7, Tolerance("1e-10")),
        ("1e-7", 1.2345678e-7, Tolerance("5e-8")),
        ("1235", 1234.6, Tolerance("1")),
        ("0.00", 0.00312345, Tolerance("0.0003", "0.00312")),
        ("0.00", -3.686e-6, Tolerance("4e-7", "-3.69e-6")),
        ("0.0000", "-4.0612345e-1238", Tolerance("4e-1239", "-4.06e-1238")),
    ],
)
def test_tolerances_follow_the_printed_digits(
    printed: str, exact: float | str, found: Tolerance | None
) -> None:
    assert tolerance(entry(printed, exact)) == found
    if found is not None:
        near, within = Fraction(found.near or printed), Fraction(found.within)
        assert abs(near) > within  # 0 is never right
        assert abs(Fraction(exact) - near) <= within  # the exact value always is


def test_a_key_prints_what_0_stands_for() -> None:
    said = pdf(SMALL, "key").tree.seen.replace(" ", "").replace("−", "-")
    margins = [tolerance(answer) for answer in handout(SMALL).worked.entries() if isinstance(answer, Answer)]
    near = [margin.near for margin in margins if margin is not None and margin.near is not None]
    assert near
    assert all(f"({value})0.00" in said for value in near)
    assert "0isnot." in said
