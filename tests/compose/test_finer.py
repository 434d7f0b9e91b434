"""With each step rounded, the conventions say what has more digits: parts of activation functions."""

from __future__ import annotations

import re

import pytest

from nbsolve import WorkedSolution, solve
from nbsolve.render import myst
from tests.loading import load_problem

TEXT = """\
network:
  inputs: 2
  layers:
    - {units: 2, activation: HIDDEN, weights: [[0.2, -0.4], [0.5, 0.1]], bias: [0.1, -0.1]}
    - {units: 2, activation: OUTPUT, weights: [[0.3, -0.2], [-0.1, 0.4]], bias: [0, 0.1]}
samples: [{input: [1, -2], target: [0, 1]}]
loss: squared_error
rounding: {apply: each_step, intermediates: {decimals: 3}, answers: {decimals: 3}}
"""
MISH = '{custom: {name: mish, formula: "z*tanh(softplus(z))"}}'
SAID = "may have more digits, where the next line needs them"


@pytest.mark.parametrize(
    ("hidden", "output", "said"),
    [
        ("tanh", "sigmoid", None),
        ("softplus", "linear", None),
        ("tanh", "softmax", "only the powers and their sum in softmax "),
        ("gelu", "sigmoid", r"only $\Phi(z)$ "),
        ("gelu", "softmax", r"only $\Phi(z)$, the powers and their sum in softmax "),
        ("silu", "sigmoid", r"only $\sigma(z)$ "),
        (MISH, "sigmoid", r"only $\mathrm{softplus}(z)$ "),
    ],
)
def test_more_digits_are_said(hidden: str, output: str, said: str | None) -> None:
    worked = solve(load_problem(TEXT.replace("HIDDEN", hidden).replace("OUTPUT", output)))
    assert isinstance(worked, WorkedSolution)
    conventions = myst.render(worked.conventions())
    assert (SAID in conventions) == (said is not None)
    assert said is None or said + SAID in conventions
    lines = myst.render(worked.forward()) + myst.render(worked.backward())
    assert said is not None or not re.search(r"\d\.\d{4}", lines)
