"""Reading a bias that is folded into the weights: `bias: {column: first, input: 1}`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from nbsolve.problem.cursor import Cursor
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.parameters import FoldedBias
from nbsolve.problem.model import Bias, DenseLayer, Folded
from nbsolve.problem.ties import Tie

__all__ = ["check_constants", "fits_tie", "is_folded", "read_folded"]


def is_folded(bias: Cursor | None) -> bool:
    """Whether a layer's bias is said to be a column of its weights."""
    return bias is not None and bias.is_mapping and (bias.has("column") or bias.has("input"))


def read_folded(cursor: Cursor) -> Bias | None:
    """The column and its constant; None after noting a fault."""
    if not cursor.mapping(keys_of(FoldedBias), "a bias that is a column of the weights"):
        return None
    column, constant = cursor.get("column"), cursor.get("input")
    if column is None:
        cursor.fault(
            "the bias has an input and no column",
            expected="column: first or last, which column of the weights it is",
        )
        return None
    places: tuple[Literal["first", "last"], ...] = ("first", "last")
    place = column.word("the column of the bias", places)
    if constant is None:
        cursor.fault(
            "the column of the bias has no input", expected="input: 1 (z = … + w₀) or −1 (z = … − w₀)"
        )
        return None
    number = constant.number("the input of the bias")
    if number is not None and number.value not in (1, -1):
        constant.fault(f"the input of the bias is {number.text}", expected="1 or -1")
        return None
    if place is None or number is None or number.value not in (1, -1):
        return None
    return Bias(kind="absent", folded=Folded(column=place, input=number))


def fits_tie(cursor: Cursor, tie: Tie, own: Bias, before: Sequence[DenseLayer | None]) -> bool:
    """Whether a layer with tied weights has its bias in the same column as theirs; notes a fault where not."""
    other = before[tie.layer - 1]
    theirs = None if other is None else other.bias.folded
    column, their_column = (one and one.column for one in (own.folded, theirs))
    if column == their_column and not (column and tie.transposed):
        return True
    cursor.fault(
        f"one column of the weights of layer {tie.layer} would be a bias in one layer alone",
        expected="tied weights whose biases are the same column, and not transposed; or biases of their own",
    )
    return False


def check_constants(elements: Sequence[Cursor], layers: Sequence[DenseLayer | None]) -> None:
    """One constant serves the whole network: x₀ is 1 in every layer, or −1."""
    found = [
        layer.bias.folded.input for layer in layers if layer is not None and layer.bias.folded is not None
    ]
    for element, layer in zip(elements, layers, strict=False):
        if layer is None or layer.bias.folded is None or layer.bias.folded.input.value == found[0].value:
            continue
        inner = element.get("bias")
        assert inner is not None
        inner.fault(
            f"the input of the bias is {layer.bias.folded.input.text} here and {found[0].text} in another layer",
            expected=f"input: {found[0].text} in every layer",
        )
