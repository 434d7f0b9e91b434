"""Problems that are no chains of layers, and what changes them into others that are mostly valid.

Computation graphs, updates, rules, networks with connections of their own; optimisers in all that trains.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from ruamel.yaml import YAML

from nbsolve.catalogue.optimisers import OPTIMISERS
from nbsolve.catalogue.schedules import SCHEDULES
from tests.fuzzing import choices, milder
from tests.networks.making import varied
from tests.reference.random_graphs import random_graph
from tests.reference.random_rules import rule_problem

Tree = dict[str, Any]

SHARES = (0.9, 0.5, 0.1, 0.999, "99/100", "1/3", 0.9, 0.5, 0.25, 0, 1, 1.5, -0.1)
SMALL = (1e-8, 1e-6, 0.01, 1e-300, 1, 1e-8, 1e-4, 0, -1e-8)
RATES = (0.1, 0.5, "1/8", 1, 0.001, 100, 0.01, 2, 0, -0.1)
"""The last of each are refused by some optimisers, or by all."""
PIECES = (
    "{a} + {b}", "{a} * {b}", "{a} - {b}", "{a} / {b}", "max({a}, {b})", "min({a}, 0)", "exp({a})", "ln({a})", "sigmoid({a} * {b})", "{a}^2", "{a}^{b}",
    "abs({a})", "relu({a})", "sqrt({a})", "where({a} > {b}, {a}, 2 * {b})", "1 / (1 + exp(-{a}))", "{a} * {a} * {b}", "sum(i, {a}[i])", "{a}[1]", "tanh({a}) + pi",
)  # fmt: skip
GRAPH_QUESTIONS = ("forward", "gradients", "local_derivatives")
RULE_QUESTIONS = (
    "changes", "updated_parameters", "epochs", "mistakes", "decision_boundary", "prediction", "accuracy", "separable", "W[1]", "b_new[1]",
)  # fmt: skip
RULES = (
    "perceptron", "hebb", {"adaline": {"learning_rate": 0.2}}, {"perceptron": {"learning_rate": "1/3", "at_zero": 0}}, {"hebb": {"learning_rate": 2}},
    {"perceptron": {"change": "target"}}, {"perceptron": {"undecided": 0.2}}, {"adaline": {"learning_rate": 100, "factor": 2}},
)  # fmt: skip
KINDS = ("graph", "graph", "update", "rule", "network")


def problem(random: Random, shipped: list[Tree]) -> Tree:
    """A problem of one of these kinds, made up or one of the collection's."""
    kind = random.choice(KINDS)
    own = [tree for tree in shipped if tree.get("kind", "network") == kind]
    if own and random.random() < 0.3:
        return copy.deepcopy(random.choice(own))
    seed = random.randrange(10**6)
    if kind == "update":
        return _update(random)
    text = {"graph": random_graph, "rule": rule_problem}.get(kind, lambda n: varied(Random(n)))(seed)
    made = YAML(typ="safe", pure=True).load(text)
    return {str(key): value for key, value in made.items()}


def _update(random: Random) -> Tree:
    shapes = {name: random.choice((0, 0, 1, 2, 5)) for name in random.sample(("w", "b", "v1", "theta"), 2)}

    def values() -> Tree:
        return {name: _array(random, length) for name, length in shapes.items()}

    steps = [values() for _ in range(random.choice((1, 1, 2, 3)))]
    gradients: Any = steps if len(steps) > 1 or random.random() < 0.5 else steps[0]
    return {
        "kind": "update",
        "parameters": values(),
        "gradients": gradients,
        "optimiser": optimiser(random),
    }


def _array(random: Random, length: int) -> Any:
    return [choices.value(random) for _ in range(length)] if length else choices.value(random)


# ------------------------------------------------------------------ what trains


def optimiser(random: Random) -> Any:
    """An optimiser by its name, or with some of its settings."""
    name = random.choice([*OPTIMISERS])
    settings: Tree = {}
    for key in OPTIMISERS[name].parameters:
        if random.random() < 0.5:
            choices = RATES if key == "learning_rate" else SMALL if key == "epsilon" else SHARES
            settings[key] = random.choice(choices)
    return {name: settings} if settings else name


def schedule(random: Random) -> Any:
    """A schedule of the learning rate."""
    name = random.choice([*SCHEDULES])
    settings: Tree = {}
    for key in SCHEDULES[name].letters:
        if key == "updates" or random.random() < 0.7:
            settings[key] = random.choice((4, 5, 100, 1, 0) if key in ("every", "updates") else SHARES)
    return random.choice(({name: settings}, {name: settings}, [0.1, 0.05, "1/30"], name))


def clip(random: Random) -> Tree:
    """How gradients are clipped."""
    return {random.choice(("norm", "value")): random.choice((1, 0.5, "1/3", 1e-9, 100, 0.1, 5, 0))}


def training(random: Random, tree: Tree) -> None:
    """Training with an optimiser, a schedule, clipping, what was kept before, in whatever can be trained."""
    kind = tree.get("kind", "network")
    if kind not in ("network", "graph", "update"):
        return
    new: Tree = {"optimiser": optimiser(random)}
    if random.random() < 0.4 and kind != "graph":
        new["schedule"] = schedule(random)
    if random.random() < 0.3 and kind != "graph":
        new["clip"] = clip(random)
    if random.random() < 0.3 and kind != "graph":
        new["state"] = {"t": random.choice((0, 1, 3, 1000))}
        new["state"] |= {name: random.choice((0.25, 0, 2, "1/3", 1, -1)) for name in _kept(new)}
    if kind == "update":
        tree.update(new)
        return
    if kind == "graph":
        given = list(tree.get("given", ()))
        new["parameters"] = random.sample(given, random.randint(1, len(given))) if given else []
        new["direction"] = random.choice(("descent", "ascent"))
    elif random.random() < 0.2:
        new["learning_rates"] = [random.choice(RATES) for _ in choices.layers_of(tree)]
    new["iterations"] = random.choice((1, 2, 3, 6))
    if random.random() < 0.3:
        new["show"] = random.choice(("all", [1, "last"], ["last"]))
    tree["training"] = new


def _kept(trained: Tree) -> list[str]:
    """The names of what the optimiser keeps; none where it is not one."""
    node = trained.get("optimiser")
    record = OPTIMISERS.get(next(iter(node), "") if isinstance(node, dict) else str(node))
    return [] if record is None else [equation.name for equation in record.kept]


# ------------------------------------------------------------------ the other keys


def numbers(random: Random, tree: Tree) -> None:
    """Other numbers in what is given, one or many."""
    keys = ("given", "upstream", "parameters", "gradients", "weights", "bias", "threshold")
    places = [place for key in keys if key in tree for place in places_of(tree, key)]
    samples = tree.get("samples")
    for sample in samples if isinstance(samples, list) else ():
        places += places_of(sample, "input") if isinstance(sample, dict) and "input" in sample else []
    for container, key in random.sample(places, min(len(places), random.choice((1, 1, 2, 1000)))):
        container[key] = choices.value(random)


def places_of(parent: Any, key: Any) -> list[tuple[Any, Any]]:
    node = parent[key]
    if isinstance(node, list | dict):
        keys: Any = range(len(node)) if isinstance(node, list) else node
        return [place for inner in keys for place in places_of(node, inner)]
    return [] if isinstance(node, bool) or not isinstance(node, int | float) else [(parent, key)]


def words(random: Random, tree: Tree) -> None:
    """A key that all problems have."""
    key = random.choice((*choices.TEXTS, "rounding", "rounding"))
    tree[key] = copy.deepcopy(random.choice(choices.WORDS[key]))


def questions(random: Random, tree: Tree) -> None:
    """Other parts."""
    kind = tree.get("kind", "network")
    if kind == "graph":
        asked = _of_graph(random, tree)
    elif kind == "update":
        held = [*tree.get("parameters", ())] or ["w"]
        asked = ["updated_parameters", "state", *(f"{name}_new" for name in held)]
        asked += [f"{state}_{name}_new" for state in _kept(tree) for name in held]
    elif kind == "rule":
        asked = [*RULE_QUESTIONS]
    else:
        asked = [
            *choices.QUESTIONS,
            *choices.LATER,
            "jacobian",
            "state",
            "prediction",
            "accuracy",
            "decision_boundary",
        ]
    tree["parts"] = [
        {"label": str(number), "ask": random.sample(asked, min(len(asked), random.choice((1, 2, 3))))}
        for number in range(random.choice((1, 2)))
    ]
    if random.random() < 0.2:
        tree["parts"][0]["at"] = random.choice((1, "last", 2))


def _of_graph(random: Random, tree: Tree) -> list[str]:
    names = [str(name).partition("[")[0] for name in tree.get("equations", ())] or ["f"]
    given = [str(name) for name in tree.get("given", ())] or ["x"]
    top = tree.get("gradients_of", names[-1])
    asked = [*GRAPH_QUESTIONS, *names, *given, *(f"d{top}/d{name}" for name in given)]
    asked.append(f"d{random.choice(names)}/d{random.choice([*given, *names])}")
    training = tree.get("training")
    if isinstance(training, dict):
        asked += ["updated_parameters", *(f"{name}_new" for name in training.get("parameters", given))]
    return asked


def equations(random: Random, tree: Tree) -> None:
    """One more equation of a graph, or another formula for one that is there."""
    found = tree.get("equations")
    if not isinstance(found, dict) or not isinstance(tree.get("given"), dict) or not found:
        return
    names = [*tree["given"], *(str(name).partition("[")[0] for name in found)]
    a, b = random.choice(names), random.choice(names)
    formula = random.choice(PIECES).format(a=a, b=b)
    if random.random() < 0.6:
        found[f"new{len(found)}" + random.choice(("", "", "", "[i]"))] = formula
    else:
        found[random.choice([*found])] = formula


def graph_words(random: Random, tree: Tree) -> None:
    """What is differentiated, with respect to what, from which gradient; letters instead of numbers."""
    found, given = tree.get("equations"), tree.get("given")
    if not isinstance(found, dict) or not found or not given:
        return
    names = [str(name).partition("[")[0] for name in found]
    way = random.randrange(6)
    if way == 0:
        tree["gradients_of"] = random.choice((*names, f"{names[-1]}[1]"))
        tree.pop("upstream", None)
    elif way == 1:
        tree["upstream"] = random.choice((0.5, "1/3", -2, 0, [1, 2]))
    elif way == 2:
        tree["with_respect_to"] = random.sample([*given, *names], random.choice((1, 2)))
    elif way == 3 and isinstance(given, dict):
        tree["given"] = [name for name in given if not isinstance(given[name], list)] or given
    elif way == 4:
        tree["names"] = {random.choice(names): random.choice((r"\hat y", "w_0", r"\beta", "net_{h1}"))}
    else:
        tree["padding"] = {random.choice([*given]): random.choice((0, 1, "1/2"))}


def rule_words(random: Random, tree: Tree) -> None:
    """Another rule, another end, the other kind of constant."""
    if tree.get("kind") != "rule":
        return
    way = random.randrange(5)
    if way == 0:
        tree["rule"] = copy.deepcopy(random.choice(RULES))
    elif way == 1:
        tree.pop("until", None)
        tree.pop("most_epochs", None)
        tree["epochs"] = random.choice((1, 2, 30, 1000))
    elif way == 2:
        tree.pop("epochs", None)
        tree["until"], tree["most_epochs"] = "no mistakes", random.choice((1, 5, 100, 5000))
    elif way == 3:
        tree["batch"] = random.choice(("all", "sample"))
    else:
        tree["show"] = random.choice(("all", [1, "last"], [2], ["last"]))


def connections(random: Random, tree: Tree) -> None:
    """A network's layers with sources, ties, units of their own; a gradient or an output instead of a loss."""
    layers = choices.layers_of(tree)
    if not layers:
        return
    own, way = random.choice(layers), random.randrange(8)
    if way == 0:
        own["from"] = random.choice((["input"], ["input", "1"], [1], ["1", "2"], "input"))
    elif way == 1:
        own["weights"] = {"same_as": random.choice((1, 2)), "transposed": random.random() < 0.5}
    elif way == 2 and isinstance(own.get("units"), int):
        own["activation"] = [random.choice(choices.ACTIVATIONS) for _ in range(min(own["units"], 9))]
    elif way == 3:
        tree.pop("loss", None)
        tree.pop("regulariser", None)
        tree["upstream"] = [choices.value(random) for _ in range(own.get("units") or 1)]
        for sample in choices.samples_of(tree):
            sample.pop("target", None)
            sample.pop("y", None)
    elif way == 4:
        tree["loss"] = "output"
    elif way == 5:
        tree["regulariser"] = random.choice(
            (
                {"l1": {"strength": 0.1}},
                {"elastic": {"strength": 0.1, "ratio": "1/3"}},
                {"elastic": {"strength": 1, "ratio": 0}},
            )
        )
    elif way == 6:
        for sample in choices.samples_of(tree):
            sample["weight"] = random.choice((1, 2, 0.5, "1/3", 0))
    else:
        places = [place for layer in layers if "weights" in layer for place in places_of(layer, "weights")]
        for container, key in random.sample(places, min(len(places), 2)):
            container[key] = None


Mutation = Callable[[Random, Tree], None]
OF_KIND: dict[str, tuple[Mutation, ...]] = {
    "graph": (numbers, numbers, training, words, questions, questions, equations, graph_words, graph_words),
    "update": (numbers, numbers, training, training, training, words, questions),
    "rule": (numbers, numbers, rule_words, rule_words, words, questions, questions),
    "network": (*milder.MUTATIONS, training, training, connections, connections, questions),
    "derivation": milder.MUTATIONS,
}
"""What changes a problem of a kind into another one that is as valid."""
