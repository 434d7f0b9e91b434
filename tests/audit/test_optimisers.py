"""Pages of optimisers that keep a state: every line reproduces, every change of one is found."""

from __future__ import annotations

import pytest

from nbsolve.checking.audit.optimising import ORDER
from tests.audit.killing import kill
from tests.audit.pages import ROUNDINGS, markdown
from tests.audit.test_shipped import all_reproduce
from tests.sampling import OneIn

TEXT = """
network:
  inputs: 2
  LAYOUT
  layers:
    - {units: 2, activation: tanh, weights: [[0.5, -0.25], [0.1, 0.4]], bias: {shared: 0.1}}
    - {units: 1, activation: linear, weights: WEIGHTS, bias: [0.3]}
samples: [{input: [1, 2], target: [1]}, {input: [-1, 0.5], target: [0]}]
loss: squared_error
training: {optimiser: OPTIMISER, iterations: 3, STATE}
parts: [{label: a, ask: [gradients]}, {label: b, ask: [updated_parameters, state]}]
"""
GIVEN = "state: {t: 3, m: [{weights: [[0.1, 0.2], [0.3, -0.4]], bias: 0.5}, {weights: 0.2, bias: [0.7]}], v: 0.25}"


def page(optimiser: str, state: str = "show: [1, 3]", columns: bool = False) -> str:
    text = TEXT.replace("OPTIMISER", optimiser).replace("STATE", state)
    layout, last = (
        ('layout: "x W + b"', "[[1.5], [-0.5]]") if columns else ("layout: W x + b", "[[1.5, -0.5]]")
    )
    return text.replace("LAYOUT", layout).replace("WEIGHTS", last)


@pytest.mark.sampled(33)
@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("name", ORDER)
def test_every_line_reproduces(name: str, rounding: str) -> None:
    audit = markdown(page(name), ROUNDINGS[rounding])
    print(name, all_reproduce(audit.report()))


@pytest.mark.parametrize("columns", [False, True])
def test_from_a_given_state(columns: bool) -> None:
    audit = markdown(page("{adam: {learning_rate: 0.1}}", GIVEN, columns), {})
    print(all_reproduce(audit.report()))


@pytest.mark.parametrize("rounding", ["at_end", "4 decimals"])
def test_every_change_of_a_page_is_found(rounding: str, one_in: OneIn) -> None:
    """One update, or two where each value is rounded as it is written down."""
    shown = "show: 1" if rounding == "at_end" else "show: [1, 2]"
    text = page("{adam: {learning_rate: 0.1}}", f"{shown}, {GIVEN}")
    audit = markdown(
        text.replace("iterations: 3", f"iterations: {shown.count(',') + 1}"), ROUNDINGS[rounding]
    )
    result = kill(audit, all_digits=False, one_in=one_in(61))
    print(f"{result.found} of {result.made} changes found ({result.rate:.4%})")
    assert not result.passed, "\n".join(result.passed[:20])
