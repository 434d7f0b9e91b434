"""Reading a layer's bias or threshold: one a unit, one that the layer shares, or none."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from nbsolve.given import Entry
from nbsolve.problem.cells import is_symbolic, letters, read_cell, read_cells
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.folding import is_folded, read_folded
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.parameters import SOURCES, BiasFrom, ThresholdFrom
from nbsolve.problem.model import Bias
from nbsolve.problem.sources import array_of, drawn, one_source, source_of, what

Name = Literal["bias", "threshold"]

_FORMS = "a list of numbers, symbolic, {shared: …}, {value: …, trainable: …}, {file: …} or {normal: {…}}"


def read_bias(cursor: Cursor, name: Name, units: int, folder: Path | None) -> Bias | None:
    """A bias or threshold in any of its forms; None after noting a fault."""
    if cursor.is_null or (cursor.is_scalar and cursor.text in ("none", "absent")):
        return Bias(kind="absent")
    if name == "bias" and is_folded(cursor):
        return read_folded(cursor)
    if not cursor.is_mapping:
        return _finished(_written(cursor, name, units), name, None, units)
    sources = ("shared", *SOURCES) if name == "bias" else SOURCES
    if not cursor.mapping(keys_of(BiasFrom if name == "bias" else ThresholdFrom), name):
        return None
    form = one_source(cursor, name, sources)
    if form is None:
        return None
    inner = cursor.get(form) or cursor
    trainable = cursor.get("trainable")
    if form == "value" and inner.is_mapping:
        source = source_of(cursor, name, inner)
        form = None if source is None else one_source(source, name, SOURCES[1:])
        if source is None or form is None:
            return None
        cursor, inner = source, source.get(form) or source
    if form == "shared":
        return _shared(inner, trainable)
    if form == "value":
        values = _written(inner, name, units)
    elif form == "file":
        values = _from_file(cursor, name, units, folder)
    else:
        values = drawn(inner, form, units)
    return _finished(values, name, trainable, units)


def _shared(cursor: Cursor, trainable_cursor: Cursor | None) -> Bias | None:
    number = read_cell(cursor, "the shared bias")
    trainable = True if trainable_cursor is None else trainable_cursor.truth("trainable")
    if number is None or trainable is None:
        return None
    return Bias(kind="shared", values=(number,), trainable=trainable)


def _written(cursor: Cursor, name: Name, units: int) -> tuple[Entry, ...] | None:
    if is_symbolic(cursor):
        return letters(units)
    if cursor.is_scalar and units > 1:
        if read_cell(cursor, f"the {name}") is None:
            return None
        hint = f"write {{shared: {cursor.text}}} for one that the layer shares" if name == "bias" else None
        cursor.fault(f"one {name} for {units} units", expected=f"a list of {units} numbers", hint=hint)
        return None
    if cursor.is_scalar:
        number = read_cell(cursor, f"the {name}")
        return None if number is None else (number,)
    if not cursor.is_list:
        cursor.fault(f"{name}: {what(cursor) if cursor.is_null else 'a mapping'}", expected=_FORMS)
        return None
    values = read_cells(cursor, name)
    if values is not None and len(values) != units:
        cursor.fault(
            f"{name} has {len(values)} {'number' if len(values) == 1 else 'numbers'} for {_units(units)}",
            expected=_one_a_unit(units),
        )
        return None
    return values


def _finished(
    values: tuple[Entry, ...] | None, name: Name, trainable_cursor: Cursor | None, units: int
) -> Bias | None:
    trainable = True if trainable_cursor is None else _trainable(trainable_cursor, units)
    if values is None or trainable is None:
        return None
    return Bias(kind="units" if name == "bias" else "threshold", values=values, trainable=trainable)


def _trainable(cursor: Cursor, units: int) -> bool | tuple[bool, ...] | None:
    if not cursor.is_list:
        return cursor.truth("trainable")
    truths = [one.truth("trainable") for one in cursor.each()]
    if len(truths) != units:
        message = f"trainable has {len(truths)} values for {_units(units)}"
        cursor.fault(message, expected="true, false, or one truth value for each unit")
        return None
    known = tuple(truth for truth in truths if truth is not None)
    return known if len(known) == units else None


def _units(units: int) -> str:
    return f"{units} units" if units > 1 else "1 unit"


def _one_a_unit(units: int) -> str:
    return f"{units} numbers, one for each unit" if units > 1 else "1 number, for the one unit"


def _from_file(cursor: Cursor, name: Name, units: int, folder: Path | None) -> tuple[Entry, ...] | None:
    array = array_of(cursor, folder)
    if array is None:
        return None
    # A .csv file is a matrix: one row or one column of it is a vector.
    if len(array.numbers) != units or (len(array.shape) == 2 and 1 not in array.shape):
        found = " × ".join(str(length) for length in array.shape) or "a single number"
        cursor.fault(f"the array for {name} is {found}", expected=_one_a_unit(units))
        return None
    return array.numbers
