"""Slopes f′(z) in the shape in which they stand in a closed form: a (1 − a), 1 − a², ReLU′(z)."""

from __future__ import annotations

from nbsolve.expr import Applied, Cases, Expr, number
from nbsolve.layers.dense import Dense
from nbsolve.symbol import Unit


def slope(layer: Dense, unit: Unit, sample: int | None) -> Expr:
    """f′(z_j): from the unit's output where there is such a formula, else the function's name with a prime."""
    derivative = layer.derivative(unit, sample)
    if isinstance(derivative, Applied):
        spelled = derivative.expanded
        if layer.activation.from_output is not None and not isinstance(spelled, Cases):
            return spelled
    return derivative


def spelled_slope(layer: Dense, unit: Unit, sample: int | None) -> tuple[Expr, ...]:
    """f′(z_j) by its name, and spelled out."""
    if layer.activation.name == "linear":
        return (number(1),)
    derivative = layer.derivative(unit, sample)
    if isinstance(derivative, Applied):
        return derivative, derivative.expanded
    return (derivative,)
