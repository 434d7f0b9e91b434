"""Optimisers: one record each, the change of a parameter as data, and its words in `phrases/` under `optimisers`.

Formulae are written in the placeholders `parameter`, `gradient` and the names of the optimiser's own parameters.
Sources: H. Robbins and S. Monro, "A Stochastic Approximation Method", 1951; signs: J. Bernstein et al.,
arXiv:1802.04434; clipping: R. Pascanu et al., arXiv:1211.5063; weight decay: I. Loshchilov and F. Hutter,
arXiv:1711.05101.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbsolve.expr import Expr, Function, Negation, Product, Sum, Variable
from nbsolve.given import Given

__all__ = ["OPTIMISERS", "Optimiser"]


@dataclass(frozen=True)
class Optimiser:
    """parameter ← parameter + change, a formula in `gradient`, `parameter` and the optimiser's own parameters.

    `straight`: the change is proportional to the gradient, so that it can be said through the error signal.
    """

    name: str
    change: Expr
    parameters: Mapping[str, Given]
    straight: bool = False


def _down(step: Expr) -> Expr:
    """Against the direction of a step, by the learning rate."""
    return Negation((Product((Variable("learning_rate"), step)),))


_gradient, _limit = Variable("gradient"), Variable("limit")
_RATE = {"learning_rate": Given.read("0.1")}
_RECORDS = (
    Optimiser("sgd", _down(_gradient), _RATE, straight=True),
    Optimiser("sign_sgd", _down(Function("sign", (_gradient,))), _RATE),
    Optimiser(
        "clipped_sgd",
        _down(Function("max", (Negation((_limit,)), Function("min", (_limit, _gradient))))),
        {**_RATE, "limit": Given.read("1")},
    ),
    Optimiser(
        "decayed_sgd",
        _down(Sum((_gradient, Product((Variable("decay"), Variable("parameter")))))),
        {**_RATE, "decay": Given.read("0.01")},
    ),
)

OPTIMISERS: dict[str, Optimiser] = {record.name: record for record in _RECORDS}
