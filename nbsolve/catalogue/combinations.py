"""Kinds of layers without weights, one record each: what z[j] is, given the entries j of all that comes in.

Their words are in `phrases/`, `combinations`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nbsolve.catalogue.operations import addition, maximum
from nbsolve.expr import Comparison, Expr, number, substitute, walk
from nbsolve.graph.operation import Entry, Operation, Slot

__all__ = ["COMBINATIONS", "Combination"]


@dataclass(frozen=True)
class Combination:
    """z[j] = x1[j] + x2[j] + …, or whatever else of x1[j], x2[j], …: the entries j of layers of one width.

    `operation` is its record for a number of layers. `sign` stands in a drawing where one of them comes in.
    In messages and docs it is `what`, its layers are `done`, one of them is `done_with` the others, and z is the
    `result`. `activation` holds where a layer names none; its units are then called by the kind.
    """

    name: str
    operation: Callable[[int], Operation]
    sign: str
    what: str
    done: str
    done_with: str
    result: str
    activation: str | None = None

    def of(self, arrays: Sequence[Expr]) -> Expr:
        """z, of the arrays that come in."""
        named = _by_slot(arrays)
        return substitute(
            self.operation(len(arrays)).whole,
            lambda node: named[node.name] if isinstance(node, Slot) else None,
        )

    def slope(self, arrays: Sequence[Expr], place: int) -> Expr:
        """∂z[j]/∂x[j] for the array at a place (from 0) among those that come in."""
        named = _by_slot(arrays)
        return substitute(
            self.operation(len(arrays)).local[f"x{place + 1}"].entry,
            lambda node: named[node.slot] if isinstance(node, Entry) else None,
        )

    @property
    def keeps_gradients(self) -> bool:
        """Whether ∂z[j]/∂x[j] is 1, always."""
        return self._derivative == number(1)

    @property
    def distinguishes(self) -> bool:
        """Whether ∂z[j]/∂x[j] is one number or another by a comparison."""
        return any(isinstance(node, Comparison) for node in walk(self._derivative))

    @property
    def _derivative(self) -> Expr:
        return self.operation(2).local["x1"].entry


def _by_slot(arrays: Sequence[Expr]) -> Mapping[str, Expr]:
    return {f"x{n}": array for n, array in enumerate(arrays, start=1)}


COMBINATIONS: dict[str, Combination] = {
    record.name: record
    for record in (
        Combination("add", addition, "+", "a layer that adds", "added", "added to", "their sum"),
        Combination(
            *("maxout", maximum, "max", "a maxout layer", "compared", "compared with", "the largest"),
            activation="linear",
        ),
    )
}
