"""The tables of formulae: activations, losses, optimisers. To add one, add one record."""

from __future__ import annotations

from nbsolve.catalogue.activations import ACTIVATIONS, Activation, is_named
from nbsolve.catalogue.combinations import COMBINATIONS, Combination
from nbsolve.catalogue.formulas import ACTIVATION_FORMULAS, JOINT_LOSS_FORMULAS, LOSS_FORMULAS, NamedFormula
from nbsolve.catalogue.losses import (
    CANCELLATIONS,
    ERROR_FACTORS,
    LOSS_ALIASES,
    LOSSES,
    SATURATED_PAIRS,
    Loss,
)
from nbsolve.catalogue.optimiser import Equation, Optimiser
from nbsolve.catalogue.optimisers import OPTIMISERS, clipped, letter_of
from nbsolve.catalogue.penalties import PENALTIES, Penalty
from nbsolve.catalogue.schedules import SCHEDULES, Schedule

__all__ = [
    "ACTIVATIONS",
    "ACTIVATION_FORMULAS",
    "CANCELLATIONS",
    "COMBINATIONS",
    "ERROR_FACTORS",
    "JOINT_LOSS_FORMULAS",
    "LOSSES",
    "LOSS_ALIASES",
    "LOSS_FORMULAS",
    "OPTIMISERS",
    "PENALTIES",
    "SATURATED_PAIRS",
    "SCHEDULES",
    "Activation",
    "Combination",
    "Equation",
    "Loss",
    "NamedFormula",
    "Optimiser",
    "Penalty",
    "Schedule",
    "clipped",
    "is_named",
    "letter_of",
]
