"""A node of the graph: an operation with its operands; entries of arrays by their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbsolve.expr import Expr, Quantity, Stacked
from nbsolve.graph.operation import OUT, Operation
from nbsolve.symbol import Symbol, Unit

Places = tuple[Unit, ...]


@dataclass(frozen=True)
class Node:
    """target = operation(operands), for one sample where it belongs to one.

    An operand is one array, or several vectors one below the other.
    """

    operation: Operation
    target: Symbol
    operands: Mapping[str, tuple[Symbol, ...]]
    sample: int | None = None

    def operand(self, slot: str) -> Symbol:
        """The array in a slot that has a single one."""
        (array,) = self.operands[slot]
        return array

    def whole(self, slot: str) -> Expr:
        """What stands in a slot."""
        arrays = (self.target,) if slot == OUT else self.operands[slot]
        parts = tuple(Quantity(array) for array in arrays)
        return parts[0] if len(parts) == 1 else Stacked(parts)


def array_of(entry: Symbol) -> Symbol:
    """The array that an entry belongs to."""
    return entry._replace(to=None, from_=None)


def entry_of(array: Symbol, places: Places) -> Symbol:
    """The entry of an array at these places (none: an array without axes)."""
    if not places:
        return array
    return array._replace(to=places[0], from_=places[1] if len(places) > 1 else None)


def places_of(entry: Symbol) -> Places:
    """The places of an entry in its array."""
    return tuple(place for place in (entry.to, entry.from_) if place is not None)
