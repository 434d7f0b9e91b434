"""Formulae of curves: their heights, and where they change between their cases (kinks and jumps)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from nbsolve.evaluate.doubles import compiled
from nbsolve.expr import Applied, Comparison, Expr, Function, Negation, Sum, walk

__all__ = ["Floats", "Heights", "borders", "heights_of"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Heights = Callable[[Any], Floats]
"""The heights above places, in an array of the same shape; nan where there is no value."""


def heights_of(formula: Expr, variable: str, known: Mapping[str, float]) -> Heights:
    """The formula as a function of one variable, the others being `known`."""
    rule = compiled(formula)
    others = {name: np.float64(value) for name, value in known.items()}

    def heights(places: Any) -> Floats:
        with np.errstate(all="ignore"):
            found = rule({**others, variable: np.asarray(places, dtype=np.float64)})
        return np.broadcast_to(np.asarray(found, dtype=np.float64), np.shape(places))

    return heights


def borders(expression: Expr, variable: str, places: Floats, known: Mapping[str, float]) -> list[float]:
    """Where the formula changes between its cases inside `places` (ascending): its kinks and jumps."""
    found: set[float] = set()
    for switch in _switches(expression):
        value = heights_of(switch, variable, known)
        signs = np.sign(value(places))
        for k in np.flatnonzero(signs[:-1] != signs[1:]):
            found.add(_root(value, float(places[k]), float(places[k + 1])))
    inside = (place for place in found if places[0] < place < places[-1])
    return sorted(dict.fromkeys(round(place, 12) + 0.0 for place in inside))


def _switches(expression: Expr) -> Iterator[Expr]:
    """What changes its sign where one case ends and another begins."""
    for node in walk(expression):
        if isinstance(node, Comparison):
            yield Sum((node.left, Negation((node.right,))))
        elif isinstance(node, Function) and node.name in ("abs", "sign"):
            yield node.operands[0]
        elif isinstance(node, Function) and node.name in ("max", "min"):
            yield from (Sum((other, Negation((node.operands[0],)))) for other in node.operands[1:])
        elif isinstance(node, Applied):
            yield from _switches(node.expanded)


def _root(value: Heights, low: float, high: float) -> float:
    """Where the sign changes between two places, by halving."""
    start = np.sign(value(low))
    if start == 0:
        return low
    for _ in range(60):
        middle = (low + high) / 2
        if np.sign(value(middle)) == start:
            low = middle
        else:
            high = middle
    return high
