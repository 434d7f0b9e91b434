"""Activations and losses that are formulae by name: values and derivatives against autograd, written by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as np
import pytest
from autograd import grad

from nbsolve import solve
from nbsolve.catalogue import ACTIVATION_FORMULAS, ACTIVATIONS, LOSS_FORMULAS, LOSSES, NamedFormula
from nbsolve.problem.schema import schema
from nbsolve.worked.network import WorkedSolution
from tests.loading import load_problem

TEXT = """
network:
  inputs: 1
  layers:
    - {units: 1, activation: ACTIVATION, weights: [[1]]}
samples: [{input: [POINT], target: [TARGET]}]
loss: LOSS
training: {optimiser: {sgd: {learning_rate: 0.5}}, iterations: 1}
"""


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def clipped(z: Any, low: float, high: float) -> Any:
    return np.minimum(high, np.maximum(low, z))


SELU = 1.0507009873554805, 1.6732632423543773
ACTIVATE: dict[str, Callable[[Any], Any]] = {
    "exp": np.exp,
    "sin": np.sin,
    "arctan": np.arctan,
    "softsign": lambda z: z / (1 + np.abs(z)),
    "hard_sigmoid": lambda z: clipped((2 * z + 5) / 10, 0, 1),
    "hard_sigmoid_6": lambda z: clipped(z + 3, 0, 6) / 6,
    "hard_tanh": lambda z: clipped(z, -1, 1),
    "saturating_linear": lambda z: clipped(z, 0, 1),
    "bipolar_step": lambda z: np.where(z < 0, -1.0, 1.0) + 0 * z,
    "hard_swish": lambda z: z * clipped(z + 3, 0, 6) / 6,
    "relu6": lambda z: clipped(z, 0, 6),
    "selu": lambda z: SELU[0] * np.where(z > 0, z, SELU[1] * np.expm1(np.minimum(z, 0))),
    "celu": lambda z: np.maximum(0, z) + np.minimum(0, np.expm1(z)),
    "swish": lambda z: z * sigmoid(z),
    "mish": lambda z: z * np.tanh(np.log1p(np.exp(z))),
    "gelu_tanh": lambda z: 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))),
}
LOSE: dict[str, Callable[[Any, float], Any]] = {
    "kullback_leibler": lambda a, y: y * np.log(y) - y * np.log(a),
    "poisson": lambda a, y: a - y * np.log(a),
    "log_cosh": lambda a, y: np.log(np.cosh(y - a)),
    "squared_log_error": lambda a, y: np.log((1 + a) / (1 + y)) ** 2,
    "percentage_error": lambda a, y: 100 * np.abs(1 - a / y),
    "focal": lambda a, y: -y * (1 - a) ** 2 * np.log(a) - (1 - y) * a**2 * np.log(1 - a),
    "squared_hinge": lambda a, y: np.maximum(0, 1 - y * a) ** 2,
    "binary_cross_entropy_from_logits": lambda a, y: (
        -y * np.log(sigmoid(a)) - (1 - y) * np.log(1 - sigmoid(a))
    ),
}
POINTS = ("-7.3", "-2.1", "-0.4", "0.3", "1.7", "6.9")


def worked(activation: str, loss: str, point: str, target: str) -> WorkedSolution:
    text = TEXT.replace("ACTIVATION", activation).replace("LOSS", loss)
    return solve(load_problem(text.replace("POINT", point).replace("TARGET", target)))


def found(solution: WorkedSolution) -> dict[str, float]:
    return {entry.quantity: float(entry.exact or 0) for entry in solution.entries(everything=True)}


def test_the_tables_are_tried_whole() -> None:
    assert set(ACTIVATE) == set(ACTIVATION_FORMULAS)
    assert set(LOSE) == set(LOSS_FORMULAS)
    assert not set(ACTIVATE) & set(ACTIVATIONS)
    assert not set(LOSE) & set(LOSSES)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", ACTIVATE)
def test_an_activation(name: str, point: str) -> None:
    ours, function = found(worked(name, "squared_error", point, "0.5")), ACTIVATE[name]
    assert ours["a[1][1]"] == pytest.approx(function(float(point)), rel=1e-12, abs=1e-14)
    assert ours["da/dz[1][1]"] == pytest.approx(grad(function)(float(point)), rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("point", ["0.2", "0.9"])
@pytest.mark.parametrize("name", LOSE)
def test_a_loss(name: str, point: str) -> None:
    for target in ("1", "0.25"):
        ours, function = found(worked("linear", name, point, target)), LOSE[name]
        assert ours["L"] == pytest.approx(function(float(point), float(target)), rel=1e-12, abs=1e-14)
        slope = grad(lambda a, y=float(target), f=function: f(a, y))(float(point))
        assert ours["dL/da[1][1]"] == pytest.approx(slope, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize(
    "record", [*ACTIVATION_FORMULAS.values(), *LOSS_FORMULAS.values()], ids=lambda r: r.name
)
def test_every_one_is_derived_and_has_a_source(record: NamedFormula) -> None:
    kind = "functions" if record.name in ACTIVATION_FORMULAS else "losses"
    derivation = solve(load_derivation(f"kind: derivation\n{kind}: [{record.name}]\n"))
    assert record.name.split("_")[0] in str(derivation.document())
    assert derivation.draw().svg.startswith("<svg")
    assert record.source


def load_derivation(text: str) -> Any:
    from nbsolve import load_problem as any_problem

    return any_problem(text)


def test_parameters_can_be_given() -> None:
    ours = found(worked("{swish: {beta: 2}}", "{focal: {gamma: 0}}", "0.3", "1"))
    assert ours["a[1][1]"] == pytest.approx(0.3 * sigmoid(0.6), rel=1e-12)
    assert ours["L"] == pytest.approx(-np.log(0.3 * sigmoid(0.6)), rel=1e-12)


def test_an_author_may_still_use_the_name() -> None:
    own = '{custom: {name: mish, formula: "z*tanh(ln(1+exp(z)))"}}'
    assert found(worked(own, "squared_error", "0.3", "1")) == pytest.approx(
        found(worked("mish", "squared_error", "0.3", "1"))
    )


def test_the_schema_knows_them() -> None:
    text = str(schema())
    for name in (*ACTIVATION_FORMULAS, *LOSS_FORMULAS):
        assert f"'{name}'" in text
