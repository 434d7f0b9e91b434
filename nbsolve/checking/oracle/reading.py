"""A problem's YAML, every scalar a string, made into a `Spec`: only what is needed for computing is read.

Words, parts and notation are left alone. Unknown names raise: an oracle never guesses.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil
from typing import Any

import yaml

from nbsolve.checking.oracle import optimisers
from nbsolve.checking.oracle.function_reading import choice_of, function_of, loss_of, penalty_of
from nbsolve.checking.oracle.named_inputs import plain
from nbsolve.checking.oracle.numbers import Number, given, read
from nbsolve.checking.oracle.rates import read_clip, read_schedule
from nbsolve.checking.oracle.spec import Layer, Loss, Spec
from nbsolve.checking.oracle.states import rates_given, state_given

Node = Any


def load(text: str) -> Spec:
    """The problem written in YAML `text`."""
    return from_dict(yaml.load(text, Loader=yaml.BaseLoader))


def from_dict(problem: dict[str, Node]) -> Spec:
    """The problem in a dict whose scalars are strings."""
    problem = plain(problem)
    network = problem["network"]
    columns = network.get("layout", "W x + b") == "x W + b"
    layers: list[Layer] = []
    widths = [int(network["inputs"])]
    for number, node in enumerate(network["layers"], 1):
        given = node.get("from", str(number - 1))
        listed = given if isinstance(given, list) else [given]
        sources = tuple(0 if source == "input" else int(source) for source in listed)
        bias = node.get("bias")
        if isinstance(bias, dict) and "column" in bias:
            sources = (-number, *sources) if bias["column"] == "first" else (*sources, -number)
        own = [widths[source] if source >= 0 else 1 for source in sources]
        made = (
            _sum(node, own, sources)
            if node.get("kind") in ("add", "maxout")
            else _layer(node, sum(own), columns, sources)
        )
        layers.append(made)
        widths.append(layers[-1].units)
    samples = problem["samples"]
    targets = None
    if "target" in samples[0]:
        targets = [_targets(sample["target"]) for sample in samples]
    losses: list[Loss] = []
    upstream = _rows(problem["upstream"], len(samples)) if "upstream" in problem else None
    output = _output(problem.get("loss"))
    if output is not None:
        upstream = [[Fraction(int(k == output)) for k in range(1, layers[-1].units + 1)]]
    elif "loss" in problem:
        terms = problem["loss"] if isinstance(problem["loss"], list) else [problem["loss"]]
        losses = [loss_of(term, layers) for term in terms]
    rate, batch, iterations, show = None, len(samples), 1, None
    optimiser, settings, updates, state = "sgd", dict[str, Fraction](), 0, dict[str, dict[str, Fraction]]()
    rates: dict[str, str] = {}
    if "training" in problem:
        training = problem["training"]
        optimiser, chosen = choice_of(training["optimiser"])
        settings = {name: read(text) for name, text in {**optimisers.USUAL[optimiser], **chosen}.items()}
        rate = settings["learning_rate"]
        given = training.get("state", {})
        updates = int(given.get("t", "0"))
        texts = state_given({name: node for name, node in given.items() if name != "t"}, layers, columns)
        state = {one: {kept: read(text) for kept, text in own.items()} for one, own in texts.items()}
        rates = rates_given(training.get("learning_rates"), layers, columns)
        size = training.get("batch", "1")
        batch = len(samples) if size == "all" else int(size)
        iterations = ceil(len(samples) / batch) * int(training.get("epochs", "1"))
        iterations = int(training.get("iterations", iterations))
        show = training.get("show")
    notation = problem.get("notation")
    return Spec(
        layers=layers,
        inputs=[_numbers(sample["input"]) for sample in samples],
        targets=targets,
        losses=losses,
        penalty=penalty_of(problem.get("regulariser")),
        learning_rate=rate,
        optimiser=optimiser,
        settings=settings,
        updates=updates,
        state=state,
        schedule=read_schedule(problem.get("training", {}).get("schedule")),
        clip=read_clip(problem.get("training", {}).get("clip")),
        own_rates={name: read(text) for name, text in rates.items()},
        batch=batch,
        iterations=iterations,
        show=_shown(show, iterations) | _asked_at(problem, iterations),
        delta=-1 if isinstance(notation, dict) and notation.get("delta") == "-dL/dz" else 1,
        of_outputs="jacobian" in problem or _asks_of_outputs(problem),
        right=_numbers(problem.get("jacobian", {}).get("right", [])),
        left=_numbers(problem.get("jacobian", {}).get("left", [])),
        sample_weights=_vector(problem["sample_weights"]) if "sample_weights" in problem else None,
        upstream=upstream,
        output=output,
        given=[_given(sample.get("given", {})) for sample in samples],
    )


def _given(node: dict[str, Node]) -> dict[str, Fraction]:
    """Values of units; a list has one for each unit of a layer."""
    found: dict[str, Fraction] = {}
    for name, value in node.items():
        name = name.removesuffix("[:]")
        if isinstance(value, list):
            found |= {f"{name}[{j}]": read(text) for j, text in enumerate(value, 1)}
        else:
            found[name] = read(value)
    return found


def _asks_of_outputs(problem: dict[str, Node]) -> bool:
    """Whether the Jacobian is asked for, or `da[2][1]/dx[2]`."""
    asked = [part.get("ask", []) for part in problem.get("parts", [])]
    words = [word for ask in asked for word in (ask if isinstance(ask, list) else [ask])]
    return any(word == "jacobian" or re.match(r"da\[[^/]*/d[ax]\b", word) for word in words)


def _asked_at(problem: dict[str, Node], iterations: int) -> set[int]:
    """An iteration that a part asks about is written out as well."""
    parts = problem.get("parts", [])
    asked = [part["at"] for part in parts if "at" in part]
    asks = [part.get("ask", []) for part in parts]
    words = {word for ask in asks for word in (ask if isinstance(ask, list) else [ask])}
    if words & {"decision_boundary", "prediction", "accuracy"}:
        asked.append("last")
    return {iterations if t == "last" else 1 if t == "first" else int(t) for t in asked}


def _shown(node: Node, iterations: int) -> set[int]:
    """Which iterations are written out: all up to 5, else the first and the last, unless the file says."""
    if node is None:
        return set(range(1, iterations + 1)) if iterations <= 5 else {1, iterations}
    listed = [t for t in (node if isinstance(node, list) else [node]) if t != "epochs"]
    if not listed:
        return _shown(None, iterations)
    if listed == ["all"]:
        return set(range(1, iterations + 1))
    return {iterations if t == "last" else 1 if t == "first" else int(t) for t in listed}


def _vector(node: Node) -> list[Fraction]:
    return [read(x) for x in (node if isinstance(node, list) else [node])]


def _numbers(node: Node) -> list[Number]:
    """Numbers that may be logarithms."""
    return [given(x) for x in (node if isinstance(node, list) else [node])]


def _output(node: Node) -> int | None:
    """The number of an output in the place of a loss."""
    if node is None or isinstance(node, list):
        return None
    name, given = choice_of(node)
    return int(given.get("unit", "1")) if name == "output" else None


def _rows(node: Node, count: int) -> list[list[Number]]:
    """One row a sample; that of a single sample may stand by itself."""
    rows = [_numbers(row) for row in node] if isinstance(node[0], list) else [_numbers(node)]
    if len(rows) != count:
        raise ValueError("rows of the upstream gradient")
    return rows


def _held(node: Node) -> bool:
    return str(node).lower() == "false"


def _layer(node: dict[str, Node], before: int, columns: bool, sources: tuple[int, ...]) -> Layer:
    units = int(node["units"])
    functions: tuple[tuple[str, dict[str, Fraction]], ...] = ()
    if isinstance(node["activation"], list):
        functions = tuple(function_of(each) for each in node["activation"])
    name, parameters = ("by unit", dict[str, Fraction]()) if functions else function_of(node["activation"])
    weights: Node = node["weights"]
    held: Node = "true"
    same_as, turned = None, False
    if isinstance(weights, dict) and "same_as" in weights:
        same_as, turned, weights = (
            int(weights["same_as"]),
            not _held(weights.get("transposed", "false")),
            None,
        )
    elif isinstance(weights, dict):
        weights, held = weights["value"], weights.get("trainable", "true")
    rows, width = (before, units) if columns else (units, before)
    if isinstance(held, list):
        trainable = [[not _held(x) for x in row] for row in held]
    else:
        trainable = [[not _held(held)] * width for _ in range(rows)]
    gaps = {(j, i) for j, row in enumerate(weights or [], 1) for i, x in enumerate(row, 1) if _empty(x)}
    matrix: list[list[Number]] = [
        [Fraction(0) if _empty(x) else given(x) for x in row] for row in weights or []
    ]
    if weights is not None and [len(row) for row in matrix] != [width] * rows:
        raise ValueError("shape of the weights")
    if columns:
        matrix = [list(row) for row in zip(*matrix, strict=True)]
        trainable = [list(row) for row in zip(*trainable, strict=True)]
        gaps = {(i, j) for j, i in gaps}
    for j, i in gaps:
        trainable[j - 1][i - 1] = False
    threshold = "threshold" in node
    bias: Node = node["threshold"] if threshold else node.get("bias")
    shared = False
    bias_held: Node = "true"
    constant: Fraction | None = None
    if isinstance(bias, dict) and "column" in bias:
        constant, bias = read(bias["input"]), None
    if isinstance(bias, dict):
        bias_held = bias.get("trainable", "true")
        shared = "shared" in bias
        bias = [bias["shared"]] * units if shared else bias["value"]
    values = None if bias is None else _numbers(bias)
    if isinstance(bias_held, list):
        bias_trainable = [not _held(x) for x in bias_held]
    else:
        bias_trainable = [not _held(bias_held)] * units
    return Layer(
        units,
        name,
        parameters,
        matrix,
        trainable,
        values,
        bias_trainable,
        shared,
        threshold,
        functions,
        sources,
        same_as,
        turned,
        frozenset(gaps),
        constant=constant,
        written=tuple(node.get("columns", ())),
    )


def _sum(node: dict[str, Node], widths: list[int], sources: tuple[int, ...]) -> Layer:
    """A layer that adds up others of its own width, or takes the largest of them."""
    if len(set(widths)) > 1:
        raise ValueError("a sum of different widths")
    name, parameters = function_of(node.get("activation", "linear"))
    held, largest = [True] * widths[0], node["kind"] == "maxout"
    return Layer(
        widths[0], name, parameters, [], [], None, held, False, False, (), sources, adds=True, largest=largest
    )


def _empty(node: Node) -> bool:
    return node in ("null", "~", "")


def _targets(node: Node) -> list[Number]:
    """The targets; of several output layers, by their numbers, one after the other."""
    if not isinstance(node, dict):
        return _numbers(node)
    return [y for number in sorted(node, key=int) for y in _numbers(node[number])]
