"""Problem files with other sizes, and as valid: samples, units, inputs and layers more or fewer."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from tests.fuzzing.choices import (
    ACTIVATIONS,
    Tree,
    layers_of,
    samples_of,
    value,
)
from tests.fuzzing.numbers import values, whole


def samples(random: Random, tree: Tree) -> None:
    """More samples, or fewer."""
    found = tree.get("samples")
    if not isinstance(found, list) or not found:
        return
    if len(found) > 1 and random.random() < 0.3:
        del found[random.randrange(len(found))]
        return
    for _ in range(random.choice((1, 1, 2, 4))):
        found.append(copy.deepcopy(random.choice(found)))
    values(random, {"samples": found[-1:]})


def units(random: Random, tree: Tree) -> None:
    """One more unit in a layer, or one fewer, in every array that it stands in."""
    layers = layers_of(tree)
    if not layers:
        return
    place = random.randrange(len(layers))
    layer, count = layers[place], whole(layers[place].get("units"))
    more = random.random() < 0.6 or count == 1
    if not count or count > 7:
        return
    layer["units"] = count + (1 if more else -1)
    by_units = tree["network"].get("layout", "W x + b") == "W x + b"
    _resized(random, layer, "weights", more, rows=by_units)
    for key in ("bias", "threshold"):
        _resized(random, layer, key, more, rows=True)
    if place + 1 < len(layers):
        _resized(random, layers[place + 1], "weights", more, rows=not by_units)
    else:
        for sample in samples_of(tree):
            for key in ("target", "y"):
                _resized(random, sample, key, more, rows=True)
        tree.pop("classes", None)
    _without_names(tree)


def inputs(random: Random, tree: Tree) -> None:
    """One more input."""
    layers, count = layers_of(tree), whole(tree.get("network", {}).get("inputs"))
    if not layers or not count or count > 7:
        return
    tree["network"]["inputs"] = count + 1
    by_units = tree["network"].get("layout", "W x + b") == "W x + b"
    _resized(random, layers[0], "weights", True, rows=not by_units)
    for sample in samples_of(tree):
        for key in ("input", "x"):
            _resized(random, sample, key, True, rows=True)
    tree.pop("features", None)
    _without_names(tree)


def layer(random: Random, tree: Tree) -> None:
    """A layer more, as wide as the one before it, or the last one twice."""
    layers = layers_of(tree)
    if not layers or len(layers) > 4 or not whole(layers[-1].get("units")):
        return
    place = random.randrange(len(layers))
    width = whole(layers[place].get("units"))
    matrix = [[round(random.uniform(-1, 1), 2) for _ in range(width)] for _ in range(width)]
    name = (
        layers[place].get("activation", "linear") if place == len(layers) - 1 else random.choice(ACTIVATIONS)
    )
    if name == "softmax" or layers[place].get("activation") == "softmax":
        return
    tree["network"]["layers"].insert(
        place + 1, {"units": width, "activation": copy.deepcopy(name), "weights": matrix}
    )
    _without_names(tree)


def _resized(random: Random, parent: Any, key: Any, more: bool, rows: bool) -> None:
    """One row (or one column) more or fewer, in {value: …} and `trainable` as well."""
    node = parent.get(key) if isinstance(parent, dict) else None
    if isinstance(node, dict):
        _resized(random, node, "value", more, rows)
        _resized(random, node, "trainable", more, rows)
    elif isinstance(node, list) and node:
        for line in [node] if rows else node:
            if isinstance(line, list) and line and not more:
                line.pop()
            elif isinstance(line, list) and line:
                line.append(_like(random, line[-1]))


def _like(random: Random, node: Any) -> Any:
    if isinstance(node, list):
        return [_like(random, item) for item in node]
    if isinstance(node, bool):
        return random.random() < 0.5
    return node if isinstance(node, str) and not node[-1:].isdigit() else value(random)


def _without_names(tree: Tree) -> None:
    """What names quantities that may be gone."""
    for key in ("parts", "notation"):
        tree.pop(key, None)
