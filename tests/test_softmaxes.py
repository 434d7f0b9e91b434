"""Softmax with a temperature or a base, and log-softmax, in any layer, and losses behind them: two oracles."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from nbsolve import solve
from nbsolve.catalogue import losses
from nbsolve.catalogue.softmaxes import Softmax
from nbsolve.checking.oracle import autograd_oracle, network
from nbsolve.checking.oracle.compare import mismatches
from nbsolve.checking.oracle.reading import load
from nbsolve.step import verify
from tests.loading import load_problem
from tests.reference import torch_oracle
from tests.reference.random_problems import problem, to_text
from tests.test_oracle import disagreements

pytestmark = pytest.mark.slow

CHUNKS, NETWORKS = 15, 20
TEMPERATURES = ("0.5", "2", "3/2", "10")
HERE = {
    "softmax_with_temperature": ("categorical_cross_entropy", "squared_error", "huber"),
    "softmax_with_base": ("categorical_cross_entropy", "squared_error"),
    "log_softmax": ("negative_log_likelihood", "squared_error", "absolute_error"),
}
"""What losses the outputs can have."""


def activation(rng: Random) -> tuple[str, Any]:
    """One of them, and how a file has it."""
    name = rng.choice(list(HERE))
    if name == "log_softmax":
        return name, name
    if name == "softmax_with_base":
        return name, {name: {"base": rng.choice(("2", "3", "1/2"))}}
    return name, {name: {"temperature": rng.choice(TEMPERATURES)}}


def drawn(rng: Random) -> str:
    """A random network with one of the two: in a hidden layer, or at the end with a loss that fits."""
    while True:
        made = problem(rng)
        if "training" in made:  # a long one may run away, and leave doubles no digits
            made["training"].pop("epochs", None)
            made["training"]["iterations"] = "2"
        layers = made["network"]["layers"]
        name, written = activation(rng)
        hidden = [layer for layer in layers[:-1] if int(layer["units"]) > 1]
        if hidden and rng.random() < 0.5:
            rng.choice(hidden)["activation"] = written
            return to_text(made)
        if int(layers[-1]["units"]) > 1 and not isinstance(made["loss"], list):
            layers[-1]["activation"] = written
            made["loss"] = rng.choice(HERE[name])
            for sample in made["samples"]:
                sample["target"] = targets(rng, int(layers[-1]["units"]))
            return to_text(made)


def targets(rng: Random, count: int) -> list[str]:
    """One class, shares that add up to 1, or any numbers between 0 and 1."""
    kind = rng.randrange(3)
    if kind == 0:
        right = rng.randrange(count)
        return [str(int(place == right)) for place in range(count)]
    numbers = [rng.randint(0, 10) for _ in range(count)]
    whole = sum(numbers) or 1
    return [f"{number}/{whole if kind == 1 else 10}" for number in numbers]


def faults(text: str) -> list[str]:
    """Where nbsolve disagrees with automatic differentiation, PyTorch or sixty digits."""
    spec, ours = load(text), list(solve(load_problem(text)).entries(everything=True))
    wrong = mismatches(
        ours, spec, spec.shown_only(autograd_oracle.solve(spec)), relative=1e-9, absolute=1e-12
    )
    if torch_oracle.INSTALLED:
        wrong += disagreements(ours, torch_oracle.solve(spec))
    return wrong + mismatches(
        ours, spec, spec.shown_only(network.solve(spec)), relative=1e-14, absolute=1e-40
    )


def networks(chunk: int) -> Iterator[str]:
    rng = Random(f"softmaxes {chunk}")
    yield from (drawn(rng) for _ in range(NETWORKS))


@pytest.mark.sampled(25)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_against_two_oracles(chunk: int) -> None:
    for text in networks(chunk):
        wrong = faults(text)
        assert not wrong, text + "\n".join(wrong[:10])


OUTPUT = """
title: The last layer
network:
  inputs: 2
  layers: [{units: 3, activation: ACTIVATION, weights: [[1, -2], [0.5, 0.3], [-1, 0.2]], bias: [0.1, 0, -0.4]}]
samples: [{input: [1.5, -1], target: [0.2, 0.7, 0.1]}]
loss: LOSS
"""
KINDS = {
    "temperature": ("{softmax_with_temperature: {temperature: 5}}", "categorical_cross_entropy"),
    "base": ("{softmax_with_base: {base: 2}}", "{categorical_cross_entropy: {log_base: 2}}"),
    "base alone": ("{softmax_with_base: {base: 3}}", "categorical_cross_entropy"),
    "logarithm": ("log_softmax", "negative_log_likelihood"),
}


@pytest.mark.parametrize("explain", ["delta", "paths", "local_derivatives"])
@pytest.mark.parametrize("kind", KINDS)
def test_however_it_is_explained_every_step_verifies(kind: str, explain: str) -> None:
    activation, loss = KINDS[kind]
    text = OUTPUT.replace("ACTIVATION", activation).replace("LOSS", loss) + f"explain: {explain}\n"
    assert not faults(text)
    worked = solve(load_problem(text))
    for iteration in worked.solution.iterations:
        for step in iteration.steps:
            verify(step, worked.solution.arithmetic)


def test_far_from_0_nothing_is_lost() -> None:
    for kind in KINDS:
        activation, loss = KINDS[kind]
        text = OUTPUT.replace("ACTIVATION", activation).replace("LOSS", loss)
        far = text.replace("[1, -2]", "[900, -2000]")
        spec, ours = load(far), list(solve(load_problem(far)).entries(everything=True))
        assert not mismatches(
            ours, spec, spec.shown_only(network.solve(spec, digits=2600)), relative=1e-14, absolute=0
        )
        assert "The largest" in str(solve(load_problem(far)).document())


def test_a_temperature_of_1_is_softmax() -> None:
    warm = OUTPUT.replace("ACTIVATION", "{softmax_with_temperature: {temperature: 1}}")
    plain = OUTPUT.replace("ACTIVATION", "softmax")
    loss = "categorical_cross_entropy"
    found, wanted = (
        [
            (entry.quantity, entry.exact)
            for entry in solve(load_problem(text.replace("LOSS", loss))).entries(everything=True)
        ]
        for text in (warm, plain)
    )
    assert found == wanted


def test_a_question_says_the_temperature() -> None:
    activation, loss = KINDS["temperature"]
    worked = solve(load_problem(OUTPUT.replace("ACTIVATION", activation).replace("LOSS", loss)))
    assert "with the temperature 5: the exponential of each" in " ".join(str(worked.unsaid()).split())


def test_a_lost_temperature_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    activation, loss = KINDS["temperature"]
    text = OUTPUT.replace("ACTIVATION", activation)
    pair = "categorical_cross_entropy", "softmax_with_temperature"
    monkeypatch.setitem(
        losses.CANCELLATIONS, pair, losses.CANCELLATIONS["categorical_cross_entropy", "softmax"]
    )
    assert any("dL/dz" in line for line in faults(text.replace("LOSS", loss)))
    monkeypatch.setattr(Softmax, "factor", ())
    assert any("dL/dz" in line for line in faults(text.replace("LOSS", "squared_error")))


def test_a_wrong_share_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = "negative_log_likelihood", "log_softmax"
    activation, loss = KINDS["logarithm"]
    monkeypatch.setitem(
        losses.CANCELLATIONS, pair, losses.CANCELLATIONS["categorical_cross_entropy", "softmax"]
    )
    assert any(
        "dL/dz" in line for line in faults(OUTPUT.replace("ACTIVATION", activation).replace("LOSS", loss))
    )


def main() -> None:
    """All random networks: `python -m tests.test_softmaxes`."""
    wrong = [text for chunk in range(CHUNKS) for text in networks(chunk) if faults(text)]
    sys.stdout.write(f"{CHUNKS * NETWORKS} networks, {len(wrong)} wrong\n" + "\n".join(wrong[:3]))


if __name__ == "__main__":
    main()
