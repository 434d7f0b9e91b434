"""Activations and losses as autograd differentiates them, of arrays (samples, units); no derivative here."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import autograd.numpy as np
from autograd.scipy.special import erf

from nbsolve.checking.oracle.spec import Layer, Loss

Array = Any
ACTIVATIONS = frozenset({
    "linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "silu", "step",
    "softmax", "softmax_with_temperature", "softmax_with_base", "log_softmax",
})  # fmt: skip
LOSSES = frozenset({
    "squared_error", "binary_cross_entropy", "categorical_cross_entropy", "negative_log_likelihood",
    "absolute_error", "huber", "hinge", "cosine_loss", "cosine_similarity",
})  # fmt: skip


def activate(layer: Layer, z: Array) -> Array:
    """a of a layer, from its z."""
    if not layer.functions:
        return _applied(layer.activation, layer.parameters, z)
    columns = [_applied(*function, z[:, j : j + 1]) for j, function in enumerate(layer.functions)]
    return np.concatenate(columns, axis=1)


def _applied(name: str, given: dict[str, Fraction], z: Array) -> Array:
    p = {k: float(v) for k, v in given.items()}
    positive = z > 0
    low = z - np.max(z, axis=1, keepdims=True)
    below = np.where(positive, 0.0, z)
    formulas: dict[str, Callable[[], Array]] = {
        "linear": lambda: z,
        "sigmoid": lambda: 0.5 * (1 + np.tanh(z / 2)),
        "tanh": lambda: np.tanh(z),
        "relu": lambda: np.where(positive, z, 0.0),
        "leaky_relu": lambda: np.where(positive, z, p.get("slope", 0.01) * z),
        "elu": lambda: np.where(positive, z, p.get("alpha", 1.0) * (np.exp(below) - 1)),
        "softplus": lambda: np.logaddexp(0.0, z),
        "gelu": lambda: z * (1 + erf(z / np.sqrt(2.0))) / 2,
        "silu": lambda: z / (1 + np.exp(-z)),
        "step": lambda: np.where(z >= 0, 1.0, 0.0) + 0.0 * z,
        "softmax": lambda: np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True),
        "softmax_with_temperature": lambda: _applied("softmax", {}, z / p.get("temperature", 2.0)),
        "softmax_with_base": lambda: _applied("softmax", {}, z * np.log(p.get("base", 2.0))),
        "log_softmax": lambda: low - np.log(np.sum(np.exp(low), axis=1, keepdims=True)),
    }
    return formulas[name]()


def terms(loss: Loss, a: Array, y: Array) -> Array:
    """(samples, outputs): what each output adds; a loss that does not separate has one column."""
    f = float(loss.weight) * float(loss.scale)
    if loss.over_outputs == "mean":
        f /= y.shape[1]
    if loss.log_base is not None:
        f /= np.log(float(loss.log_base))
    e = a - y
    d = float(loss.parameters.get("delta", 1))
    dot = np.sum(a * y, axis=1, keepdims=True)

    def cosine() -> Array:
        return dot / np.sqrt(np.sum(a**2, axis=1, keepdims=True) * np.sum(y**2, axis=1, keepdims=True))

    formulas: dict[str, Callable[[], Array]] = {
        "squared_error": lambda: e**2,
        "binary_cross_entropy": lambda: -(y * np.log(a) + (1 - y) * np.log(1 - a)),
        "categorical_cross_entropy": lambda: -y * np.log(a),
        "negative_log_likelihood": lambda: -y * a,
        "absolute_error": lambda: np.abs(e),
        "huber": lambda: np.where(np.abs(e) <= d, e**2 / 2, d * np.abs(e) - d**2 / 2),
        "hinge": lambda: np.where(dot < 1, 1 - dot, 0.0),
        "cosine_loss": lambda: 1 - cosine(),
        "cosine_similarity": cosine,
    }
    return f * formulas[loss.name]()
