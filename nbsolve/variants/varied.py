"""The tree of a variant: what varies replaced by values that a stream gives."""

from __future__ import annotations

from dataclasses import replace

from nbsolve.problem.model.variants import Choices, Lattice, Listed, Shuffled, Source
from nbsolve.problem.tree import Entries, Items, Node, Scalar
from nbsolve.problem.varying import KEY, is_number
from nbsolve.variants.places import Path, Target, node_at
from nbsolve.variants.stream import Stream

__all__ = ["replaced", "varied"]

_KEPT = "label"
"""What stays in its place where mappings are shuffled: part a is the first one, whatever it asks."""


def varied(tree: Node, targets: tuple[Target, ...], stream: Stream) -> Node:
    """The tree with a value from the stream for each thing that varies, in the order of the targets."""
    for target in targets:
        for path in target.paths:
            node = node_at(tree, path)
            assert node is not None
            shape = _shape(tree, target.layer, path)
            tree = replaced(
                tree, path, _drawn(node, target.source, stream, f"{KEY}.vary.{target.name}", shape)
            )
    return tree


def _drawn(node: Node, source: Source, stream: Stream, origin: str, shape: tuple[int, ...] = ()) -> Node:
    """What stands in the place of a node; an array of numbers gets a number for each of its own."""
    if isinstance(source, Shuffled):
        assert isinstance(node, Items)
        return _shuffled(node, stream)
    if isinstance(source, Listed):
        assert isinstance(node, Items)
        pairs = zip(node.items, source.entries, strict=True)
        items = [
            entry if isinstance(entry, Node) else _drawn(inner, entry, stream, origin)
            for inner, entry in pairs
        ]
        return _items(items)
    if isinstance(source, Choices) and (not source.numbers or isinstance(node, Scalar)):
        return source.nodes[stream.below(len(source.nodes))]
    if shape and shape != _shape_of(node):
        return _array(shape, source, stream, origin)
    return _with_numbers(node, source, stream, origin)


def _with_numbers(node: Node, source: Lattice | Choices, stream: Stream, origin: str) -> Node:
    """The node with another number for each of its numbers; whatever else is in it stays."""
    if isinstance(node, Items):
        return _items([_with_numbers(item, source, stream, origin) for item in node.items])
    if isinstance(node, Entries):
        entries = {key: _with_numbers(value, source, stream, origin) for key, value in node.entries.items()}
        return replace(node, entries=entries)
    return _one(source, stream, origin) if is_number(node) else node


def _array(shape: tuple[int, ...], source: Lattice | Choices, stream: Stream, origin: str) -> Node:
    if not shape:
        return _one(source, stream, origin)
    return _items([_array(shape[1:], source, stream, origin) for _ in range(shape[0])])


def _one(source: Lattice | Choices, stream: Stream, origin: str) -> Node:
    if isinstance(source, Choices):
        return source.nodes[stream.below(len(source.nodes))]
    while True:
        number = source.at(stream.below(source.count))
        if number not in source.without:
            return Scalar(origin=origin, text=source.text(number))


def _shuffled(node: Items, stream: Stream) -> Node:
    order = [*node.items]
    stream.shuffle(order)
    items = []
    for before, after in zip(node.items, order, strict=True):
        if isinstance(before, Entries) and isinstance(after, Entries):
            own = {key: value for key, value in after.entries.items() if key != _KEPT}
            kept = {key: value for key, value in before.entries.items() if key == _KEPT}
            after = replace(after, entries={**kept, **own})
        items.append(after)
    return _items(items)


def _items(items: list[Node]) -> Items:
    return Items(size=1 + sum(item.size for item in items), items=items)


# ------------------------------------------------------------------ shapes


def _shape(tree: Node, layer: int | None, path: Path) -> tuple[int, ...]:
    """The shape that a layer's weights or constants must have, where its widths say so; () elsewhere."""
    if layer is None or path[-1] == "shared":
        return ()
    units, inputs = _width(tree, layer), _width(tree, layer - 1)
    if units is None or inputs is None or node_at(tree, ("network", "layers", layer, "from")) is not None:
        return ()
    if "weights" not in path:
        return (units,)
    layout = node_at(tree, ("network", "layout"))
    if node_at(tree, ("network", "layers", layer, "bias", "column")) is not None:
        inputs += 1  # the constant whose weights are the biases
    rows_are_inputs = isinstance(layout, Scalar) and layout.text == "x W + b"
    return (inputs, units) if rows_are_inputs else (units, inputs)


def _width(tree: Node, layer: int) -> int | None:
    where: Path = ("network", "inputs") if layer < 0 else ("network", "layers", layer, "units")
    node = node_at(tree, where)
    return int(node.text) if isinstance(node, Scalar) and node.text.isdecimal() else None


def _shape_of(node: Node) -> tuple[int, ...]:
    """The shape of an array; that of its first row where rows differ."""
    if isinstance(node, Items):
        return (len(node.items), *(_shape_of(node.items[0]) if node.items else ()))
    return ()


def replaced(node: Node, path: Path, by: Node) -> Node:
    """The tree with another node at a path."""
    if not path:
        return by
    step, rest = path[0], path[1:]
    if isinstance(node, Items):
        assert isinstance(step, int)
        items = [*node.items]
        items[step] = replaced(items[step], rest, by)
        size = node.size - node.items[step].size + items[step].size
        return Items(node.line, node.column, node.origin, size, items)
    assert isinstance(node, Entries)
    assert isinstance(step, str)
    entries = {**node.entries, step: replaced(node.entries[step], rest, by)}
    size = node.size - node.entries[step].size + entries[step].size
    return Entries(node.line, node.column, node.origin, size, entries, node.places)
