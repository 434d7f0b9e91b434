"""Outputs of which no logarithm can be taken: those that are 0 or 1, or as good as that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import flint

from nbsolve.arithmetic import Arithmetic, Value
from nbsolve.symbol import Role, Symbol
from nbsolve.values import Values

SMALLEST = flint.fmpq(1, 2**52)
"""An output closer than this to 0 or 1 is so close that a double, or a calculator, does not know how close."""


def pre_activation(output: Symbol) -> Symbol:
    """The z that an activation belongs to."""
    return output._replace(role=Role.PRE_ACTIVATION)


def saturated(
    outputs: Iterable[tuple[Symbol, Symbol]], values: Values, arithmetic: Arithmetic, vector: bool
) -> Mapping[Symbol, int]:
    """The outputs that are saturated: too close to 0 (then −1) or to 1 (then 1). Raises: Undecided.

    Each comes with its target. Of a softmax (`vector`) only those whose target is not 0: the others add nothing to
    its cross-entropy.
    """
    found: dict[Symbol, int] = {}
    for a, y in outputs:
        if a not in values or (vector and y in values and is_zero(values[y])):
            continue
        size: Value = values[a]  # type: ignore[assignment]
        if arithmetic.compare(size, SMALLEST) < 0:
            found[a] = -1
        elif arithmetic.compare(size, 1 - SMALLEST) > 0:
            found[a] = 1
    return found


def is_zero(value: object) -> bool:
    """Whether it is exactly 0."""
    return isinstance(value, flint.fmpq) and value == 0


def at_target(outputs: Iterable[tuple[Symbol, Symbol]], values: Values) -> Mapping[Symbol, int]:
    """The outputs, each with its target, that are exactly the 0 or 1 which it asks for, with that value."""
    found: dict[Symbol, int] = {}
    for a, y in outputs:
        if a in values and y in values and _is_written_whole(values[a]) and values[a] == values[y]:
            found[a] = int(values[a] == 1)
    return found


def _is_written_whole(value: object) -> bool:
    """Whether a value is exactly 0 or 1, perhaps by rounding."""
    return isinstance(value, flint.fmpq) and value in (0, 1)
