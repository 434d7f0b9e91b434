"""Reading the samples: written out, or from a CSV file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nbsolve.given import Entry, Given
from nbsolve.problem.cells import is_symbolic, letters, read_cell, read_cells
from nbsolve.problem.cursor import Cursor, listing, suggestion, too_many
from nbsolve.problem.files import FileFault, Table, locate, read_table
from nbsolve.problem.model import Sample

MAXIMUM_SAMPLES = 10_000
ALIASES = {"x": "input", "y": "target"}
_ZERO, _ONE = Given.read("0"), Given.read("1")


@dataclass(frozen=True, slots=True)
class Read:
    """The samples, and which class each output stands for where a column of class names says so."""

    samples: tuple[Sample, ...]
    classes: tuple[str, ...] = ()


def read_samples(cursor: Cursor, inputs: int | None, outputs: int | None, folder: Path | None) -> Read | None:
    """The samples; None after noting what is wrong. `inputs`, `outputs` of None: not known, not checked."""
    if cursor.is_mapping and cursor.has("file"):
        return _table(cursor, inputs, outputs, folder)
    if cursor.is_mapping:
        hint = "samples is a list: put a dash before the sample, - {input: …, target: …}"
        cursor.fault(
            "samples is a mapping without a file", expected="a list, or {file: batch.csv, …}", hint=hint
        )
        return None
    elements = cursor.elements("samples", "a list of {input: […], target: […]}, or {file: batch.csv, …}")
    if elements is None:
        return None
    if not 1 <= len(elements) <= MAXIMUM_SAMPLES:
        cursor.fault(f"there are {len(elements)} samples", expected=f"1 to {MAXIMUM_SAMPLES:,} samples")
        return None
    samples = [_sample(element, inputs, outputs) for element in elements]
    known = tuple(sample for sample in samples if sample is not None)
    if len(known) != len(samples):
        return None
    with_target = sum(sample.target is not None for sample in known)
    if 0 < with_target < len(known):
        bare = next(e for e, s in zip(elements, known, strict=True) if s.target is None)
        bare.fault(f"this sample has no target, but {with_target} of {len(known)} samples have one")
        return None
    return Read(known)


def _sample(cursor: Cursor, inputs: int | None, outputs: int | None) -> Sample | None:
    if not cursor.mapping(("input", "target", "x", "y"), "a sample"):
        return None
    values: dict[str, tuple[Entry, ...] | None] = {}
    for key in ("input", "x", "target", "y"):
        inner, name = cursor.get(key), ALIASES.get(key, key)
        if inner is None:
            continue
        if name in values:
            cursor.key_fault(key, f"{key} is another name for {name}, which is there as well")
            return None
        values[name] = _vector(inner, name, inputs if name == "input" else outputs)
    if "input" not in values:
        cursor.fault("the sample has no input", expected="input: a list of numbers")
        return None
    given = values["input"]
    if given is None or ("target" in values and values["target"] is None):
        return None
    return Sample(input=given, target=values.get("target"))


def _vector(cursor: Cursor, name: str, wanted: int | None) -> tuple[Entry, ...] | None:
    where = "the network has {} inputs" if name == "input" else "the last layer has {} units"
    if is_symbolic(cursor):
        return letters(1 if wanted is None else wanted)
    if cursor.is_scalar and wanted in (1, None):
        number = read_cell(cursor, name)
        return None if number is None else (number,)
    numbers = read_cells(cursor, name)
    if numbers is not None and wanted is not None and len(numbers) != wanted:
        reason = where.format(wanted) if wanted != 1 else where.format(wanted)[:-1]
        expected = f"{wanted} numbers: {reason}" if wanted != 1 else f"1 number: {reason}"
        found = "1 number" if len(numbers) == 1 else f"{len(numbers)} numbers"
        cursor.fault(f"{name} has {found}", expected=expected)
        return None
    return numbers


def _table(cursor: Cursor, inputs: int | None, outputs: int | None, folder: Path | None) -> Read | None:
    if not cursor.mapping(("file", "input", "target", "class", "x", "y"), "samples"):
        return None
    for alias, key in ALIASES.items():
        if cursor.has(alias) and cursor.has(key):
            cursor.key_fault(alias, f"{alias} is another name for {key}, which is there as well")
            return None
    file = cursor.get("file")
    name = None if file is None else file.string("file")
    if file is None or name is None:
        return None
    try:
        table = read_table(locate(folder, name))
    except FileFault as fault:
        file.fault(str(fault), hint=fault.hint)
        return None
    if not 1 <= len(table.rows) <= MAXIMUM_SAMPLES:
        file.fault(f"{name} holds {len(table.rows)} samples", expected=f"1 to {MAXIMUM_SAMPLES:,} samples")
        return None
    input_cursor, target_cursor = (
        cursor.get("input") or cursor.get("x"),
        cursor.get("target") or cursor.get("y"),
    )
    class_cursor = cursor.get("class")
    if input_cursor is None:
        cursor.fault(
            "samples has no input", expected=f"input: the columns to use, of {listing(table.columns)}"
        )
        return None
    if target_cursor is not None and class_cursor is not None:
        cursor.key_fault("class", "there are both target columns and a class column", expected="one of them")
        return None
    xs = _columns(input_cursor, "input", table, name, inputs)
    ys: tuple[tuple[Given, ...], ...] | None = None
    classes: tuple[str, ...] = ()
    if target_cursor is not None:
        ys = _columns(target_cursor, "target", table, name, outputs)
    elif class_cursor is not None:
        classes, ys = _one_hot(class_cursor, table, outputs) or ((), None)
    if xs is None or (ys is None and (target_cursor or class_cursor)):
        return None
    samples = tuple(Sample(input=x, target=None if ys is None else ys[i]) for i, x in enumerate(xs))
    return Read(samples, classes)


def _columns(
    cursor: Cursor, what: str, table: Table, file: str, wanted: int | None
) -> tuple[tuple[Given, ...], ...] | None:
    """For every row the numbers in the named columns."""
    elements = (
        [cursor] if cursor.is_scalar else cursor.elements(f"{what} of samples", "a list of column names")
    )
    if elements is None:
        return None
    places = [_column(element, table) for element in elements]
    if wanted is not None and len(places) != wanted:
        reason = "the inputs of the network" if what == "input" else "the units of the last layer"
        cursor.fault(f"{what} names {len(places)} columns", expected=f"{wanted}, as many as {reason}")
        return None
    known = [place for place in places if place is not None]
    if len(known) != len(places):
        return None
    rows: list[tuple[Given, ...]] = []
    sound = True
    for number, row in enumerate(table.rows, 1):
        try:
            rows.append(tuple(Given.read(row[place]) for place in known))
        except ValueError as error:
            sound = False
            if not too_many(cursor.notes):
                cursor.fault(f"{file}, sample {number}: {error}", expected="a number")
    return tuple(rows) if sound else None


def _column(cursor: Cursor, table: Table) -> int | None:
    name = cursor.string("a column's name")
    if name is None:
        return None
    if name not in table.columns:
        hint = suggestion(name, table.columns)
        cursor.fault(
            f"the file has no column {name!r}", expected=listing(table.columns[:30], "or"), hint=hint
        )
        return None
    if table.columns.count(name) > 1:
        cursor.fault(f"the file has several columns {name!r}", hint="give each column a name of its own")
        return None
    return table.columns.index(name)


def _one_hot(
    cursor: Cursor, table: Table, outputs: int | None
) -> tuple[tuple[str, ...], tuple[tuple[Given, ...], ...]] | None:
    """The classes in sorted order (as numbers where all are); for every row 1 at its class and 0 elsewhere."""
    place = _column(cursor, table)
    if place is None:
        return None
    classes = _sorted({row[place] for row in table.rows})
    if outputs is not None and len(classes) != outputs:
        found = f"{len(classes)} classes ({', '.join(classes[:10])}{', …' if len(classes) > 10 else ''})"
        cursor.fault(f"column {cursor.text!r} holds {found}", expected=f"{outputs}, one for each output unit")
        return None
    ys = tuple(tuple(_ONE if row[place] == name else _ZERO for name in classes) for row in table.rows)
    return tuple(classes), ys


def _sorted(names: set[str]) -> list[str]:
    try:
        return sorted(names, key=lambda name: (Given.read(name).value, name))
    except ValueError:
        return sorted(names)
