"""Problem files with other numbers, and as valid."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.fuzzing.choices import (
    Tree,
    layers_of,
    samples_of,
    value,
)


def values(random: Random, tree: Tree) -> None:
    """Another number for one weight, bias or input, or for many of them."""
    roots = [(layer, key) for layer in layers_of(tree) for key in ("weights", "bias", "threshold")]
    roots += [(sample, key) for sample in samples_of(tree) for key in ("input", "x")]
    places = [place for parent, key in roots if key in parent for place in places_of(parent, key)]
    for container, key in random.sample(places, min(len(places), random.choice((1, 1, 2, 5, 1000)))):
        container[key] = value(random)


def targets(random: Random, tree: Tree) -> None:
    """Other targets, of the kind that the loss takes."""
    for sample in samples_of(tree):
        for key in ("target", "y"):
            for container, place in places_of(sample, key) if key in sample else ():
                container[place] = _target(random, tree)


def places_of(parent: Any, key: Any) -> list[tuple[Any, Any]]:
    """The places of numbers at and below parent[key], those of {value: …} and {shared: …} among them."""
    node = parent[key]
    if isinstance(node, bool):
        return []
    if isinstance(node, int | float) or (isinstance(node, str) and node[-1:].isdigit()):
        return [(parent, key)]
    if isinstance(node, list):
        return [place for position in range(len(node)) for place in places_of(node, position)]
    if isinstance(node, dict):
        return [place for name in ("value", "shared") if name in node for place in places_of(node, name)]
    return []


def _target(random: Random, tree: Tree) -> Any:
    losses = str(tree.get("loss", ""))
    if "hinge" in losses:
        return random.choice((1, -1))
    if "cross_entropy" in losses:
        return random.choice((0, 1, 1, 0.25, "1/3"))
    return value(random)


def whole(node: Any) -> int:
    return node if isinstance(node, int) else 0
