"""Random networks that are not chains of one kind of unit: problems made otherwise, one change after the other."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.reference.random_problems import HIDDEN, SMOOTH, problem, to_text

Node = Any


def varied(rng: Random) -> str:
    """A random problem in which something is as no chain has it."""
    while True:
        made = problem(rng)
        loss = made["loss"]
        name = loss if isinstance(loss, str) else next(iter(loss)) if isinstance(loss, dict) else "several"
        if mixed(rng, made["network"], SMOOTH if name.startswith("cosine") else HIDDEN[:-1]):
            return to_text(made)


def mixed(rng: Random, network: Node, functions: tuple[str, ...]) -> bool:
    """Give the units of some layers functions of their own; says whether there was a layer of several units."""
    hidden = [layer for layer in network["layers"][:-1] if int(layer["units"]) > 1]
    for layer in hidden:
        if rng.random() < 0.7 or layer is hidden[0]:
            layer["activation"] = [_function(rng, functions) for _ in range(int(layer["units"]))]
    return bool(hidden)


def _function(rng: Random, functions: tuple[str, ...]) -> Node:
    name = rng.choice(functions)
    if name == "leaky_relu" and rng.random() < 0.5:
        return {"leaky_relu": {"slope": rng.choice(("0.1", "0.2"))}}
    if name == "elu" and rng.random() < 0.5:
        return {"elu": {"alpha": rng.choice(("0.5", "1.5"))}}
    return name
