"""Random networks in letters, from a fixed seed: every activation with every loss that goes with it."""

from __future__ import annotations

from fractions import Fraction
from itertools import cycle
from random import Random
from typing import Any

from tests.algebra.model import Place
from tests.algebra.points import Point
from tests.algebra.specification import Specification
from tests.reference.random_problems import HIDDEN, OUTPUTS, SMOOTH, to_text

Node = Any
PAIRS = [(loss, output) for loss, outputs in OUTPUTS.items() for output in outputs]
SECOND = {
    "binary_cross_entropy": ("squared_error", "categorical_cross_entropy"),
    "categorical_cross_entropy": ("binary_cross_entropy", "squared_error"),
    "squared_error": ("absolute_error", "huber"),
    "huber": ("squared_error",),
}
"""Losses that are added to another one."""


def problems(count: int, seed: int = 3) -> list[dict[str, Node]]:
    """So many problems; each pair of a loss and an output comes up in turn, and so does each hidden activation."""
    random = Random(seed)
    pairs, hidden = cycle(PAIRS), cycle(HIDDEN)
    return [_problem(random, *next(pairs), [next(hidden) for _ in range(3)]) for _ in range(count)]


def _problem(random: Random, loss: str, output: str, hidden: list[str]) -> dict[str, Node]:
    depth = random.choices((1, 2, 3, 4), (3, 5, 2, 1))[0]
    widths = [random.randint(1, 3) for _ in range(depth)]
    if output == "softmax" or loss.startswith(("cosine", "categorical")):
        widths[-1] = random.randint(2, 3)
    if loss.startswith("cosine"):
        hidden = [name if name in SMOOTH else "tanh" for name in hidden]
    layers = []
    for n, units in enumerate(widths):
        layer: dict[str, Node] = {
            "units": str(units),
            "activation": output if n == depth - 1 else hidden[n],
            "weights": "symbolic",
        }
        layers.append(layer | random.choice(BIASES))
    network: dict[str, Node] = {"inputs": str(random.randint(1, 3))}
    if random.random() < 0.3:
        network["layout"] = "x W + b"
    problem: dict[str, Node] = {
        "title": "Random network",
        "network": network | {"layers": layers},
        "samples": [{"input": "symbolic", "target": "symbolic"}],
        "loss": _loss(random, loss, output, widths[-1]),
        "parts": [{"label": "a", "ask": ["forward", "loss", "gradients"]}],
    }
    problem["notation"] = {"preset": random.choice(("indexed", "indexed", "flat", "matrix"))}
    if random.random() < 0.2:
        problem["notation"]["delta"] = "-dL/dz"
    if random.random() < 0.3:
        problem["detail"] = random.choice(("both", "matrix"))
    if random.random() < 0.15:
        problem["regulariser"] = {"l2": {"strength": "0.3"}}
    if random.random() < 0.2:
        problem["training"] = {"optimiser": {"sgd": {"learning_rate": "0.1"}}}
    return problem


BIASES: tuple[dict[str, Node], ...] = (
    {"bias": "symbolic"},
    {"bias": "symbolic"},
    {"bias": {"shared": "symbolic"}},
    {"threshold": "symbolic"},
    {},
)


def _loss(random: Random, name: str, output: str, units: int) -> Node:
    options: dict[str, str] = {}
    if name not in ("sse", "mse", "mae"):
        if random.random() < 0.4:
            options["scale"] = random.choice(("1/2", "3"))
        if name not in ("hinge", "cosine_loss", "cosine_similarity") and random.random() < 0.3:
            options["over_outputs"] = "mean"
        if name.endswith("entropy") and random.random() < 0.15:
            options["log_base"] = random.choice(("2", "10"))
    first: Node = {name: options} if options else name
    others = [other for other in SECOND.get(name, ()) if output in OUTPUTS[other]]
    if units < 2:
        others = [other for other in others if not other.startswith("categorical")]
    if others and random.random() < 0.5:
        return [first, random.choice(others)]
    return first


def text(problem: dict[str, Node]) -> str:
    """The problem file."""
    return to_text(problem)


def with_numbers(problem: dict[str, Node], spec: Specification, point: Point) -> dict[str, Node]:
    """This problem with the numbers of a point, for the oracle that differentiates automatically."""

    def at(place: Place) -> str:
        value: Fraction = point.free[place]
        return f"{value.numerator}/{value.denominator}"

    layers = []
    for number, (node, layer) in enumerate(zip(problem["network"]["layers"], spec.layers, strict=True), 1):
        width = spec.sizes[number - 1]
        rows = [[at(("W", number, j, i)) for i in range(1, width + 1)] for j in range(1, layer.units + 1)]
        if spec.rows_are_inputs:
            rows = [list(row) for row in zip(*rows, strict=True)]
        given = {key: value for key, value in node.items() if key not in ("bias", "threshold")}
        given["weights"] = rows
        if layer.bias == "shared":
            given["bias"] = {"shared": at(("b", number, 0))}
        elif layer.bias != "absent":
            stem, key = ("theta", "threshold") if layer.bias == "threshold" else ("b", "bias")
            given[key] = [at((stem, number, j)) for j in range(1, layer.units + 1)]
        layers.append(given)
    sample = {
        "input": [at(("x", i, 1)) for i in range(1, spec.inputs + 1)],
        "target": [at(("y", k, 1)) for k in range(1, spec.sizes[-1] + 1)],
    }
    new = problem | {"network": problem["network"] | {"layers": layers}, "samples": [sample]}
    if "regulariser" in problem:
        new["regulariser"] = {"l2": problem["regulariser"]["l2"] | {"strength": at(("strength",))}}
    return new


def partly_given(problem: dict[str, Node], spec: Specification, random: Random) -> dict[str, Node]:
    """This problem with numbers in some cells: often in those of the inputs, so that some values follow."""

    def cell(share: float) -> str:
        return f"{random.uniform(-0.9, 0.9):.2f}" if random.random() < share else "symbolic"

    layers = []
    for number, (node, layer) in enumerate(zip(problem["network"]["layers"], spec.layers, strict=True), 1):
        share = random.choice((0.0, 0.5, 1.0)) if number == 1 else random.choice((0.0, 0.5))
        shape = (layer.units, spec.sizes[number - 1])
        rows, width = reversed(shape) if spec.rows_are_inputs else shape
        given = node | {"weights": [[cell(share) for _ in range(width)] for _ in range(rows)]}
        for key in ("bias", "threshold"):
            if given.get(key) == "symbolic":
                given[key] = [cell(share) for _ in range(layer.units)]
        layers.append(given)
    sample = {
        "input": [cell(0.7) for _ in range(spec.inputs)],
        "target": [random.choice(("symbolic", "0.25", "0.6")) for _ in range(spec.sizes[-1])],
    }
    return problem | {"network": problem["network"] | {"layers": layers}, "samples": [sample]}
