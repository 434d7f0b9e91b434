"""Reading a layer that adds up others: `{kind: add, from: [2, input], activation: relu}`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nbsolve.problem.cursor import Cursor
from nbsolve.problem.incoming import Incoming
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.network import WITHOUT, LayerKeys
from nbsolve.problem.model import Bias, Choice, DenseLayer

__all__ = ["is_addition", "read_addition"]

Activation = Callable[[Cursor | None, int | None], Choice | None]


def is_addition(cursor: Cursor) -> bool:
    """Whether a layer is one that adds."""
    kind = cursor.get("kind") if cursor.is_mapping else None
    return kind is not None and kind.is_scalar and kind.text == "add"


def read_addition(
    cursor: Cursor, incoming: Incoming | None, widths: Sequence[int | None], activation: Activation
) -> DenseLayer | None:
    """The layer; None after noting a fault. `widths` are those of the layers before it (the input first)."""
    if not cursor.mapping(keys_of(LayerKeys, but=WITHOUT), "a layer that adds"):
        return None
    for key, expected in (
        ("from", "from: [2, input], the layers that are added"),
        ("activation", "activation: …"),
    ):
        if not cursor.has(key):
            cursor.fault(f"the layer has no {key}", expected=expected)
    if incoming is None or not cursor.has("from") or not cursor.has("activation"):
        return None
    inner = cursor.get("from")
    assert inner is not None
    sources = incoming.sources
    if incoming.columns(None):
        inner.fault("some of the inputs are added", expected="input, for all of them, or layers")
        return None
    if len(sources) < 2:
        inner.fault("a single layer has nothing to be added to", expected="two layers or more: [2, input]")
        return None
    own = [widths[source] for source in sources]
    if None in own:
        return None
    if len(set(own)) > 1:
        named = ", ".join(
            f"{'input' if source == 0 else f'layer {source}'} has {width}"
            for source, width in zip(sources, own, strict=True)
        )
        inner.fault(f"layers of different widths are added: {named}", expected="layers of one width")
        return None
    units = own[0]
    said = cursor.get("units")
    if said is not None and said.integer("units", units or 1, units or 1) is None:
        return None
    chosen = activation(cursor.get("activation"), units)
    if chosen is None or units is None:
        return None
    return DenseLayer(
        kind="add", units=units, activation=chosen, weights=(), bias=Bias(kind="absent"), sources=sources
    )
