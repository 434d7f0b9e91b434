"""A problem in letters as the oracle reads it: the YAML itself, letters where numbers could be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import yaml

from nbsolve.checking.oracle.numbers import read

Node = Any
Cell = Fraction | None
"""A number, or None for a letter."""
ALIASES = {
    "sse": ("squared_error", "sum"),
    "mse": ("squared_error", "mean"),
    "mae": ("absolute_error", "mean"),
}
OPTIONS = {"weight", "scale", "over_outputs", "over_samples", "log_base"}


@dataclass(frozen=True)
class Layer:
    """Weights are [unit][input]; `bias` is units, shared, absent or threshold; `formula` is a user's own."""

    units: int
    activation: str
    formula: str | None
    parameters: dict[str, Fraction]
    weights: list[list[Cell]]
    bias: str
    constants: list[Cell]


@dataclass(frozen=True)
class Term:
    """One of the losses that are added; `factor` is its weight times its scale, 1/outputs and 1/ln base."""

    name: str
    formula: str | None
    weight: Fraction
    scale: Fraction
    mean: bool
    log_base: Fraction | None
    parameters: dict[str, Fraction]


@dataclass(frozen=True)
class Specification:
    """Everything that decides what a letter of the page stands for."""

    inputs: int
    layers: list[Layer]
    rows_are_inputs: bool
    samples: list[tuple[list[Cell], list[Cell] | None]]
    terms: list[Term]
    mean_over_samples: bool
    strength: Cell
    penalty_scale: Fraction | None
    learning_rate: Cell
    notation: dict[str, Node]
    preset: str
    delta: int
    own: dict[str, str]
    """Letters that stand in cells, by the quantities that they name."""

    @property
    def numeric(self) -> bool:
        """Whether everything is given."""
        cells = [cell for layer in self.layers for row in (*layer.weights, layer.constants) for cell in row]
        ends = [cell for given, target in self.samples for cell in (*given, *(target or []))]
        return None not in (*cells, *ends)

    @property
    def sizes(self) -> list[int]:
        return [self.inputs, *(layer.units for layer in self.layers)]


def load(text: str) -> Specification:
    """The problem written in YAML."""
    problem = yaml.load(text, Loader=yaml.BaseLoader)
    network = problem["network"]
    columns = network.get("layout", "W x + b") == "x W + b"
    before = int(network["inputs"])
    layers = []
    for node in network["layers"]:
        layers.append(_layer(node, before, columns))
        before = layers[-1].units
    losses = problem.get("loss", [])
    terms = [_term(node) for node in (losses if isinstance(losses, list) else [losses])]
    rate: Node = None
    if "training" in problem:
        rate = _choice(problem["training"]["optimiser"])[1]["learning_rate"]
    penalty = problem.get("regulariser")
    given = {} if penalty is None else _choice(penalty)[1]
    notation = problem.get("notation", {})
    notation = {"preset": notation} if isinstance(notation, str) else notation
    return Specification(
        inputs=int(network["inputs"]),
        layers=layers,
        rows_are_inputs=columns,
        samples=[
            (
                _cells(s["input"], int(network["inputs"])),
                _cells(s["target"], before) if "target" in s else None,
            )
            for s in problem["samples"][: _batch(problem)]
        ],
        terms=[term for term, _ in terms],
        mean_over_samples=not terms or terms[0][1] == "mean",
        strength=_cell(given.get("strength", "0")),
        penalty_scale=read(given.get("scale", "1/2")) if penalty is not None else None,
        learning_rate=None if rate is None else _cell(rate),
        notation=notation,
        preset=notation.get("preset", "indexed"),
        delta=-1 if notation.get("delta") == "-dL/dz" else 1,
        own=dict(_own_letters(problem, columns)),
    )


def _own_letters(problem: dict[str, Node], columns: bool) -> Iterator[tuple[str, str]]:
    """`w` in a cell of the weights is the name of that weight."""
    for number, node in enumerate(problem["network"]["layers"], 1):
        weights = node["weights"]["value"] if isinstance(node["weights"], dict) else node["weights"]
        for row, entries in enumerate(weights if isinstance(weights, list) else (), 1):
            for column, text in enumerate(entries, 1):
                to, from_ = (column, row) if columns else (row, column)
                yield from _own_letter(f"W[{number}][{to}][{from_}]", text)
        for key, stem in (("bias", "b"), ("threshold", "theta")):
            values = node.get(key)
            values = values.get("value") if isinstance(values, dict) and "shared" not in values else values
            if isinstance(values, dict):
                yield from _own_letter(f"b[{number}]", values["shared"])
            for j, text in enumerate(values if isinstance(values, list) else (), 1):
                yield from _own_letter(f"{stem}[{number}][{j}]", text)
    if len(problem["samples"]) == 1:
        for key, stem in (("input", "x"), ("target", "y")):
            values = problem["samples"][0].get(key)
            for n, text in enumerate(values if isinstance(values, list) else (), 1):
                yield from _own_letter(f"{stem}[{n}]", text)


def _own_letter(quantity: str, text: str) -> Iterator[tuple[str, str]]:
    if _cell(text) is None and text != "symbolic":
        yield quantity, text


def _batch(problem: dict[str, Node]) -> int:
    """How many samples the first step uses: letters stand for one step."""
    count = len(problem["samples"])
    size = problem["training"].get("batch", "1") if "training" in problem else "all"
    return count if size == "all" else int(size)


def _cell(node: str) -> Cell:
    try:
        return read(node)
    except ValueError:
        return None


def _cells(node: Node, length: int) -> list[Cell]:
    if isinstance(node, str):
        return [_cell(node)] * length
    return [_cell(entry) for entry in node]


def _choice(node: Node) -> tuple[str, dict[str, Node]]:
    if isinstance(node, str):
        return node, {}
    ((name, parameters),) = node.items()
    return name, dict(parameters or {})


def _layer(node: Node, before: int, columns: bool) -> Layer:
    units = int(node["units"])
    name, parameters = _choice(node["activation"])
    weights = node["weights"]
    weights = weights["value"] if isinstance(weights, dict) else weights
    rows, width = (before, units) if columns else (units, before)
    cells: list[list[Cell]] = (
        [[None] * width] * rows if isinstance(weights, str) else [_cells(row, width) for row in weights]
    )
    if [len(row) for row in cells] != [width] * rows:
        raise ValueError("shape of the weights")
    if columns:
        cells = [list(row) for row in zip(*cells, strict=True)]
    kind, constants = "absent", []
    if "threshold" in node:
        kind, constants = "threshold", _cells(node["threshold"], units)
    elif "bias" in node:
        bias = node["bias"]
        if isinstance(bias, dict) and "shared" in bias:
            kind, constants = "shared", [_cell(bias["shared"])]
        else:
            value = bias["value"] if isinstance(bias, dict) else bias
            kind, constants = "units", _cells(value, units)
    name, formula, given = _own_function(name, parameters)
    return Layer(units, name, formula, given, cells, kind, constants)


def _own_function(name: str, options: dict[str, Node]) -> tuple[str, str | None, dict[str, Fraction]]:
    """Name, formula and parameters of an activation or a loss."""
    if name != "custom":
        return name, None, {key: read(value) for key, value in options.items() if key not in OPTIONS}
    given = options.get("parameters", {})
    return options["name"], options["formula"], {key: read(value) for key, value in given.items()}


def _term(node: Node) -> tuple[Term, str]:
    name, given = _choice(node)
    name, over = ALIASES.get(name, (name, "sum"))
    samples = {"sse": "sum"}.get(node if isinstance(node, str) else next(iter(node)), "mean")
    name, formula, parameters = _own_function(name, given)
    term = Term(
        name,
        formula,
        read(given.get("weight", "1")),
        read(given.get("scale", "1")),
        given.get("over_outputs", over) == "mean",
        read(given["log_base"]) if given.get("log_base", "e") != "e" else None,
        parameters,
    )
    return term, given.get("over_samples", samples)
