"""Reading the samples: written out, or from a CSV file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from nbsolve.given import Entry, Given
from nbsolve.problem.cells import is_symbolic, letters, read_cell, read_cells
from nbsolve.problem.commas import comma_hint, warn_of_commas
from nbsolve.problem.cursor import Cursor, listing, shown, suggestion, too_many
from nbsolve.problem.files import FileFault, Table, locate, read_table
from nbsolve.problem.heads import read_targets
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.network import SampleKeys, TableKeys
from nbsolve.problem.model import NamedInput, Network, Sample
from nbsolve.problem.named_inputs import read_named_input

MAXIMUM_SAMPLES = 10_000
ALIASES = {"x": "input", "y": "target"}
_ZERO, _ONE = Given.read("0"), Given.read("1")


@dataclass(frozen=True, slots=True)
class Read:
    """The samples; `classes`, what each output stands for, and `features`, what each input is, as a file says."""

    samples: tuple[Sample, ...]
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


def read_samples(
    cursor: Cursor,
    inputs: int | None,
    outputs: int | None,
    folder: Path | None,
    classes: tuple[str, ...] = (),
    heads: Mapping[int, int] = MappingProxyType({}),
    network: Network | None = None,
) -> Read | None:
    """The samples; None after noting what is wrong. `heads`: the output layers and their widths.

    `inputs`, `outputs` of None: not known, not checked. `classes`: their names, one for each output, where the
    problem has them.
    """
    named = () if network is None else network.named
    if cursor.is_mapping and cursor.has("file"):
        return _table(cursor, inputs, outputs, folder, classes)
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
    samples = [_sample(element, inputs, outputs, classes, heads, named) for element in elements]
    known = tuple(sample for sample in samples if sample is not None)
    if len(known) != len(samples):
        return None
    with_target = sum(sample.target is not None for sample in known)
    if 0 < with_target < len(known):
        bare = next(e for e, s in zip(elements, known, strict=True) if s.target is None)
        bare.fault(f"this sample has no target, but {with_target} of {len(known)} samples have one")
        return None
    return Read(known)


def _sample(
    cursor: Cursor,
    inputs: int | None,
    outputs: int | None,
    classes: tuple[str, ...],
    heads: Mapping[int, int],
    named: Sequence[NamedInput],
) -> Sample | None:
    if not cursor.mapping(keys_of(SampleKeys), "a sample"):
        return None
    values: dict[str, tuple[Entry, ...] | None] = {}
    for key in ("input", "x", "target", "y"):
        inner, name = cursor.get(key), ALIASES.get(key, key)
        if inner is None:
            continue
        if name in values:
            cursor.key_fault(key, f"{key} is another name for {name}, which is there as well")
            return None
        if name == "target" and inner.is_scalar and outputs != 1 and inner.text in classes:
            values[name] = _indicator(inner.text, classes)
        elif name == "target" and len(heads) > 1:
            values[name] = read_targets(inner, heads)
        elif name == "input" and named:
            values[name] = read_named_input(inner, named)
        else:
            values[name] = _vector(inner, name, inputs if name == "input" else outputs)
    of_class = cursor.get("class")
    if of_class is not None:
        if "target" in values:
            cursor.key_fault("class", "there are both a target and a class", expected="one of them")
            return None
        values["target"] = _of_class(of_class, classes)
    if "input" not in values:
        cursor.fault("the sample has no input", expected="input: a list of numbers")
        return None
    given = values["input"]
    if given is None or ("target" in values and values["target"] is None):
        return None
    return Sample(input=given, target=values.get("target"))


def _of_class(cursor: Cursor, classes: tuple[str, ...]) -> tuple[Given, ...] | None:
    """1 for the output of the class, 0 for the others."""
    name = cursor.string("class")
    if name is None:
        return None
    if name not in classes:
        hint = suggestion(name, classes) if classes else "name one for each output: classes: [cat, dog]"
        expected = listing(classes[:30], "or") if classes else "the name of a class"
        cursor.fault(f"class is {shown(name)}, which classes does not name", expected=expected, hint=hint)
        return None
    return _indicator(name, classes)


def _indicator(name: str, classes: tuple[str, ...]) -> tuple[Given, ...]:
    return tuple(_ONE if name == one else _ZERO for one in classes)


def _vector(cursor: Cursor, name: str, wanted: int | None) -> tuple[Entry, ...] | None:
    where = "the network has {} inputs" if name == "input" else "the last layer has {} units"
    if is_symbolic(cursor):
        return letters(1 if wanted is None else wanted)
    if cursor.is_scalar and wanted in (1, None):
        number = read_cell(cursor, name)
        return None if number is None else (number,)
    if cursor.is_scalar and name == "target" and re.fullmatch(r"[0-9]{1,6}", cursor.text, re.ASCII):
        wanted_numbers = f"{wanted} numbers" if wanted is not None else "a list of numbers"
        hint = f"if this is a class: class: {cursor.text}, with the names of all: classes: [0, 1, …]"
        cursor.fault(f"target is {cursor.text}", expected=f"{wanted_numbers}, one for each output", hint=hint)
        return None
    numbers = read_cells(cursor, name)
    if numbers is not None:
        warn_of_commas(cursor)
    if numbers is not None and wanted is not None and len(numbers) != wanted:
        reason = where.format(wanted) if wanted != 1 else where.format(wanted)[:-1]
        expected = f"{wanted} numbers: {reason}" if wanted != 1 else f"1 number: {reason}"
        found = "1 number" if len(numbers) == 1 else f"{len(numbers)} numbers"
        cursor.fault(f"{name} has {found}", expected=expected, hint=comma_hint(cursor, wanted))
        return None
    return numbers


def _table(
    cursor: Cursor,
    inputs: int | None,
    outputs: int | None,
    folder: Path | None,
    named: tuple[str, ...],
) -> Read | None:
    if not cursor.mapping(keys_of(TableKeys), "samples"):
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
        table = read_table(locate(folder, name), MAXIMUM_SAMPLES)
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
        classes, ys = _one_hot(class_cursor, table, outputs, named) or ((), None)
    if xs is None or (ys is None and (target_cursor or class_cursor)):
        return None
    samples = tuple(Sample(input=x, target=None if ys is None else ys[i]) for i, x in enumerate(xs))
    return Read(samples, classes, _features(input_cursor))


def _features(cursor: Cursor) -> tuple[str, ...]:
    """The names of the columns; () where they say no more than x1, x2, …"""
    names = tuple(one.text for one in ([cursor] if cursor.is_scalar else cursor.each()))
    plain = all(re.fullmatch(rf"[A-Za-z]?_?0*{place}", name) for place, name in enumerate(names, 1))
    return () if plain or names == ("x",) else names


def _columns(
    cursor: Cursor, what: str, table: Table, file: str, wanted: int | None
) -> tuple[tuple[Given, ...], ...] | None:
    """The numbers in the named columns, row by row."""
    elements = (
        [cursor] if cursor.is_scalar else cursor.elements(f"{what} of samples", "a list of column names")
    )
    if elements is None:
        return None
    places = [_column(element, table) for element in elements]
    if wanted is not None and len(places) != wanted:
        reason = "the inputs of the network" if what == "input" else "the units of the last layer"
        hint = None
        if what == "target" and len(places) == 1 and elements[0].is_scalar:
            hint = f"if the column holds classes, write class: {elements[0].text}"
        found = "1 column" if len(places) == 1 else f"{len(places)} columns"
        cursor.fault(f"{what} names {found}", expected=f"{wanted}, as many as {reason}", hint=hint)
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
    cursor: Cursor, table: Table, outputs: int | None, named: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[tuple[Given, ...], ...]] | None:
    """The classes, and for every row 1 at its class and 0 elsewhere.

    Their order is that of `named`, which may name classes that no row has, else sorted (numbers by size).
    """
    place = _column(cursor, table)
    if place is None:
        return None
    found = {row[place] for row in table.rows}
    if unknown := [name for name in _sorted(found) if named and name not in named]:
        message = f"column {cursor.text!r} holds {shown(unknown[0])}, which classes does not name"
        cursor.fault(message, expected=listing(named[:30], "or"), hint=suggestion(unknown[0], named))
        return None
    classes = list(named) or _sorted(found)
    if outputs is not None and len(classes) != outputs:
        if named:
            return None  # the fault is noted at classes
        several = f"{len(classes)} classes ({', '.join(classes[:10])}{', …' if len(classes) > 10 else ''})"
        cursor.fault(
            f"column {cursor.text!r} holds {several}",
            expected=f"{outputs}, one for each output unit",
            hint="where the file lacks a class, name them all: classes: […]"
            if len(classes) < outputs
            else None,
        )
        return None
    ys = tuple(_indicator(row[place], tuple(classes)) for row in table.rows)
    return tuple(classes), ys


def _sorted(names: set[str]) -> list[str]:
    try:
        return sorted(names, key=lambda name: (Given.read(name).value, name))
    except ValueError:
        return sorted(names)
