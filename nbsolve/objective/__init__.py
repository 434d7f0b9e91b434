"""The loss of a batch: its formula, and its derivative with respect to each output."""

from __future__ import annotations

from nbsolve.objective.derivative import (
    cancelled,
    cancelled_in,
    output_derivative,
    output_derivatives,
    plain_output_derivative,
)
from nbsolve.objective.outputs import Objective
from nbsolve.objective.penalty import penalty_gradient, penalty_slope, penalty_term
from nbsolve.objective.value import output_loss, sample_loss
from nbsolve.objective.writing import write_loss

__all__ = [
    "Objective",
    "cancelled",
    "cancelled_in",
    "output_derivative",
    "output_derivatives",
    "output_loss",
    "penalty_gradient",
    "penalty_slope",
    "penalty_term",
    "plain_output_derivative",
    "sample_loss",
    "write_loss",
]
