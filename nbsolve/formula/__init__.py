"""A user's own formulae: read safely, differentiated rule by rule, simplified, made records of the catalogue."""

from __future__ import annotations

from nbsolve.formula.functions import RESERVED
from nbsolve.formula.joint import (
    MOST_OUTPUTS,
    is_joint,
    joint_derivations,
    joint_forms,
    joint_loss,
    parse_joint,
    settled,
)
from nbsolve.formula.kinks import slope_at
from nbsolve.formula.parser import parse_formula
from nbsolve.formula.records import (
    ACTIVATION_VARIABLES,
    LOSS_VARIABLES,
    Derived,
    OwnFunction,
    activation_derivation,
    derived_activation,
    derived_loss,
    loss_derivation,
    own_activation,
    own_loss,
)
from nbsolve.formula.tokens import FormulaError

__all__ = [
    "ACTIVATION_VARIABLES",
    "LOSS_VARIABLES",
    "MOST_OUTPUTS",
    "RESERVED",
    "Derived",
    "FormulaError",
    "OwnFunction",
    "activation_derivation",
    "derived_activation",
    "derived_loss",
    "is_joint",
    "joint_derivations",
    "joint_forms",
    "joint_loss",
    "loss_derivation",
    "own_activation",
    "own_loss",
    "parse_formula",
    "parse_joint",
    "settled",
    "slope_at",
]
