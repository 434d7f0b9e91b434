"""Far out, where functions saturate: every number of the JSON against mpmath, to the last bit of the double.

mpmath computes with 60 digits by formulae that do not cancel: 1 − σ(z) is 1/(1 + eᶻ), 1 + erf u is erfc(−u).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath
import pytest

from nbsolve import solve
from nbsolve.asking.answers import Answer
from tests.loading import parse_problem

mp = mpmath.mp.clone()
mp.dps = 60
PLACES = [sign * size for size in (10, 37, 172, 2838, 30_000, 100_000) for sign in (1, -1)]


@dataclass(frozen=True)
class Reference:
    """a(z), a(z) − 1 and a′(z), each with all its digits."""

    value: Callable[[Any], Any]
    less_one: Callable[[Any], Any]
    slope: Callable[[Any], Any]


def sigmoid(z: Any) -> Any:
    return 1 / (1 + mp.exp(-z))


def softplus(z: Any) -> Any:
    return max(z, mp.zero) + mp.log1p(mp.exp(-abs(z)))


def tail(z: Any) -> Any:
    """The normal distribution Φ(z)."""
    return mp.erfc(-z / mp.sqrt(2)) / 2


def density(z: Any) -> Any:
    return mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)


def silu_slope(z: Any) -> Any:
    return sigmoid(z) * (1 + z * sigmoid(-z))


def mish_slope(z: Any) -> Any:
    s = softplus(z)
    return mp.tanh(s) + z * mp.sech(s) ** 2 * sigmoid(z)


def plain(value: Callable[[Any], Any], slope: Callable[[Any], Any]) -> Reference:
    """The value of a function that does not come close to 1."""
    return Reference(value, lambda z: value(z) - 1, slope)


REFERENCES = {
    "sigmoid": Reference(sigmoid, lambda z: -sigmoid(-z), lambda z: sigmoid(z) * sigmoid(-z)),
    "tanh": Reference(mp.tanh, lambda z: -2 * sigmoid(-2 * z), lambda z: mp.sech(z) ** 2),
    "relu": plain(lambda z: max(z, mp.zero), lambda z: mp.mpf(z > 0)),
    "leaky_relu": plain(lambda z: z if z > 0 else z / 100, lambda z: mp.one if z > 0 else mp.one / 100),
    "elu": plain(lambda z: z if z > 0 else mp.expm1(z), lambda z: mp.one if z > 0 else mp.exp(z)),
    "softplus": plain(softplus, sigmoid),
    "gelu": plain(lambda z: z * tail(z), lambda z: tail(z) + z * density(z)),
    "silu": plain(lambda z: z * sigmoid(z), silu_slope),
    "mish": plain(lambda z: z * mp.tanh(softplus(z)), mish_slope),
}
MISH = '{custom: {name: mish, formula: "z*tanh(ln(1+exp(z)))"}}'


def entries(activation: str, z: int, target: str, loss: str) -> dict[str, Answer]:
    """One unit with the weight z and the input 1."""
    problem = parse_problem(
        f"""
network:
  inputs: 1
  layers: [{{units: 1, activation: {MISH if activation == "mish" else activation}, weights: [[{z}]]}}]
samples: [{{input: [1], target: [{target}]}}]
loss: {loss}
"""
    )
    return {entry.quantity: entry for entry in solve(problem).entries(everything=True)}


def agrees(found: Answer, expected: Any) -> bool:
    """Doubles agree to the last bit; a text stands where a double would be 0 or short of bits, with 20 digits."""
    assert found.value == found.exact
    if mp.zero < abs(expected) < mp.mpf(2) ** -1022 or abs(expected) >= mp.mpf(2) ** 1024:
        return isinstance(found.exact, str) and bool(
            abs(mp.mpf(found.exact) / expected - 1) < mp.mpf(10) ** -19
        )
    return bool(found.exact == float(expected))


def hold(found: dict[str, Answer], expected: dict[str, Any]) -> None:
    wrong = {
        name: (found[name].exact, value) for name, value in expected.items() if not agrees(found[name], value)
    }
    assert not wrong


@pytest.mark.parametrize("z", PLACES)
@pytest.mark.parametrize("name", REFERENCES)
def test_activations(name: str, z: int) -> None:
    reference, at = REFERENCES[name], mp.mpf(z)
    a, slope = reference.value(at), reference.slope(at)
    if name == "gelu" and z < -1000:
        a = slope = mp.zero  # below 10^−1,000,000
    found = entries(name, z, "0", "squared_error")
    hold(found, {"a[1][1]": a, "L": a**2, "da/dz[1][1]": slope, "dL/dW[1][1][1]": 2 * a * slope})


def squared(error: Any) -> tuple[Any, Any]:
    return error**2, 2 * error


def absolute(error: Any) -> tuple[Any, Any]:
    return abs(error), mp.sign(error)


def huber(error: Any) -> tuple[Any, Any]:
    return (error**2 / 2, error) if abs(error) <= 1 else (abs(error) - mp.mpf(1) / 2, mp.sign(error))


def hinge(error: Any) -> tuple[Any, Any]:
    """With the target 1: 1 − a where that is positive."""
    return max(mp.zero, -error), mp.mpf(-1) if error < 0 else mp.zero


LOSSES = {"squared_error": squared, "absolute_error": absolute, "huber": huber, "hinge": hinge}


@pytest.mark.parametrize("z", PLACES)
@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
@pytest.mark.parametrize("loss", LOSSES)
def test_losses_of_what_comes_close_to_its_target(loss: str, name: str, z: int) -> None:
    """With the target 1 the error a − 1 is as small as 10⁻⁸⁶⁸⁵⁹."""
    reference, at = REFERENCES[name], mp.mpf(z)
    value, slope = LOSSES[loss](reference.less_one(at))
    found = entries(name, z, "1", loss)
    hold(found, {"L": value, "dL/da[1][1]": slope, "dL/dW[1][1][1]": slope * reference.slope(at)})


@pytest.mark.parametrize("z", PLACES)
@pytest.mark.parametrize("target", ["0", "1", "0.3"])
def test_binary_cross_entropy_behind_a_sigmoid(target: str, z: int) -> None:
    at, y = mp.mpf(z), mp.mpf(target)
    a = sigmoid(at)
    error = -sigmoid(-at) if y == 1 else a - y
    loss = softplus(-at) if y == 1 else (1 - y) * at + softplus(-at) if at > 0 else softplus(at) - y * at
    found = entries("sigmoid", z, target, "binary_cross_entropy")
    slope = error / (a * sigmoid(-at))
    hold(found, {"L": loss, "dL/da[1][1]": slope, "dL/dz[1][1]": error, "dL/dW[1][1][1]": error})


@pytest.mark.parametrize("z", PLACES)
@pytest.mark.parametrize("loss", ["categorical_cross_entropy", "squared_error"])
def test_softmax(loss: str, z: int) -> None:
    """Two units with z and 0: the first one's output is σ(z)."""
    problem = parse_problem(
        f"""
network:
  inputs: 1
  layers: [{{units: 2, activation: softmax, weights: [[{z}], [0]]}}]
samples: [{{input: [1], target: [1, 0]}}]
loss: {loss}
"""
    )
    found = {entry.quantity: entry for entry in solve(problem).entries(everything=True)}
    at = mp.mpf(z)
    p, q = sigmoid(at), sigmoid(-at)
    if loss == "squared_error":
        value, signal = 2 * q**2, -4 * p * q**2
    else:
        value, signal = softplus(-at), -q
    hold(found, {"a[1][1]": p, "a[1][2]": q, "L": value, "dL/dz[1][1]": signal, "dL/dz[1][2]": -signal})


@pytest.mark.parametrize("gap", [37, 172, 5000, 100_000])
def test_a_softmax_output_near_1_keeps_its_distance_from_1(gap: int) -> None:
    layer = f"{{units: 3, activation: softmax, weights: [[{gap}], [0], [1]]}}"
    text = f"network: {{inputs: 1, layers: [{layer}]}}\nsamples: [{{input: [1], target: [1, 0, 0]}}]\n"
    worked = solve(parse_problem(f"{text}loss: categorical_cross_entropy\n"))
    found = {entry.quantity: entry for entry in worked.entries(everything=True)}
    others = mp.exp(-gap) + mp.exp(1 - gap)
    missing = others / (1 + others)
    expected = {"dL/dz[1][1]": -missing, "e[1]": missing, "dL/dW[1][1][1]": -missing, "L": mp.log1p(others)}
    assert all(agrees(found[name], value) for name, value in expected.items())


@pytest.mark.parametrize("gap", [37, 5000, 100_000])
@pytest.mark.parametrize("explain", ["delta", "paths"])
@pytest.mark.parametrize("above", ["linear", "sigmoid"])
def test_a_gradient_leads_back_through_a_hidden_softmax_near_1(gap: int, explain: str, above: str) -> None:
    """∂L/∂z[j] = p[j] Σ_i p[i] (g[j] − g[i]), which does not cancel where p[1] is 1 − 10⁻⁴³⁴²⁹.

    Above a sigmoid g is known to some hundred bits: g[1] − p·g would be a ball around 0.
    """
    problem = parse_problem(
        f"""
network:
  inputs: 1
  layers:
    - {{units: 3, activation: softmax, weights: [[{gap}], [0], [1]]}}
    - {{units: 2, activation: {above}, weights: [[0.3, -0.7, 0.2], [0.9, 0.4, -0.5]]}}
samples: [{{input: [1], target: [1, 0]}}]
loss: squared_error
explain: {explain}
"""
    )
    found = {entry.quantity: entry for entry in solve(problem).entries(everything=True)}
    powers = [mp.mpf(1), mp.exp(-gap), mp.exp(1 - gap)]
    p = [power / sum(powers) for power in powers]
    weights = [[mp.mpf(w) / 10 for w in row] for row in ((3, -7, 2), (9, 4, -5))]
    outputs = [mp.fdot(row, p) for row in weights]
    slopes = [mp.mpf(1)] * 2
    if above == "sigmoid":
        outputs = [1 / (1 + mp.exp(-z)) for z in outputs]
        slopes = [a * (1 - a) for a in outputs]
    error = [(a - target) * slope for a, target, slope in zip(outputs, (1, 0), slopes, strict=True)]
    g = [2 * mp.fdot(error, column) for column in zip(*weights, strict=True)]
    signals = [
        own * mp.fsum(q * (of - other) for q, other in zip(p, g, strict=True))
        for own, of in zip(p, g, strict=True)
    ]
    hold(found, {f"dL/dW[1][{j}][1]": signal for j, signal in enumerate(signals, start=1)})
