"""A solution worked out again from a value or with a rule applied wrongly, against the same slip made in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nbsolve import solve
from nbsolve.catalogue.changes import CHANGES
from nbsolve.errors import UnknownChangeError, UnknownQuantityError
from nbsolve.phrases import phrase, phrase_of
from nbsolve.worked.network import WorkedSolution
from tests.loading import load_problem

TEXT = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: ACTIVATION, weights: [[0.5, -0.25], [0.1, 0.4]], bias: [0.1, -0.2]}
    - {units: 2, activation: sigmoid, weights: [[1.5, -0.5], [0.3, 0.7]], bias: [0.3, 0.1]}
samples: [{input: [1, 2], target: [1, 0]}]
loss: binary_cross_entropy
training: {optimiser: {sgd: {learning_rate: 0.5}}, iterations: 1}
explain: WAY
"""
WAYS = ("delta", "paths", "local_derivatives")
W1, W2 = np.array([[0.5, -0.25], [0.1, 0.4]]), np.array([[1.5, -0.5], [0.3, 0.7]])
B1, B2 = np.array([0.1, -0.2]), np.array([0.3, 0.1])
X, Y = np.array([1.0, 2.0]), np.array([1.0, 0.0])


def worked(activation: str = "tanh", way: str = "delta") -> WorkedSolution:
    return solve(load_problem(TEXT.replace("ACTIVATION", activation).replace("WAY", way)))


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def slope(a: Any) -> Any:
    return 1 - a**2


def passed(
    *,
    bias: float = 1.0,
    sign: float = 1.0,
    base: float = np.e,
    hidden: Callable[[Any], Any] = slope,
    output: Callable[[Any], Any] = lambda a: a * (1 - a),
    back: Callable[[Any, Any], Any] = lambda W, delta: W.T @ delta,
) -> dict[str, Any]:
    """One pass with tanh and sigmoid, by hand; the arguments are the slips."""
    a1 = np.tanh(W1 @ X + bias * B1)
    a2 = sigmoid(W2 @ a1 + bias * B2)
    loss = -np.sum(Y * np.log(a2) + (1 - Y) * np.log(1 - a2)) / np.log(base)
    upstream = sign * (a2 - Y) / (a2 * (1 - a2)) / np.log(base)
    delta2 = upstream * output(a2)
    delta1 = back(W2, delta2) * hidden(a1)
    return {"L": loss, "W2": np.outer(delta2, a1), "W1": np.outer(delta1, X), "b1": delta1}


def one(z: Any) -> Any:
    return np.ones_like(z)


SLIPS: dict[str, tuple[dict[str, str | None], dict[str, Any]]] = {
    "sign lost": ({"sign_lost": None}, {"sign": -1.0}),
    "derivative forgotten": ({"derivative_forgotten": None}, {"hidden": one, "output": one}),
    "derivative of another": (
        {"derivative_of_another": "sigmoid"},
        {"hidden": lambda a: a * (1 - a), "output": lambda a: a * (1 - a)},
    ),
    "weights transposed": ({"weights_transposed": None}, {"back": lambda W, delta: W @ delta}),
    "common logarithm": ({"common_logarithm": None}, {"base": 10.0}),
    "updated weights": (
        {"updated_weights": None},
        {"back": lambda W, delta: (W - 0.5 * np.outer(delta, np.tanh(W1 @ X + B1))).T @ delta},
    ),
    "bias forgotten": ({"bias_forgotten": None}, {"bias": 0.0}),
    "two at once": ({"bias_forgotten": None, "sign_lost": None}, {"bias": 0.0, "sign": -1.0}),
}


def found(solution: WorkedSolution) -> dict[str, Any]:
    (iteration,) = solution.iterations
    gradients = iteration.gradients
    return {"L": iteration.loss, "W2": gradients.W[2], "W1": gradients.W[1], "b1": gradients.b[1]}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("rules", "slips"), SLIPS.values(), ids=SLIPS)
def test_a_slip_has_its_consequences(rules: dict[str, str | None], slips: dict[str, Any], way: str) -> None:
    right, expected = passed(), passed(**slips)
    ours = found(worked(way=way).replayed(rules=rules))
    for name, value in expected.items():
        np.testing.assert_allclose(ours[name], value, rtol=1e-12)
    assert any(not np.allclose(expected[name], right[name]) for name in right)
    assert str(worked(way=way).replayed(rules=rules).worked())


@pytest.mark.parametrize("way", WAYS)
def test_a_diagonal_jacobian(way: str) -> None:
    z = W1 @ X + B1
    p = np.exp(z) / np.sum(np.exp(z))
    delta1 = W2.T @ (sigmoid(W2 @ p + B2) - Y) * p * (1 - p)
    ours = found(worked("softmax", way).replayed(rules={"jacobian_diagonal": None}))
    np.testing.assert_allclose(ours["b1"], delta1, rtol=1e-12)


@pytest.mark.parametrize("way", WAYS)
def test_what_follows_from_a_value(way: str) -> None:
    again = worked(way=way).replayed({"z[1][2]": "0.8", "a[2][1]": "0.6"})
    a1 = np.tanh(np.array([(W1 @ X + B1)[0], 0.8]))
    a2 = sigmoid(W2 @ a1 + B2)
    a2[0] = 0.6
    delta2 = a2 - Y
    ours = found(again)
    np.testing.assert_allclose(ours["W2"], np.outer(delta2, a1), rtol=1e-12)
    np.testing.assert_allclose(ours["b1"], W2.T @ delta2 * slope(a1), rtol=1e-12)
    assert found(worked(way=way))["L"] != ours["L"]  # the solution itself is as it was


def test_an_error_signal_that_is_put_in() -> None:
    for way in WAYS:
        ours = found(worked(way=way).replayed({"delta[2][1]": "-0.25"})) if way != "paths" else None
        if ours is not None:
            assert ours["W2"][0, 0] == pytest.approx(-0.25 * np.tanh(W1 @ X + B1)[0], rel=1e-12)


def test_every_change_has_a_phrase_and_is_tried() -> None:
    tried = {name for rules, _ in SLIPS.values() for name in rules} | {"jacobian_diagonal"}
    assert tried == set(CHANGES)
    for name in CHANGES:
        assert phrase_of("changes.", name, told="tanh")


def test_a_replayed_solution_says_so() -> None:
    again = worked().replayed({"z[1][2]": "0.8"}, {"bias_forgotten": None})
    text = str(again.conventions())
    assert phrase("changes.bias_forgotten") in " ".join(text.split())
    assert "0.8" in text
    assert phrase("changes.bias_forgotten") not in " ".join(str(worked().conventions()).split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rules": {"sign_lsot": None}}, "no change of a rule"),
        ({"rules": {"derivative_of_another": None}}, "takes one of"),
        ({"rules": {"bias_forgotten": "tanh"}}, "takes nothing"),
        ({"values": {"x[1]": "1"}}, "is given"),
        ({"values": {"z[9][1]": "1"}}, "z"),
        ({"values": {"z[1]": "1"}}, "no single quantity"),
        ({"values": {"z[1][1]": "one"}}, "no number"),
        ({"values": {"z[1][1]": "1"}, "iteration": 4}, "not shown"),
        ({"values": {"z[1][1]": "1"}, "sample": 2}, "which sample"),
    ],
)
def test_what_cannot_be_put_in(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises((UnknownChangeError, UnknownQuantityError), match=message):
        worked().replayed(**arguments)


def test_a_change_that_fits_some_layers_only() -> None:
    """The transposed weights of a layer that is not square cannot be taken; the first layer's need not be."""
    text = TEXT.replace("WAY", "delta").replace("ACTIVATION", "tanh").replace("inputs: 2", "inputs: 3")
    text = text.replace("[[0.5, -0.25], [0.1, 0.4]]", "[[0.5, -0.25, 1], [0.1, 0.4, 1]]")
    wide = solve(load_problem(text.replace("input: [1, 2]", "input: [1, 2, 0]")))
    again = wide.replayed(rules={"weights_transposed": None})
    expected = passed(back=lambda W, delta: W @ delta)
    a1 = np.tanh(W1 @ X + B1)
    assert again.document()
    assert found(again)["W2"] == pytest.approx(np.outer(sigmoid(W2 @ a1 + B2) - Y, a1))
    assert found(again)["b1"] == pytest.approx(expected["b1"])
    sample = "input: [1, 2, 0], target: [1]"
    thin = text.replace("{units: 2, activation: sigmoid", "{units: 1, activation: sigmoid")
    thin = thin.replace("[[1.5, -0.5], [0.3, 0.7]], bias: [0.3, 0.1]", "[[1.5, -0.5]], bias: [0.3]")
    one_output = solve(load_problem(thin.replace("input: [1, 2], target: [1, 0]", sample)))
    with pytest.raises(UnknownChangeError, match="not square"):
        one_output.replayed(rules={"weights_transposed": None})


def test_a_solution_worked_out_again_twice_has_both() -> None:
    once = worked().replayed({"z[1][2]": "0.8"})
    both = worked().replayed({"z[1][2]": "0.8"}, {"sign_lost": None})
    assert found(once.replayed(rules={"sign_lost": None}))["b1"] == pytest.approx(found(both)["b1"])


def test_what_is_wrong_on_purpose_is_not_checked() -> None:
    again = worked().replayed(rules={"sign_lost": None})
    assert not again.check().blocks
    assert phrase("check.section") not in str(again.document())
    assert phrase("check.section") in str(worked().document())


def test_the_drawing_of_the_loss_is_that_of_the_same_solution() -> None:
    text = (
        TEXT.replace("WAY", "delta").replace("ACTIVATION", "tanh").replace("iterations: 1", "iterations: 20")
    )
    own = solve(load_problem(text))
    assert own.draw("loss").svg != own.replayed(rules={"sign_lost": None}).draw("loss").svg


def test_a_loss_that_is_assumed_is_all_that_its_line_says() -> None:
    line = str(worked().replayed({"L": "0.3"}).loss())
    assert "ln" not in line
    assert "0.3" in line
