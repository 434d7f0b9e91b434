"""What `docs/architecture.md` says of adding one thing, done: a record and its words, and it is in every output."""

from __future__ import annotations

from typing import Any

import pytest

from nbsolve import solve
from nbsolve.catalogue import ACTIVATIONS, LOSSES, OPTIMISERS, Activation, Loss, Optimiser
from nbsolve.expr import Function, Negation, Number, Power, Product, Sum, Variable, number
from nbsolve.given import Given
from tests.adding.everywhere import outputs, words
from tests.loading import load_problem

TEXT = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: ACTIVATION, weights: [[0.5, -0.25], [0.1, 0.4]], bias: [0.1, -0.2]}
    - {units: 1, activation: linear, weights: [[1.5, -0.5]], bias: [0.3]}
samples: [{input: [1, 2], target: [1]}]
loss: LOSS
training: {optimiser: OPTIMISER, iterations: 1}
parts: [{label: a, ask: [forward, loss]}, {label: b, ask: [gradients]}, {label: c, ask: [updated_parameters]}]
"""
SGD = "{sgd: {learning_rate: 0.1}}"
z, a, y = Variable("z"), Variable("a"), Variable("y")


def text(activation: str = "tanh", loss: str = "squared_error", optimiser: str = SGD) -> str:
    replaced = TEXT.replace("ACTIVATION", activation).replace("LOSS", loss)
    return replaced.replace("OPTIMISER", optimiser)


def found(problem: str) -> dict[str, float]:
    entries = solve(load_problem(problem)).entries(everything=True)
    return {entry.quantity: float(entry.exact or 0) for entry in entries}


def test_an_activation(monkeypatch: pytest.MonkeyPatch) -> None:
    record = Activation(
        "cubic", r"\mathrm{cubic}", Power((z, number(3))), Product((number(3), Power((z, number(2)))))
    )
    monkeypatch.setitem(ACTIVATIONS, "cubic", record)
    with words("activations", cubic="cubic function"):
        said = outputs(text(activation="cubic"))
        ours = found(text(activation="cubic"))
    assert ours["a[1][2]"] == pytest.approx(0.7**3)
    assert ours["da/dz[1][2]"] == pytest.approx(3 * 0.7**2)
    for name in ("text", "markdown", "latex", "typst"):
        assert "cubic function" in said[name], name
    assert "cubic" in said["drawings"]
    assert "cubic" in said["mathml"]
    assert '"a[1][2]"' in said["json"]


def test_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    error = Sum((a, Negation((y,))))
    record = Loss("fourth_power", Power((error, number(4))), Power((error, number(3))), coefficient=4)
    monkeypatch.setitem(LOSSES, "fourth_power", record)
    with words("losses", fourth_power="fourth power of the error"):
        said = outputs(text(loss="fourth_power"))
        ours = found(text(loss="fourth_power"))
    e = ours["a[2][1]"] - 1
    assert ours["L"] == pytest.approx(e**4)
    assert ours["dL/da[2][1]"] == pytest.approx(4 * e**3)
    for name in ("text", "markdown", "latex", "typst"):
        assert "fourth power of the error" in said[name], name
    for name in ("mathml", "json", "drawings"):
        assert said[name]


def test_an_optimiser(monkeypatch: pytest.MonkeyPatch) -> None:
    halving = Optimiser(
        "halving",
        Product((Number(Given.read("-1/2").value), Variable("parameter"))),
        {"learning_rate": Given.read("0.1")},
    )
    monkeypatch.setitem(OPTIMISERS, "halving", halving)
    own = {
        key: f"Each parameter is halved, says {key}." for key in ("update", "changes", "convention", "given")
    }
    with words("optimisers", halving=own):
        said = outputs(text(optimiser="halving"))
        ours = found(text(optimiser="halving"))
    assert ours["W_new[1][1][1]"] == 0.25
    assert ours["b_new[2][1]"] == 0.15
    for name in ("text", "markdown", "latex", "typst"):
        assert "Each parameter is halved, says update" in " ".join(said[name].split()), name
        assert "Gradient descent" not in said[name], name
    assert '"W_new[1][1][1]"' in said["json"]
    assert "0.25" in said["drawings"]


def test_a_function_without_words_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        ACTIVATIONS, "silent", Activation("silent", r"\mathrm{silent}", Function("sin", (z,)), number(1))
    )
    with pytest.raises(KeyError, match="silent"):
        outputs(text(activation="silent"))


UPDATES: dict[str, Any] = {
    "sgd": lambda w, g: w - 0.5 * g,
    "sign_sgd": lambda w, g: w - 0.5 * (g > 0) + 0.5 * (g < 0),
    "{clipped_sgd: {learning_rate: 0.5, limit: 0.2}}": lambda w, g: w - 0.5 * max(-0.2, min(0.2, g)),
    "{decayed_sgd: {learning_rate: 0.5, decay: 0.3}}": lambda w, g: (1 - 0.5 * 0.3) * w - 0.5 * g,
}


@pytest.mark.parametrize("optimiser", UPDATES)
def test_every_optimiser_updates_by_its_rule(optimiser: str) -> None:
    written = optimiser if "{" in optimiser else f"{{{optimiser}: {{learning_rate: 0.5}}}}"
    problem = text(optimiser=written).replace("iterations: 1", "iterations: 5, show: [1, 5]")
    solution = solve(load_problem(problem))
    for entry in solution.iterations:
        for layer in (1, 2):
            pairs = zip(
                entry.W[layer].ravel(),
                entry.gradients.W[layer].ravel(),
                entry.new.W[layer].ravel(),
                strict=True,
            )
            for old, gradient, new in pairs:
                assert new == pytest.approx(UPDATES[optimiser](old, gradient), rel=1e-12)


@pytest.mark.parametrize("optimiser", UPDATES)
def test_a_question_says_by_which_rule_parameters_change(optimiser: str) -> None:
    """The limit of a clipped gradient is a given like any other."""
    written = optimiser if "{" in optimiser else f"{{{optimiser}: {{learning_rate: 0.5}}}}"
    said = " ".join(str(solve(load_problem(text(optimiser=written))).statement()).split())
    words = {"clipped": "from −0.2 to 0.2", "decayed": "weight decay 0.3", "sign": "by the signs"}
    for name, own in words.items():
        assert (own in said) == (name in optimiser)
