"""Reading weights, biases and thresholds: written out, from a file, or drawn from a seed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from nbsolve.given import Given
from nbsolve.problem import draws
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.files import Array, FileFault, locate, read_array
from nbsolve.problem.model import Bias

Matrix = tuple[tuple[Given, ...], ...]
Shape = tuple[int, int]

_SOURCES = ("value", "file", "normal", "uniform")
_FORMS = "a matrix, {file: …}, {normal: {…}}, {uniform: {…}} or {value: …, trainable: …}"
_VECTOR_FORMS = "a list of numbers, {shared: …}, {value: …, trainable: …}, {file: …} or {normal: {…}}"


def read_weights(
    cursor: Cursor, units: int, inputs: int, transposed: bool, folder: Path | None
) -> tuple[Matrix, bool | tuple[tuple[bool, ...], ...]] | None:
    """Weights as [unit][input] and which of them are trainable; None after noting a fault.

    `transposed`: the file's rows are inputs (layout "x W + b").
    """
    shape = (inputs, units) if transposed else (units, inputs)
    trainable: bool | tuple[tuple[bool, ...], ...] | None = True
    source = cursor
    if cursor.is_mapping:
        if not cursor.mapping(("value", "file", "array", "normal", "uniform", "trainable"), "weights"):
            return None
        trainable = _trainable_matrix(cursor.get("trainable"), shape, transposed)
        kind = _one_source(cursor, "weights")
        if kind is None:
            return None
        if kind == "value":
            source = cursor.get("value") or cursor
        elif kind == "file":
            return _both(_matrix_file(cursor, shape, transposed, folder), trainable)
        else:
            drawn = _drawn(cursor.get(kind) or cursor, kind, units * inputs)
            rows = drawn and tuple(tuple(drawn[j * inputs : (j + 1) * inputs]) for j in range(units))
            return _both(rows, trainable)
    if not source.is_list:
        source.fault(f"weights: {_what(source)}", expected=_FORMS)
        return None
    rows = _matrix(source, shape)
    return _both(_transposed(rows) if rows and transposed else rows, trainable)


def read_bias(cursor: Cursor, kind: Literal["bias", "threshold"], units: int, folder: Path | None) -> Bias | None:
    """A bias or threshold in any of its forms; None after noting a fault."""
    name: Literal["units", "threshold"] = "units" if kind == "bias" else "threshold"
    if cursor.is_null or (cursor.is_scalar and cursor.text in ("none", "absent")):
        return Bias(kind="absent")
    source = cursor
    count: int = units
    shared = False
    trainable_cursor: Cursor | None = None
    if cursor.is_mapping:
        shared_key = ("shared",) if kind == "bias" else ()
        known = (*shared_key, "value", "file", "array", "normal", "uniform", "trainable")
        if not cursor.mapping(known, kind):
            return None
        trainable_cursor = cursor.get("trainable")
        form = _one_source(cursor, kind, (*shared_key, *_SOURCES))
        if form is None:
            return None
        inner = cursor.get(form) or cursor
        if form == "shared":
            number = inner.number("the shared bias")
            if number is None:
                return None
            trainable = True if trainable_cursor is None else trainable_cursor.truth("trainable")
            return None if trainable is None else Bias(kind="shared", values=(number,), trainable=trainable)
        if form == "file":
            values = _vector_file(cursor, kind, units, folder)
        elif form == "value":
            values, source = None, inner
        else:
            values = _drawn(inner, form, units)
        if form != "value":
            return _finished(values, name, trainable_cursor, units)
    if source.is_scalar and units > 1:
        text = source.text
        hint = f"write {{shared: {text}}} for one that the layer shares" if kind == "bias" else None
        source.fault(f"one {kind} for {units} units", expected=f"a list of {units} numbers", hint=hint)
        return None
    if source.is_scalar:
        single = source.number(f"the {kind}")
        values = None if single is None else (single,)
    elif source.is_list:
        values = source.numbers(kind)
        if values is not None and len(values) != count:
            source.fault(f"{kind} has {len(values)} numbers for {units} units", expected=_one_a_unit(units))
            values = None
    else:
        source.fault(f"{kind}: {_what(source)}", expected=_VECTOR_FORMS)
        values = None
    assert not shared
    return _finished(values, name, trainable_cursor, units)


def _finished(
    values: tuple[Given, ...] | None, kind: Literal["units", "threshold"], cursor: Cursor | None, units: int
) -> Bias | None:
    trainable: bool | tuple[bool, ...] | None = True
    if cursor is not None and cursor.is_list:
        truths = [one.truth("trainable") for one in cursor.each()]
        if len(truths) != units:
            cursor.fault(f"trainable has {len(truths)} values for {units} units", expected=_one_a_unit(units))
            return None
        known = tuple(truth for truth in truths if truth is not None)
        trainable = known if len(known) == units else None
    elif cursor is not None:
        trainable = cursor.truth("trainable")
    if values is None or trainable is None:
        return None
    return Bias(kind=kind, values=values, trainable=trainable)


def _one_a_unit(units: int) -> str:
    return f"{units} numbers, one for each unit" if units > 1 else "1 number, for the one unit"


def _both(
    rows: Matrix | None, trainable: bool | tuple[tuple[bool, ...], ...] | None
) -> tuple[Matrix, bool | tuple[tuple[bool, ...], ...]] | None:
    return None if rows is None or trainable is None else (rows, trainable)


def _what(cursor: Cursor) -> str:
    return "nothing is written" if cursor.is_null else f"{cursor.text!r} is not numbers"


def _one_source(cursor: Cursor, what: str, sources: tuple[str, ...] = _SOURCES) -> str | None:
    present = [key for key in sources if key in cursor.keys()]
    if len(present) == 1:
        if "array" in cursor.keys() and present != ["file"]:
            cursor.key_fault("array", "array names an array in a file, but there is no file")
        return present[0]
    found = f"both {' and '.join(present)}" if present else "none of them"
    cursor.fault(f"{what} has {found}", expected=f"exactly one of {', '.join(sources)}")
    return None


def _transposed(rows: Matrix) -> Matrix:
    return tuple(zip(*rows, strict=True))


def _shape_fault(cursor: Cursor, what: str, found: Shape, wanted: Shape) -> None:
    expected = f"{wanted[0]} × {wanted[1]} (rows × columns)"
    hint = None
    if found == (wanted[1], wanted[0]):
        other = "the transposed matrix would fit: transpose it, or set network.layout"
        hint = f'{other} ("W x + b": a row for each unit; "x W + b": a row for each input)'
    cursor.fault(f"{what} is {found[0]} × {found[1]}", expected=expected, hint=hint)


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
            f"weights is a flat list of {len(flat)} numbers",
            expected=f"a list of {rows_wanted} rows of {columns} numbers",
            hint=f"write {nested}" if fits else "write one list for each row: [[…], […]]",
        )
        return None
    rows = [element.numbers("a row of weights") for element in elements]
    if any(row is None for row in rows):
        return None
    sound = tuple(row for row in rows if row is not None)
    widths = {len(row) for row in sound}
    if len(widths) == 1 and (found := (len(sound), widths.pop())) == shape:
        return sound
    if len({len(row) for row in sound}) == 1:
        _shape_fault(cursor, "weights", found, shape)
        return None
    if not sound:
        cursor.fault("weights is an empty list", expected=f"{shape[0]} rows of {shape[1]} numbers")
        return None
    for element, row in zip(elements, sound, strict=True):
        if len(row) != shape[1]:
            element.fault(f"this row has {len(row)} numbers", expected=f"{shape[1]} numbers in each row")
    if len(sound) != shape[0]:
        cursor.fault(f"weights has {len(sound)} rows", expected=f"{shape[0]} rows of {shape[1]} numbers")
    return None


def _trainable_matrix(
    cursor: Cursor | None, shape: Shape, transposed: bool
) -> bool | tuple[tuple[bool, ...], ...] | None:
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


def _array(cursor: Cursor, folder: Path | None) -> Array | None:
    file, array = cursor.get("file"), cursor.get("array")
    name = None if file is None else file.string("file")
    inside = None if array is None else array.string("array")
    if name is None or (array is not None and inside is None):
        return None
    try:
        return read_array(locate(folder, name), inside)
    except FileFault as fault:
        (file or cursor).fault(str(fault), hint=fault.hint)
        return None


def _matrix_file(cursor: Cursor, shape: Shape, transposed: bool, folder: Path | None) -> Matrix | None:
    array = _array(cursor, folder)
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


def _vector_file(cursor: Cursor, what: str, units: int, folder: Path | None) -> tuple[Given, ...] | None:
    array = _array(cursor, folder)
    if array is None:
        return None
    # A .csv file is a matrix: one row or one column of it is a vector.
    if len(array.numbers) != units or (len(array.shape) == 2 and 1 not in array.shape):
        found = " × ".join(str(length) for length in array.shape) or "a single number"
        cursor.fault(f"the array for {what} is {found}", expected=_one_a_unit(units))
        return None
    return array.numbers


def _drawn(cursor: Cursor, kind: str, count: int) -> tuple[Given, ...] | None:
    """Numbers from `{std, mean, seed, decimals}` or `{low, high, seed, decimals}`."""
    known = ("std", "mean", "seed", "decimals") if kind == "normal" else ("low", "high", "seed", "decimals")
    if not cursor.mapping(known, kind):
        return None
    values: dict[str, Given | None] = {}
    needed = ("std",) if kind == "normal" else ("low", "high")
    for key in known[:2]:
        inner = cursor.get(key)
        if inner is not None:
            values[key] = inner.number(key, least=0 if key == "std" else None)
        elif key in needed:
            cursor.fault(f"{kind} has no {key}", expected=f"{', '.join(needed)} and seed")
            values[key] = None
        else:
            values[key] = Given.read("0")
    seed_cursor, decimals_cursor = cursor.get("seed"), cursor.get("decimals")
    seed: int | None = None
    if seed_cursor is None:
        cursor.fault(f"{kind} has no seed", expected="a whole number, so that the same weights are drawn again")
    else:
        seed = seed_cursor.integer("seed", 0, 10**9)
    decimals: int | None = draws.DEFAULT_DECIMALS
    if decimals_cursor is not None:
        decimals = decimals_cursor.integer("decimals", 0, 15)
    first, second = values[known[0]], values[known[1]]
    if first is None or second is None or seed is None or decimals is None:
        return None
    if kind == "normal":
        return tuple(draws.draw_normal(float(second), float(first), seed, decimals, count))
    if not first.value < second.value:
        cursor.fault(f"low is {first} and high is {second}", expected="low less than high")
        return None
    return tuple(draws.draw_uniform(float(first), float(second), seed, decimals, count))
