"""nbsolve against oracles that share no code with it, over random networks.

The oracles: automatic differentiation (HIPS autograd, in doubles; PyTorch too where it is installed) and a
hand-written reference at 60 digits. The two are compared with each other too, and the reference with
central differences, so that a disagreement points at nbsolve.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import isclose
from random import Random
from typing import Any

import pytest
from mpmath import mp, mpf

from nbsolve import solve
from nbsolve.catalogue import ACTIVATIONS, LOSSES
from nbsolve.checking.oracle import autograd_oracle, network
from nbsolve.checking.oracle.compare import mismatches
from nbsolve.checking.oracle.numbers import big
from nbsolve.checking.oracle.reading import load
from tests.loading import load_problem
from tests.reference import differences, torch_oracle
from tests.reference.random_problems import problem, to_text

pytestmark = pytest.mark.slow

CHUNKS = 10
NETWORKS = 50  # a chunk: 500 in all
PRECISE = 10  # of them against 60 digits: 100 in all


def texts(chunk: int) -> Iterator[str]:
    rng = Random(f"oracle {chunk}")
    for _ in range(NETWORKS):
        yield to_text(problem(rng))


def with_softmax_inside(rng: Random) -> str:
    """A random network with several layers, one of the hidden ones with softmax."""
    while True:
        made = problem(rng)
        hidden = [layer for layer in made["network"]["layers"][:-1] if int(layer["units"]) > 1]
        if hidden:
            rng.choice(hidden)["activation"] = "softmax"
            return to_text(made)


def answers(text: str) -> list[Any]:
    return list(solve(load_problem(text)).entries(everything=True))


def wrong_by_autograd(text: str) -> list[str]:
    spec = load(text)
    oracle = spec.shown_only(autograd_oracle.solve(spec))
    return mismatches(answers(text), spec, oracle, relative=1e-9, absolute=1e-12)


def disagreements(ours: list[Any], theirs: dict[tuple[str, int | None, int | None], float]) -> list[str]:
    """Where PyTorch finds another value for a gradient, a new parameter or a loss."""
    out = []
    for entry in ours:
        value = theirs.get((entry.quantity, entry.iteration, None))
        if value is not None and not isclose(float(entry.exact), value, rel_tol=1e-9, abs_tol=1e-12):
            out.append(f"{entry.quantity}: nbsolve {entry.exact}, PyTorch {value}")
    return out


@pytest.mark.sampled(10)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_against_automatic_differentiation_and_sixty_digits(chunk: int) -> None:
    for position, text in enumerate(texts(chunk)):
        spec, ours = load(text), answers(text)
        oracle = spec.shown_only(autograd_oracle.solve(spec))
        wrong = mismatches(ours, spec, oracle, relative=1e-9, absolute=1e-12)
        if torch_oracle.INSTALLED:
            wrong += disagreements(ours, torch_oracle.solve(spec))
        if position < PRECISE:
            precise = spec.shown_only(network.solve(spec))
            wrong += mismatches(ours, spec, precise, relative=1e-14, absolute=1e-40)
        assert not wrong, text + "\n".join(wrong[:10])


@pytest.mark.sampled(10)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_softmax_in_a_hidden_layer(chunk: int) -> None:
    rng = Random(f"softmax inside {chunk}")
    for _ in range(30):
        text = with_softmax_inside(rng)
        spec, ours = load(text), answers(text)
        wrong = mismatches(
            ours, spec, spec.shown_only(autograd_oracle.solve(spec)), relative=1e-9, absolute=1e-12
        )
        wrong += mismatches(ours, spec, spec.shown_only(network.solve(spec)), relative=1e-14, absolute=1e-40)
        assert not wrong, text + "\n".join(wrong[:10])


@pytest.mark.sampled(4)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_oracles_agree(chunk: int) -> None:
    for _, text in zip(range(PRECISE), texts(chunk), strict=False):
        spec = load(text)
        ours, theirs = network.solve(spec), autograd_oracle.solve(spec)
        settings = ("learning_rate", "t")  # given, or counted: the other one does not list them
        assert {key for key in ours if key[0] not in settings} == theirs.keys()
        for key, value in theirs.items():
            assert float(ours[key]) == pytest.approx(value, rel=1e-9, abs=1e-12), (key, text)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_reference_against_central_differences(chunk: int) -> None:
    text = next(texts(chunk))
    spec = load(text)
    with mp.workdps(90):
        values = network.solve(spec, digits=90)
        for name, slope in differences.gradients(spec).items():
            assert abs(big(values[name, 1, None]) - slope) < mpf(10) ** -30, (name, text)


SMALL = """
title: Two sigmoid layers
network:
  inputs: 2
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.2, -0.4], [0.5, 0.1]], bias: [0.1, -0.2]}
    - {units: 2, activation: sigmoid, weights: [[0.3, -0.6], [0.7, 0.2]], bias: [0.05, 0.1]}
samples:
  - {input: [0.6, 0.9], target: [1, 0]}
loss: squared_error
"""


@pytest.mark.parametrize("explain", ["delta", "paths", "local_derivatives"])
def test_a_wrong_derivative_is_found(explain: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{SMALL}explain: {explain}\n"
    assert not wrong_by_autograd(text)
    wrong = ACTIVATIONS["tanh"]  # 1 − a² where a(1 − a) is right
    monkeypatch.setitem(
        ACTIVATIONS,
        "sigmoid",
        replace(ACTIVATIONS["sigmoid"], derivative=wrong.derivative, from_output=wrong.from_output),
    )
    found = wrong_by_autograd(text)
    assert any("dL/dW[1][1][1]" in line for line in found)


def test_a_wrong_loss_derivative_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        LOSSES,
        "squared_error",
        replace(LOSSES["squared_error"], derivative=LOSSES["absolute_error"].derivative),
    )
    assert any("dL/da[2][1]" in line for line in wrong_by_autograd(SMALL))
