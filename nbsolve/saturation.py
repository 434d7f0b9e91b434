"""Outputs of which no logarithm can be taken: those that are 0 or 1, or as good as that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import flint

from nbsolve.arithmetic import Arithmetic
from nbsolve.catalogue import SATURATED
from nbsolve.symbol import Role, Symbol
from nbsolve.values import Values


def pre_activation(output: Symbol) -> Symbol:
    """The z that an activation belongs to."""
    return replace(output, role=Role.PRE_ACTIVATION)


def saturated(outputs: Iterable[Symbol], values: Values, arithmetic: Arithmetic) -> Mapping[Symbol, int]:
    """Those outputs of a sigmoid that are so close to 0 (−1) or 1 (1). Raises: Undecided."""
    found: dict[Symbol, int] = {}
    for a in outputs:
        if a not in values:
            continue
        z, size = values[pre_activation(a)], values[a]
        if _is_written_whole(size) or arithmetic.sign(arithmetic.absolute(z) - SATURATED) > 0:  # type: ignore[arg-type]
            found[a] = arithmetic.sign(z)  # type: ignore[arg-type]
    return found


def at_target(outputs: Iterable[Symbol], values: Values) -> frozenset[Symbol]:
    """Those outputs that are exactly 0 or 1, and are to be."""
    found = set()
    for a in outputs:
        y = Symbol(Role.TARGET, to=a.to, sample=a.sample)
        if a in values and y in values and _is_written_whole(values[a]) and values[a] == values[y]:
            found.add(a)
    return frozenset(found)


def _is_written_whole(value: object) -> bool:
    """Whether a value is exactly 0 or 1, perhaps by rounding."""
    return isinstance(value, flint.fmpq) and value in (0, 1)
