"""A solution calculated in doubles, as its program does: what that prints is known before anybody runs it.

A batch is a matrix with one row for each sample.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from nbsolve.evaluate import doubles
from nbsolve.evaluate.doubles import Doubles, Rule
from nbsolve.expr import Expr

__all__ = ["Doubles", "compiled"]


def _softmax(z: Doubles) -> Doubles:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _log_softmax(z: Doubles) -> Doubles:
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def _as_high(columns: Sequence[Doubles]) -> list[Doubles]:
    """Columns as high as the highest: a number stands for each sample."""
    height = max(np.shape(column)[0] if np.ndim(column) else 1 for column in columns)
    return [column if np.ndim(column) else np.broadcast_to(column, (height, 1)) for column in columns]


_OF_BATCHES: Mapping[str, Callable[..., Doubles]] = {
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "sum_samples": lambda x: x.sum(axis=0),
    "sum_outputs": lambda x: x.sum(axis=1, keepdims=True),
    "total": np.sum,
    "beside": lambda *parts: np.concatenate(_as_high(parts), axis=1),
    "given": lambda computed, given: np.where(np.isnan(given), computed, given),
    "part": lambda x, first, last: x[:, int(first) : int(last)],
    "count": len,
    "eye": lambda size: np.eye(int(size)),
    "column": lambda a, k: a[:, int(k) : int(k) + 1],
    "columns": lambda *columns: np.concatenate(_as_high(columns), axis=1),
    "dot": lambda a, y: (a * y).sum(axis=1, keepdims=True),
    "norm": lambda a: np.sqrt((a * a).sum(axis=1, keepdims=True)),
}
_FUNCTIONS = {**doubles.FUNCTIONS, **_OF_BATCHES}


def compiled(expression: Expr) -> Rule:
    """The expression as a function of a program's variables. Raises TypeError for what a program does not have."""
    return doubles.compiled(expression, _FUNCTIONS)
