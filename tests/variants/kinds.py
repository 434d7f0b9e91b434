"""Exercises for a pencil, one of each kind that docs/variants.md lists."""

from __future__ import annotations

__all__ = ["KINDS", "OTHERS", "text_of"]


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
    "ReLU and softmax of base 2, cross-entropy of base 2": (
        2,
        _network(
            _layer("relu", _TWO, "[0.1, 0.2]")
            + _layer("{softmax_with_base: {base: 2}}", _THREE, "[1.32, 0.1, -0.8]"),
            "{categorical_cross_entropy: {log_base: 2}}",
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


_GATES = "kind: graph\ngiven: {x: -2, y: 5, z: -4}\nequations: {q: x + y, f: q*z}\n"
_NEURON = "kind: graph\ngiven: {w: 2, x: -1, b: 5, y: 1}\nequations: {z: w*x + b, e: z - y, L: e^2/2}\n"
_RELU = "kind: graph\ngiven: {x: 2, y: 3, u: 4}\nequations: {p: x*y, s: p - u, r: relu(s), f: r*x}\n"
_BATCH = _network(_layer("linear", _ONE, "[0.1]"), _HALF).replace("}]", "}, {input: [2, -1], target: [0]}]")
_DEEP_BATCH = KINDS["a hidden ReLU layer, squared error"][1].replace(
    "}]", "}, {input: [2, -1], target: [0]}]"
)
_MOMENTUM = (
    "kind: update\nparameters: {w: 0.5, b: 1}\ngradients: [{w: 0.4, b: -1}, {w: -0.2, b: 0.3}]\n"
    "optimiser: {momentum: {learning_rate: 0.1, beta: 0.5}}\n"
)
OTHERS: dict[str, tuple[int, str]] = {
    "a graph of a sum and a product": (2, _GATES),
    "a graph with a ReLU gate": (2, _RELU),
    "a graph of a linear neuron and its loss": (3, _NEURON),
    "a batch of two samples, a linear unit": (3, _BATCH),
    "a batch of two samples, a hidden ReLU layer": (4, _DEEP_BATCH),
    "two steps with momentum": (3, _MOMENTUM),
    "a perceptron learns AND": (
        2,
        "kind: rule\nrule: {perceptron: {learning_rate: 1}}\nweights: [1, -2]\nbias: 1\nsamples:\n"
        "  - {input: [0, 0], target: 0}\n  - {input: [0, 1], target: 0}\n  - {input: [1, 0], target: 0}\n"
        "  - {input: [1, 1], target: 1}\nuntil: no mistakes\nmost_epochs: 20\n",
    ),
    "Adaline, one epoch of two samples": (
        3,
        "kind: rule\nrule: {adaline: {learning_rate: 0.5}}\nweights: [1, -2]\nbias: 1\nsamples:\n"
        "  - {input: [1, 2], target: 1}\n  - {input: [2, -1], target: -1}\nepochs: 1\n",
    ),
}
"""Those whose numbers are drawn, and kept where they are short."""


def text_of(name: str) -> str:
    """The problem file of a kind, with its block."""
    digits, problem = (KINDS | OTHERS)[name]
    return f"title: {name}\n{problem}variants: {{pencil: {{digits: {digits}}}}}\n"
