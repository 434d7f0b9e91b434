"""The check by difference quotients where the penalty has a kink: |w| at 0, and closer to 0 than any step."""

from __future__ import annotations

import pytest

from nbsolve import solve
from nbsolve.compose.checking import disagreeing
from nbsolve.problem import parse_problem
from nbsolve.worked.network import WorkedSolution


def _worked(weight: str, regulariser: str = "l1: {strength: 0.1}") -> WorkedSolution:
    worked = solve(
        parse_problem(f"""\
network:
  inputs: 2
  layers: [{{units: 1, activation: linear, weights: [[{weight}, 0.5]], bias: [0]}}]
samples: [{{input: [1, 2], target: [1]}}]
loss: squared_error
regulariser: {{{regulariser}}}
""")
    )
    assert isinstance(worked, WorkedSolution)
    return worked


def _said(worked: WorkedSolution) -> str:
    return " ".join(str(worked.check()).partition("NumPy")[0].split())


@pytest.mark.parametrize("regulariser", ["l1: {strength: 0.1}", "elastic: {strength: 0.1, ratio: 1}"])
def test_a_weight_of_0_has_two_one_sided_derivatives(regulariser: str) -> None:
    said = _said(_worked("0", regulariser))
    assert "w₁₁⁽¹⁾ −0.100001 0.100001 0" in said  # (L(±h) − L(0))/h = ±(0.1 + h)


def test_a_weight_closer_to_0_than_any_step_is_not_compared() -> None:
    worked = _worked("1e-300")
    assert "no difference quotient can be compared with the gradient for w₁₁⁽¹⁾." in _said(worked)
    assert not [*disagreeing(worked.solution, worked.solution)]


@pytest.mark.parametrize("weight", ["0.3", "-0.3", "1e-9"])
def test_other_weights_are_compared(weight: str) -> None:
    said = _said(_worked(weight))
    assert "kink" not in said
    assert said.count("w₁₁⁽¹⁾") == 1


def test_l2_has_no_kink() -> None:
    assert "kink" not in _said(_worked("0", "l2: {strength: 0.1}"))
