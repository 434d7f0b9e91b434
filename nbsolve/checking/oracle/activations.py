"""Activations of the reference: value and derivative, written out by hand.

At a kink: ReLU' (0) = 0, leaky ReLU' (0) = its slope, ELU' (0) = α. The step has H(0) = 1 and slope 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from mpmath import mp

from nbsolve.checking.oracle import own
from nbsolve.checking.oracle.numbers import NotKnown, Number, Real, big, exp, log
from nbsolve.checking.oracle.spec import Layer

WHOLE = ("softmax", "softmax_with_temperature", "softmax_with_base", "log_softmax")
"""Functions of all units of a layer at once."""
DEFAULTS: dict[str, dict[str, Fraction]] = {
    "leaky_relu": {"slope": Fraction(1, 100)},
    "elu": {"alpha": Fraction(1)},
}


def sigmoid(z: Number) -> Number:
    """1/(1 + e^−z); exactly 1/2 at 0."""
    return 1 / (1 + exp(-z))


def _tanh(z: Number) -> Number:
    return Fraction(0) if z == 0 else Real(mp.tanh(big(z)))


def _normal(z: Number) -> Number:
    """Φ(z), the cumulative normal distribution."""
    return Fraction(1, 2) if z == 0 else Real(mp.erfc(-big(z) / mp.sqrt(2)) / 2)


def _density(z: Number) -> Real:
    return Real(mp.exp(-(big(z) ** 2) / 2) / mp.sqrt(2 * mp.pi))


def value(name: str, z: Number, given: dict[str, Fraction]) -> Number:
    """f(z) of a scalar activation."""
    p = DEFAULTS.get(name, {}) | given
    match name:
        case "linear":
            return z
        case "sigmoid":
            return sigmoid(z)
        case "tanh":
            return _tanh(z)
        case "relu":
            return z if z > 0 else Fraction(0)
        case "leaky_relu":
            return z if z > 0 else p["slope"] * z
        case "elu":
            return z if z > 0 else p["alpha"] * (exp(z) - 1)
        case "softplus":
            return log(Fraction(2)) if z == 0 else Real(mp.log1p(mp.exp(big(z))))
        case "gelu":
            return z * _normal(z)
        case "silu":
            return z * sigmoid(z)
        case "step":
            return Fraction(1 if z >= 0 else 0)
    if name.startswith(own.OWN):
        return own.value(name.removeprefix(own.OWN), {**given, "z": z})
    raise NotKnown(f"activation {name}")


def slope(name: str, z: Number, given: dict[str, Fraction]) -> Number:
    """f'(z) of a scalar activation."""
    p = DEFAULTS.get(name, {}) | given
    match name:
        case "linear":
            return Fraction(1)
        case "sigmoid":
            e = exp(-z)
            return e / ((1 + e) * (1 + e))
        case "tanh":
            return Fraction(1) if z == 0 else Real(1 / mp.cosh(big(z)) ** 2)
        case "relu":
            return Fraction(1 if z > 0 else 0)
        case "leaky_relu":
            return Fraction(1) if z > 0 else p["slope"]
        case "elu":
            return Fraction(1) if z > 0 else p["alpha"] * exp(z)
        case "softplus":
            return sigmoid(z)
        case "gelu":
            return _normal(z) + (z * _density(z) if z != 0 else Fraction(0))
        case "silu":
            s = sigmoid(z)
            return s + z * s * (1 - s)
        case "step":
            return Fraction(0)
    if name.startswith(own.OWN):
        return own.slope(name.removeprefix(own.OWN), "z", {**given, "z": z})
    raise NotKnown(f"activation {name}")


def slope_of(layer: Layer, unit: int, z: Number) -> Number:
    """f'(z) of one unit (from 1)."""
    name, given = layer.function(unit)
    return slope(name, z, given)


def where_it_gives(layer: Layer, unit: int, z: Number, a: Fraction) -> Number:
    """The pre-activation at which f'(z) is what a formula in a makes of a given a; z itself where it has none."""
    name, given = layer.function(unit)
    if name == "sigmoid":
        return log(a / (1 - a))
    if name == "tanh":
        return log((1 + a) / (1 - a)) / 2
    if name == "elu" and z <= 0:
        alpha = (DEFAULTS["elu"] | given)["alpha"]
        return log((a + alpha) / alpha)
    return z


def temperature(name: str, given: Mapping[str, Fraction]) -> Number:
    """What a softmax divides its pre-activations by: 1 / ln b where it takes powers of b."""
    if name == "softmax_with_base":
        return 1 / log(base(given))
    return given.get("temperature", Fraction(2)) if name == "softmax_with_temperature" else Fraction(1)


def base(given: Mapping[str, Fraction]) -> Fraction:
    """What a softmax with a base raises to the power of its pre-activations."""
    return given.get("base", Fraction(2))


def powers(name: str, given: Mapping[str, Fraction], z: Sequence[Number]) -> list[Number]:
    """e^(z/T) or b^z of each; rational where z are whole numbers and b is one."""
    whole = [int(x) for x in z if isinstance(x, Fraction) and x.denominator == 1]
    if name == "softmax_with_base" and len(whole) == len(z):
        return [base(given) ** n for n in whole]
    warm = temperature(name, given)
    return [exp(x / warm) for x in z]


def local(name: str, given: Mapping[str, Fraction], k: int, j: int, a: Sequence[Number]) -> Number:
    """da_k/dz_j of an activation of all units at once (units from 1)."""
    same = Fraction(int(k == j))
    if name == "log_softmax":
        return same - exp(a[j - 1])
    return a[k - 1] * (same - a[j - 1]) / temperature(name, given)


def layer_values(layer: Layer, z: Sequence[Number]) -> list[Number]:
    """a of a whole layer: softmax looks at all of its units."""
    if layer.activation not in WHOLE:
        functions = (layer.function(j) for j in range(1, len(z) + 1))
        return [value(name, x, given) for (name, given), x in zip(functions, z, strict=True)]
    largest = max(z)
    e = powers(layer.activation, layer.parameters, [x - largest for x in z])
    total = sum(e, Fraction(0))
    if layer.activation == "log_softmax":
        return [x - largest - log(total) for x in z]
    return [x / total for x in e]


def pull_back(
    layer: Layer,
    z: Sequence[Number],
    a: Sequence[Number],
    upstream: Sequence[Number],
) -> list[Number]:
    """dL/dz from dL/da: δ_j = f'(z_j) g_j; for softmax δ_j = a_j (g_j − Σ_k g_k a_k) / T; for its logarithm

    δ_j = g_j − e^{a_j} Σ_k g_k.
    """
    if layer.activation == "log_softmax":
        together = sum(upstream, Fraction(0))
        return [g - exp(x) * together for g, x in zip(upstream, a, strict=True)]
    if layer.activation not in WHOLE:
        return [g * slope_of(layer, j, x) for j, (g, x) in enumerate(zip(upstream, z, strict=True), 1)]
    mean = sum((g * x for g, x in zip(upstream, a, strict=True)), Fraction(0))
    warm = temperature(layer.activation, layer.parameters)
    return [x * (g - mean) / warm for g, x in zip(upstream, a, strict=True)]
