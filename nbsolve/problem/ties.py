"""Reading tied weights: `{same_as: 1}`, or `{same_as: 1, transposed: true}`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nbsolve.problem.cursor import Cursor
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.parameters import TieKeys
from nbsolve.problem.model import DenseLayer

__all__ = ["Tie", "is_tie", "read_tie"]


@dataclass(frozen=True)
class Tie:
    """The layer whose weights are used, perhaps transposed."""

    layer: int
    transposed: bool


def is_tie(cursor: Cursor) -> bool:
    """Whether weights are said to be those of another layer."""
    return cursor.is_mapping and cursor.has("same_as")


def read_tie(cursor: Cursor, shape: tuple[int, int], before: Sequence[DenseLayer | None]) -> Tie | None:
    """The tie of a layer with weights of this shape (units, inputs); None after noting a fault."""
    if not cursor.mapping(keys_of(TieKeys), "weights that are another layer's"):
        return None
    inner, turned = cursor.get("same_as"), cursor.get("transposed")
    assert inner is not None
    if not before:
        inner.fault("the first layer has no layer before it", expected="weights of its own")
        return None
    number = inner.integer("same_as", 1, len(before))
    transposed = False if turned is None else turned.truth("transposed")
    if number is None or transposed is None:
        return None
    other = before[number - 1]
    if other is None:
        return None
    if other.same_as is not None:
        inner.fault(
            f"the weights of layer {number} are those of layer {other.same_as}",
            expected=f"same_as: {other.same_as}",
        )
        return None
    own = len(other.weights), len(other.weights[0])
    found = own[::-1] if transposed else own
    if found != shape:
        words = " transposed" if transposed else ""
        hint = f"transposed: {'false' if transposed else 'true'} would fit" if found[::-1] == shape else None
        cursor.fault(
            f"the weights of layer {number}{words} are for {found[1]} inputs and {_units(found[0])}",
            expected=f"weights for {shape[1]} inputs and {_units(shape[0])}",
            hint=hint,
        )
        return None
    return Tie(number, transposed)


def _units(count: int) -> str:
    return "1 unit" if count == 1 else f"{count} units"
