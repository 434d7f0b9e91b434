"""Predictions of 0 and 1 under a logarithm: cross-entropy through z, and 0 · ln 0."""

from __future__ import annotations

import mpmath
import pytest

from nbsolve import solve
from nbsolve.arithmetic.ladder import LADDER
from nbsolve.errors import NbsolveError
from nbsolve.step import Reason, verify
from tests.loading import parse_problem


def task(layer: str, samples: str, loss: str, more: str = "") -> str:
    return f"""
network: {{inputs: 1, layers: [{{{layer}}}]}}
samples: [{samples}]
loss: {loss}
{more}
"""


SATURATED = task(
    "units: 1, activation: sigmoid, weights: [[1]]", "{input: [3000], target: [0]}", "binary_cross_entropy"
)


def test_the_page_goes_on_to_the_formula_through_z_and_says_why() -> None:
    text = str(solve(parse_problem(SATURATED)).loss())
    lines = [line.strip() for line in text.splitlines()]
    assert "L = −[y₁·ln(a₁⁽¹⁾) + (1 − y₁)·ln(1 − a₁⁽¹⁾)]" in lines
    assert "= (1 − y₁)·z₁⁽¹⁾ + ln(1 + exp(−z₁⁽¹⁾))" in lines
    assert "= (1 − 0) · 3000 + ln(1 + exp(−3000))" in lines
    assert "too close to 0 or 1 for its logarithm" in text


def test_an_unsaturated_sigmoid_keeps_the_loss_as_it_is_defined() -> None:
    text = str(solve(parse_problem(SATURATED.replace("3000", "30"))).loss())
    assert "too close" not in text
    assert "exp" not in text


@pytest.mark.parametrize("explain", ["delta", "paths", "local_derivatives"])
@pytest.mark.parametrize("z", [172, -172, 3000, -3000])
@pytest.mark.parametrize("target", ["0", "1", "0.3"])
def test_every_form_of_every_step_comes_to_its_value(target: str, z: int, explain: str) -> None:
    text = SATURATED.replace("3000", str(z)).replace("target: [0]", f"target: [{target}]")
    worked = solve(parse_problem(f"{text}\nexplain: {explain}\n"))
    with LADDER[1].working():
        solution = worked.at(LADDER[1])
        steps = solution.iterations[0].steps
        assert any(form.reason is Reason.SATURATED for step in steps for form in step.forms)
        for step in steps:
            verify(step, solution.arithmetic)


@pytest.mark.parametrize("explain", ["delta", "paths", "local_derivatives"])
@pytest.mark.parametrize(
    ("z", "target", "loss"), [(172, 0, "172"), (20, 0, "20"), (20, 1, "2e-9"), (-30, 1, "30")]
)
def test_predictions_rounded_to_0_or_1_do_not_stop_a_calculation_by_hand(
    explain: str, z: int, target: int, loss: str
) -> None:
    text = SATURATED.replace("3000", str(z)).replace("target: [0]", f"target: [{target}]")
    worked = solve(
        parse_problem(f"{text}\nexplain: {explain}\nrounding: {{apply: each_step, decimals: 4}}\n")
    )
    found = {entry.quantity: entry for entry in worked.entries(everything=True)}
    assert float(found["L"].printed or "") == pytest.approx(float(loss), abs=1e-4)
    assert float(found["dL/dz[1][1]"].printed or "") == (z > 0) - target
    assert "ln" in str(worked.document())


SOFTMAX = task(
    "units: 3, activation: softmax, weights: [[1], [0], [-1]]",
    "{input: [3000], target: [0, 1, 0]}",
    "categorical_cross_entropy",
)


@pytest.mark.parametrize("explain", ["delta", "paths", "local_derivatives"])
@pytest.mark.parametrize("rounding", ["at_end", "{apply: each_step, decimals: 3}"])
@pytest.mark.parametrize(("target", "loss"), [("[0, 1, 0]", 3000), ("[1, 0, 0]", 0), ("[0, 0, 1]", 6000)])
def test_a_saturated_softmax_goes_through_z_as_well(
    target: str, loss: int, rounding: str, explain: str
) -> None:
    text = SOFTMAX.replace("[0, 1, 0]", target) + f"explain: {explain}\nrounding: {rounding}\n"
    worked = solve(parse_problem(text))
    found = {entry.quantity: entry for entry in worked.entries(everything=True)}
    assert float(found["L"].printed or "") == pytest.approx(loss, abs=1e-9)
    wanted = [int(part) for part in target.strip("[]").split(",")]
    signals = [float(found[f"dL/dz[1][{j}]"].printed or "") for j in (1, 2, 3)]
    assert signals == pytest.approx([1 - wanted[0], -wanted[1], -wanted[2]], abs=1e-9)
    assert "too close to 0 or 1 for its logarithm" in str(worked.loss())
    if rounding == "at_end":
        with LADDER[1].working():
            solution = worked.at(LADDER[1])
            for step in solution.iterations[0].steps:
                verify(step, solution.arithmetic)


def test_a_training_meets_saturated_and_other_predictions_in_turn() -> None:
    """The formula of iteration 1 must not be taken for that of iteration 2: the first update unsaturates."""
    training = "training: {optimiser: {sgd: {learning_rate: 1}}, batch: all, epochs: 4, show: [1, last]}"
    layer = "units: 1, activation: sigmoid, weights: [[-5]]"
    text = task(layer, "{input: [8], target: [1]}", "binary_cross_entropy", training)
    w = mpmath.mpf(-5)
    for _ in range(3):
        w -= (1 / (1 + mpmath.exp(-8 * w)) - 1) * 8
    found = {(e.quantity, e.iteration): e for e in solve(parse_problem(text)).entries(everything=True)}
    assert found["L", 4].exact == pytest.approx(float(mpmath.log1p(mpmath.exp(-8 * w))), rel=1e-14)
    assert found["L_epoch", 4].exact == found["L", 4].exact


RELU = "units: 2, activation: relu, weights: [[-1], [0.5]]"


@pytest.mark.parametrize("rounding", ["at_end", "each_step"])
@pytest.mark.parametrize(
    ("loss", "signals"), [("categorical_cross_entropy", (0, -2)), ("binary_cross_entropy", (0, -2))]
)
def test_0_ln_0_is_0_and_the_conventions_say_so(loss: str, signals: tuple[int, int], rounding: str) -> None:
    text = task(RELU, "{input: [1], target: [0, 1]}", loss, f"rounding: {rounding}")
    worked = solve(parse_problem(text))
    found = {entry.quantity: entry for entry in worked.entries(everything=True)}
    assert found["L"].exact == float(mpmath.log(2))
    assert [found[f"dL/dz[1][{j}]"].exact for j in (1, 2)] == list(signals)
    assert "0 · ln 0 counts as 0" in str(worked.conventions())


def test_where_no_0_meets_a_logarithm_no_convention_is_said() -> None:
    text = task(
        "units: 1, activation: sigmoid, weights: [[1]]", "{input: [1], target: [0]}", "binary_cross_entropy"
    )
    assert "ln 0" not in str(solve(parse_problem(text)).conventions())


def test_a_factor_that_is_not_0_leaves_the_logarithm_of_0_an_error_that_says_where() -> None:
    samples = "{input: [1], target: [0, 1]}, {input: [-1], target: [0, 1]}"
    text = task(RELU, samples, "categorical_cross_entropy")
    with pytest.raises(NbsolveError) as caught:
        solve(parse_problem(text))
    message = str(caught.value)
    assert message.startswith("iteration 1, sample 2: categorical_cross_entropy is not defined")
    assert "for the prediction 0 of output 2: it needs the logarithm" in message


def test_an_activation_without_a_value_is_named_with_its_unit_and_sample() -> None:
    layer = 'units: 2, activation: {custom: {name: f, formula: "ln(z)"}}, weights: [[1], [-1]]'
    samples = "{input: [1], target: [0, 1]}, {input: [2], target: [0, 1]}"
    with pytest.raises(NbsolveError) as caught:
        solve(parse_problem(task(layer, samples, "squared_error")))
    assert str(caught.value).startswith(
        "iteration 1, sample 1: f is not defined for the pre-activation -1 of unit 2 of layer 1: it needs"
    )
