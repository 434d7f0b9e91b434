"""The tables of formulae: activations, losses, optimisers. To add one, add one record."""

from __future__ import annotations

from nbsolve.catalogue.activations import ACTIVATIONS, Activation
from nbsolve.catalogue.losses import CANCELLATIONS, LOSS_ALIASES, LOSSES, Loss
from nbsolve.catalogue.optimisers import OPTIMISERS, Optimiser

__all__ = [
    "ACTIVATIONS",
    "CANCELLATIONS",
    "LOSSES",
    "LOSS_ALIASES",
    "OPTIMISERS",
    "Activation",
    "Loss",
    "Optimiser",
]
