"""The arrays of parameters of a network's program: names, entries, quantities, which entries are trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from nbsolve.given import Entry
from nbsolve.problem import wiring
from nbsolve.problem.model import Problem
from nbsolve.programs.doubles import Doubles
from nbsolve.symbol import Symbol

__all__ = ["Array", "alone", "arrays_of", "by_columns", "each", "entries_of", "existing", "members", "table"]

T = TypeVar("T")
Objects = np.ndarray[Any, np.dtype[np.object_]]


@dataclass(frozen=True)
class Array:
    """One array of parameters: its variable, that of its gradient, which entries are trained (None: all of them).

    `held`: none of them.
    """

    name: str
    gradient: str
    layer: int
    weight: bool
    held: bool = False
    trained: tuple[tuple[bool, ...], ...] | tuple[bool, ...] | None = None


def by_columns(problem: Problem) -> bool:
    """Whether the problem writes its matrices with a column for each unit."""
    return problem.network.layout == "x W + b"


# ------------------------------------------------------------------ which there are


def arrays_of(problem: Problem) -> Iterator[Array]:
    """The arrays of parameters, layer by layer."""
    for n, layer in enumerate(problem.network.layers, 1):
        if layer.weights:
            yield _array(f"W{n}", n, True, _trained(problem, n))
        if not layer.bias.absent:
            letter = "theta" if layer.bias.subtracted else "b"
            own = layer.bias.trainable
            if layer.bias.shared and not isinstance(own, bool):
                own = all(own)
            yield _array(f"{letter}{n}", n, False, own)


def _array(name: str, layer: int, weight: bool, trained: object) -> Array:
    flags = np.array(trained, dtype=bool)
    mask = None if flags.all() or not flags.any() else trained
    return Array(name, f"d{name}", layer, weight, not flags.any(), mask)  # type: ignore[arg-type]


def _trained(problem: Problem, n: int) -> bool | tuple[tuple[bool, ...], ...]:
    """Which weights of a layer are trained, in the file's layout; what does not exist is not."""
    layer, network = problem.network.layer(n), problem.network
    if layer.missing:
        return _in_layout(
            problem, n, lambda j, i: (j, i) not in layer.missing and wiring.is_trained(network, n, j, i)
        )
    weights: bool | tuple[tuple[bool, ...], ...] = layer.weights_trainable
    if isinstance(weights, bool) or not by_columns(problem):
        return weights
    return tuple(zip(*weights, strict=True))


def existing(problem: Problem, n: int) -> tuple[tuple[int, ...], ...]:
    """1 for each weight of a layer that exists, in the file's layout."""
    missing = problem.network.layer(n).missing
    return _in_layout(problem, n, lambda j, i: int((j, i) not in missing))


def _in_layout(problem: Problem, n: int, of: Callable[[int, int], T]) -> tuple[tuple[T, ...], ...]:
    """Something of each weight W[j][i] of a layer, in the file's layout."""
    units, width = problem.network.layer(n).units, wiring.width(problem.network, n)
    rows = tuple(tuple(of(j, i) for i in range(1, width + 1)) for j in range(1, units + 1))
    return tuple(zip(*rows, strict=True)) if by_columns(problem) else rows


# ------------------------------------------------------------------ what they hold


def entries_of(problem: Problem, own: Array) -> Objects:
    """The given entries of an array of parameters, in its shape."""
    layer = problem.network.layer(own.layer)
    if own.weight:
        weights = table(layer.weights)
        return weights.T if by_columns(problem) else weights
    if layer.bias.shared:
        return alone(layer.bias.values[0])
    result: Objects = np.empty(len(layer.bias.values), dtype=object)
    result[:] = layer.bias.values
    return result


def members(problem: Problem, own: Array) -> Objects:
    """The parameters of an array, in its shape."""
    layer = problem.network.layer(own.layer)
    if own.weight:
        atoms: Objects = np.empty((layer.units, len(layer.weights[0])), dtype=object)
        for j, i in np.ndindex(atoms.shape):
            atoms[j, i] = Symbol.weight(own.layer, j + 1, i + 1)
        return atoms.T if by_columns(problem) else atoms
    found = [symbol for symbol, _ in wiring.constants_of(problem.network, own.layer)]
    if layer.bias.shared:
        return alone(found[0])
    atoms = np.empty(layer.units, dtype=object)
    atoms[:] = found
    return atoms


def table(rows: Sequence[Sequence[Entry]]) -> Objects:
    """Rows of entries as an object array."""
    result = np.empty((len(rows), len(rows[0])), dtype=object)
    for place, row in enumerate(rows):
        result[place, :] = row
    return result


def alone(entry: object) -> Objects:
    """An array of no dimension, which NumPy would take apart where its entry is a tuple."""
    result: Objects = np.empty((), dtype=object)
    result.fill(entry)
    return result


def each(function: Callable[..., object], array: Doubles) -> Doubles:
    """The function applied to each entry, as an object array of the same shape."""
    result = np.empty(np.shape(array), dtype=object)
    flat, source = result.reshape(-1), array.reshape(-1)
    for place in range(flat.size):
        flat[place] = function(source[place])
    return result
