"""Problem files changed into others that are as valid: other values, functions, words, sizes, samples, questions.

A mutation that finds nothing to change in a problem leaves it as it is.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from tests.reference.random_problems import HIDDEN, OUTPUTS

Tree = dict[str, Any]

NUMBERS = (
    "0", "-0.0", "1", "-1", "0.5", ".25", "-1.5", "1/3", "-2/7", "1e-3", "2.5e1", "0.1234567890123", "3", "-0.01", "0.75", "2", "-0.6",
    "40", "-172", "1e4", "1e-12", "123456789", "1e-300", "1e300",
)  # fmt: skip
ORDINARY = 17
"""So many of the numbers are such as problems have."""
ACTIVATIONS: tuple[Any, ...] = (
    *HIDDEN,
    {"leaky_relu": {"slope": "1/3"}},
    {"elu": {"alpha": 1.5}},
    {"custom": {"name": "own", "formula": "where(z > 0, z^2, exp(z) - 1)"}},
    {"custom": {"name": "own", "formula": "z/(1+exp(-beta*z))", "parameters": {"beta": 1.5}, "latex": "s_\\beta"}},
    {"custom": {"name": "own", "formula": "max(z, 0.1*z)"}},
    {"custom": {"name": "own", "formula": "z*tanh(ln(1+exp(z)))"}},
    {"custom": {"name": "own", "formula": "abs(z)/(1+abs(z))"}},
)  # fmt: skip
OWN_LOSSES = (
    "ln(cosh(a-y))",
    "(a-y)^4/4",
    "abs(a-y)",
    "where(a > y, 2*(a-y), y-a)",
    "sqrt(1+(a-y)^2)-1",
    "max(0, 1-a*y)^2",
)
WORDS: dict[str, tuple[Any, ...]] = {
    "explain": ("delta", "paths", "local_derivatives"),
    "detail": ("auto", "units", "matrix", "both"),
    "letters": (True, False),
    "notation": (
        "flat", "indexed", "matrix", {"preset": "flat", "delta": "-dL/dz"}, {"pre_activation": "net"}, {"activation": "h"}, {"loss": "E"},
        {"preset": "matrix", "weight": "v_{<i><j>}^<layer>"}, {"learning_rate": "\\alpha", "bias": "\\beta"}, {"input": "i", "target": "t"},
        {"activation": "out", "preset": "flat", "output": "\\hat y"},
    ),
    "rounding": (
        "each_step", "at_end", {"decimals": 2}, {"significant": 1}, {"significant": 12}, {"apply": "each_step", "decimals": 3}, {"decimals": 30},
        {"apply": "each_step", "significant": 3}, {"decimals": 4, "minimum_significant": 2}, {"answers": {"decimals": 1}}, {"apply": "each_step", "decimals": 0},
        {"intermediates": {"significant": 9}},
    ),
    "training": (
        {"optimiser": {"sgd": {"learning_rate": 0.5}}, "batch": "all", "iterations": 3, "show": "all"}, {"optimiser": "sgd", "epochs": 2, "show": [1, "last"]},
        {"optimiser": "sgd"}, {"iterations": 50, "optimiser": {"sgd": {"learning_rate": 100}}}, {"optimiser": "sgd", "epochs": 3, "batch": "all", "show": ["last", "epochs"]},
        {"optimiser": "sgd", "iterations": 2, "show": "epochs"}, {"iterations": 20, "optimiser": {"sgd": {"learning_rate": 0.01}}, "show": ["last"]},
    ),
    "regulariser": ({"l2": {"strength": 0.1}}, {"l2": {"strength": "1/3", "scale": 1, "over_samples": "mean"}}, {"l2": {"strength": 0}}),
    "language": ("de", "en", "ar"),
    "title": ("Two layers", "Ein *langer* Titel, der über mehrere Wörter geht und geht und geht", "$W x + b$ und mehr", "100 % & more # 1"),
    "source": ("Exercise 3", "https://example.org/a_b", "*Notes*, p. 7"),
    "statement": (
        "Find $\\frac{\\partial L}{\\partial w_1}$.", "# One\n\n- a\n- b\n\n$$\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}$$\n", "> said **so**\n\n`code`\n",
        "| a | b |\n|---|---|\n| 1 | $x$ |\n", "[here](https://example.org) and \\$5, a \\< b\n\n1. one\n2. two\n",
    ),
    "pitfalls": (["$\\sigma'(z) = a(1-a)$, not *a*.", "Mind the sign."], ["漢字 und ∂L/∂w"]),
}  # fmt: skip
"""What a key may hold."""
TEXTS = ("language", "title", "source", "statement", "pitfalls")
"""Those of them that a derivation has, too."""
QUESTIONS = (
    "forward", "loss", "gradients", "deltas", "L", "x", "y", "a[1][1]", "z[1][1]", "z[1]", "a[1]", "dL/dW[1][1][1]", "dL/dW[1]", "dL/db[1]", "delta[1]", "delta[1][1]",
    "e[1]", "L_out[1]", "L_sample", "dL/dx[1]", "da[1][1]/dz[1][1]", "W[1]", "dL/da[1]", "W[1][:][1]", "dL_out[1]/da[1][1]", "dz[1][1]/dW[1][1][1]",
)  # fmt: skip
LATER = (
    "changes", "updated_parameters", "forward_after", "loss_after", "epoch_loss", "L_new", "W_new[1]", "W_change[1][1][1]", "L - L_new", "a_new[1]", "eta",
)  # fmt: skip
LETTERS = ("symbolic", "w", "v_1", "\\theta", "q")


def value(random: Random) -> Any:
    """A number as people write them, now and then a very large or small one."""
    kind = random.random()
    if kind < 0.5:
        return round(random.uniform(-1.5, 1.5), random.choice((1, 2, 2, 3)))
    text = random.choice(NUMBERS[:ORDINARY] if kind < 0.95 else NUMBERS)
    return text if "/" in text or text.startswith(".") else float(text)


# ------------------------------------------------------------------ values


def values(random: Random, tree: Tree) -> None:
    """Another number for one weight, bias or input, or for many of them."""
    roots = [(layer, key) for layer in layers_of(tree) for key in ("weights", "bias", "threshold")]
    roots += [(sample, key) for sample in samples_of(tree) for key in ("input", "x")]
    places = [place for parent, key in roots if key in parent for place in _numbers(parent, key)]
    for container, key in random.sample(places, min(len(places), random.choice((1, 1, 2, 5, 1000)))):
        container[key] = value(random)


def targets(random: Random, tree: Tree) -> None:
    """Other targets, of the kind that the loss takes."""
    for sample in samples_of(tree):
        for key in ("target", "y"):
            for container, place in _numbers(sample, key) if key in sample else ():
                container[place] = _target(random, tree)


def _numbers(parent: Any, key: Any) -> list[tuple[Any, Any]]:
    """The places of numbers at and below parent[key], those of {value: …} and {shared: …} among them."""
    node = parent[key]
    if isinstance(node, bool):
        return []
    if isinstance(node, int | float) or (isinstance(node, str) and node[-1:].isdigit()):
        return [(parent, key)]
    if isinstance(node, list):
        return [place for position in range(len(node)) for place in _numbers(node, position)]
    if isinstance(node, dict):
        return [place for name in ("value", "shared") if name in node for place in _numbers(node, name)]
    return []


def _target(random: Random, tree: Tree) -> Any:
    losses = str(tree.get("loss", ""))
    if "hinge" in losses:
        return random.choice((1, -1))
    if "cross_entropy" in losses:
        return random.choice((0, 1, 1, 0.25, "1/3"))
    return value(random)


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


# ------------------------------------------------------------------ sizes


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
    layer, count = layers[place], _whole(layers[place].get("units"))
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
    layers, count = layers_of(tree), _whole(tree.get("network", {}).get("inputs"))
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
    if not layers or len(layers) > 4 or not _whole(layers[-1].get("units")):
        return
    place = random.randrange(len(layers))
    width = _whole(layers[place].get("units"))
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
        place for layer in layers_of(tree) if "weights" in layer for place in _numbers(layer, "weights")
    ]
    for container, key in random.sample(places, min(len(places), 1)):
        container[key] = random.choice(LETTERS)


def names(random: Random, tree: Tree) -> None:
    """Names of the inputs and the outputs."""
    layers, count = layers_of(tree), _whole(tree.get("network", {}).get("inputs"))
    if layers and count and random.random() < 0.5:
        tree["features"] = [f"feature {number}" for number in range(count)]
    elif layers:
        tree["classes"] = [f"class $c_{number}$" for number in range(_whole(layers[-1].get("units")))]


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


def layers_of(tree: Tree) -> list[Tree]:
    found = tree.get("network", {}).get("layers", []) if isinstance(tree.get("network"), dict) else []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def samples_of(tree: Tree) -> list[Tree]:
    found = tree.get("samples")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _derives(tree: Tree) -> bool:
    return tree.get("kind") == "derivation"


def _loss(tree: Tree) -> str:
    found = tree.get("loss")
    first = found[0] if isinstance(found, list) and found else found
    return next(iter(first), "") if isinstance(first, dict) else str(first)


def _whole(node: Any) -> int:
    return node if isinstance(node, int) else 0


MUTATIONS: tuple[Callable[[Random, Tree], None], ...] = (
    *(values, values, targets, activation, activation, loss, word, word, word, word, questions, functions),
    *(samples, units, inputs, layer, form, letters, names, layout),
)
