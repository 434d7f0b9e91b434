"""The problem as everything above it sees it: complete, normalised, validated, frozen."""

from __future__ import annotations

from nbsolve.problem.model.common import AnyProblem, Choice, Digits, Notation, Part, Rounding
from nbsolve.problem.model.derivations import DerivationProblem, Topic
from nbsolve.problem.model.graphs import (
    Equation,
    GivenArray,
    GraphProblem,
    GraphTraining,
    Recurrence,
    Start,
    UpdateProblem,
    started,
)
from nbsolve.problem.model.network import (
    BY_UNIT,
    DENSE,
    LAYOUTS,
    Bias,
    DenseLayer,
    Folded,
    JacobianVectors,
    LayerState,
    Layout,
    LossTerm,
    NamedInput,
    Network,
    Over,
    Problem,
    Regulariser,
    Sample,
    Training,
)
from nbsolve.problem.model.rules import RuleProblem

__all__ = [
    "BY_UNIT",
    "DENSE",
    "LAYOUTS",
    "AnyProblem",
    "Bias",
    "Choice",
    "DenseLayer",
    "DerivationProblem",
    "Digits",
    "Equation",
    "Folded",
    "GivenArray",
    "GraphProblem",
    "GraphTraining",
    "JacobianVectors",
    "LayerState",
    "Layout",
    "LossTerm",
    "NamedInput",
    "Network",
    "Notation",
    "Over",
    "Part",
    "Problem",
    "Recurrence",
    "Regulariser",
    "Rounding",
    "RuleProblem",
    "Sample",
    "Start",
    "Topic",
    "Training",
    "UpdateProblem",
    "started",
]
