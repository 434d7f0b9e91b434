"""Problem files changed into others that are as valid: other values, functions, words, sizes, samples, questions.

A mutation that finds nothing to change in a problem leaves it as it is.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from tests.fuzzing.choices import (
    ACTIVATIONS,
    LATER,
    LETTERS,
    OWN_LOSSES,
    QUESTIONS,
    TEXTS,
    WORDS,
    Tree,
    layers_of,
    samples_of,
    value,
)
from tests.fuzzing.numbers import places_of, targets, values, whole
from tests.fuzzing.sizes import inputs, layer, samples, units
from tests.reference.random_problems import HIDDEN, OUTPUTS

# ------------------------------------------------------------------ functions and words


def activation(random: Random, tree: Tree) -> None:
    """Another function of one layer; at the output one that the loss goes with."""
    layers = layers_of(tree)
    if not layers:
        return
    place = random.randrange(len(layers))
    last = place == len(layers) - 1
    layers[place]["activation"] = copy.deepcopy(
        random.choice(OUTPUTS.get(_loss(tree), HIDDEN) if last else ACTIVATIONS)
    )


def loss(random: Random, tree: Tree) -> None:
    """Another loss that goes with the output, in one of its settings; targets that go with it."""
    layers = layers_of(tree)
    if not layers:
        return
    output = layers[-1].get("activation", "linear")
    fitting = [name for name, outputs in OUTPUTS.items() if output in outputs] or ["squared_error", "mae"]
    name = random.choice((*fitting, "custom"))
    settings: Tree = {}
    if name == "custom":
        settings = {"name": "own", "formula": random.choice(OWN_LOSSES)}
    if name not in ("sse", "mse", "mae"):
        if random.random() < 0.3:
            settings["weight"] = random.choice((0.5, 2, "1/3"))
        if random.random() < 0.3:
            settings["scale"] = random.choice(("1/2", 3))
        if random.random() < 0.3:
            settings["over_samples"] = random.choice(("sum", "mean"))
        if random.random() < 0.3 and not name.startswith(("hinge", "cosine")):
            settings["over_outputs"] = random.choice(("sum", "mean"))
        if random.random() < 0.3 and name.endswith("cross_entropy"):
            settings["log_base"] = random.choice((2, 10))
    tree["loss"] = {name: settings} if settings else name
    if name in ("squared_error", "huber") and random.random() < 0.2 and not settings:
        tree["loss"] = [name, {"absolute_error": {"weight": 0.5}}]
    targets(random, tree)


def word(random: Random, tree: Tree) -> None:
    """A key with another of its words."""
    key = random.choice(TEXTS if _derives(tree) else [*WORDS])
    tree[key] = copy.deepcopy(random.choice(WORDS[key]))


def questions(random: Random, tree: Tree) -> None:
    """Other parts."""
    if _derives(tree):
        return
    words = QUESTIONS + LATER if "training" in tree else QUESTIONS
    tree["parts"] = [
        {
            "label": str(number),
            "ask": random.sample(words, random.choice((1, 2, 3))),
            "marks": random.choice((1, 2.5, 10)),
        }
        for number in range(random.choice((1, 2, 3)))
    ]
    if random.random() < 0.2:
        tree["parts"][0]["text"] = "How large is $\\partial L/\\partial w$?"


def functions(random: Random, tree: Tree) -> None:
    """Other functions to be derived."""
    if not _derives(tree):
        return
    tree.pop("parts", None)
    formula = random.choice(("z^3*exp(-z)", "ln(1+z^2)", "where(z > 0, z, z/2)"))
    own = {"custom": {"name": "own", "formula": formula}}
    tree["functions"] = random.sample((*HIDDEN, "softmax", own), random.choice((1, 2)))
    if random.random() < 0.5:
        tree["losses"] = [random.choice([name for name in OUTPUTS if name not in ("sse", "mse")])]


# ------------------------------------------------------------------ forms of what is given


def form(random: Random, tree: Tree) -> None:
    """Parameters in another form: drawn, held, shared, subtracted, none, in letters."""
    layers = layers_of(tree)
    if not layers:
        return
    chosen, seed = random.choice(layers), random.randrange(100)
    new: tuple[tuple[str, Any], ...] = (
        ("weights", {"normal": {"std": 0.5, "seed": seed}}),
        ("weights", {"uniform": {"low": -1, "high": 1, "seed": seed, "decimals": 2}}),
        ("weights", {"value": chosen.get("weights"), "trainable": False}),
        ("bias", {"shared": value(random)}),
        ("bias", {"shared": value(random), "trainable": False}),
        ("bias", {"normal": {"std": 1, "seed": seed, "decimals": 1}}),
        ("bias", "none"),
        ("bias", "symbolic"),
        ("weights", "symbolic"),
    )
    key, node = random.choice(new)
    if key == "bias":
        chosen.pop("threshold", None)
    chosen[key] = node


def letters(random: Random, tree: Tree) -> None:
    """A letter in the place of a number, or letters throughout a sample."""
    if random.random() < 0.3:
        for sample in samples_of(tree):
            sample[random.choice(("input", "target"))] = "symbolic"
        return
    places = [
        place for layer in layers_of(tree) if "weights" in layer for place in places_of(layer, "weights")
    ]
    for container, key in random.sample(places, min(len(places), 1)):
        container[key] = random.choice(LETTERS)


def names(random: Random, tree: Tree) -> None:
    """Names of the inputs and the outputs."""
    layers, count = layers_of(tree), whole(tree.get("network", {}).get("inputs"))
    if layers and count and random.random() < 0.5:
        tree["features"] = [f"feature {number}" for number in range(count)]
    elif layers:
        tree["classes"] = [f"class $c_{number}$" for number in range(whole(layers[-1].get("units")))]


def layout(random: Random, tree: Tree) -> None:
    """The matrices turned over, and the layout that says so."""
    network = tree.get("network")
    if not isinstance(network, dict):
        return
    network["layout"] = "W x + b" if network.get("layout") == "x W + b" else "x W + b"
    for one in layers_of(tree):
        places = [(one, "weights")]
        if isinstance(one.get("weights"), dict):
            places += [(one["weights"], "value"), (one["weights"], "trainable")]
        for parent, key in places:
            matrix = parent.get(key)
            if isinstance(matrix, list) and all(isinstance(row, list) for row in matrix):
                parent[key] = [list(column) for column in zip(*matrix, strict=False)]
    tree.pop("notation", None)


def _derives(tree: Tree) -> bool:
    return tree.get("kind") == "derivation"


def _loss(tree: Tree) -> str:
    found = tree.get("loss")
    first = found[0] if isinstance(found, list) and found else found
    return next(iter(first), "") if isinstance(first, dict) else str(first)


MUTATIONS: tuple[Callable[[Random, Tree], None], ...] = (
    *(values, values, targets, activation, activation, loss, word, word, word, word, questions, functions),
    *(samples, units, inputs, layer, form, letters, names, layout),
)
