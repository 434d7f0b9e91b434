"""Formulae of derivations and of the catalogue in numbers, vectors having three entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import flint
import numpy as np

from nbsolve.arithmetic import Arithmetic, ball
from nbsolve.evaluate import evaluate
from nbsolve.expr import Expr, Matrix, Number, Sum, Variable, substitute
from nbsolve.expr.general import IndexedSum, Kronecker, instantiated
from nbsolve.symbol import Index

LENGTH = 3
Known = Mapping[str, flint.fmpq | Sequence[flint.fmpq]]


def value(expression: Expr, known: Known, **places: int) -> float:
    """The value; `known` says what letters stand for, `places` what index variables stand for (from 1)."""
    indices = {Index(name): place for name, place in places.items()}
    number = evaluate(_numbers(instantiated(_summed(expression), indices), known), {}, Arithmetic())
    assert not isinstance(number, np.ndarray)
    return float(ball(number))


def _summed(expression: Expr) -> Expr:
    """Every sum over all entries written out."""

    def replaced(node: Expr) -> Expr | None:
        if not isinstance(node, IndexedSum):
            return None
        terms = IndexedSum(_summed(node.body), node.index, 1, LENGTH).terms
        return Sum(terms)

    return substitute(expression, replaced)


def _numbers(expression: Expr, known: Known) -> Expr:
    def replaced(node: Expr) -> Expr | None:
        if isinstance(node, Kronecker):
            return Number(flint.fmpq(int(node.left == node.right)))
        if not isinstance(node, Variable):
            return None
        meant = known[node.name]
        if isinstance(meant, flint.fmpq):
            return Number(meant)
        if isinstance(node.index, int):
            return Number(meant[node.index - 1])
        assert node.index is None
        return Matrix(tuple((Number(entry),) for entry in meant))

    return substitute(expression, replaced)
