"""The tables of formulae: activations, losses, optimisers. To add one, add one record."""

from __future__ import annotations

from nbsolve.catalogue.activations import ACTIVATIONS, Activation, is_named
from nbsolve.catalogue.losses import (
    CANCELLATIONS,
    ERROR_FACTORS,
    LOSS_ALIASES,
    LOSSES,
    SATURATED_PAIRS,
    Loss,
)
from nbsolve.catalogue.optimisers import OPTIMISERS, Optimiser

__all__ = [
    "ACTIVATIONS",
    "CANCELLATIONS",
    "ERROR_FACTORS",
    "LOSSES",
    "LOSS_ALIASES",
    "OPTIMISERS",
    "SATURATED_PAIRS",
    "Activation",
    "Loss",
    "Optimiser",
    "is_named",
]
