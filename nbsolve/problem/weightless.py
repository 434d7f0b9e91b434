"""Reading a layer without weights: `{kind: add, from: [2, input], activation: relu}`, `{kind: maxout, …}`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nbsolve.problem.cursor import Cursor
from nbsolve.problem.incoming import Incoming
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.network import WITHOUT, LayerKeys
from nbsolve.problem.model import Bias, Choice, DenseLayer

__all__ = ["is_weightless", "read_weightless"]

Activation = Callable[[Cursor | None, int | None], Choice | None]
_TOLD = {
    "add": ("a layer that adds", "added", "added to"),
    "maxout": ("a maxout layer", "compared", "compared with"),
}


def is_weightless(cursor: Cursor) -> bool:
    """Whether a layer is the sum of others, or the largest of them."""
    kind = cursor.get("kind") if cursor.is_mapping else None
    return kind is not None and kind.is_scalar and kind.text in _TOLD


def read_weightless(
    cursor: Cursor, incoming: Incoming | None, widths: Sequence[int | None], activation: Activation
) -> DenseLayer | None:
    """The layer; None after noting a fault. `widths` are those of the layers before it (the input first)."""
    kind = cursor.get("kind")
    assert kind is not None
    what, done, with_what = _TOLD[kind.text]
    if not cursor.mapping(keys_of(LayerKeys, but=WITHOUT), what):
        return None
    for key, expected in (
        ("from", f"from: [2, input], the layers that are {done}"),
        ("activation", "activation: …"),
    ):
        if not cursor.has(key) and (key, kind.text) != ("activation", "maxout"):
            cursor.fault(f"the layer has no {key}", expected=expected)
    given = cursor.get("activation")
    if incoming is None or not cursor.has("from") or (given is None and kind.text == "add"):
        return None
    inner = cursor.get("from")
    assert inner is not None
    sources = incoming.sources
    if incoming.columns(None):
        inner.fault(f"some of the inputs are {done}", expected="input, for all of them, or layers")
        return None
    if len(sources) < 2:
        inner.fault(
            f"a single layer has nothing to be {with_what}", expected="two layers or more: [2, input]"
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
        inner.fault(f"layers of different widths are {done}: {named}", expected="layers of one width")
        return None
    units = own[0]
    said = cursor.get("units")
    if said is not None and said.integer("units", units or 1, units or 1) is None:
        return None
    chosen = Choice(name="linear") if given is None else activation(given, units)
    if chosen is None or units is None:
        return None
    return DenseLayer(
        kind="add" if kind.text == "add" else "maxout",
        units=units,
        activation=chosen,
        weights=(),
        bias=Bias(kind="absent"),
        sources=sources,
    )
