"""What can be asked for by the problem's own letters, and what is an error because it is not there."""

from __future__ import annotations

import pytest

from nbsolve.asking.refusals import refusal
from nbsolve.errors import ProblemError, UnknownQuantityError
from nbsolve.notation import Names
from nbsolve.render import text as as_text
from nbsolve.symbol import canonical, parse_canonical
from nbsolve.worked.kinds import solve
from tests.loading import load_problem
from tests.test_asked import answers, lines

ONE_LAYER = """\
network: {{inputs: 2, layers: [{{units: 2, activation: sigmoid, weights: [[0.1, 0.2], [0.3, 0.4]]{bias}}}]}}
samples: [{{input: [1, 2], target: [1, 0]}}]
loss: squared_error
notation: {notation}
"""


@pytest.mark.parametrize("notation", ["indexed", "flat", "matrix"])
@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        ("z[2][1]", "1 layer"), ("z[1][3]", "layer 1 has 2 units"), ("x[3]", "2 inputs"), ("y[3]", "2 outputs"),
        ("W[1][2][3]", "2 inputs"), ("W[2][1]", "1 layer"), ("dL/dz[2][1]", "1 layer"), ("da/dz[1][3]", "2 units"),
        ("theta[1]", r"biases: b\[1\]"), ("dL/dtheta[1][1]", "biases"), ("e_new[1]", "no new value"),
        ("w[1][1][1]", "canonical"), ("z_1^{[2]}", "canonical"), ("dz[1][1]/dW[1][2][1]", "not among them"),
        ("dL/dy[1]", "not among them"), ("z[1][1][1]", "weights"), ("dL_new/dW[1]", "before the update"),
        ("L[1]", "L is a single number"), ("e[2][1]", "1 output layer: e"), ("state", "no quantity .state."),
    ],
)  # fmt: skip
def test_what_is_not_there_is_an_error(ask: str, reason: str, notation: str) -> None:
    """`z[2][1]` of a network of one layer was once read as z_{12}."""
    own = load_problem(ONE_LAYER.format(bias=", bias: [0.1, 0.2]", notation=notation))
    with pytest.raises(UnknownQuantityError, match=reason):
        Names.of(own).resolve(ask)


def test_an_index_does_not_run_into_the_layer() -> None:
    rows = ", ".join(["[0.1]"] * 12)
    network = f"network: {{inputs: 1, layers: [{{units: 12, activation: linear, weights: [{rows}]}}]}}\n"
    names = Names.of(load_problem(network + "samples: [{x: 1}]\nnotation: flat\n"))
    assert canonical(names.resolve("z_12")) == "z[1][12]"
    with pytest.raises(UnknownQuantityError):
        names.resolve("z_1^{(2)}")


OWN = """\
network: {{inputs: 1, layers: [{{units: {units}, activation: linear, weights: {weights}}}]}}
samples: [{{input: [2], target: {target}}}]
loss: squared_error
notation: {notation}
parts: [{{label: a, ask: ["{ask}"]}}]
"""


@pytest.mark.parametrize("letter", ["y", "e", "x", "L", "t", "delta", "E", "J", "W", "b", "z"])
@pytest.mark.parametrize("units", [1, 2])
def test_the_output_is_what_the_problem_calls_so(letter: str, units: int) -> None:
    names = f"[{', '.join([letter] if units == 1 else [letter + '_1', letter + '_2'])}]"
    notation = f"{{output: {names}, target: q, input: u, loss: Q, weight: p, pre_activation: s}}"
    for ask in [letter] if units == 1 else [f"{letter}_1", f"{letter}_2"]:
        text = OWN.format(
            units=units, weights="[[3]]" if units == 1 else "[[3], [4]]", target="[10]" if units == 1 else "[1, 2]",
            notation=notation, ask=ask,
        )  # fmt: skip
        (found,) = answers(text)
        assert found.quantity == ("a[1][2]" if ask.endswith("2") else "a[1][1]")
        assert found.exact == (8 if ask.endswith("2") else 6)


def test_a_bare_letter_of_the_outputs_is_the_whole_vector() -> None:
    text = OWN.format(
        units=2, weights="[[3], [4]]", target="[1, 2]", notation="{output: y, target: t}", ask="y"
    )
    assert [(one.quantity, one.exact) for one in answers(text)] == [("a[1][1]", 6), ("a[1][2]", 8)]


def test_own_letters_in_derivatives() -> None:
    text = OWN.format(
        units=1,
        weights="[[3]]",
        target="[10]",
        notation="{output: [L], loss: E, pre_activation: [[z]]}",
        ask="L",
    )
    names = Names.of(load_problem(text))
    assert canonical(names.resolve("dL/dz")) == "da/dz[1][1]"
    assert canonical(names.resolve("dE/dz")) == "dL/dz[1][1]"
    assert canonical(names.resolve("dL/dz[1][1]")) == "dL/dz[1][1]"  # with brackets: canonical
    with pytest.raises(UnknownQuantityError, match=r"L is a\[1\]\[1\] here"):
        names.resolve("dL/dw_1")


def test_the_output_without_targets_can_be_asked_and_explained() -> None:
    text = (
        "network: {inputs: 1, layers: [{units: 1, activation: linear, weights: [[3]]}]}\nsamples: [{x: [2]}]\n"
        'notation: {output: [y]}\nparts: [{label: "1", ask: [y]}]\n'
    )
    worked = solve(load_problem(text))
    assert [one.exact for one in worked.entries()] == [6]
    assert "y = z" in as_text.render(worked.explain("y"))


@pytest.mark.parametrize(
    ("ask", "reason"),
    [("e[1]", "no targets"), ("L", "no loss"), ("W_new[1]", "no training")],
)
def test_what_the_problem_does_not_give_is_refused(ask: str, reason: str) -> None:
    text = "network: {inputs: 1, layers: [{units: 1, activation: linear, weights: [[3]]}]}\nsamples: [{x: [2]}]\n"
    own = load_problem(text)
    assert reason in str(refusal(parse_canonical(ask), own))
    with pytest.raises((UnknownQuantityError, ProblemError), match=reason):
        list(solve(load_problem(text + f'parts: [{{label: a, ask: ["{ask}"]}}]\n')).entries())


LETTERS = """\
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: symbolic, bias: symbolic}
    - {units: 2, activation: sigmoid, weights: symbolic, threshold: symbolic}
samples: [{input: symbolic, target: symbolic}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.5}}}
parts: [{label: a, ask: ["delta[1]", e, L_out, "dL/dx", "dL/dW[1]", "W_new[1]", "theta_change[2]",
  "dL_out[1]/da[1]", "dz[1]/dW[1]", L_sample, x, changes]}]
"""


def test_wholes_in_letters() -> None:
    worked = solve(load_problem(LETTERS))
    found = {one.quantity: one.formula for one in worked.entries()}
    assert found["e[2]"] == "y₂ − a₂⁽²⁾"
    assert found["L_out[1]"] == "(a₁⁽²⁾ − y₁)²"
    assert found["theta_change[2][2]"] == "−η·∂L/∂θ₂⁽²⁾"
    assert found["dL_out[1]/da[1][2]"] == "2·(a₁⁽²⁾ − y₁)·a₁⁽²⁾·(1 − a₁⁽²⁾)·w₂₁⁽²⁾"
    assert found["dz[1][1]/dW[1][1][2]"] == "x₂"
    assert {"delta[1][1]", "dL/dx[2]", "W_new[1][2][1]", "b_change[1][1]"} <= set(found)
    anchors = lines(worked)
    assert len(anchors) == len(set(anchors))
    assert {"letters-delta-1-1", "letters-dL-dx-2", "letters-theta_change-2-2"} <= set(anchors)
