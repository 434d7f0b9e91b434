"""A problem as the oracles read it: the YAML with every scalar a string, made into exact numbers.

Only what is needed for computing is read; words, parts and notation are left alone. Weights are turned to
[unit][input] whatever the file's layout. Unknown names raise: an oracle never guesses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any, TypeVar

import yaml

from tests.reference import optimisers, own
from tests.reference.numbers import Number, read, sign, size
from tests.reference.rates import Clip, Schedule, read_clip, read_schedule

Node = Any
Key = tuple[str, int | None, int | None]
V = TypeVar("V")

OF_ALL_OUTPUTS: dict[str, tuple[str, dict[str, str]]] = {
    "multiclass_hinge": (
        "sum(i, sum(k, where(i == k, 0, y[k]*max(0, margin + a[i] - a[k]))))",
        {"margin": "1"},
    ),
    "categorical_hinge": ("max(0, margin - sum(k, y[k]*a[k]) + max(k, (1-y[k])*a[k]))", {"margin": "1"}),
    "categorical_cross_entropy_from_logits": ("sum(k, y[k]*(ln(sum(i, exp(a[i]))) - a[k]))", {}),
    "label_smoothing": ("sum(k, (smoothing/K + (1-smoothing)*y[k])*(0 - ln(a[k])))", {"smoothing": "0.1"}),
}
"""Named losses of all outputs, their formulae in other words, and the defaults of their parameters."""
ALIASES: dict[str, tuple[str, str, str]] = {
    "sse": ("squared_error", "sum", "sum"),
    "mse": ("squared_error", "mean", "mean"),
    "mae": ("absolute_error", "mean", "mean"),
}


@dataclass(frozen=True)
class Layer:
    """One dense layer; `bias` is one value a unit (repeated where it is shared), None where there is none.

    `functions` has an activation with its parameters for each unit, where the units have different ones
    (`activation` is then "by unit"). `sources` are the layers (0: the input) whose values come in, one after the
    other. A tied layer has no weights of its own: they are those of layer `same_as`, `turned` or not. `missing` are
    weights that do not exist (unit, input, from 1), 0 among the others.
    """

    units: int
    activation: str
    parameters: dict[str, Fraction]
    weights: list[list[Fraction]]
    weights_trainable: list[list[bool]]
    bias: list[Fraction] | None
    bias_trainable: list[bool]
    shared: bool
    threshold: bool
    functions: tuple[tuple[str, dict[str, Fraction]], ...] = ()
    sources: tuple[int, ...] = ()
    same_as: int | None = None
    turned: bool = False
    missing: frozenset[tuple[int, int]] = frozenset()
    adds: bool = False
    constant: Fraction | None = None
    """What the column of its weights that holds its biases is multiplied by; −number is this source then."""

    def function(self, unit: int) -> tuple[str, dict[str, Fraction]]:
        """The activation of one unit (from 1), with its parameters."""
        return self.functions[unit - 1] if self.functions else (self.activation, self.parameters)

    @property
    def all_functions(self) -> tuple[tuple[str, dict[str, Fraction]], ...]:
        """The activations that occur in the layer."""
        return self.functions or ((self.activation, self.parameters),)


@dataclass(frozen=True)
class Loss:
    """One term of the loss."""

    name: str
    weight: Fraction
    scale: Fraction
    over_outputs: str
    over_samples: str
    log_base: Fraction | None
    parameters: dict[str, Fraction]
    columns: slice = field(default_factory=lambda: slice(None))
    """Which of all outputs it is of, where there are several output layers."""


@dataclass(frozen=True)
class Penalty:
    """scale · strength · Σ of a term for each weight, divided by the batch's size where `over_samples` is mean.

    The term is w² (`l2`), |w| (`l1`) or ρ|w| + (1 − ρ)/2 · w² (`elastic`).
    """

    name: str
    strength: Fraction
    scale: Fraction
    over_samples: str
    ratio: Fraction = Fraction(0)

    @property
    def bends(self) -> bool:
        """Whether the term has a kink at 0."""
        return self.name != "l2"

    def term(self, w: Number) -> Number:
        """What one weight adds, before all factors."""
        if self.name == "l2":
            return w * w
        return size(w) if self.name == "l1" else self.ratio * size(w) + (1 - self.ratio) / 2 * w * w

    def slope(self, w: Number) -> Number:
        """The derivative of a weight's term; that of |w| at 0 is taken as 0."""
        if self.name == "l2":
            return 2 * w
        return sign(w) if self.name == "l1" else self.ratio * sign(w) + (1 - self.ratio) * w


@dataclass(frozen=True)
class Spec:
    """Everything that decides a number of the solution.

    The outputs of several output layers, and their targets, stand one after the other.
    """

    layers: list[Layer]
    inputs: list[list[Fraction]]
    targets: list[list[Fraction]] | None
    losses: list[Loss]
    penalty: Penalty | None
    learning_rate: Fraction | None
    optimiser: str
    settings: dict[str, Fraction]
    updates: int
    """How many updates the optimiser has made before."""
    state: dict[str, dict[str, Fraction]]
    """By the name of a parameter, what the optimiser has kept for it before, by name."""
    batch: int
    iterations: int
    show: set[int]
    delta: int
    """1 where δ is ∂L/∂z, −1 where it is −∂L/∂z."""
    schedule: Schedule = field(default_factory=Schedule)
    clip: Clip = field(default_factory=Clip)
    own_rates: dict[str, Fraction] = field(default_factory=dict)
    """The learning rate of each parameter by its name, where each has one of its own."""
    upstream: list[list[Fraction]] | None = None
    """∂L/∂a of the outputs of each sample, where that is given instead of a loss."""
    output: int | None = None
    """The output that stands in the place of a loss; `upstream` has 1 for it and 0 for the others."""

    @property
    def valued(self) -> bool:
        """Whether the loss has a value."""
        return self.upstream is None or self.output is not None

    sample_weights: list[Fraction] | None = None
    """What the loss of each sample is multiplied by."""
    given: list[dict[str, Fraction]] | None = None
    """The values of units that each sample gives, by canonical name."""
    of_outputs: bool = False
    """Whether derivatives of single outputs are asked for."""

    @property
    def ends(self) -> tuple[int, ...]:
        """The output layers: those that no layer takes anything from."""
        used = {source for layer in self.layers for source in layer.sources}
        return tuple(n for n in range(1, len(self.layers) + 1) if n not in used)

    def of_output(self, letter: str, k: int) -> str:
        """The name of the target (or the error) of an output, counted from 1 through all of them."""
        if len(self.ends) == 1:
            return f"{letter}[{k}]"
        for end in self.ends:
            if k <= self.layers[end - 1].units:
                return f"{letter}[{end}][{k}]"
            k -= self.layers[end - 1].units
        raise ValueError("more targets than outputs")

    def place_of(self, layer: int, unit: int) -> int:
        """The place of an output among those of all output layers, from 0."""
        before = (self.layers[end - 1].units for end in self.ends if end < layer)
        return sum(before) + unit - 1

    def all_outputs(self) -> list[str]:
        """The names of the activations of all outputs."""
        return [f"a[{end}][{k}]" for end in self.ends for k in range(1, self.layers[end - 1].units + 1)]

    def given_of(self, sample: int) -> dict[str, Fraction]:
        """The values of units that a sample gives (its position from 0)."""
        return self.given[sample] if self.given is not None else {}

    def weight_of(self, sample: int) -> Fraction:
        """The weight of a sample (its position from 0)."""
        return Fraction(1) if self.sample_weights is None else self.sample_weights[sample]

    @property
    def differentiated(self) -> bool:
        """Whether there are gradients."""
        return self.upstream is not None or (self.targets is not None and bool(self.losses))

    def owner(self, number: int) -> int:
        """The layer that has the weights of a layer."""
        return self.layers[number - 1].same_as or number

    def weight(self, number: int, unit: int, column: int) -> str:
        """The name of the weight of a layer's unit in a column; of another layer where they are tied."""
        layer = self.layers[number - 1]
        j, i = (column, unit) if layer.turned else (unit, column)
        return f"W[{self.owner(number)}][{j}][{i}]"

    def exists(self, number: int, unit: int, column: int) -> bool:
        """Whether there is such a connection."""
        layer = self.layers[number - 1]
        place = (column, unit) if layer.turned else (unit, column)
        return place not in self.layers[self.owner(number) - 1].missing

    def incoming(self, number: int) -> list[tuple[int, int]]:
        """The layer (0: the input) and the unit of each column of a layer's weights."""
        widths = [len(self.inputs[0]), *(layer.units for layer in self.layers)]
        return [
            (n, unit)
            for n in self.layers[number - 1].sources
            for unit in range(1, (widths[n] if n >= 0 else 1) + 1)
        ]

    def rate(self, t: int) -> Number:
        """The learning rate of an update, where parameters have none of their own."""
        return self.schedule.rate(self.settings["learning_rate"], t, self.updates)

    @property
    def batches_per_epoch(self) -> int:
        return ceil(len(self.inputs) / self.batch)

    def batch_of(self, iteration: int) -> list[int]:
        """Positions (from 0) of the samples of an iteration (from 1); an epoch's last batch may be short."""
        start = (iteration - 1) % self.batches_per_epoch * self.batch
        return list(range(start, min(start + self.batch, len(self.inputs))))

    def shown_only(self, values: dict[Key, V]) -> dict[Key, V]:
        """The values of the iterations that are written out, and the givens of their samples."""
        samples = {s + 1 for t in self.show for s in self.batch_of(t)}
        return {k: v for k, v in values.items() if (k[2] in samples if k[1] is None else k[1] in self.show)}


def load(text: str) -> Spec:
    """The problem written in YAML `text`."""
    return from_dict(yaml.load(text, Loader=yaml.BaseLoader))


def from_dict(problem: dict[str, Node]) -> Spec:
    """The problem in a dict whose scalars are strings."""
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
            if node.get("kind") == "add"
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
        losses = [_loss(term, layers) for term in terms]
    rate, batch, iterations, show = None, len(samples), 1, None
    optimiser, settings, updates, state = "sgd", dict[str, Fraction](), 0, dict[str, dict[str, Fraction]]()
    rates: dict[str, str] = {}
    if "training" in problem:
        training = problem["training"]
        optimiser, chosen = _choice(training["optimiser"])
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
        inputs=[_vector(sample["input"]) for sample in samples],
        targets=targets,
        losses=losses,
        penalty=_penalty(problem.get("regulariser")),
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
        of_outputs=_asks_of_outputs(problem),
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


def state_given(given: dict[str, Node], layers: list[Layer], columns: bool) -> dict[str, dict[str, str]]:
    """What the optimiser has kept for each parameter: a number for all, or a list with one entry for each layer."""
    out: dict[str, dict[str, str]] = {}
    for kept, node in given.items():
        for number, layer in enumerate(layers, 1):
            one = node[number - 1] if isinstance(node, list) else {"weights": node, "bias": node}
            for j, row in enumerate(layer.weights):
                for i in range(len(row)):
                    own = one["weights"]
                    if isinstance(own, list):
                        own = own[i][j] if columns else own[j][i]
                    out.setdefault(f"W[{number}][{j + 1}][{i + 1}]", {})[kept] = own
            letter = "theta" if layer.threshold else "b"
            own = one.get("threshold", one.get("bias", "0"))
            for j in range(len(layer.bias or [])):
                text = (own[0] if layer.shared else own[j]) if isinstance(own, list) else own
                out.setdefault(f"{letter}[{number}][{j + 1}]", {})[kept] = text
    return out


def rates_given(node: Node, layers: list[Layer], columns: bool) -> dict[str, str]:
    """The learning rate of each parameter as it is given: for each layer a number for all of it, or a mapping."""
    if node is None:
        return {}
    each = [one if isinstance(one, dict) else {"weights": one, "bias": one} for one in node]
    return {name: own["rate"] for name, own in state_given({"rate": each}, layers, columns).items()}


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


def _choice(node: Node) -> tuple[str, dict[str, Node]]:
    """One rule throughout: a name, or {name: {parameters}}."""
    if isinstance(node, str):
        return node, {}
    ((name, parameters),) = node.items()
    return name, dict(parameters or {})


def _own(node: dict[str, Node]) -> tuple[str, dict[str, Node]]:
    """A function by its formula, and its parameters."""
    name = own.OWN + node["formula"]
    own.CALLED[node["name"].replace("_", " ")] = name
    return name, dict(node.get("parameters") or {})


def _vector(node: Node) -> list[Fraction]:
    return [read(x) for x in (node if isinstance(node, list) else [node])]


def _output(node: Node) -> int | None:
    """The number of an output in the place of a loss."""
    if node is None or isinstance(node, list):
        return None
    name, given = _choice(node)
    return int(given.get("unit", "1")) if name == "output" else None


def _rows(node: Node, count: int) -> list[list[Fraction]]:
    """One row a sample; that of a single sample may stand by itself."""
    rows = [_vector(row) for row in node] if isinstance(node[0], list) else [_vector(node)]
    if len(rows) != count:
        raise ValueError("rows of the upstream gradient")
    return rows


def _held(node: Node) -> bool:
    return str(node).lower() == "false"


def _layer(node: dict[str, Node], before: int, columns: bool, sources: tuple[int, ...]) -> Layer:
    units = int(node["units"])
    functions: tuple[tuple[str, dict[str, Fraction]], ...] = ()
    if isinstance(node["activation"], list):
        functions = tuple(_function(each) for each in node["activation"])
    name, parameters = ("by unit", dict[str, Fraction]()) if functions else _function(node["activation"])
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
    matrix = [[Fraction(0) if _empty(x) else read(x) for x in row] for row in weights or []]
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
    values = None if bias is None else _vector(bias)
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
    )


def _sum(node: dict[str, Node], widths: list[int], sources: tuple[int, ...]) -> Layer:
    """A layer that adds up others of its own width."""
    if len(set(widths)) > 1:
        raise ValueError("a sum of different widths")
    name, parameters = _function(node["activation"])
    held = [True] * widths[0]
    return Layer(widths[0], name, parameters, [], [], None, held, False, False, (), sources, adds=True)


def _empty(node: Node) -> bool:
    return node in ("null", "~", "")


def _function(node: Node) -> tuple[str, dict[str, Fraction]]:
    """An activation and its parameters."""
    name, parameters = _choice(node)
    if name == "custom":
        name, parameters = _own(parameters)
    return name, {k: read(v) for k, v in parameters.items()}


def _targets(node: Node) -> list[Fraction]:
    """The targets; of several output layers, by their numbers, one after the other."""
    if not isinstance(node, dict):
        return _vector(node)
    return [y for number in sorted(node, key=int) for y in _vector(node[number])]


def _columns(of: str | None, layers: list[Layer]) -> slice:
    """The outputs of a layer among those of all output layers."""
    used = {source for layer in layers for source in layer.sources}
    widths = {n: layer.units for n, layer in enumerate(layers, 1) if n not in used}
    if of is None or len(widths) == 1:
        return slice(None)
    first = sum(width for n, width in widths.items() if n < int(of))
    return slice(first, first + widths[int(of)])


def _loss(node: Node, layers: list[Layer]) -> Loss:
    name, given = _choice(node)
    columns = _columns(given.get("of"), layers)
    given = {key: value for key, value in given.items() if key != "of"}
    if name in OF_ALL_OUTPUTS:
        formula, defaults = OF_ALL_OUTPUTS[name]
        own.CALLED[name.replace("_", " ")] = own.OWN + formula
        name, given = own.OWN + formula, defaults | given
    elif name == "custom":
        settings = {k: v for k, v in given.items() if k not in ("name", "formula", "parameters")}
        name, parameters = _own(given)
        given = settings | parameters
    name, over_outputs, over_samples = ALIASES.get(name, (name, "sum", "mean"))
    options = {"weight", "scale", "over_outputs", "over_samples", "log_base"}
    return Loss(
        name=name,
        weight=read(given.get("weight", "1")),
        scale=read(given.get("scale", "1")),
        over_outputs=given.get("over_outputs", over_outputs),
        over_samples=given.get("over_samples", over_samples),
        log_base=read(given["log_base"]) if given.get("log_base", "e") != "e" else None,
        parameters={k: read(v) for k, v in given.items() if k not in options},
        columns=columns,
    )


def _penalty(node: Node) -> Penalty | None:
    if node is None:
        return None
    name, given = _choice(node)
    if name not in ("l1", "l2", "elastic"):
        raise ValueError(f"regulariser {name}")
    scale = read(given.get("scale", "1/2" if name == "l2" else "1"))
    over = given.get("over_samples", "sum")
    return Penalty(name, read(given["strength"]), scale, over, read(given.get("ratio", "1/2")))
