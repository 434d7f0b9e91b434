"""Reading a layer's weights: written out, from a file, or drawn from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from nbsolve.given import Entry, Given
from nbsolve.problem.cells import SYMBOLIC, is_symbolic, letters, read_cells
from nbsolve.problem.commas import comma_hint, warn_of_commas
from nbsolve.problem.cursor import Cursor, suggestion
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.parameters import SOURCES, WeightsFrom
from nbsolve.problem.sources import array_of, drawn, one_source, source_of, what

Matrix = tuple[tuple[Entry, ...], ...]
Gaps = frozenset[tuple[int, int]]
Shape = tuple[int, int]
Trainable = bool | tuple[tuple[bool, ...], ...]

_FORMS = "a matrix, symbolic, {file: …}, {normal: {…}}, {uniform: {…}} or {value: …, trainable: …}"


@dataclass(frozen=True)
class Weights:
    """The weights of a layer as [unit][input]; `missing` are connections that do not exist, from 1."""

    rows: Matrix
    trainable: Trainable = True
    missing: Gaps = frozenset()

    def spread(self, columns: Sequence[int], wide: int) -> Weights:
        """The matrix that is `wide` and has these ones in some `columns`, from 1; no connections in the others.

        Without `columns` all of them are there already.
        """
        if not columns:
            return self
        units, kept = range(1, len(self.rows) + 1), set(columns)
        empty = {(j, i) for j in units for i in range(1, wide + 1) if i not in kept}
        held = self.trainable
        return Weights(
            tuple(_spread(row, columns, wide, NO_WEIGHT) for row in self.rows),
            held if isinstance(held, bool) else tuple(_spread(row, columns, wide, True) for row in held),
            frozenset(empty | {(j, columns[i - 1]) for j, i in self.missing}),
        )


NO_WEIGHT = Given.read("0")
"""What stands in a matrix for a connection that does not exist."""
T = TypeVar("T")


def _spread(row: Sequence[T], columns: Sequence[int], wide: int, filling: T) -> tuple[T, ...]:
    own = dict(zip(columns, row, strict=True))
    return tuple(own.get(i, filling) for i in range(1, wide + 1))


def read_weights(
    cursor: Cursor, units: int, inputs: int, transposed: bool, folder: Path | None
) -> Weights | None:
    """Weights as [unit][input], which of them are trainable and which do not exist; None after noting a fault.

    `transposed`: the file's rows are inputs (layout "x W + b").
    """
    shape = (inputs, units) if transposed else (units, inputs)
    if not cursor.is_mapping:
        rows = _written(cursor, shape, transposed)
        return None if rows is None else _connected(cursor, Weights(rows, True, _gaps(cursor, transposed)))
    if not cursor.mapping(keys_of(WeightsFrom), "weights"):
        return None
    trainable = _trainable(cursor.get("trainable"), shape, transposed)
    kind = one_source(cursor, "weights")
    if kind is None:
        return None
    inner = cursor.get(kind) or cursor
    if kind == "value" and inner.is_mapping:
        source = source_of(cursor, "weights", inner)
        kind = None if source is None else one_source(source, "weights", SOURCES[1:])
        if source is None or kind is None:
            return None
        cursor, inner = source, source.get(kind) or source
    if kind == "value":
        rows = _written(inner, shape, transposed)
    elif kind == "file":
        rows = _from_file(cursor, shape, transposed, folder)
    else:
        numbers = drawn(inner, kind, units * inputs)
        split = [numbers[j * inputs : (j + 1) * inputs] for j in range(units)] if numbers else []
        rows = tuple(split) or None
    if rows is None or trainable is None:
        return None
    gaps = _gaps(inner, transposed) if kind == "value" else frozenset()
    return _connected(inner, Weights(rows, trainable, gaps))


def _connected(cursor: Cursor, weights: Weights) -> Weights | None:
    """The weights, where something comes into every unit; None after noting a fault."""
    for unit, row in enumerate(weights.rows, 1):
        if weights.missing and all((unit, column) in weights.missing for column in range(1, len(row) + 1)):
            cursor.fault(f"nothing comes into unit {unit}", expected="at least one weight for each unit")
            return None
    return weights


def _gaps(cursor: Cursor, transposed: bool) -> Gaps:
    """The places of the empty cells: unit and input, from 1."""
    places = (
        (row, column)
        for row, cells in enumerate(cursor.each(), 1)
        for column, cell in enumerate(cells.each(), 1)
        if cell.is_null
    )
    return frozenset((column, row) if transposed else (row, column) for row, column in places)


def _written(cursor: Cursor, shape: Shape, transposed: bool) -> Matrix | None:
    if is_symbolic(cursor):
        units, inputs = reversed(shape) if transposed else shape
        return (letters(inputs),) * units
    if not cursor.is_list:
        hint = suggestion(cursor.text, [SYMBOLIC]) if cursor.is_scalar else None
        cursor.fault(f"weights: {what(cursor)}", expected=_FORMS, hint=hint)
        return None
    rows = _matrix(cursor, shape)
    return _transposed(rows) if rows and transposed else rows


def _transposed(rows: Matrix) -> Matrix:
    return tuple(zip(*rows, strict=True))


def _shape_fault(cursor: Cursor, name: str, found: Shape, wanted: Shape, hint: str | None = None) -> None:
    expected = f"{wanted[0]} × {wanted[1]} (rows × columns)"
    if found == (wanted[1], wanted[0]):
        other = "the transposed matrix would fit: transpose it, or set network.layout"
        hint = f'{other} ("W x + b": a row for each unit; "x W + b": a row for each input)'
    cursor.fault(f"{name} is {found[0]} × {found[1]}", expected=expected, hint=hint)


def _matrix(cursor: Cursor, shape: Shape) -> Matrix | None:
    """Rows of numbers of the given shape, in the file's layout."""
    elements = [*cursor.each()]
    flat = [element for element in elements if not element.is_list]
    if elements and len(flat) == len(elements) and all(element.is_scalar for element in flat):
        rows_wanted, columns = shape
        written = ", ".join(element.text for element in flat[:3]) + (", …" if len(flat) > 3 else "")
        nested = f"[[{written}]]"
        if rows_wanted == len(flat) and columns == 1:
            nested = "[" + ", ".join(f"[{e.text}]" for e in flat[:3]) + (", …]" if len(flat) > 3 else "]")
        fits = len(flat) == rows_wanted * columns and 1 in shape
        cursor.fault(
            f"weights is a flat list of {_numbers(len(flat))}",
            expected=f"a list of {_rows(rows_wanted, columns)}",
            hint=f"write {nested}" if fits else "write one list for each row: [[…], […]]",
        )
        return None
    rows = [read_cells(element, "a row of weights", empty=NO_WEIGHT) for element in elements]
    if any(row is None for row in rows):
        return None
    sound = tuple(row for row in rows if row is not None)
    widths = {len(row) for row in sound}
    for element in elements:
        warn_of_commas(element)
    if len(widths) == 1 and (found := (len(sound), widths.pop())) == shape:
        return sound
    if len({len(row) for row in sound}) == 1:
        hint = comma_hint(elements[0], shape[1])
        _shape_fault(cursor, "weights", found, shape, hint)
        return None
    if not sound:
        cursor.fault("weights is an empty list", expected=_rows(*shape))
        return None
    for element, row in zip(elements, sound, strict=True):
        if len(row) != shape[1]:
            element.fault(f"this row has {_numbers(len(row))}", expected=f"{_numbers(shape[1])} in each row")
    if len(sound) != shape[0]:
        cursor.fault(
            f"weights has {len(sound)} {'row' if len(sound) == 1 else 'rows'}", expected=_rows(*shape)
        )
    return None


def _numbers(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"


def _rows(rows: int, columns: int) -> str:
    return f"{'1 row' if rows == 1 else f'{rows} rows'} of {_numbers(columns)}"


def _trainable(cursor: Cursor | None, shape: Shape, transposed: bool) -> Trainable | None:
    if cursor is None:
        return True
    if not cursor.is_list:
        return cursor.truth("trainable")
    rows = [[entry.truth("trainable") for entry in row.each()] for row in cursor.each()]
    if len(rows) != shape[0] or any(len(row) != shape[1] for row in rows):
        message = "trainable does not have the shape of the weights"
        cursor.fault(message, expected=f"true, false, or {shape[0]} rows of {shape[1]} truth values")
        return None
    known = tuple(tuple(truth for truth in row if truth is not None) for row in rows)
    if any(len(row) != shape[1] for row in known):
        return None
    return tuple(zip(*known, strict=True)) if transposed else known


def _from_file(cursor: Cursor, shape: Shape, transposed: bool, folder: Path | None) -> Matrix | None:
    array = array_of(cursor, folder)
    if array is None:
        return None
    if len(array.shape) != 2:
        found = "a single number" if not array.shape else f"a list of {array.shape[0]}"
        cursor.fault(f"the array is {found}", expected=f"{shape[0]} × {shape[1]} (rows × columns)")
        return None
    if array.shape != shape:
        _shape_fault(cursor, "the array", (array.shape[0], array.shape[1]), shape)
        return None
    return _transposed(array.rows()) if transposed else array.rows()
