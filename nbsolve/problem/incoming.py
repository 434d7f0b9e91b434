"""Reading what comes into each layer: `from: [1, image]`.

A layer that takes one of several inputs has no connection with the others: in the matrix of its weights, their
columns are empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nbsolve.problem.cursor import Cursor, describe, listing, suggestion
from nbsolve.problem.model import DenseLayer, Network
from nbsolve.problem.named_inputs import Inputs

__all__ = ["Incoming", "check_detail", "fits_tied_inputs", "read_incoming"]


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
