"""Slopes f′(z) in the shape in which they stand in a closed form: a (1 − a), 1 − a², ReLU′(z)."""

from __future__ import annotations

from nbsolve.expr import Applied, Cases, Expr

__all__ = ["in_closed_form", "spelled_out"]


def in_closed_form(slope: Expr) -> Expr:
    """f′(z_j): from the unit's output where there is such a formula, else the function's name with a prime."""
    if isinstance(slope, Applied) and any(name == "a" for name, _ in slope.entries):
        spelled = slope.expanded
        if not isinstance(spelled, Cases):
            return spelled
    return slope


def spelled_out(slope: Expr) -> tuple[Expr, ...]:
    """f′(z_j) by its name, and spelled out."""
    return (slope, slope.expanded) if isinstance(slope, Applied) else (slope,)
