"""Derivations made by hand, line by line: one file a family, one entry for each activation and loss."""

from __future__ import annotations

from collections.abc import Iterable

from nbsolve.catalogue.derivations.errors import (
    ABSOLUTE_ERROR,
    ABSOLUTE_ERRORS,
    HUBER,
    HUBER_MEAN,
    SQUARED_ERROR,
    SQUARED_ERRORS,
)
from nbsolve.catalogue.derivations.joint import (
    CATEGORICAL_FROM_LOGITS,
    CATEGORICAL_HINGE,
    LABEL_SMOOTHING,
    MULTICLASS_HINGE,
)
from nbsolve.catalogue.derivations.probabilities import (
    BINARY_CROSS_ENTROPY,
    BINARY_THROUGH_SIGMOID,
    CATEGORICAL_CROSS_ENTROPY,
    CATEGORICAL_THROUGH_SOFTMAX,
    ONE_HOT_THROUGH_SOFTMAX,
    SOFTMAX,
)
from nbsolve.catalogue.derivations.rectifiers import ELU, LEAKY_RELU, RELU, STEP
from nbsolve.catalogue.derivations.sigmoids import LINEAR, SIGMOID, TANH
from nbsolve.catalogue.derivations.similarities import COSINE_LOSS, COSINE_SIMILARITY, HINGE
from nbsolve.catalogue.derivations.smooth import GELU, SILU, SOFTPLUS
from nbsolve.catalogue.derivations.softmaxes import (
    CATEGORICAL_THROUGH_BASE,
    CATEGORICAL_THROUGH_TEMPERATURE,
    LIKELIHOOD_THROUGH_LOG_SOFTMAX,
    LOG_SOFTMAX,
    NEGATIVE_LOG_LIKELIHOOD,
    SOFTMAX_WITH_BASE,
    SOFTMAX_WITH_TEMPERATURE,
)
from nbsolve.derivation import Derivation

__all__ = ["DERIVATIONS", "derivation_id"]


def derivation_id(subject: str, through: str | None = None) -> str:
    """`sigmoid`, `binary_cross_entropy`, `binary_cross_entropy_through_sigmoid`."""
    return subject if through is None else f"{subject}_through_{through}"


def _table(derivations: Iterable[Derivation]) -> dict[str, tuple[Derivation, ...]]:
    table: dict[str, tuple[Derivation, ...]] = {}
    for derivation in derivations:
        key = derivation_id(derivation.subject, derivation.through)
        table[key] = (*table.get(key, ()), derivation)
    return table


DERIVATIONS: dict[str, tuple[Derivation, ...]] = _table(
    (
        LINEAR,
        SIGMOID,
        TANH,
        RELU,
        LEAKY_RELU,
        ELU,
        SOFTPLUS,
        GELU,
        SILU,
        STEP,
        SOFTMAX,
        SOFTMAX_WITH_TEMPERATURE,
        SOFTMAX_WITH_BASE,
        LOG_SOFTMAX,
        SQUARED_ERROR,
        SQUARED_ERRORS,
        BINARY_CROSS_ENTROPY,
        BINARY_THROUGH_SIGMOID,
        CATEGORICAL_CROSS_ENTROPY,
        ONE_HOT_THROUGH_SOFTMAX,
        CATEGORICAL_THROUGH_SOFTMAX,
        CATEGORICAL_THROUGH_TEMPERATURE,
        CATEGORICAL_THROUGH_BASE,
        NEGATIVE_LOG_LIKELIHOOD,
        LIKELIHOOD_THROUGH_LOG_SOFTMAX,
        ABSOLUTE_ERROR,
        ABSOLUTE_ERRORS,
        HUBER,
        HUBER_MEAN,
        HINGE,
        MULTICLASS_HINGE,
        CATEGORICAL_HINGE,
        CATEGORICAL_FROM_LOGITS,
        LABEL_SMOOTHING,
        COSINE_SIMILARITY,
        COSINE_LOSS,
    )
)
"""What is asked for (see `derivation_id`) to its derivations, in the order in which they are read."""
