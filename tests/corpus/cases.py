"""The problems whose outputs are frozen: all that are shipped, and three hundred random ones.

A random problem is a function of its number alone. Its number also says how it is explained, rounded, written and
named, so that all of these go through all of their combinations; the rest is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from tests.reference import random_problems
from tests.reference.random_problems import to_text

__all__ = ["RANDOM", "Case", "cases"]

RANDOM = 300
Case = tuple[str, str | Path]
"""A name, and a problem: its file, or its text."""

_SHIPPED = Path(__file__).parents[2] / "problems"
_EXPLAIN = ("delta", "paths", "local_derivatives")
_APPLY = ("at_end", "each_step")
_WRITTEN = ("numbers", "letters", "mixed", "symbolic", "numbers")
_PRESETS = ("indexed", "flat", "matrix")
_DETAIL = ("auto", "units", "matrix", "both")
_DIGITS: tuple[dict[str, Any], ...] = (
    {},
    {"decimals": "3"},
    {"significant": "5"},
    {"answers": {"decimals": "4"}},
)
_LARGEST = 30
"""The parameters of a network that a person would still follow."""
_OWN = {"custom": {"name": "own", "formula": "where(z > 0, z^2, exp(z) - 1)"}}
_OWN_LOSS = {"custom": {"name": "own", "formula": "ln(cosh(a-y))"}}

_SOFTMAXES = {
    "temperature": "{softmax_with_temperature: {temperature: 3}}",
    "base": "{softmax_with_base: {base: 2}}",
    "logarithm": "log_softmax",
}
_THEIR_LOSSES = ("categorical_cross_entropy", "categorical_cross_entropy", "negative_log_likelihood")
_SOFTMAX = """
network:
  inputs: 2
  layers: [{units: 2, activation: ACTIVATION, weights: [[0.5, -1], [0.25, 0.4]], bias: [0.1, -0.2]}]
samples: [{input: [1, 2], target: [0.2, 0.8]}]
loss: LOSS
training: {optimiser: {sgd: {learning_rate: 0.1}}}
"""


def cases() -> Iterator[Case]:
    """Shipped problems by name, then the random ones by number."""
    for path in sorted(_SHIPPED.rglob("*.yaml")):
        yield path.stem, path
    for number in range(RANDOM):
        yield f"random-{number:03}", _random(number)
    for (name, activation), loss in zip(_SOFTMAXES.items(), _THEIR_LOSSES, strict=True):
        for own in (loss, "squared_error"):
            text = _SOFTMAX.replace("ACTIVATION", activation).replace("LOSS", own)
            yield f"{name}-{own}", text
            yield (
                f"{name}-{own}-in-letters",
                re.sub(r"(weights|bias|input|target): \[[^a-z}]*\]", r"\1: symbolic", text),
            )


@cache
def _random(number: int) -> str:
    rng = Random(number)
    written = _WRITTEN[number % 5]
    while True:
        problem = random_problems.problem(rng)
        if _is_small(problem):
            break
    problem["title"] = f"Random network {number}"
    problem["explain"] = _EXPLAIN[number % 3]
    problem["detail"] = _DETAIL[number // 3 % 4]
    preset = {"preset": _PRESETS[number // 6 % 3], **problem.get("notation", {})}
    problem["notation"] = preset
    problem["rounding"] = {"apply": _APPLY[number // 3 % 2], **rng.choice(_DIGITS)}
    layers = problem["network"]["layers"]
    if number % 11 == 0 and len(layers) > 1:
        layers[0]["activation"] = _OWN
    if number % 13 == 0 and "training" not in problem:
        problem["loss"] = _OWN_LOSS
    if written == "letters":
        problem["letters"] = "true"
    if written in ("mixed", "symbolic"):
        _put_letters(problem, rng, everywhere=written == "symbolic")
    return to_text(problem)


def _is_small(problem: dict[str, Any]) -> bool:
    network = problem["network"]
    widths = [int(network["inputs"]), *(int(layer["units"]) for layer in network["layers"])]
    parameters = sum((before + 1) * units for before, units in pairwise(widths))
    return parameters <= _LARGEST and len(problem["samples"]) <= 3


def _put_letters(problem: dict[str, Any], rng: Random, *, everywhere: bool) -> None:
    """Letters for the first layer's weights, or for everything that is given."""
    del problem["samples"][1:]
    problem.pop("training", None)
    layers = problem["network"]["layers"]
    for layer in layers if everywhere else layers[:1]:
        layer["weights"] = "symbolic"
        if everywhere and "threshold" in layer:
            del layer["threshold"]
        if everywhere:
            layer["bias"] = rng.choice(("symbolic", {"shared": "symbolic"}))
    if everywhere:
        problem["samples"] = [{"input": "symbolic", "target": "symbolic"}]
