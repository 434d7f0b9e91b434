"""The loss at one output of a network that has short numbers: its derivative, and whether it is short itself."""

from __future__ import annotations

import flint

from nbsolve.problem.functions import loss_of
from nbsolve.problem.model import Problem
from nbsolve.variants.pencil.chains import cancels_to_base
from nbsolve.variants.pencil.short import ZERO, Number, is_short, value_at

__all__ = ["is_short_loss", "slope_of_loss"]


def slope_of_loss(problem: Problem, a: flint.fmpq, y: Number) -> flint.fmpq | None:
    """∂L/∂a of an output a with the target y; None where it is not rational."""
    total, outputs = ZERO, problem.network.last.units
    for term in problem.losses:
        record = loss_of(term)
        values = {name: given.value for name, given in term.parameters.items()}
        slope = value_at(record.derivative, {**values, "a": a, "y": y})
        if not isinstance(slope, flint.fmpq):
            return None
        if term.log_base is not None and not cancels_to_base(problem):
            return None
        factor = term.weight.rational * term.scale.rational * record.coefficient
        total += factor * slope / (outputs if term.over_outputs == "mean" else 1)
    return total


def is_short_loss(problem: Problem, a: flint.fmpq, y: Number, digits: int) -> bool:
    """Whether what each term of the loss adds at this output is short."""
    for term in problem.losses:
        values = {name: given.value for name, given in term.parameters.items()}
        loss = value_at(loss_of(term).definition, {**values, "a": a, "y": y})
        if loss is None or not is_short(loss * term.scale.rational, digits):
            return False
    return True
