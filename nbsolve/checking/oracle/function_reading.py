"""Activations, losses and penalties of a file: names with their parameters, and formulae of its author."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from nbsolve.checking.oracle import own
from nbsolve.checking.oracle.numbers import read
from nbsolve.checking.oracle.spec import Layer, Loss, Penalty

Node = Any

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


def choice_of(node: Node) -> tuple[str, dict[str, Node]]:
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


def function_of(node: Node) -> tuple[str, dict[str, Fraction]]:
    """An activation and its parameters."""
    name, parameters = choice_of(node)
    if name == "custom":
        name, parameters = _own(parameters)
    return name, {k: read(v) for k, v in parameters.items()}


def _columns(of: str | None, layers: list[Layer]) -> slice:
    """The outputs of a layer among those of all output layers."""
    used = {source for layer in layers for source in layer.sources}
    widths = {n: layer.units for n, layer in enumerate(layers, 1) if n not in used}
    if of is None or len(widths) == 1:
        return slice(None)
    first = sum(width for n, width in widths.items() if n < int(of))
    return slice(first, first + widths[int(of)])


def loss_of(node: Node, layers: list[Layer]) -> Loss:
    """One term of the loss."""
    name, given = choice_of(node)
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


def penalty_of(node: Node) -> Penalty | None:
    """What weights add to the loss."""
    if node is None:
        return None
    name, given = choice_of(node)
    if name not in ("l1", "l2", "elastic"):
        raise ValueError(f"regulariser {name}")
    scale = read(given.get("scale", "1/2" if name == "l2" else "1"))
    over = given.get("over_samples", "sum")
    return Penalty(name, read(given["strength"]), scale, over, read(given.get("ratio", "1/2")))
