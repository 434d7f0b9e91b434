"""A problem with several named inputs as one with a single input: the same numbers, in the same order.

A layer that takes some of the inputs becomes one that takes all, without connections (null) from the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["names_taken", "plain"]
Node = Any
Place = tuple[str, int]


def plain(problem: dict[str, Node]) -> dict[str, Node]:
    """The problem in a dict whose scalars are strings, with one input."""
    network = problem["network"]
    if not isinstance(network["inputs"], dict):
        return problem
    sizes = {name: int(size) for name, size in network["inputs"].items()}
    layers: list[dict[str, Node]] = []
    training = dict(problem.get("training", {}))
    for number, node in enumerate(network["layers"], 1):
        layer = _Layer(node, number, sizes, layers, network.get("layout") == "x W + b")
        layers.append(layer.plain())
        if "learning_rates" in training:
            training["learning_rates"] = _changed(training["learning_rates"], number, layer)
        if isinstance(training.get("state"), dict):
            state = training["state"].items()
            training["state"] = {name: _changed(each, number, layer) for name, each in state}
    samples = [{**sample, "input": _numbers(sample["input"], sizes)} for sample in problem["samples"]]
    network = {**network, "inputs": str(sum(sizes.values())), "layers": layers}
    return {**problem, "network": network, "samples": samples} | ({"training": training} if training else {})


def names_taken(problem: Mapping[str, Node], number: int) -> list[str] | None:
    """The names of the inputs that come into a layer, in the order of all; None where every input does, or none."""
    network = problem["network"]
    names = [*network["inputs"]] if isinstance(network["inputs"], dict) else []
    taken = [name for name in names if name in _list(network["layers"][number - 1].get("from", ""))]
    return taken if taken and len(taken) < len(names) else None


def _numbers(node: Node, sizes: dict[str, int]) -> Node:
    return [x for name in sizes for x in _list(node[name])] if isinstance(node, dict) else node


def _list(node: Node) -> list[Node]:
    return node if isinstance(node, list) else [node]


def _changed(each: Node, number: int, layer: _Layer) -> Node:
    """What is given for the parameters of each layer, with wider weights for one of them."""
    if not isinstance(each, list) or not isinstance(each[number - 1], dict):
        return each
    own = each[number - 1]
    if not isinstance(own.get("weights"), list):
        return each
    return [*each[: number - 1], {**own, "weights": layer.wide(own["weights"], "0")}, *each[number:]]


class _Layer:
    """One layer of a network with named inputs: whose each column of its weights is."""

    def __init__(
        self,
        node: dict[str, Node],
        number: int,
        sizes: dict[str, int],
        before: list[dict[str, Node]],
        turned: bool,
    ) -> None:
        self.node, self.turned = node, turned
        widths = {**sizes, "input": sum(sizes.values())}
        widths |= {str(n): int(layer["units"]) for n, layer in enumerate(before, 1) if "units" in layer}
        listed = [
            str(source) for source in _list(node.get("from", str(number - 1) if number > 1 else "input"))
        ]
        self.whole = list(dict.fromkeys("input" if source in sizes else source for source in listed))
        self.some = any(source in sizes for source in listed)
        if not self.some:
            return
        units = {source: [(source, n) for n in range(1, widths[source] + 1)] for source in {*listed, *sizes}}
        self.taken: list[Place] = [place for source in listed for place in units[source]]
        parts = [part for one in self.whole for part in (sizes if one == "input" else [one])]
        self.every: list[Place] = [place for part in parts for place in units[part]]
        bias = node.get("bias")
        if isinstance(bias, dict) and "column" in bias:
            one: list[Place] = [("constant", 1)]
            first = bias["column"] == "first"
            self.taken = one + self.taken if first else self.taken + one
            self.every = one + self.every if first else self.every + one

    def wide(self, rows: list[list[Node]], filling: str) -> list[list[Node]]:
        """A matrix like the weights, with columns for all inputs."""
        if not self.some:
            return rows
        found = []
        for row in zip(*rows, strict=True) if self.turned else rows:
            own = dict(zip(self.taken, row, strict=True))
            found.append([own.get(place, filling) for place in self.every])
        return [list(row) for row in zip(*found, strict=True)] if self.turned else found

    def plain(self) -> dict[str, Node]:
        """The layer with all the inputs, or none, coming in."""
        if not self.some:
            return self.node
        weights = self.node["weights"]
        if isinstance(weights, list):
            weights = self.wide(weights, "null")
        elif "value" in weights:
            weights = {**weights, "value": self.wide(weights["value"], "null")}
            if isinstance(weights.get("trainable"), list):
                weights["trainable"] = self.wide(weights["trainable"], "false")
        places = sorted(self.every.index(place) + 1 for place in self.taken)
        return {**self.node, "weights": weights, "from": self.whole, "columns": places}
