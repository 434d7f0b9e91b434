"""Pages about networks that are not chains: the audit reads each back, and every label stands on its line."""

from __future__ import annotations

from random import Random

import pytest

from nbsolve import solve
from tests.audit.killing import kill
from tests.audit.pages import EXPLANATIONS, ROOT, ROUNDINGS, markdown
from tests.drawing.labels import violations
from tests.loading import load_problem
from tests.networks.comparing import disagreements
from tests.networks.making import varied, with_heads
from tests.sampling import OneIn

pytestmark = pytest.mark.slow

PAST = """
title: A connection past a layer, a tie, a gap, and two functions in one layer
network:
  inputs: 2
  layout: x W + b
  layers:
    - {units: 2, activation: [tanh, sigmoid], weights: [[0.5, -0.3], [0.8, 0.2]], bias: [0.1, -0.2]}
    - {units: 2, activation: softplus, weights: {same_as: 1, transposed: true}, bias: {shared: 0.1}}
    - {units: 1, from: [2, 1], activation: linear, weights: [[0.5], [null], [-0.7], [0.9]], bias: [0.1]}
samples: [{input: [1, 0.4], target: [1]}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.5}}, iterations: 1}
"""


RESIDUAL = """
title: A residual block
network:
  inputs: 2
  layers:
    - {units: 2, activation: relu, weights: [[0.5, -0.3], [0.8, 0.2]], bias: [0.3, -0.4]}
    - {kind: add, from: [1, input], activation: sigmoid}
    - {units: 1, activation: linear, weights: [[0.7, -1.1]], bias: [0.2]}
samples: [{input: [1, 2], target: [0]}]
loss: squared_error
"""


def test_a_residual_block() -> None:
    assert not disagreements(RESIDUAL)
    assert not markdown(RESIDUAL, {"explain": "paths"}).report().faults
    worked = solve(load_problem(RESIDUAL))
    assert "Layer 2 adds up the activations of layer 1 and the inputs, unit by unit" in str(worked.document())
    assert not violations(worked.draw("backward").svg)
    assert "Edge x₁ → a₁⁽²⁾: added as it is." in worked.draw("network").alt


def test_random_networks(one_in: OneIn) -> None:
    for number in range(0, 40, one_in(19)):
        text = varied(Random(f"pages {number}"))
        faults = markdown(text).report().faults
        assert not faults, text + "\n".join(faults[:5])


@pytest.mark.parametrize("number", range(3))
def test_every_way_of_saying_it(number: int) -> None:
    rounding = list(ROUNDINGS.values())[number]
    detail = ("auto", "both", "matrix")[number]
    report = markdown(PAST, {**rounding, "explain": EXPLANATIONS[number], "detail": detail}).report()
    assert not report.faults, "\n".join(report.faults[:5])


def test_the_page_says_which_connections_there_are() -> None:
    page = str(solve(load_problem(PAST)).document())
    assert "Layer 2 uses the weights of layer 1 transposed" in page
    assert (
        "Layer 3 takes its values from layer 2 and layer 1: the rows of its weight matrix belong to" in page
    )
    assert "In layer 3 some connections do not exist: " in page
    assert "These weights are used by layer 1 and layer 2." in page


THRESHOLDS = """
title: Thresholds alone, beside a layer without any
network:
  inputs: 1
  layers:
    - {units: 2, activation: tanh, weights: [[0.7], [-0.3]]}
    - {units: 1, activation: linear, weights: [[0.5, 1.2]], threshold: [0.4]}
samples: [{input: [1.5], target: [0]}]
loss: squared_error
"""


def test_thresholds_alone_are_no_biases() -> None:
    """No layer has a b, so the layout is W x − θ."""
    audit = markdown(THRESHOLDS)
    assert not audit.report().faults
    assert "z = W·x − θ" in str(solve(load_problem(THRESHOLDS)).document())


def test_what_does_not_exist_has_no_name_and_no_gradient() -> None:
    worked = solve(load_problem(PAST))
    names = {entry.quantity for entry in worked.entries(everything=True)}
    assert "dL/dW[3][1][1]" in names
    assert not names & {"W[3][1][2]", "dL/dW[3][1][2]", "W_new[3][1][2]", "W[2][1][1]", "dL/dW[2][1][1]"}


@pytest.mark.parametrize("show", ["network", "forward", "backward", "update", "paths"])
def test_labels_stand_on_their_lines(show: str) -> None:
    svg = solve(load_problem(PAST)).draw(show, quantity="dL/dW[1][1][1]").svg
    assert not violations(svg)
    assert "a[1][1] past layer 2" in svg
    assert 'W[3][1][2]"' not in svg


def test_random_output_layers(one_in: OneIn) -> None:
    for number in range(6, 36, one_in(30)):
        text = with_heads(Random(f"pages {number}"))
        faults = markdown(text, {"explain": EXPLANATIONS[number % 3]}).report().faults
        assert not faults, text + "\n".join(faults[:5])
        worked = solve(load_problem(text))
        assert not violations(worked.draw("backward").svg), text


def test_digits_of_what_a_softmax_layer_finds_are_said_where_they_are_used() -> None:
    """Not in the line that finds e^z, which has fewer: in that of the sum, which takes more."""
    faults = markdown(with_heads(Random("pages 3"))).report().faults
    assert not faults, "\n".join(faults[:5])


def test_every_change_of_a_page_with_two_losses_is_found(one_in: OneIn) -> None:
    audit = markdown(ROOT / "problems" / "two-outputs-two-losses.yaml")
    result = kill(audit, all_digits=False, one_in=one_in(61))
    print(f"{result.found} of {result.made} changes found ({result.rate:.4%})")
    assert not result.passed, "\n".join(result.passed[:20])
