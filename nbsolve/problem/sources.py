"""Where parameters may come from: written out, a file, or a seed; what weights and biases have in common."""

from __future__ import annotations

from pathlib import Path

from nbsolve.given import Given
from nbsolve.problem import draws
from nbsolve.problem.cursor import Cursor, describe
from nbsolve.problem.files import Array, FileFault, locate, read_array
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.parameters import SOURCES, NormalKeys, ReadFrom, UniformKeys


def what(cursor: Cursor) -> str:
    """Describe what is written where numbers should be, for a message."""
    return "nothing is written" if cursor.is_null else f"{describe(cursor.node)} is not numbers"


def source_of(cursor: Cursor, name: str, inner: Cursor) -> Cursor | None:
    """Where `value` is itself a mapping, that mapping, which says where the numbers come from.

    `{value: {file: start.csv}, trainable: false}` means `{file: start.csv, trainable: false}`.
    None after noting a fault.
    """
    if cursor.has("array"):
        cursor.key_fault("array", "array belongs to the file", expected="value: {file: …, array: …}")
        return None
    if not inner.mapping(keys_of(ReadFrom), name):
        return None
    return inner


def one_source(cursor: Cursor, what: str, sources: tuple[str, ...] = SOURCES) -> str | None:
    """The one key that says where the numbers come from; None (a fault) for none or several."""
    present = [key for key in sources if cursor.has(key)]
    if len(present) == 1:
        if cursor.has("array") and present != ["file"]:
            cursor.key_fault("array", "array names an array in a file, but there is no file")
        return present[0]
    found = f"both {' and '.join(present)}" if present else "none of them"
    cursor.fault(f"{what} has {found}", expected=f"exactly one of {', '.join(sources)}")
    return None


def array_of(cursor: Cursor, folder: Path | None) -> Array | None:
    """The array that `{file: …, array: …}` names; None after noting a fault."""
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


def drawn(cursor: Cursor, kind: str, count: int) -> tuple[Given, ...] | None:
    """Numbers from `{std, mean, seed, decimals}` or `{low, high, seed, decimals}`."""
    known = keys_of(NormalKeys if kind == "normal" else UniformKeys)
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
        cursor.fault(f"{kind} has no seed", expected="a whole number: the same seed draws the same weights")
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
