"""Central differences at high precision: they check the reference's own hand-written gradients."""

from __future__ import annotations

from mpmath import mp, mpf

from nbsolve.checking.oracle.numbers import Number, Real, big
from nbsolve.checking.oracle.passes import Parameters, batch_loss, given_parameters
from nbsolve.checking.oracle.spec import Spec

STEP = mpf(10) ** -25


def gradients(spec: Spec, iteration: int = 1, digits: int = 90) -> dict[str, mpf]:
    """dL/dW and dL/db of the given parameters by (L(θ + h) − L(θ − h)) / 2h, right to about 40 digits."""
    batch = spec.batch_of(iteration)
    out: dict[str, mpf] = {}
    with mp.workdps(digits):
        for depth, layer in enumerate(spec.layers):
            for j in range(layer.units):
                for i in range(len(layer.weights[j])):
                    out[f"dL/dW[{depth + 1}][{j + 1}][{i + 1}]"] = _slope(spec, batch, depth, [(j, i)])
                if layer.bias is not None:
                    units = range(layer.units) if layer.shared else [j]
                    letter = "theta" if layer.threshold else "b"
                    out[f"dL/d{letter}[{depth + 1}][{j + 1}]"] = _slope(
                        spec, batch, depth, [(u, None) for u in units]
                    )
    return out


def _slope(spec: Spec, batch: list[int], layer: int, places: list[tuple[int, int | None]]) -> mpf:
    ahead, behind = (batch_loss(spec, _moved(spec, layer, places, h), batch) for h in (STEP, -STEP))
    return (big(ahead) - big(behind)) / (2 * STEP)


def _moved(spec: Spec, layer: int, places: list[tuple[int, int | None]], h: mpf) -> Parameters:
    p = given_parameters(spec)
    for j, i in places:
        biases: list[Number] | None = p.biases[layer]
        if i is not None:
            p.weights[layer][j][i] += Real(h)
        elif biases is not None:
            biases[j] += Real(h)
    return p
