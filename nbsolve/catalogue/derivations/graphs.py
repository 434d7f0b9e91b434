"""What a plot shows of each derivation: one function of one variable, everything else held at simple numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import flint

from nbsolve.catalogue.activations import ACTIVATIONS, logistic
from nbsolve.catalogue.derivations.building import (
    exp,
    ln,
    minus,
    neg,
    one,
    over,
    plus,
    power,
    square,
    times,
    two,
)
from nbsolve.catalogue.losses import LOSSES
from nbsolve.expr import Cases, Comparison, Expr, Function, Number, Variable, number, product, with_variables
from nbsolve.given import Given


@dataclass(frozen=True)
class Graph:
    """f and f′ in one placeholder over an interval; `labels` are what the two are called."""

    definition: Expr
    derivative: Expr
    variable: str
    domain: tuple[float, float]
    labels: tuple[str, str]
    parameters: Mapping[str, Given] = field(default_factory=dict)


_SIGNS = {"sigmoid": "σ", "tanh": "tanh", "linear": "id", "relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU",
          "softplus": "softplus", "gelu": "GELU", "silu": "SiLU", "step": "step"}  # fmt: skip
_DOMAINS = {"binary_cross_entropy": (0.1, 0.98), "categorical_cross_entropy": (0.1, 1.0),
            "negative_log_likelihood": (-4.0, 0.0)}  # fmt: skip
_LOSS_LABELS = ("L for y = 1", "∂L/∂a")

_z, _z1, _a, _a1 = Variable("z"), Variable("z₁"), Variable("a"), Variable("a₁")
_p1 = over(exp(_z1), plus(exp(_z1), two))
_warm = over(exp(over(_z1, two)), plus(exp(over(_z1, two)), two))
_doubled = over(power(two, _z1), plus(power(two, _z1), two))
_logit = over(exp(_a1), plus(exp(_a1), two))
_most = Number(flint.fmpq(19, 20))
_length = plus(square(_a1), one)
_cosine = over(_a1, Function("sqrt", (_length,)))
_cosine_slope = power(_length, Number(flint.fmpq(-3, 2)))

_SPECIAL: dict[str, Graph] = {
    "softmax": Graph(_p1, times(_p1, minus(one, _p1)), "z₁", (-4.0, 5.0), ("p₁ for z₂ = z₃ = 0", "∂p₁/∂z₁")),
    "binary_cross_entropy_through_sigmoid": Graph(
        neg(ln(logistic)), minus(logistic, one), "z", (-4.0, 4.0), ("L for y = 1", "∂L/∂z")
    ),
    "categorical_cross_entropy_through_softmax": Graph(
        neg(ln(_p1)), minus(_p1, one), "z₁", (-4.0, 5.0), ("L for y = (1, 0, 0), z₂ = z₃ = 0", "∂L/∂z₁")
    ),
    "softmax_with_temperature": Graph(
        _warm,
        over(times(_warm, minus(one, _warm)), two),
        "z₁",
        (-8.0, 10.0),
        ("p₁ for T = 2, z₂ = z₃ = 0", "∂p₁/∂z₁"),
    ),
    "softmax_with_base": Graph(
        _doubled,
        times(ln(two), _doubled, minus(one, _doubled)),
        "z₁",
        (-5.0, 6.0),
        ("p₁ for b = 2, z₂ = z₃ = 0", "∂p₁/∂z₁"),
    ),
    "categorical_cross_entropy_through_softmax_with_base": Graph(
        neg(ln(_doubled)),
        times(ln(two), minus(_doubled, one)),
        "z₁",
        (-5.0, 6.0),
        ("L for y = (1, 0, 0), b = 2, z₂ = z₃ = 0", "∂L/∂z₁"),
    ),
    "log_softmax": Graph(ln(_p1), minus(one, _p1), "z₁", (-4.0, 5.0), ("a₁ for z₂ = z₃ = 0", "∂a₁/∂z₁")),
    "categorical_cross_entropy_through_softmax_with_temperature": Graph(
        neg(ln(_warm)),
        over(minus(_warm, one), two),
        "z₁",
        (-8.0, 10.0),
        ("L for y = (1, 0, 0), T = 2, z₂ = z₃ = 0", "∂L/∂z₁"),
    ),
    "negative_log_likelihood_through_log_softmax": Graph(
        neg(ln(_p1)), minus(_p1, one), "z₁", (-4.0, 5.0), ("L for y = (1, 0, 0), z₂ = z₃ = 0", "∂L/∂z₁")
    ),
    "multiclass_hinge": Graph(
        times(two, Function("max", (number(0), minus(one, _a1)))),
        Cases(((neg(two), Comparison(_a1, "<", one)), (number(0), None))),
        "a₁",
        (-2.0, 3.0),
        ("L for y = (1, 0, 0), a₂ = a₃ = 0, m = 1", "∂L/∂a₁"),
    ),
    "categorical_hinge": Graph(
        Function("max", (number(0), minus(one, _a1))),
        Cases(((neg(one), Comparison(_a1, "<", one)), (number(0), None))),
        "a₁",
        (-2.0, 3.0),
        ("L for y = (1, 0, 0), a₂ = a₃ = 0, m = 1", "∂L/∂a₁"),
    ),
    "categorical_cross_entropy_from_logits": Graph(
        neg(ln(_logit)), minus(_logit, one), "a₁", (-4.0, 5.0), ("L for y = (1, 0, 0), a₂ = a₃ = 0", "∂L/∂a₁")
    ),
    "label_smoothing": Graph(
        neg(times(_most, ln(_a))),
        neg(over(_most, _a)),
        "a",
        (0.1, 1.0),
        ("−t ln a for y = 1, s = 0.1, n = 2", "∂L/∂a"),
    ),
    "hinge": Graph(
        Function("max", (number(0), minus(one, _a))),
        Cases(((neg(one), Comparison(_a, "<", one)), (number(0), None))),
        "a",
        (-2.0, 3.0),
        _LOSS_LABELS,
    ),
    "cosine_similarity": Graph(
        _cosine, _cosine_slope, "a₁", (-4.0, 4.0), ("C for a₂ = 1, y = (1, 0)", "∂C/∂a₁")
    ),
    "cosine_loss": Graph(
        minus(one, _cosine), neg(_cosine_slope), "a₁", (-4.0, 4.0), ("L for a₂ = 1, y = (1, 0)", "∂L/∂a₁")
    ),
}


def graph(id: str, parameters: Mapping[str, Given]) -> Graph:
    """The graph of what `derivation_id` calls so, with these parameters. Raises: KeyError for another id."""
    if id in _SPECIAL:
        return _SPECIAL[id]
    if id in ACTIVATIONS:
        activation = ACTIVATIONS[id]
        labels = (f"{_SIGNS[id]}(z)", f"{_SIGNS[id]}′(z)")
        return Graph(activation.definition, activation.derivative, "z", (-4.0, 4.0), labels, parameters)
    loss = LOSSES[id]
    target: dict[str, Expr] = {"y": one}
    derivative = with_variables(product(number(loss.coefficient), loss.derivative), target)
    domain = _DOMAINS.get(id, (-2.0, 4.0))
    return Graph(with_variables(loss.definition, target), derivative, "a", domain, _LOSS_LABELS, parameters)
