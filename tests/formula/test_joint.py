"""Losses by a formula of all outputs, and an output in the place of a loss: against automatic differentiation."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import autograd.numpy as np
import pytest
from autograd import grad
from mpmath import mp

from nbsolve import ProblemError, solve
from nbsolve.catalogue import JOINT_LOSS_FORMULAS, NamedFormula
from nbsolve.formula import FormulaError, OwnFunction, joint_forms, parse_joint
from tests.audit.pages import ROUNDINGS, markdown
from tests.formula.oracle import of_tree
from tests.formula.written import written
from tests.loading import load_problem

Array = Any


def _pairs(a: Array, y: Array, of: Callable[[Array], Array]) -> Array:
    total = 0.0
    for k in range(len(a)):
        for j in range(len(a)):
            if j != k:
                total = total + y[k] * of(1 + a[j] - a[k])
    return total


DEFINED: dict[str, Callable[[Array, Array], Array]] = {
    "multiclass_hinge": lambda a, y: _pairs(a, y, lambda gap: np.maximum(0, gap)),
    "categorical_hinge": lambda a, y: np.maximum(0, 1 + np.max((1 - y) * a) - np.sum(y * a)),
    "categorical_cross_entropy_from_logits": lambda a, y: (
        np.sum(y) * np.log(np.sum(np.exp(a))) - np.sum(y * a)
    ),
    "label_smoothing": lambda a, y: -np.sum((0.9 * y + 0.1 / len(y)) * np.log(a)),
}
"""Each loss of one sample once more, written by hand."""
OWN: dict[str, tuple[str, Callable[[Array, Array], Array]]] = {
    "squared gaps": (
        "sum(j, sum(k, (a[j] - a[k] - y[j] + y[k])^2))/K",
        lambda a, y: sum((p - q) ** 2 for p in a - y for q in a - y) / len(a),
    ),
    "largest": ("max(k, a[k]) - a[1]", lambda a, y: np.max(a) - a[0]),
    "ordinary extremes": (
        "max(a[1], min(a[2], 0.1)) + y[1]",
        lambda a, y: np.maximum(a[0], np.minimum(a[1], 0.1)),
    ),
}


def _problem(loss: object, rng: Random, *, activation: str = "linear", hot: bool = True) -> dict[str, Any]:
    outputs = rng.randint(2, 4)
    target = [0] * outputs
    target[rng.randrange(outputs)] = 1
    return {
        "network": {
            "inputs": 2,
            "layers": [
                {
                    "units": outputs,
                    "activation": activation,
                    "weights": [[round(rng.uniform(-2, 2), 2) for _ in range(2)] for _ in range(outputs)],
                }
            ],
        },
        "samples": [
            {
                "input": [round(rng.uniform(-1, 1), 2) for _ in range(2)],
                "target": target if hot else [round(rng.uniform(0.1, 0.9), 1) for _ in range(outputs)],
            }
        ],
        "loss": loss,
    }


def _wrong(made: dict[str, Any], function: Callable[[Array, Array], Array]) -> float:
    """The largest difference of the loss and its gradients from those of automatic differentiation."""
    import yaml

    (layer,), (sample,) = made["network"]["layers"], made["samples"]
    x, y = np.array(sample["input"]), np.array(sample["target"], dtype=float)

    def loss(w: Array) -> Array:
        z = np.dot(w, x)
        return function(np.exp(z) / np.sum(np.exp(z)) if layer["activation"] == "softmax" else z, y)

    weights = np.array(layer["weights"])
    slopes = grad(loss)(weights)
    found = {e.quantity: e.exact for e in solve(load_problem(yaml.safe_dump(made))).entries(everything=True)}
    gaps = [found[f"dL/dW[1][{j + 1}][{i + 1}]"] - slopes[j, i] for j, i in np.ndindex(slopes.shape)]
    return float(max(map(abs, gaps)))


def test_each_named_loss_is_defined_once_more() -> None:
    assert DEFINED.keys() == JOINT_LOSS_FORMULAS.keys()


@pytest.mark.parametrize("hot", [True, False])
@pytest.mark.parametrize("name", list(DEFINED))
def test_named(name: str, hot: bool) -> None:
    rng = Random(f"{name} {hot}")
    activation = "softmax" if name == "label_smoothing" else "linear"
    for _ in range(6):
        assert _wrong(_problem(name, rng, activation=activation, hot=hot), DEFINED[name]) < 1e-13


@pytest.mark.parametrize("name", list(OWN))
def test_own(name: str) -> None:
    formula, function = OWN[name]
    rng = Random(name)
    loss = {"custom": {"name": "own_one", "formula": formula}}
    for _ in range(4):
        assert _wrong(_problem(loss, rng, hot=False), function) < 1e-12


def test_sums_are_written_out() -> None:
    assert written(parse_joint("sum(k, y[k]*a[k])/K", 2)) == "(y_1*a_1 + y_2*a_2)/2"
    assert written(parse_joint("sum(j, where(j == 1, 0, a[j]))", 3)) == "a_2 + a_3"
    assert written(parse_joint("max(k, a[k])", 3)) == "max(a_1, a_2, a_3)"


@pytest.mark.parametrize(
    ("formula", "column", "message"),
    [
        ("sum(k, a[j])", 8, "unknown index 'j'"),
        ("a[4]", 1, "there is no output 4"),
        ("sum(k, a)", 8, "a is a whole vector here"),
        ("sum(k, sum(k, a[k]))", 12, "k is an index already"),
        ("sum(k, )", 1, "nothing to add up"),
        ("sum(k, a[k]", 4, "a parenthesis is open"),
        ("b[1]", 1, "b has no entries"),
        ("a[1] + q", 8, "unknown name 'q'"),
    ],
)
def test_faults_have_their_column(formula: str, column: int, message: str) -> None:
    with pytest.raises(FormulaError, match=message) as caught:
        parse_joint(formula, 3)
    assert caught.value.column == column


def test_pairs_of_too_many_outputs_are_refused() -> None:
    formula = "sum(i, sum(j, sum(k, a[i]*a[j]*a[k])))"
    with pytest.raises(FormulaError, match="numbers, names and signs"):
        parse_joint(formula, 12)


def test_the_page_writes_what_is_left_of_the_sum() -> None:
    made = _problem("multiclass_hinge", Random(3))
    made["network"]["layers"][0]["units"] = 3
    made["network"]["layers"][0]["weights"] = [[1, 0], [0, 1], [1, 1]]
    made["samples"] = [{"input": [0.5, 0.25], "target": [0, 1, 0]}]
    import yaml

    text = str(solve(load_problem(yaml.safe_dump(made))).worked())
    assert "L = max(0, 1 + a₁⁽¹⁾ − a₂⁽¹⁾) + max(0, 1 + a₃⁽¹⁾ − a₂⁽¹⁾)" in text


PAGE = """
title: A loss of all outputs
network:
  inputs: 2
  layers:
    - {units: 3, activation: linear, weights: [[0.5, -1], [1, 0.5], [-0.5, 0.25]], bias: [0.1, -0.2, 0]}
samples: [{input: [1, 0.5], target: [0, 1, 0]}, {input: [-1, 0.5], target: [0, 0, 1]}]
loss: multiclass_hinge
training: {optimiser: {sgd: {learning_rate: 0.5}}, batch: all}
"""


@pytest.mark.parametrize(
    ("loss", "rounding", "explain"),
    [
        ("multiclass_hinge", "at_end", "delta"),
        ("categorical_hinge", "4 decimals", "paths"),
        ("categorical_cross_entropy_from_logits", "5 digits", "local_derivatives"),
        ("{label_smoothing: {smoothing: 0.2}}", "at_end", "delta"),
    ],
)
def test_every_line_of_the_page_reproduces(loss: str, rounding: str, explain: str) -> None:
    text = PAGE.replace("multiclass_hinge", loss)
    if "smoothing" in loss:
        text = text.replace("linear", "softmax")
    report = markdown(text, {**ROUNDINGS[rounding], "explain": explain}).report()
    assert not report.faults, "\n".join(report.faults[:10])


def test_every_line_of_an_output_reproduces() -> None:
    report = markdown("title: An output\n" + OUTPUT.lstrip(), ROUNDINGS["at_end"]).report()
    assert not report.faults, "\n".join(report.faults[:10])


OUTPUT = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.5, -1], [1, 0.5]], bias: [0.1, -0.2]}
    - {units: 2, activation: softmax, weights: [[0.5, -1], [1, 0.5]], bias: [0.1, -0.2]}
samples: [{input: [1, 0.5]}]
loss: {output: {unit: 2}}
"""


@pytest.mark.parametrize("explain", ["delta", "paths", "local_derivatives"])
def test_an_output_in_the_place_of_a_loss(explain: str) -> None:
    """Its gradients are those of a given gradient of 1 with respect to it and 0 with respect to the others."""
    as_loss = solve(load_problem(OUTPUT, overrides={"explain": explain}))
    given = solve(load_problem(OUTPUT.replace("loss: {output: {unit: 2}}", "upstream: [0, 1]")))
    found = {entry.quantity: entry.exact for entry in as_loss.entries(everything=True)}
    wanted = {entry.quantity: entry.exact for entry in given.entries(everything=True)}
    assert found["L"] == found["a[2][2]"]
    for name, value in wanted.items():
        if name.startswith("dL/"):
            assert found[name] == pytest.approx(value, abs=1e-16)


def test_an_output_by_the_name_of_its_class() -> None:
    named = load_problem(OUTPUT.replace("unit: 2", "unit: dog") + "classes: [cat, dog]\n")
    assert named.losses[0].unit == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{output: {unit: 2}}", "output", "which of the 2 outputs is meant"),
        ("unit: 2", "unit: 3", "unit is '3'"),
        ("[1, 0.5]}]", "[1, 0.5], target: [1, 0]}]", "makes no use of"),
        ("{output: {unit: 2}}", "[{output: {unit: 2}}, squared_error]", "stands in the place of a loss"),
        ("[{input: [1, 0.5]}]", "[{input: [1, 0.5]}, {input: [1, 2]}]", "output is that of one sample"),
    ],
)
def test_outputs_that_cannot_be_meant(old: str, new: str, message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        load_problem(OUTPUT.replace(old, new))


@pytest.mark.parametrize("outputs", [2, 3])
@pytest.mark.parametrize("record", list(JOINT_LOSS_FORMULAS.values()), ids=lambda record: record.name)
def test_every_line_of_a_derivation_is_equal_to_the_one_before(record: NamedFormula, outputs: int) -> None:
    """At 50 digits, where derivatives that are still to be taken are difference quotients."""
    own = OwnFunction(record.name, record.formula, tuple(record.parameters.items()))
    rng = Random(record.name)
    for k, lines in enumerate(joint_forms(own, outputs), start=1):
        for _ in range(3):
            point = {
                f"{letter}_{n}": mp.mpf(rng.randint(5, 95)) / 100
                for n in range(1, outputs + 1)
                for letter in "ay"
            }
            point |= {
                name: mp.mpf(int(g.rational.p)) / int(g.rational.q) for name, g in record.parameters.items()
            }
            values = [of_tree(line.expression, point) for line in lines]
            assert all(abs(value - values[-1]) < mp.mpf(10) ** -20 for value in values), (k, values)


def test_the_example_of_cs231n() -> None:
    """Scores 13, −7 and 11, the first class right, a margin of 10: the loss is 8 (notes, linear classification)."""
    text = """
network:
  inputs: 3
  layers: [{units: 3, activation: linear, weights: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}]
samples: [{input: [13, -7, 11], target: [1, 0, 0]}]
loss: {multiclass_hinge: {margin: 10}}
"""
    found = {entry.quantity: entry.exact for entry in solve(load_problem(text)).entries(everything=True)}
    assert found["L"] == 8
    assert [found[f"dL/da[1][{k}]"] for k in (1, 2, 3)] == [-1, 0, 1]
