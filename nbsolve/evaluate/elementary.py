"""The functions that formulae know, by name, each as a rule in an `Arithmetic`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flint

from nbsolve.arithmetic import Arithmetic, Value
from nbsolve.evaluate.entrywise import dot_product


def _maximum(arithmetic: Arithmetic, *values: Any) -> Value:
    result: Value = values[0]
    for value in values[1:]:
        if arithmetic.compare(value, result) > 0:
            result = value
    return result


def _minimum(arithmetic: Arithmetic, *values: Any) -> Value:
    result: Value = values[0]
    for value in values[1:]:
        if arithmetic.compare(value, result) < 0:
            result = value
    return result


def _dot(arithmetic: Arithmetic, left: Any, right: Any) -> Value:
    return dot_product(left, right, arithmetic)  # type: ignore[no-any-return]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": Arithmetic.exp,
    "ln": Arithmetic.ln,
    "sqrt": Arithmetic.sqrt,
    "tanh": Arithmetic.tanh,
    "sinh": Arithmetic.sinh,
    "cosh": Arithmetic.cosh,
    "sin": Arithmetic.sin,
    "cos": Arithmetic.cos,
    "atan": Arithmetic.atan,
    "erf": Arithmetic.erf,
    "abs": Arithmetic.absolute,
    "sign": lambda arithmetic, x: flint.fmpq(arithmetic.sign(x)),
    "max": _maximum,
    "min": _minimum,
    "dot": _dot,
    "norm": lambda arithmetic, x: arithmetic.sqrt(dot_product(x, x, arithmetic)),
    "log": lambda arithmetic, base, x: arithmetic.divide(arithmetic.ln(x), arithmetic.ln(base)),
    "pi": lambda arithmetic: flint.arb.pi(),
}
"""Name to rule; `dot` and `norm` take vectors."""
