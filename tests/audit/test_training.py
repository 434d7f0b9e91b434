"""Pages of networks whose training is clipped, scheduled or penalised: every line, and every change of one."""

from __future__ import annotations

from itertools import product

import pytest

from tests.audit.killing import kill
from tests.audit.pages import ROUNDINGS, markdown
from tests.audit.test_shipped import all_reproduce
from tests.sampling import OneIn

TEXT = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.5, -0.25], [0.1, 0.4]], bias: {shared: 0.1}}
    - {units: 1, activation: linear, weights: [[1.5, -0.5]], HELD}
samples: [{input: [1, 2], target: [1]}, {input: [-1, 0.5], target: [0]}]
loss: squared_error
training: {optimiser: OPTIMISER, TRAINING, iterations: 2}
MORE
parts: [{label: a, ask: [gradients]}, {label: b, ask: [updated_parameters]}]
"""
SGD = "{sgd: {learning_rate: 0.1}}"
ADAM = "{adam: {learning_rate: 0.1}}"
OWN = "learning_rates: [{weights: [[0.1, 0.2], [0.3, 0.4]], bias: 0.05}, 0.01]"
CASES: dict[str, tuple[str, str, str]] = {
    "by norm": (SGD, "clip: {norm: 1.5}", ""),
    "by norm, not reached": (SGD, "clip: {norm: 100}", ""),
    "by value": (SGD, "clip: {value: 0.5}", ""),
    "Adam by norm, warm-up": (ADAM, "clip: {norm: 0.5}, schedule: {warmup: {updates: 3}}", ""),
    "Lion by value, listed": ("lion", "clip: {value: 0.5}, schedule: [0.1, 0.2]", ""),
    "steps": ("momentum", "schedule: {step: {factor: 0.5, every: 1}}, state: {t: 2}", ""),
    "exponential, elastic": (
        SGD, "schedule: {exponential: {factor: 0.5}}", "regulariser: {elastic: {strength: 0.1, ratio: 0.25}}",
    ),
    "cosine, momentum": ("momentum", "schedule: {cosine: {least: 0.05, updates: 5}}", ""),
    "linear": (SGD, "schedule: {linear: {updates: 5}}", ""),
    "listed": (SGD, "schedule: [0.1, 0.2]", ""),
    "own rates": (SGD, OWN, ""),
    "own rates, Adam, by value": (ADAM, OWN + ", clip: {value: 0.5}", ""),
    "L1": (SGD, "batch: all", "regulariser: {l1: {strength: 0.1, over_samples: mean}}"),
    "L1, decay": ("adamw", "clip: {norm: 2}", "regulariser: {l1: {strength: 0.1}}"),
}  # fmt: skip
HELD = ("by norm", "L1", "own rates")
MUTATED = ("by norm", "by value", "Adam by norm, warm-up", "exponential, elastic", "steps", "own rates", "L1")


def text(case: str) -> str:
    optimiser, training, more = CASES[case]
    held = "bias: {value: [0.3], trainable: false}" if case in HELD else "bias: [0.3]"
    filled = TEXT.replace("OPTIMISER", optimiser).replace("TRAINING", training).replace("MORE", more)
    return filled.replace("HELD", held)


@pytest.mark.sampled(11)
@pytest.mark.parametrize(("case", "rounding"), list(product(CASES, ROUNDINGS)))
def test_every_line_reproduces(case: str, rounding: str) -> None:
    print(case, all_reproduce(markdown(text(case), ROUNDINGS[rounding]).report()))


@pytest.mark.parametrize("rounding", ["at_end", "4 decimals"])
def test_every_change_of_a_page_is_found(rounding: str, one_in: OneIn) -> None:
    every, made = one_in(97), 0
    for case in MUTATED:
        result = kill(markdown(text(case), ROUNDINGS[rounding]), all_digits=False, one_in=every)
        print(f"{case}: {result.found} of {result.made} changes found ({result.rate:.4%})")
        assert not result.passed, "\n".join([case, *result.passed[:20]])
        made += result.made
    assert made * every > 5_000
