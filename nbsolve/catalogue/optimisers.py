"""Optimisers: one record each, the new value of a parameter as data.

Formulae are written in the placeholders `parameter`, `gradient` and the names of parameters.
Source: H. Robbins and S. Monro, "A Stochastic Approximation Method", 1951.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbsolve.expr import Expr, Negation, Product, Variable
from nbsolve.given import Given


@dataclass(frozen=True)
class Optimiser:
    """parameter ← parameter + change; `change` is a formula in `gradient` and the optimiser's parameters."""

    name: str
    change: Expr
    parameters: Mapping[str, Given]


OPTIMISERS: dict[str, Optimiser] = {
    "sgd": Optimiser(
        "sgd",
        Negation((Product((Variable("learning_rate"), Variable("gradient"))),)),
        {"learning_rate": Given.read("0.1")},
    ),
}
