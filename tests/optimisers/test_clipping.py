"""Gradients clipped before any optimiser: by value, and by the norm of all of them together."""

from __future__ import annotations

import math
from typing import Any

import pytest

import nbsolve
from nbsolve.errors import ProblemError, UnknownChangeError
from tests.corpus.outputs import FORMATS
from tests.loading import load_problem
from tests.optimisers.test_updates import solved

NETWORK = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.5, -0.25], [0.1, 0.4]], bias: [0.1, -0.2]}
    - {units: 1, activation: linear, weights: [[1.5, -0.5]], bias: [0.3]}
samples: [{input: [1, 2], target: [3]}]
loss: squared_error
training: {optimiser: OPTIMISER, clip: CLIP, iterations: 2}
parts: [{ask: [gradients, updated_parameters]}]
"""
NAMES = ["W[1][1][1]", "W[1][1][2]", "W[1][2][1]", "W[1][2][2]", "b[1][1]", "b[1][2]"]
NAMES += ["W[2][1][1]", "W[2][1][2]", "b[2][1]"]


def network(clip: str, optimiser: str = "{sgd: {learning_rate: 0.1}}") -> str:
    return NETWORK.replace("CLIP", clip).replace("OPTIMISER", optimiser)


def numbers(text: str) -> dict[tuple[str, int | None], Any]:
    worked = nbsolve.solve(load_problem(text))
    return {(e.quantity, e.iteration): e.exact for e in worked.entries(everything=True)}


def new(name: str) -> str:
    letter, _, rest = name.partition("[")
    return f"{letter}_new[{rest}"


@pytest.mark.parametrize("limit", [0.5, 100])
def test_by_the_norm_of_all(limit: float) -> None:
    ours = numbers(network(f"{{norm: {limit}}}"))
    for t in (1, 2):
        norm = math.sqrt(sum(ours[f"dL/d{name}", t] ** 2 for name in NAMES))
        factor = min(1, limit / norm)
        assert (factor < 1) == (limit == 0.5)
        for name in NAMES:
            moved = ours[name, t] - 0.1 * factor * ours[f"dL/d{name}", t]
            assert ours[new(name), t] == pytest.approx(moved, rel=1e-12, abs=1e-14)


def test_by_value() -> None:
    ours = numbers(network("{value: 0.5}", "{momentum: {learning_rate: 0.1}}"))
    for name in NAMES:
        first, second = (max(-0.5, min(0.5, ours[f"dL/d{name}", t])) for t in (1, 2))
        assert ours[new(name), 1] == pytest.approx(ours[name, 1] - 0.1 * first, rel=1e-12)
        velocity = 0.9 * first + second
        assert ours[new(name), 2] == pytest.approx(ours[name, 2] - 0.1 * velocity, rel=1e-12)


@pytest.mark.parametrize("clip", ["{norm: 0.5}", "{value: 0.5}"])
def test_every_output_says_so(clip: str) -> None:
    said = {name: write(nbsolve.solve(load_problem(network(clip)))) for name, write in FORMATS.items()}
    for name in ("text", "markdown", "latex", "typst"):
        assert "gradients are clipped by the norm" in said[name] or "clipped by its value" in said[name]
    assert "c = 0.5" in " ".join(said["text"].split())
    if "norm" in clip:
        assert "since G > c" in said["text"]
        assert "G = √" in said["text"]


def test_what_is_held_is_no_part_of_the_norm() -> None:
    text = network("{norm: 0.5}").replace(
        "weights: [[1.5, -0.5]]", "weights: {value: [[1.5, -0.5]], trainable: false}"
    )
    ours = numbers(text)
    moving = [name for name in NAMES if not name.startswith("W[2]")]
    norm = math.sqrt(sum(ours[f"dL/d{name}", 1] ** 2 for name in moving))
    moved = ours["b[2][1]", 1] - 0.1 * 0.5 / norm * ours["dL/db[2][1]", 1]
    assert ours["b_new[2][1]", 1] == pytest.approx(moved, rel=1e-12)


def test_without_a_network() -> None:
    worked = solved(
        "kind: update\nparameters: {w: 0.5, b: -0.3}\ngradients: {w: 3, b: -4}\n"
        "optimiser: {sgd: {learning_rate: 0.1}}\nclip: {norm: 1}\n"
    )
    found = {entry.quantity: entry.printed for entry in worked.entries()}
    assert found == {"w_new": "0.44", "b_new": "-0.22"}


@pytest.mark.parametrize(
    ("clip", "fault"),
    [
        ("3", "training.clip: clip is '3'"),
        ("{norm: 0}", "training.clip.norm: norm is 0"),
        ("{size: 1}", "unknown key 'size' in clip"),
        ("{norm: 1, value: 2}", "training.clip: clip is a mapping ('norm', 'value')"),
    ],
)
def test_faults(clip: str, fault: str) -> None:
    with pytest.raises(ProblemError) as error:
        load_problem(network(clip))
    assert fault in str(error.value)
    assert "problem:9:" in str(error.value)


def test_the_norm_is_known_only_after_going_back() -> None:
    worked = nbsolve.solve(load_problem(network("{norm: 1}")))
    with pytest.raises(UnknownChangeError, match="known only after going back"):
        worked.replayed(rules={"updated_weights": None})
