"""Exercises for a pencil, one of each kind that docs/variants.md lists."""

from __future__ import annotations

__all__ = ["KINDS", "text_of"]


def _network(layers: str, loss: str, target: str = "[1]", more: str = "") -> str:
    samples = f"samples: [{{input: [1, 2], target: {target}}}]"
    return f"network:\n  inputs: 2\n  layers:\n{layers}{samples}\nloss: {loss}\n{more}"


def _layer(activation: str, weights: str, bias: str) -> str:
    units = weights.count("[") - 1
    return f"    - {{units: {units}, activation: {activation}, weights: {weights}, bias: {bias}}}\n"


_ONE, _TWO, _THREE = "[[0.3, -0.2]]", "[[0.3, 0.2], [1, 0.5]]", "[[0.3, 0.2], [1, 0.5], [2, 1]]"
_HALF = "{squared_error: {scale: 1/2}}"
_TRAINED = "training: {optimiser: {sgd: {learning_rate: 0.1}}}\n"

KINDS: dict[str, tuple[int, str]] = {
    "a linear unit, squared error, update": (
        2,
        _network(_layer("linear", _ONE, "[0.1]"), _HALF, more=_TRAINED),
    ),
    "a hidden ReLU layer, squared error": (
        2,
        _network(_layer("relu", _TWO, "[0.1, 0.2]") + _layer("linear", _ONE, "[0.3]"), _HALF),
    ),
    "two hidden ReLU layers, squared error": (
        2,
        _network(
            _layer("relu", _TWO, "[0.1, 0.2]")
            + _layer("relu", _TWO, "[0.1, 0.2]")
            + _layer("linear", _ONE, "[0.3]"),
            _HALF,
        ),
    ),
    "a sigmoid unit, squared error": (2, _network(_layer("sigmoid", _ONE, "[ln(4) + 0.1]"), _HALF)),
    "a sigmoid unit, cross-entropy, update": (
        2,
        _network(_layer("sigmoid", _ONE, "[ln(4) + 0.1]"), "binary_cross_entropy", more=_TRAINED),
    ),
    "two sigmoid layers, squared error": (
        3,
        _network(
            _layer("sigmoid", _TWO, "[ln(4) - 0.7, ln(4) - 2]") + _layer("sigmoid", _ONE, "[0.1]"), _HALF
        ),
    ),
    "a hidden tanh layer, squared error": (
        2,
        _network(_layer("tanh", _TWO, "[0.1, ln(3) - 2]") + _layer("linear", _ONE, "[0.3]"), _HALF),
    ),
    "softmax, cross-entropy": (
        2,
        _network(_layer("softmax", _THREE, "[0.1, 0.2, ln(3)]"), "categorical_cross_entropy", "[1, 0, 0]"),
    ),
    "ReLU and softmax, cross-entropy": (
        2,
        _network(
            _layer("relu", _TWO, "[0.1, 0.2]") + _layer("softmax", _THREE, "[0.1, 0.2, ln(3)]"),
            "categorical_cross_entropy",
            "[1, 0, 0]",
        ),
    ),
    "two layers of hard sigmoids, squared error": (
        2,
        _network(_layer("hard_sigmoid", _TWO, "[0.1, 0.2]") + _layer("hard_sigmoid", _ONE, "[0.3]"), _HALF),
    ),
    "leaky ReLU and tanh, squared error": (
        2,
        _network(_layer("leaky_relu", _TWO, "[0.1, 0.2]") + _layer("tanh", _ONE, "[ln(2)]"), _HALF),
    ),
}
"""How many digits, and the problem with numbers of its own; all of its numbers vary."""


def text_of(name: str) -> str:
    """The problem file of a kind, with its block."""
    digits, problem = KINDS[name]
    return f"title: {name}\n{problem}variants: {{pencil: {{digits: {digits}}}}}\n"
