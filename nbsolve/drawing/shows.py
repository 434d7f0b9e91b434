"""What each kind of network drawing writes: the givens, the forward pass, the backward pass, the update."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx

from nbsolve.drawing.content import Content, Edge, Unit, Wiring
from nbsolve.drawing.graph import MOST_UNITS, Node
from nbsolve.drawing.readings import Reading, Readings
from nbsolve.drawing.scene import Row, Span, digits, row, written
from nbsolve.given import Given
from nbsolve.layers.dense import LOSS
from nbsolve.notation import Names
from nbsolve.problem.model import Problem
from nbsolve.symbol import Partial, Role, Symbol, canonical

__all__ = ["backward_content", "forward_content", "network_content", "shown_number", "update_content"]

_TEXT, _NAME, _HEAD = 14.0, 16.0, 14.0
_FORWARD = (("edge", "forwards, from the inputs to the loss"),)
_SIGNS = (("positive", "gradient > 0"), ("negative", "gradient < 0"), ("", "width: magnitude"))


def shown_number(given: Given) -> str:
    """A given as written with a true minus sign; a long one (from a data file) with four digits and ≈."""
    text = str(given)
    if len(text) > 9:
        text = f"≈{float(given.value):.4g}"
    return text.replace("-", "−")


class _Rows:
    """The lines of text that contents are made of."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def name(self, symbol: Symbol, size: float = _NAME, tone: str = "ink") -> Row:
        """x₁."""
        return row(written(self.names.name(symbol)), size, tone, canonical(symbol))

    def equation(self, symbol: Symbol, reading: Reading, tone: str = "value", prefix: str = "") -> Row:
        """w₁ = 0.1."""
        spans = [Span(prefix)] if prefix else []
        spans += [*written(self.names.name(symbol)), Span(f" {reading.relation} "), *reading.spans()]
        return row(spans, _TEXT, tone, canonical(symbol))

    def gradient(self, symbol: Symbol, reading: Reading) -> Row:
        """∂ −0.00044, in the colour of its sign."""
        spans = (Span("∂ "), *reading.spans())
        return row(spans, _TEXT, reading.sign, canonical(Partial(LOSS, symbol)))

    def words(self, text: str, tone: str = "quiet", about: str = "mark") -> Row:
        """A remark."""
        return row((Span(text),), _TEXT, tone, about)


def heads(problem: Problem, names: Names, loss: bool = True) -> tuple[tuple[Row, ...], ...]:
    """What stands above each column: its place in the network, and its activation."""
    last = len(names.sizes) - 1
    found: list[tuple[Row, ...]] = [(row((Span("Input"),), _HEAD, "quiet", "layer 0"),)]
    for number, layer in enumerate(problem.network.layers, 1):
        place = "Output" if number == last else "Hidden" if last == 2 else f"Hidden {number}"
        texts = (place, layer.activation.name.replace("_", " "))
        found.append(tuple(row((Span(text),), _HEAD, "quiet", f"layer {number}") for text in texts))
    if loss:
        found.append((row((Span("Loss"),), _HEAD, "quiet", "loss"),))
    return tuple(found)


def network_content(graph: nx.DiGraph, problem: Problem, names: Names) -> Content:
    """Symbols, and the givens: inputs, weights, biases and targets."""
    rows, complete = _Rows(names), bool(graph.graph["complete"])
    units, wires = {}, {}
    for node, data in graph.nodes(data=True):
        symbols = data["symbols"]
        if node[0] == 0:
            group: list[Row] = [rows.name(symbols[0])]
            if data["value"] is not None:
                group.append(row(_given(data["value"]), _TEXT, "value", canonical(symbols[0]) + " value"))
            units[node] = Unit((tuple(group),), "input")
            continue
        before, after = (written(names.name(symbol)) for symbol in symbols)
        groups: list[tuple[Row, ...]] = [
            (row((*before, Span(" → "), *after), _NAME, "ink", canonical(symbols[0])),)
        ]
        if data["bias"] is not None:
            spans = [Span(data["bias_sign"] + " "), *written(names.name(data["bias"]))]
            if complete:
                spans += [Span(" = "), *_given(data["bias_value"])]
            bias = [row(spans, _TEXT, "value", canonical(data["bias"]))]
            if data["held"]:
                bias.append(rows.words("held"))
            groups.insert(0, tuple(bias))
        units[node] = Unit(tuple(groups))
    for source, target, data in graph.edges(data=True):
        label: tuple[Row, ...] = ()
        if complete:
            spans = [*written(names.name(data["symbol"])), Span(" = "), *_given(data["weight"])]
            label = (row(spans, _TEXT, "value", canonical(data["symbol"])),)
        wires[source, target] = Wiring(label, "held" if data["held"] else "edge")
    held = (("held", "held: does not learn"),) if any(w.kind == "held" for w in wires.values()) else ()
    title = f"Network {'-'.join(map(str, names.sizes))}"
    notes = () if complete else (_left_out(graph, names),)
    loss = _symbolic_loss(problem, names, rows)
    exits = {node: Wiring() for node in graph if node[0] == len(names.sizes) - 1}
    return Content(title, heads(problem, names), units, wires, loss, exits, legend=held, notes=notes)


def _left_out(graph: nx.DiGraph, names: Names, what: str = "weights not written") -> str:
    text = f"{'-'.join(map(str, names.sizes))}: {graph.graph['edges']} connections ({what})"
    drawn = [sum(node[0] == layer for node in graph) for layer in range(len(names.sizes))]
    return text + (" · ⋮ stands for units left out" if any(map(int.__gt__, names.sizes, drawn)) else "")


def _symbolic_loss(problem: Problem, names: Names, rows: _Rows) -> Unit | None:
    if not problem.losses:
        return None
    groups: list[tuple[Row, ...]] = [(rows.name(LOSS),)]
    targets = problem.samples[0].target
    if len(problem.samples) == 1 and targets is not None and len(targets) <= 10:
        lines = []
        for k, given in enumerate(targets, 1):
            symbol = Symbol(Role.TARGET, to=k)
            spans = (*written(names.name(symbol)), Span(" = "), *_given(given))
            lines.append(row(spans, _TEXT, "value", canonical(symbol)))
        groups.insert(0, tuple(lines))
    return Unit(tuple(groups), "loss")


def _given(given: Given) -> tuple[Span, ...]:
    return digits(shown_number(given).replace("−", "-"))


class _Pass:
    """What the pictures with numbers share."""

    def __init__(self, graph: nx.DiGraph, readings: Readings, names: Names) -> None:
        self.graph, self.readings, self.names = graph, readings, names
        self.problem = readings.solution.problem
        self.rows = _Rows(names)
        self.outputs = len(names.sizes) - 1

    def title(self, what: str) -> str:
        """`Backward pass`, with the iteration and the sample where there are several."""
        parts = [what]
        if self.problem.training is not None and self.problem.training.iterations > 1:
            parts.append(f"iteration {self.readings.iteration.number}")
        if len(self.problem.samples) > 1:
            parts.append(f"sample {self.readings.sample}")
        return ", ".join(parts)

    def input(self, node: Node) -> Unit:
        """An input and its value."""
        symbol = self.graph.nodes[node]["symbols"][0]
        return Unit(((self.rows.equation(symbol, self.readings.value(symbol)),),), "input")

    def constant(self, data: dict[str, Any]) -> Row:
        """b₁ = 0.25, or − θ₁ = 0.25."""
        prefix = "− " if data["bias_sign"] == "−" else ""
        return self.rows.equation(data["bias"], self.readings.value(data["bias"]), prefix=prefix)

    def loss(self, gradient: bool) -> Unit | None:
        """Targets and the loss; its own gradient is 1, where the backward pass starts."""
        if not self.problem.losses:
            return None
        targets = []
        for k in range(1, self.names.outputs + 1):
            symbol = Symbol(Role.TARGET, to=k)
            if self.readings.here(symbol) in self.readings:
                targets.append(self.rows.equation(symbol, self.readings.value(symbol)))
        if len(targets) > MOST_UNITS:
            targets = [*targets[:3], self.rows.words("⋮"), targets[-1]]
        end = [self.rows.equation(LOSS, self.readings.value(LOSS), "ink")]
        if gradient:
            end.append(row((Span("∂ 1"),), _TEXT, "positive", canonical(Partial(LOSS, LOSS))))
        groups = [tuple(targets), tuple(end)] if targets else [tuple(end)]
        return Unit(tuple(groups), "loss")

    def notes(self) -> tuple[str, ...]:
        """What the reader of a batch, or of a picture that leaves units out, has to know."""
        notes = []
        if len(self.readings.iteration.samples) > 1:
            name = self.names.plain(LOSS)
            notes.append(f"{name} and the gradients of the parameters are those of the whole batch")
        if self.graph.number_of_edges() < self.graph.graph["edges"]:
            notes.append(_left_out(self.graph, self.names, "only some are drawn"))
        return tuple(notes)


def forward_content(graph: nx.DiGraph, readings: Readings, names: Names) -> Content:
    """Pre-activation and activation in each unit, weights on the wires, the loss at the end."""
    this = _Pass(graph, readings, names)
    units, wires = {}, {}
    for node, data in graph.nodes(data=True):
        if node[0] == 0:
            units[node] = this.input(node)
            continue
        groups: list[tuple[Row, ...]] = [
            tuple(this.rows.equation(s, readings.value(s), "ink") for s in data["symbols"])
        ]
        if data["bias"] is not None:
            groups.insert(0, (this.constant(data),))
        units[node] = Unit(tuple(groups))
    for source, target, data in graph.edges(data=True):
        symbol = data["symbol"]
        wires[source, target] = Wiring((this.rows.equation(symbol, readings.value(symbol)),))
    loss = this.loss(gradient=False)
    exits = {node: Wiring() for node in graph if node[0] == this.outputs}
    return Content(
        this.title("Forward pass"), heads(this.problem, names, loss is not None), units, wires, loss, exits,
        notes=this.notes(),
    )  # fmt: skip


def backward_content(graph: nx.DiGraph, readings: Readings, names: Names) -> Content:
    """Every value, and below it the gradient of the loss in it; arrows run backwards."""
    this = _Pass(graph, readings, names)
    units: dict[Node, Unit] = {}
    wires: dict[Edge, Wiring] = {}
    dead = False
    for node, data in graph.nodes(data=True):
        if node[0] == 0:
            units[node] = this.input(node)
            continue
        groups: list[tuple[Row, ...]] = []
        if data["bias"] is not None:
            groups.append(_pair(this, this.constant(data), data["bias"]))
        for symbol in data["symbols"]:
            groups.append(_pair(this, this.rows.equation(symbol, readings.value(symbol), "ink"), symbol))
        kind = "unit"
        if readings.gradient(data["symbols"][0]).zero:
            kind, dead = "dead", True
            why = "no gradient" if readings.gradient(data["symbols"][1]).zero else "dead: slope 0"
            groups.append((this.rows.words(why, "zero"),))
        units[node] = Unit(tuple(groups), kind)
    sizes = [abs(readings.gradient(data["symbol"]).size) for _, _, data in graph.edges(data=True)]
    largest = max(sizes, default=0.0)
    for source, target, data in graph.edges(data=True):
        symbol = data["symbol"]
        gradient = readings.gradient(symbol)
        dead = dead or gradient.zero
        rows = _pair(this, this.rows.equation(symbol, readings.value(symbol)), symbol)
        wires[source, target] = Wiring(rows, gradient.sign, _thickness(gradient.size, largest))
    loss = this.loss(gradient=True)
    outputs = [node for node in graph if node[0] == this.outputs]
    slopes = {node: readings.gradient(graph.nodes[node]["symbols"][1]) for node in outputs}
    most = max(abs(slope.size) for slope in slopes.values())
    exits = {node: Wiring((), s.sign, _thickness(s.size, most)) for node, s in slopes.items()}
    legend: tuple[tuple[str, str], ...] = (
        ("", f"above: value · below, ∂: gradient of {names.plain(LOSS)}"),
        *_SIGNS,
    )
    if dead:
        legend = (*legend, ("zero", "gradient 0"))
    return Content(
        this.title("Backward pass"), heads(this.problem, names), units, wires, loss, exits, True, legend,
        this.notes(),
    )  # fmt: skip


def _pair(this: _Pass, value: Row, symbol: Symbol) -> tuple[Row, ...]:
    return (value, this.rows.gradient(symbol, this.readings.gradient(symbol)))


def _thickness(size: float, largest: float) -> float:
    """From 1.2 to 5: the root of the magnitude, so that small ones still differ."""
    return 1.2 + 3.8 * math.sqrt(abs(size) / largest) if largest else 1.2


def update_content(graph: nx.DiGraph, readings: Readings, names: Names) -> Content:
    """Old → new on every wire and at every bias; width by how far it moves, colour and dashes by the direction."""
    this = _Pass(graph, readings, names)
    units: dict[Node, Unit] = {}
    wires: dict[Edge, Wiring] = {}
    changes = {
        (source, target): 0.0 if data["held"] else readings.change(data["symbol"])
        for source, target, data in graph.edges(data=True)
    }
    largest = max(map(abs, changes.values()), default=0.0)
    for node, data in graph.nodes(data=True):
        if node[0] == 0:
            units[node] = this.input(node)
            continue
        groups: list[tuple[Row, ...]] = [
            tuple(this.rows.equation(s, readings.value(s), "ink") for s in data["symbols"])
        ]
        if data["bias"] is not None:
            change = 0.0 if data["held"] else readings.change(data["bias"])
            groups.insert(0, (this.constant(data), _arrow(this, data["bias"], data["held"], change)))
        units[node] = Unit(tuple(groups))
    for source, target, data in graph.edges(data=True):
        symbol, change = data["symbol"], changes[source, target]
        rows = (
            this.rows.equation(symbol, readings.value(symbol)),
            _arrow(this, symbol, data["held"], change),
        )
        kind = "held" if data["held"] else _direction(change)
        wires[source, target] = Wiring(rows, kind, _thickness(change, largest))
    loss = this.loss(gradient=False)
    if loss is not None and Symbol(Role.LOSS, new=True) in readings:
        after = readings.new(LOSS)
        arrow = row((Span("→ "), *after.spans()), _TEXT, "ink", "L_new")
        loss = Unit((*loss.groups[:-1], (*loss.groups[-1], arrow)), "loss")
    exits = {node: Wiring() for node in graph if node[0] == this.outputs}
    legend: tuple[tuple[str, str], ...] = (
        ("", "above: old · below, →: new"),
        ("positive", "grows"),
        ("negative", "shrinks"),
        ("", "width: how far"),
    )
    if any(w.kind == "held" for w in wires.values()):
        legend = (*legend, ("held", "held"))
    if any(w.kind == "zero" for w in wires.values()):
        legend = (*legend, ("zero", "unchanged"))
    return Content(
        this.title("Update"), heads(this.problem, names), units, wires, loss, exits, legend=legend,
        notes=this.notes(),
    )  # fmt: skip


def _arrow(this: _Pass, symbol: Symbol, held: bool, change: float) -> Row:
    if held:
        return this.rows.words("held", "quiet", canonical(symbol) + " held")
    new = this.readings.new(symbol)
    name = canonical(symbol).replace("[", "_new[", 1)
    return row((Span("→ "), *new.spans()), _TEXT, _direction(change), name)


def _direction(change: float) -> str:
    return "positive" if change > 0 else "negative" if change < 0 else "zero"
