"""Reading what comes into a network and into each layer: `inputs: {text: 3, image: 2}`, `from: [1, image]`.

The numbers of several inputs are counted through, x₁ to x₅. A layer that takes one of them has no connection with
the others: in the matrix of its weights, their columns are empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nbsolve.given import Entry
from nbsolve.problem import wiring
from nbsolve.problem.cells import is_symbolic, letters, read_cell, read_cells
from nbsolve.problem.cursor import Cursor, describe, listing, shown, suggestion
from nbsolve.problem.keys.network import NAME_OF_INPUT
from nbsolve.problem.model import DenseLayer, NamedInput, Network

__all__ = [
    "MAXIMUM_WIDTH",
    "Incoming",
    "check_detail",
    "check_inputs_used",
    "fits_tied_inputs",
    "read_incoming",
    "read_inputs",
    "read_named_input",
]

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


@dataclass(frozen=True)
class Incoming:
    """What comes into a layer: layers (0: the inputs, whole or some), each once in the order of the columns.

    `places`: the column of the whole matrix, from 0, that each column in the file stands for; it is as `wide` as
    all the inputs and layers together.
    """

    sources: tuple[int, ...]
    places: tuple[int, ...]
    wide: int

    def columns(self, folded: str | None) -> tuple[int, ...]:
        """`places` from 1, the column that holds the biases (`first`, `last`) among them; () if all are there."""
        if self.places == tuple(range(self.wide)):
            return ()
        if folded == "first":
            return (1, *(place + 2 for place in self.places))
        return (*(place + 1 for place in self.places), *([self.wide + 1] if folded else []))


def read_incoming(cursor: Cursor, widths: Sequence[int | None], named: Inputs) -> Incoming | None:
    """What comes into the layer after layers of these widths (the inputs first); None after noting a fault."""
    listed = _sources(cursor, len(widths) - 1, named)
    if listed is None or any(widths[source] is None for source, _ in listed):
        return None
    known = [width or 0 for width in widths]
    sources = tuple(dict.fromkeys(source for source, _ in listed))
    first = {source: sum(known[one] for one in sources[:n]) for n, source in enumerate(sources)}
    places: list[int] = []
    for source, name in listed:
        start, size = _part(named, name) if name is not None else (0, known[source])
        places += range(first[source] + start, first[source] + start + size)
    return Incoming(sources, tuple(places), sum(known[source] for source in sources))


def _part(named: Inputs, name: str) -> tuple[int, int]:
    """Where a named input begins among all numbers that come in, from 0, and its size."""
    at = [one.name for one in named].index(name)
    return sum(one.size for one in named[:at]), named[at].size


def _sources(cursor: Cursor, before: int, named: Inputs) -> list[tuple[int, str | None]] | None:
    """The layers that a layer takes its activations from, 0 for the input or a named one."""
    inner = cursor.get("from")
    if inner is None:
        return [(before, None)]
    names = [one.name for one in named]
    inputs = listing([*names, "input"], "or") if names else "input"
    expected = inputs if before == 0 else f"{inputs}, or the number of a layer from 1 to {before}"
    found: list[tuple[int, str | None]] = []
    for element in [*inner.each()] if inner.is_list else [inner]:
        text = element.text if element.is_scalar else ""
        if text == "input":
            found.append((0, None))
        elif text in names:
            found.append((0, text))
        elif re.fullmatch("[0-9]{1,6}", text, re.ASCII) and 1 <= int(text) <= before:
            found.append((int(text), None))
        else:
            later = re.fullmatch("[0-9]{1,6}", text, re.ASCII) and int(text) > before
            hint = "a layer takes activations of layers before it" if later else suggestion(text, names)
            element.fault(f"from is {describe(element.node)}", expected=f"{expected}; or a list", hint=hint)
            return None
    if not found:
        inner.fault("from is an empty list", expected=f"{expected}; or a list of them")
        return None
    if len(set(found)) < len(found):
        inner.fault("from names a layer twice", expected="each source once")
        return None
    if (0, None) in found and any(name for _, name in found):
        inner.fault("from names the inputs, and one of them once more", expected="each source once")
        return None
    return found


def check_inputs_used(cursor: Cursor, network: Network) -> None:
    """Every named input comes into some layer."""
    used = {one for layer in range(1, len(network.layers) + 1) for one in wiring.named_inputs(network, layer)}
    for one in network.named:
        if one not in used:
            message = f"no layer takes the input {one.name}"
            cursor.key_fault(one.name, message, expected=f"from: {one.name} in a layer")


def check_detail(root: Cursor, network: Network, detail: str) -> None:
    """Matrices stand for all inputs: a layer that takes some of them is written unit by unit."""
    if detail in ("matrix", "both") and any(layer.columns for layer in network.layers):
        message = f"detail: {detail} with layers that take some of the inputs, which stand unit by unit"
        root.key_fault("detail", message, expected="detail: units")


def fits_tied_inputs(
    cursor: Cursor, own: Incoming, columns: tuple[int, ...], other: DenseLayer | None
) -> bool:
    """Whether tied weights are for the same inputs; notes a fault where not."""
    if other is None or not (columns or other.columns):
        return True
    if columns == other.columns and own.sources == other.sources:
        return True
    cursor.fault(
        "weights for some of the inputs are shared with a layer that takes something else",
        expected="layers with shared weights that take the same inputs",
        hint="an encoder that two inputs share can be written as a computation graph (kind: graph)",
    )
    return False


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
