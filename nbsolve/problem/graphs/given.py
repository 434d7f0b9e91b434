"""Reading the given quantities of a graph: numbers, arrays, letters, and what is read outside an array."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nbsolve.formula import FormulaError
from nbsolve.formula.indexed import NAME, refuse_reserved
from nbsolve.given import Entry, Given, Letter
from nbsolve.problem.cursor import Cursor, describe
from nbsolve.problem.keys.kinds import GIVEN
from nbsolve.problem.model import GivenArray

__all__ = [
    "GIVEN",
    "MOST_AXES",
    "MOST_ENTRIES",
    "is_name",
    "read_array",
    "read_given",
    "read_padding",
    "shape_words",
    "start_of",
    "typed_starts",
]

_START = re.compile(r"(?P<array>[A-Za-z]\w*)\[(?:[a-z],)*(?P<place>0|[1-9]\d{0,3})(?:,[a-z])*\]", re.ASCII)
MOST_AXES = 3
MOST_ENTRIES = 400
"""Numbers that one quantity holds at most: each has a line of its own."""


def read_given(cursor: Cursor | None) -> tuple[GivenArray, ...]:
    """The given quantities; without those that are faulty, after noting why."""
    if cursor is None:
        return ()
    found: list[GivenArray] = []
    if cursor.is_list:
        for element in cursor.each():
            key = element.string("a name") if element.is_scalar else None
            name = None if key is None else start_of(key)[0]
            if name is None:
                element.fault("a letter's name is missing", expected=GIVEN)
            elif is_name(element, name, [array.name for array in found]):
                found.append(GivenArray(name=name, entries=(Letter(),)))
        return tuple(found)
    keys = cursor.keys()
    if not keys:
        cursor.fault(f"given is {describe(cursor.node)}", expected=GIVEN)
        return ()
    for key in keys:
        inner = cursor.get(key)
        assert inner is not None
        name, start = start_of(key)
        taken = [array.name for array in found]
        if start is not None and name in taken:
            inner.fault(
                f"{start[0]} starts at place {start[1]} of an axis already",
                expected="one start along one axis",
                hint=f"padding: {{{start[0]}: 0}} lets everything else outside the array be 0",
            )
            continue
        if not is_name(inner, name, taken):
            continue
        array = read_array(inner, key)
        if array is not None:
            shape, entries = array
            found.append(GivenArray(name=name, shape=shape, entries=entries))
    return tuple(found)


def start_of(key: str) -> tuple[str, tuple[str, int] | None]:
    """The name of a given quantity; of the start of a recurrence also its array and place: `h[0,j]` is h0."""
    match = _START.fullmatch("".join(key.split()))
    if match is None:
        return key, None
    return f"{match['array']}{match['place']}", (match["array"], int(match["place"]))


def typed_starts(cursor: Cursor | None) -> dict[str, tuple[str, int]]:
    """The given quantities that are called the start of an array, h[0]: the array and the place, by their names."""
    keys = [] if cursor is None else [one.text for one in cursor.each() if one.is_scalar] or cursor.keys()
    return {name: start for name, start in map(start_of, keys) if start is not None}


def is_name(cursor: Cursor, name: str, taken: list[str]) -> bool:
    """Whether it can name a quantity; a fault where it cannot."""
    if not NAME.fullmatch(name):
        cursor.fault(
            f"{name[:40]!r} cannot name a quantity", expected="letters, digits and _, such as x, w0 or beta"
        )
        return False
    try:
        refuse_reserved(name)
    except FormulaError as error:
        cursor.fault(error.message, expected=error.expected)
        return False
    if name in taken:
        cursor.fault(f"the name {name} is used twice", expected="a name of its own for each quantity")
        return False
    return True


def read_array(cursor: Cursor, what: str, depth: int = 0) -> tuple[tuple[int, ...], tuple[Entry, ...]] | None:
    """Shape and entries of nested lists; None after noting a fault."""
    if not cursor.is_list:
        number = cursor.bare_number(what, logarithms=True)
        return None if number is None else ((), (number,))
    if depth == MOST_AXES:
        cursor.fault(
            f"{what} has more than {MOST_AXES} axes", expected="a number, or lists in at most three levels"
        )
        return None
    rows = [read_array(inner, f"an entry of {what}", depth + 1) for inner in cursor.each()]
    if not rows:
        cursor.fault(f"{what} is an empty list", expected="a number, or a list of numbers")
        return None
    sound = [row for row in rows if row is not None]
    if len(sound) < len(rows):
        return None
    shape = sound[0][0]
    for place, row in enumerate(sound):
        if row[0] != shape:
            cursor.fault(
                f"the rows of {what} differ: {shape_words(shape)} and {shape_words(row[0])} (row {place + 1})",
                expected="rows of one length",
            )
            return None
    entries = tuple(entry for row in sound for entry in row[1])
    if len(entries) > MOST_ENTRIES:
        cursor.fault(f"{what} has {len(entries):,} numbers", expected=f"at most {MOST_ENTRIES}")
        return None
    return (len(rows), *shape), entries


def shape_words(shape: tuple[int, ...]) -> str:
    """`2 × 3`, or `a number`."""
    return " × ".join(map(str, shape)) if shape else "a number"


def read_padding(cursor: Cursor | None, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Given]:
    """Values read outside an array, by its name."""
    if cursor is None:
        return {}
    if not cursor.is_mapping:
        cursor.fault(
            f"padding is {describe(cursor.node)}", expected="{x: 0}: what is read outside the array x"
        )
        return {}
    found: dict[str, Given] = {}
    keys = cursor.keys()
    for key in keys:
        inner = cursor.get(key)
        number = None if inner is None else inner.number(f"the padding of {key}")
        if number is not None:
            found[key] = number
    return found
