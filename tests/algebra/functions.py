"""What the functions of the field mean, written down once more from the literature: f(z), and losses ℓ(a, y).

No derivative stands here: derivatives come from differentiating these (`scalars.Dual`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tests.algebra.scalars import Scalar, erf, exp, ln, pi_like, plain, sign, size, sqrt, tanh

Parameters = Mapping[str, Scalar]
Vector = Sequence[Scalar]


def sigmoid(z: Scalar) -> Scalar:
    return 1 / (1 + exp(-z))


def _gelu(z: Scalar) -> Scalar:
    return z * (1 + erf(z / sqrt(2 + 0 * z))) / 2


ACTIVATIONS: dict[str, Callable[[Scalar, Parameters], Scalar]] = {
    "linear": lambda z, _: z,
    "sigmoid": lambda z, _: sigmoid(z),
    "tanh": lambda z, _: tanh(z),
    "relu": lambda z, _: z if plain(z) > 0 else 0 * z,
    "leaky_relu": lambda z, p: z if plain(z) > 0 else p["slope"] * z,
    "elu": lambda z, p: z if plain(z) > 0 else p["alpha"] * (exp(z) - 1),
    "softplus": lambda z, _: ln(1 + exp(z)),
    "gelu": lambda z, _: _gelu(z),
    "silu": lambda z, _: z / (1 + exp(-z)),
    "step": lambda z, _: 0 * z + (1 if plain(z) >= 0 else 0),
    "normal_distribution": lambda z, _: normal_distribution(z),
    "normal_density": lambda z, _: normal_density(z),
}
"""The functions of one number."""

WRITTEN = {
    "sigma": "sigmoid", "tanh": "tanh", "ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "id": "linear",
    "softplus": "softplus", "GELU": "gelu", "SiLU": "silu", "step": "step",
    "Phi": "normal_distribution", "phi": "normal_density",
}  # fmt: skip
"""How they are written."""


def softmax(z: Vector) -> list[Scalar]:
    """e^{z_k} / Σ e^{z_j}."""
    powers = [exp(x) for x in z]
    whole = sum(powers[1:], powers[0])
    return [x / whole for x in powers]


def log_softmax(z: Vector) -> list[Scalar]:
    """The logarithms of those."""
    return [ln(p) for p in softmax(z)]


def normal_density(z: Scalar) -> Scalar:
    return exp(-(z * z / 2)) / sqrt(2 * pi_like(z) + 0 * z)


def normal_distribution(z: Scalar) -> Scalar:
    return (1 + erf(z / sqrt(2 + 0 * z))) / 2


def dot(a: Vector, y: Vector) -> Scalar:
    return sum((p * q for p, q in zip(a[1:], y[1:], strict=True)), a[0] * y[0])


def norm(a: Vector) -> Scalar:
    return sqrt(dot(a, a))


def cosine(a: Vector, y: Vector) -> Scalar:
    return dot(a, y) / (norm(a) * norm(y))


def huber(a: Scalar, y: Scalar, parameters: Parameters) -> Scalar:
    e, delta = a - y, parameters["delta"]
    return e * e / 2 if plain(size(e)) <= plain(delta) else delta * size(e) - delta * delta / 2


EACH: dict[str, Callable[[Scalar, Scalar, Parameters], Scalar]] = {
    "squared_error": lambda a, y, _: (a - y) * (a - y),
    "binary_cross_entropy": lambda a, y, _: -(y * ln(a) + (1 - y) * ln(1 - a)),
    "categorical_cross_entropy": lambda a, y, _: -(y * ln(a)),
    "negative_log_likelihood": lambda a, y, _: -(y * a),
    "absolute_error": lambda a, y, _: size(a - y),
    "huber": huber,
}
"""What one output adds to a loss."""


def hinge(a: Vector, y: Vector) -> Scalar:
    margin = 1 - dot(a, y)
    return margin if plain(margin) > 0 else 0 * margin


WHOLE: dict[str, Callable[[Vector, Vector], Scalar]] = {
    "hinge": hinge,
    "cosine_similarity": cosine,
    "cosine_loss": lambda a, y: 1 - cosine(a, y),
}
"""Losses of all outputs together."""

__all__ = [
    "ACTIVATIONS",
    "EACH",
    "WHOLE",
    "WRITTEN",
    "cosine",
    "dot",
    "log_softmax",
    "norm",
    "sign",
    "softmax",
]
