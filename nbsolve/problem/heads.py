"""Reading what belongs to single output layers where a network has several: their losses and their targets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from nbsolve.given import Entry
from nbsolve.problem.cells import is_symbolic, letters, read_cell, read_cells
from nbsolve.problem.cursor import Cursor, describe, listing
from nbsolve.problem.jacobian_vectors import PRODUCTS

__all__ = ["check_heads", "every_head", "layer_of", "of_layers", "read_targets"]


def of_layers(loss: Cursor | None) -> frozenset[int]:
    """The layers that terms of the loss say they are of."""
    if loss is None:
        return frozenset()
    found = [_setting(element) for element in ([*loss.each()] if loss.is_list else [loss])]
    texts = [inner.text for inner in found if inner is not None and inner.is_scalar]
    return frozenset(int(text) for text in texts if re.fullmatch("[0-9]{1,6}", text, re.ASCII))


def _setting(term: Cursor) -> Cursor | None:
    """The cell `of` of a term of the loss."""
    if not term.is_mapping or len(term.keys()) != 1:
        return None
    settings = term.get(term.keys()[0])
    return settings.get("of") if settings is not None and settings.is_mapping else None


def layer_of(term: Cursor, heads: Mapping[int, int]) -> int | None:
    """The output layer that a term of the loss is of; None after noting a fault. The only one needs no `of`."""
    inner = _setting(term)
    layers = [str(layer) for layer in heads]
    if inner is None:
        if len(heads) == 1:
            return next(iter(heads))
        expected = listing([f"of: {layer}" for layer in layers], "or")
        term.fault(f"which of the {len(heads)} output layers is this the loss of?", expected=expected)
        return None
    if not inner.is_scalar or inner.text not in layers:
        hint = "an output layer is one whose activations no other layer takes" if inner.is_scalar else None
        expected = f"{listing(layers, 'or')}, the number of an output layer"
        inner.fault(f"of is {describe(inner.node)}", expected=expected, hint=hint)
        return None
    return int(inner.text)


def every_head(loss: Cursor, named: Sequence[int | None], heads: Mapping[int, int]) -> bool:
    """Whether each of several output layers has a loss; notes a fault for the first that has none."""
    bare = [layer for layer in heads if layer not in named] if len(heads) > 1 else []
    if bare:
        message = f"the output layer {bare[0]} has no loss"
        loss.fault(message, expected=f"a term of its own: {{squared_error: {{of: {bare[0]}}}}}")
    return not bare


def read_targets(cursor: Cursor, heads: Mapping[int, int]) -> tuple[Entry, ...] | None:
    """The targets of all output layers, one after the other, from a mapping of layers to lists."""
    expected = "{" + ", ".join(f"{layer}: […]" for layer in heads) + "}"
    if is_symbolic(cursor):
        return letters(sum(heads.values()))
    if not cursor.is_mapping:
        message = f"target is {describe(cursor.node)}, but there are {len(heads)} output layers"
        cursor.fault(message, expected=f"the targets of each by its number: {expected}")
        return None
    if not cursor.mapping([str(layer) for layer in heads], "target"):
        return None
    found: list[Entry] = []
    for layer, units in heads.items():
        inner = cursor.get(str(layer))
        if inner is None:
            cursor.fault(f"there is no target for the output layer {layer}", expected=expected)
            return None
        own = letters(units) if is_symbolic(inner) else _cells(inner, units)
        if own is None:
            return None
        if len(own) != units:
            counted = "1 number" if len(own) == 1 else f"{len(own)} numbers"
            wanted = "1 number, for the unit" if units == 1 else f"{units} numbers, one for each unit"
            inner.fault(f"the target has {counted}", expected=f"{wanted} of layer {layer}")
            return None
        found += own
    return tuple(found)


def _cells(cursor: Cursor, units: int) -> tuple[Entry, ...] | None:
    """A list; of one unit the number alone will do."""
    if units > 1 or not cursor.is_scalar:
        return read_cells(cursor, "target")
    alone = read_cell(cursor, "target")
    return None if alone is None else (alone,)


def check_heads(root: Cursor, heads: Mapping[int, int]) -> None:
    """Note a fault for what needs a network to have a single output layer."""
    for key, why in (
        ("upstream", "give each of them a loss instead"),
        ("classes", "leave the names out"),
        ("jacobian", "leave the vectors out"),
    ):
        if root.has(key):
            message = f"{key} goes with a single output layer, but there are {len(heads)}"
            root.key_fault(key, message, expected=why)
    samples = root.get("samples")
    if samples is not None and samples.is_mapping and samples.has("file"):
        message = f"samples from a file go with a single output layer, but there are {len(heads)}"
        root.key_fault("samples", message, expected="a list of {input: […], target: {…}}")
    for part in [*parts.each()] if (parts := root.get("parts")) is not None and parts.is_list else []:
        asked = part.get("ask") if part.is_mapping else None
        for word in [] if asked is None else [*asked.each()] if asked.is_list else [asked]:
            if word.is_scalar and word.text in ("jacobian", *PRODUCTS):
                word.fault(f"the Jacobian of {len(heads)} output layers", expected="a single output layer")
