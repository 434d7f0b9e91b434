"""Derivations made by hand, line by line: one file a family, one entry for each activation and loss."""

from __future__ import annotations

from collections.abc import Iterable

from nbsolve.catalogue.derivations.sigmoids import LINEAR, SIGMOID, TANH
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


DERIVATIONS: dict[str, tuple[Derivation, ...]] = _table((LINEAR, SIGMOID, TANH))
"""What is asked for (see `derivation_id`) to its derivations, in the order in which they are read."""
