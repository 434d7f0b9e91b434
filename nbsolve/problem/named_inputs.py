"""Reading the inputs of a network by their names, `inputs: {text: 3, image: 2}`, and what a sample has of each.

The numbers of several inputs are counted through, x₁ to x₅.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbsolve.given import Entry
from nbsolve.problem import wiring
from nbsolve.problem.cells import is_symbolic, letters, read_cell, read_cells
from nbsolve.problem.cursor import Cursor, describe, shown
from nbsolve.problem.keys.network import NAME_OF_INPUT
from nbsolve.problem.model import NamedInput, Network

__all__ = ["MAXIMUM_WIDTH", "Inputs", "check_inputs_used", "read_inputs", "read_named_input"]
MAXIMUM_WIDTH = 100_000
_RESERVED = ("input", "inputs")
Inputs = tuple[NamedInput, ...]


def read_inputs(cursor: Cursor) -> tuple[int, Inputs] | None:
    """How many numbers come in, and the inputs that have names; None after noting a fault."""
    if not cursor.is_mapping:
        count = cursor.integer("inputs", 1, MAXIMUM_WIDTH)
        return None if count is None else (count, ())
    found: list[NamedInput] = []
    names = cursor.keys()
    for name in names:
        inner = cursor.get(name)
        size = None if inner is None else inner.integer(f"the size of the input {name}", 1, MAXIMUM_WIDTH)
        if not re.search(NAME_OF_INPUT, name, re.ASCII) or name in _RESERVED:
            expected = "a name of letters, such as text, other than input"
            cursor.key_fault(name, f"{shown(name)} is no name of an input", expected=expected)
            return None
        if size is None:
            return None
        found.append(NamedInput(name=name, size=size))
    if not found:
        cursor.fault("inputs is empty", expected="a number, or sizes by name: {text: 3, image: 2}")
        return None
    total = sum(one.size for one in found)
    if total > MAXIMUM_WIDTH:
        cursor.fault(f"the inputs have {total:,} numbers", expected=f"at most {MAXIMUM_WIDTH:,}")
        return None
    return total, tuple(found)


def check_inputs_used(cursor: Cursor, network: Network) -> None:
    """Every named input comes into some layer."""
    used = {one for layer in range(1, len(network.layers) + 1) for one in wiring.named_inputs(network, layer)}
    for one in network.named:
        if one not in used:
            message = f"no layer takes the input {one.name}"
            cursor.key_fault(one.name, message, expected=f"from: {one.name} in a layer")


def read_named_input(cursor: Cursor, named: Sequence[NamedInput]) -> tuple[Entry, ...] | None:
    """The numbers of all named inputs of a sample, one after the other; None after noting a fault."""
    if is_symbolic(cursor):
        return letters(sum(one.size for one in named))
    expected = "{" + ", ".join(f"{one.name}: […]" for one in named) + "}"
    if not cursor.is_mapping:
        message = f"input is {describe(cursor.node)}, but the network has {len(named)} inputs with names"
        cursor.fault(message, expected=f"the numbers of each: {expected}")
        return None
    if not cursor.mapping([one.name for one in named], "input"):
        return None
    found: list[Entry] = []
    for one in named:
        inner = cursor.get(one.name)
        if inner is None:
            cursor.fault(f"there is no {one.name} among the inputs of the sample", expected=expected)
            return None
        own = letters(one.size) if is_symbolic(inner) else _cells(inner, one)
        if own is None:
            return None
        if len(own) != one.size:
            counted = "1 number" if len(own) == 1 else f"{len(own)} numbers"
            wanted = "1 number" if one.size == 1 else f"{one.size} numbers"
            inner.fault(f"{one.name} has {counted}", expected=f"{wanted}, as network.inputs says")
            return None
        found += own
    return tuple(found)


def _cells(cursor: Cursor, one: NamedInput) -> tuple[Entry, ...] | None:
    """A list; of one number the number alone will do."""
    if one.size > 1 or not cursor.is_scalar:
        return read_cells(cursor, one.name)
    alone = read_cell(cursor, one.name)
    return None if alone is None else (alone,)
