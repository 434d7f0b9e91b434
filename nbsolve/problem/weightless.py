"""Reading a layer without weights, of a kind of `COMBINATIONS`: `{kind: …, from: [2, input], activation: relu}`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nbsolve.catalogue import COMBINATIONS
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.incoming import Incoming
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.network import WITHOUT, LayerKeys
from nbsolve.problem.model import Bias, Choice, DenseLayer

__all__ = ["is_weightless", "read_weightless"]

Activation = Callable[[Cursor | None, int | None], Choice | None]


def is_weightless(cursor: Cursor) -> bool:
    """Whether a layer is a combination of others."""
    kind = cursor.get("kind") if cursor.is_mapping else None
    return kind is not None and kind.is_scalar and kind.text in COMBINATIONS


def read_weightless(
    cursor: Cursor, incoming: Incoming | None, widths: Sequence[int | None], activation: Activation
) -> DenseLayer | None:
    """The layer; None after noting a fault. `widths` are those of the layers before it (the input first)."""
    kind = cursor.get("kind")
    assert kind is not None
    record = COMBINATIONS[kind.text]
    if not cursor.mapping(keys_of(LayerKeys, but=WITHOUT), record.what):
        return None
    for key, expected in (
        ("from", f"from: [2, input], the layers that are {record.done}"),
        ("activation", "activation: …"),
    ):
        if not cursor.has(key) and (key != "activation" or record.activation is None):
            cursor.fault(f"the layer has no {key}", expected=expected)
    given = cursor.get("activation")
    if incoming is None or not cursor.has("from") or (given is None and record.activation is None):
        return None
    inner = cursor.get("from")
    assert inner is not None
    sources = incoming.sources
    if incoming.columns(None):
        inner.fault(f"some of the inputs are {record.done}", expected="input, for all of them, or layers")
        return None
    if len(sources) < 2:
        inner.fault(
            f"a single layer has nothing to be {record.done_with}", expected="two layers or more: [2, input]"
        )
        return None
    own = [widths[source] for source in sources]
    if None in own:
        return None
    if len(set(own)) > 1:
        named = ", ".join(
            f"{'input' if source == 0 else f'layer {source}'} has {width}"
            for source, width in zip(sources, own, strict=True)
        )
        inner.fault(f"layers of different widths are {record.done}: {named}", expected="layers of one width")
        return None
    units = own[0]
    said = cursor.get("units")
    if said is not None and said.integer("units", units or 1, units or 1) is None:
        return None
    chosen = Choice(name=record.activation or "") if given is None else activation(given, units)
    if chosen is None or units is None:
        return None
    return DenseLayer(
        kind=record.name,
        units=units,
        activation=chosen,
        weights=(),
        bias=Bias(kind="absent"),
        sources=sources,
    )
