"""What `docs/architecture.md` says of adding one thing, done: a record and its words, and it is in every output."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import nbsolve
from nbsolve import solve
from nbsolve.catalogue import (
    ACTIVATIONS,
    CANCELLATIONS,
    LOSSES,
    OPTIMISERS,
    Activation,
    Equation,
    Loss,
    Optimiser,
)
from nbsolve.catalogue.presets import PRESETS, Preset
from nbsolve.document import Derivation, Result, blocks_within
from nbsolve.expr import Function, Negation, Number, Power, Product, Quotient, Sum, Variable, number
from nbsolve.given import Given
from nbsolve.render.printer import Printer
from tests.adding.dialect import calls
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


def test_a_rewrite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cross-entropy for targets of −1 and 1: behind tanh its derivative (a − y)/(1 − a²) comes to a − y."""
    one, half = number(1), Number(Given.read("1/2").rational)
    minus = Negation((a,)), Negation((y,))
    logarithms = [
        Product((Sum((one, own)), Function("ln", (Sum((one, of)),))))
        for own, of in ((y, a), (minus[1], minus[0]))
    ]
    error = Sum((a, minus[1]))
    slope = Quotient((error, Sum((one, Negation((Power((a, number(2))),))))))
    record = Loss("signed_entropy", Negation((Product((half, Sum(tuple(logarithms)))),)), slope)
    monkeypatch.setitem(LOSSES, "signed_entropy", record)
    problem = text(loss="signed_entropy").replace("linear", "tanh")
    letters = re.sub(r"(weights|bias): \[\[?[^a-z}]*\]\]?(?=[,}])", r"\1: symbolic", problem)
    letters = letters.replace("input: [1, 2], target: [1]", "input: symbolic, target: symbolic")
    with words("losses", signed_entropy="signed cross-entropy"):
        before = found(problem)
        monkeypatch.setitem(CANCELLATIONS, ("signed_entropy", "tanh"), error)
        said, ours = outputs(problem), found(problem)
        in_letters = str(solve(load_problem(letters)).document())
    assert ours["dL/dz[2][1]"] == pytest.approx(ours["a[2][1]"] - 1, rel=1e-12)
    assert ours == pytest.approx(before, rel=1e-12), "nothing but the way there is another one"
    told = (
        "For tanh with signed cross-entropy the factors cancel: the error signal is prediction minus target."
    )
    for name in ("text", "markdown", "latex", "typst"):
        assert told in " ".join(said[name].replace("\\", "").split()), name
    assert "&= a_1^{(2)} - y_1" in said["markdown"]
    assert "dz2 = a2 - y" in said["text"], "the program in NumPy"
    for name in ("mathml", "json", "drawings"):
        assert said[name]
    assert told in " ".join(in_letters.split())


def test_an_optimiser(monkeypatch: pytest.MonkeyPatch) -> None:
    halving = Optimiser(
        "halving",
        Product((Number(Given.read("-1/2").rational), Variable("parameter"))),
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


def test_an_optimiser_with_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """A running maximum of |g|, which a parameter's step is divided by: kept, shown and counted with."""
    largest, size = Variable("largest"), Function("abs", (Variable("gradient"),))
    step = Quotient((Variable("gradient"), Variable("kept")))
    record = Optimiser(
        "cautious",
        Negation((Product((Variable("learning_rate"), step)),)),
        {"learning_rate": Given.read("0.1"), "slack": Given.read("0.5")},
        equations=(
            Equation("largest", "u", Function("max", (largest, size))),
            Equation("kept", r"\hat{u}", Sum((largest, Variable("slack"), Variable("t"))), kept=False),
        ),
        letters={"slack": r"\kappa"},
    )
    monkeypatch.setitem(OPTIMISERS, "cautious", record)
    own = {key: f"Caution, says {key}." for key in ("update", "changes")}
    own |= {"convention": "Caution, says convention", "given": "Caution, says given{settings}: {rule}"}
    problem = text(optimiser="{cautious: {slack: 0.25}}").replace("iterations: 1", "iterations: 2")
    problem = problem.replace("[updated_parameters]", "[updated_parameters, state]")
    with words("optimisers", cautious=own):
        said = outputs(problem)
        worked = solve(load_problem(problem))
        ours = {(e.quantity, e.iteration): float(e.exact or 0) for e in worked.entries(everything=True)}
    gradients = [abs(ours["dL/dW[1][1][1]", t]) for t in (1, 2)]
    assert ours["largest_W_new[1][1][1]", 2] == pytest.approx(max(gradients))
    after = ours["W[1][1][1]", 2] - 0.1 * ours["dL/dW[1][1][1]", 2] / (max(gradients) + 0.25 + 2)
    assert ours["W_new[1][1][1]", 2] == pytest.approx(after)
    for name in ("text", "markdown", "latex", "typst"):
        assert "Caution, says update" in " ".join(said[name].split()), name
        assert "Caution, says convention" in " ".join(said[name].split()), name
    assert "κ = 0.25" in said["text"]
    assert r"\hat{u}_{w_{11}^{(1)}}" in said["markdown"]
    assert r"\hat{u}_{w_{11}^{(1)}}" in said["latex"]
    assert "<mi>u</mi>" in said["mathml"]
    assert '"largest_W_new[1][1][1]"' in said["json"]
    assert said["text"].count("largest_W1 = ") == 4, "set to 0 and found, in NumPy and in PyTorch"


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


def test_a_notation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PRESETS, "omega", Preset("omega", indices=("to", "from"), letter=r"\omega"))
    problem = text() + "notation: omega\n"
    said = outputs(problem)
    worked = solve(load_problem(problem))
    assert worked.names.resolve("omega_{12}^{(1)}") == worked.names.resolve("W[1][1][2]")
    assert "ω₁₂⁽¹⁾" in said["text"]
    assert r"\omega_{12}^{(1)}" in said["markdown"]
    assert r"\omega_{12}^{(1)}" in said["latex"]
    assert "omega" in said["json"]
    for name in ("mathml", "typst", "drawings"):
        assert "ω" in said[name], name


def test_an_output_format() -> None:
    """A dialect alone writes every formula of pages of every kind; here as one calls functions in a program."""
    shipped = sorted((Path(__file__).parents[2] / "problems").glob("*.yaml"))
    written = 0
    for path in shipped[::4]:
        page = nbsolve.solve(nbsolve.load_problem(path)).document()
        printer = Printer(calls(page.names))
        for block in blocks_within(page.blocks):
            for line in block.lines if isinstance(block, Derivation) else ():
                for _, right in line.parts:
                    said = printer.print(right.value if isinstance(right, Result) else right)
                    assert said.count("(") == said.count(")")
                    written += 1
    assert written > 300
    worked = solve(load_problem(next(path for path in shipped if path.stem.startswith("002"))))
    step = worked.solution.iterations[0].forward[0]
    unit = next(iter(step.units))
    assert Printer(calls(worked.names)).print(unit.formula) == "w₁*x₁ + w₂*x₂ + b₁"
