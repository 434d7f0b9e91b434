"""Losses of errors: ∂ℓ/∂a = (a − y) q, and the factor q of several of them together."""

from __future__ import annotations

from nbsolve.catalogue import ERROR_FACTORS
from nbsolve.expr import Expr, Number, product, total, with_variables
from nbsolve.objective import Objective
from nbsolve.symbolic.signed import times


def error_factor(objective: Objective, a: Expr) -> Expr | None:
    """Σ q, where every loss has ∂ℓ/∂a = (a − y) q; None for a single loss and for any other."""
    terms = objective.terms
    if len(terms) < 2 or not all(term.name in ERROR_FACTORS for term in terms):
        return None
    parts = []
    for term in terms:
        q = with_variables(ERROR_FACTORS[term.name], {"a": a})
        constants = objective.coefficient(term)
        parts.append(times(constants, q))
    return total(*parts)


def error_factor_times(objective: Objective, slope: Expr) -> Expr | None:
    """Σ q a (1 − a), where some loss is a binary cross-entropy, whose q is 1 / (a (1 − a))."""
    terms = objective.terms
    names = {term.name for term in terms}
    if not names <= set(ERROR_FACTORS) or "binary_cross_entropy" not in names:
        return None
    parts = []
    for term in terms:
        constants = product(*objective.coefficient(term))
        parts.append(constants if term.name == "binary_cross_entropy" else product(constants, slope))
    return total(*sorted(parts, key=lambda part: not isinstance(part, Number)))
