"""What the drawings with numbers write: the forward pass, the backward pass, the update."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx

from nbsolve.drawing.carried import with_carried
from nbsolve.drawing.content import Content, Edge, Unit, Wiring
from nbsolve.drawing.graph import MOST_UNITS, Node, units_of, weights_of
from nbsolve.drawing.network import left_out
from nbsolve.drawing.readings import Reading, Readings
from nbsolve.drawing.rows import TEXT, Rows, heads
from nbsolve.drawing.scene import Row, Span, row
from nbsolve.notation import Names
from nbsolve.notation.network_symbols import of_outputs
from nbsolve.phrases import PhraseId, phrase
from nbsolve.symbol import LOSS, Partial, Role, Symbol, canonical

__all__ = ["Pass", "backward_content", "direction", "forward_content", "thickness", "update_content"]


class Pass:
    """What the pictures of forward pass, backward pass and update have in common."""

    def __init__(self, graph: nx.DiGraph, readings: Readings, names: Names) -> None:
        self.graph, self.readings, self.names = graph, readings, names
        self.problem = readings.solution.problem
        self.rows = Rows(names)
        self.outputs = [node for node in graph if node[0] in names.ends]

    def title(self, what: str) -> str:
        """`Backward pass`, with the iteration and the sample where there are several."""
        parts = [what]
        iteration = self.readings.iteration
        if iteration is None:
            return what
        if self.problem.training is not None and self.problem.training.iterations > 1:
            parts.append(phrase("drawing.titles.iteration", number=str(iteration.number)))
        if len(self.problem.samples) > 1:
            parts.append(phrase("drawing.titles.sample", number=str(self.readings.sample)))
        return ", ".join(parts)

    def heads(self, loss: Unit | None) -> tuple[tuple[Row, ...], ...]:
        """The headings above the columns, and above what stands at the end where that is drawn."""
        return heads(self.problem, self.names, loss is not None)

    def value(self, symbol: Symbol, tone: str = "value") -> Row:
        """z₁ = 0.6, with a word where it is given instead of computed."""
        line = self.rows.equation(symbol, self.readings.value(symbol), tone)
        return self.rows.marked_given(line) if self.readings.is_given(symbol) else line

    def constant(self, data: dict[str, Any]) -> Row:
        """b₁ = 0.25, or − θ₁ = 0.25."""
        prefix = "− " if data["bias_sign"] == "−" else ""
        return self.rows.equation(data["bias"], self.readings.value(data["bias"]), prefix=prefix)

    def gradient(self, symbol: Symbol) -> Row:
        """∂ −0.00044."""
        return self.rows.gradient(symbol, self.readings.gradient(symbol))

    def new(self, symbol: Symbol, held: bool, change: float) -> Row:
        """→ 0.3008, or that it is held."""
        if held:
            return self.rows.words(phrase("drawing.marks.held"), "quiet", canonical(symbol) + " held")
        new = self.readings.new(symbol)
        name = canonical(symbol).replace("[", "_new[", 1)
        spans = (Span("→ "), *new.spans()) if new is not None else (Span("→"),)
        return row(spans, TEXT, direction(change), name)

    def plain(self, node: Node, data: dict[str, Any]) -> Unit:
        """Bias, pre-activation and activation of a unit."""
        values = (self.value(symbol, "ink") for symbol in data["symbols"])
        groups = [(*values, *self.rows.function(self.problem, node))]
        if data["bias"] is not None:
            groups.insert(0, (self.constant(data),))
        return Unit(tuple(groups))

    def input(self, node: Node, gradient: bool = False) -> Unit:
        """An input, and its gradient where there is one."""
        symbol = self.graph.nodes[node]["symbols"][0]
        rows = [self.value(symbol)]
        if gradient and self.readings.gradient(symbol) is not None:
            rows.append(self.gradient(symbol))
        return Unit((tuple(rows),), "input")

    def loss(self, gradient: bool, new: bool = False) -> Unit | None:
        """Targets and the loss; the backward pass starts from ∂L/∂L = 1 there; the loss after."""
        if self.problem.given_gradient:
            return self.upstream() if gradient else None
        if not self.problem.losses:
            return None
        targets = []
        for symbol in of_outputs(self.names.network, Role.TARGET):
            if self.problem.samples[self.readings.sample - 1].target is not None:
                targets.append(self.value(symbol))
        if len(targets) > MOST_UNITS:
            targets = [*targets[:3], self.rows.words("⋮"), targets[-1]]
        end = [self.value(LOSS, "ink")]
        if gradient:
            itself, about = Partial(LOSS, LOSS), canonical(Partial(LOSS, LOSS))
            if self.readings.value(LOSS) is None:
                end.append(row((*self.rows.partial(itself), Span(" = 1")), TEXT, "quiet", about))
            else:
                end.append(row((Span("∂ 1"),), TEXT, "positive", about))
        after = self.readings.new(LOSS)
        if new and after is not None:
            end.append(row((Span("→ "), *after.spans()), TEXT, "ink", "L_new"))
        groups = [tuple(targets), tuple(end)] if targets else [tuple(end)]
        return Unit(tuple(groups), "loss")

    def upstream(self) -> Unit | None:
        """∂L/∂a of the outputs, where that is given instead of a loss."""
        count = self.names.sizes[-1]
        if count > MOST_UNITS:
            return None
        found = []
        for k in range(1, count + 1):
            own = Partial(LOSS, self.readings.here(Symbol.activation(len(self.names.sizes) - 1, k)))
            reading = self.readings.of(own)
            spans = [*self.rows.partial(own)]
            if reading is not None:
                spans += [Span(f" {reading.relation} "), *reading.spans()]
            found.append(row(spans, TEXT, "value", f"upstream {k}"))
        return Unit((tuple(found),), "loss")

    def notes(self) -> tuple[str, ...]:
        """What the reader of a batch, or of a picture that leaves units out, has to know."""
        notes = []
        iteration = self.readings.iteration
        if iteration is not None and len(iteration.samples) > 1 and self.problem.differentiated:
            notes.append(phrase("drawing.notes.batch", loss=self.names.plain(LOSS)))
        if sum(1 for _ in weights_of(self.graph)) < self.graph.graph["edges"]:
            notes.append(left_out(self.graph, self.names, phrase("drawing.notes.only_some")))
        return tuple(notes)

    def shorter(self, *notes: PhraseId) -> tuple[str, ...]:
        """What labels in a shorter form are; they have none where the parameters have no numbers."""
        return tuple(map(phrase, notes)) if self.readings.iteration is not None else ()


def forward_content(graph: nx.DiGraph, readings: Readings, names: Names) -> Content:
    """Pre-activation and activation in each unit, weights on the wires, the loss at the end."""
    this = Pass(graph, readings, names)
    units = {
        node: this.input(node) if node[0] == 0 else this.plain(node, data) for node, data in units_of(graph)
    }
    wires = {
        (source, target): Wiring((this.value(data["symbol"]),)) for source, target, data in weights_of(graph)
    }
    title = this.title(phrase("drawing.titles.forward"))
    exits = {node: Wiring() for node in this.outputs}
    loss = this.loss(gradient=False)
    shorter = this.shorter("drawing.notes.numbers_alone")
    content = Content(title, this.heads(loss), units, wires, loss, exits, notes=this.notes(), shorter=shorter)
    return with_carried(content, graph, this.rows)


def backward_content(graph: nx.DiGraph, readings: Readings, names: Names) -> Content:
    """Every value and, below it, the derivative of the loss with respect to it; arrows run backwards."""
    this = Pass(graph, readings, names)
    units: dict[Node, Unit] = {}
    wires: dict[Edge, Wiring] = {}
    for node, data in units_of(graph):
        if node[0] == 0:
            units[node] = this.input(node, gradient=True)
            continue
        groups: list[tuple[Row, ...]] = []
        if data["bias"] is not None:
            groups.append((this.constant(data), this.gradient(data["bias"])))
        for symbol in data["symbols"]:
            groups.append((this.value(symbol, "ink"), this.gradient(symbol)))
        groups[-1] = (*groups[-1], *this.rows.function(this.problem, node))
        stopped, above = (readings.gradient(symbol) for symbol in data["symbols"])
        dead = stopped is not None and stopped.zero
        if dead:
            stops = above is not None and above.zero
            why = phrase("drawing.marks.no_gradient" if stops else "drawing.marks.dead")
            about = canonical(Partial(*reversed(data["symbols"])))
            groups.append((this.rows.words(why, "zero", about),))
        units[node] = Unit(tuple(groups), "dead" if dead else "unit")
    gradients = {
        (source, target): readings.gradient(data["symbol"]) for source, target, data in weights_of(graph)
    }
    widths = _thicknesses(gradients)
    for source, target, data in weights_of(graph):
        rows = (this.value(data["symbol"]), this.gradient(data["symbol"]))
        gradient = gradients[source, target]
        wires[source, target] = Wiring(rows, _kind(gradient), widths[source, target], (rows[1].unmarked(),))
    slopes = {node: readings.gradient(graph.nodes[node]["symbols"][1]) for node in this.outputs}
    strengths = _thicknesses(slopes)
    exits = {node: Wiring((), _kind(slope), strengths[node]) for node, slope in slopes.items()}
    legend: list[tuple[str, str]] = []
    if readings.iteration is not None:
        legend = [("", phrase("drawing.legend.value_gradient", loss=names.plain(LOSS)))]
        kinds = {wiring.kind for wiring in (*wires.values(), *exits.values())}
        legend += [(kind, phrase(key)) for kind, key in _SIGNS.items() if kind in kinds]
        legend.append(("", phrase("drawing.legend.magnitude")))
    loss = this.loss(gradient=True)
    content = Content(
        this.title(phrase("drawing.titles.backward")), this.heads(loss), units, wires, loss,
        exits, True, tuple(legend), this.notes(),
        this.shorter("drawing.notes.numbers_alone", "drawing.notes.gradients_alone"),
    )  # fmt: skip
    return with_carried(content, graph, this.rows)


_SIGNS: dict[str, PhraseId] = {
    "positive": "drawing.legend.positive",
    "negative": "drawing.legend.negative",
    "zero": "drawing.legend.zero",
}


def _kind(reading: Reading | None) -> str:
    return "edge" if reading is None else reading.sign


def _thicknesses(readings: dict[Any, Reading | None]) -> dict[Any, float]:
    sizes = {place: 0.0 if reading is None else abs(reading.size) for place, reading in readings.items()}
    largest = max(sizes.values(), default=0.0)
    return {place: thickness(size, largest) for place, size in sizes.items()}


def thickness(size: float, largest: float) -> float:
    """The width of a line, from 1.2 to 5, by the root of its magnitude, so that small ones still differ."""
    return 1.2 + 3.8 * math.sqrt(abs(size) / largest) if largest else 1.2


def direction(change: float) -> str:
    """`positive` where it grows, `negative` where it shrinks, `zero`."""
    return "positive" if change > 0 else "negative" if change < 0 else "zero"


def update_content(graph: nx.DiGraph, readings: Readings, names: Names) -> Content:
    """Old → new on every wire and at every bias; width by how far it moves, colour and dashes by the direction."""
    this = Pass(graph, readings, names)
    units: dict[Node, Unit] = {}
    wires: dict[Edge, Wiring] = {}
    changes = {
        (source, target): 0.0 if data["held"] else readings.change(data["symbol"])
        for source, target, data in weights_of(graph)
    }
    largest = max(map(abs, changes.values()), default=0.0)
    for node, data in units_of(graph):
        if node[0] == 0:
            units[node] = this.input(node)
            continue
        unit = this.plain(node, data)
        if data["bias"] is not None:
            change = 0.0 if data["held"] else readings.change(data["bias"])
            bias = (*unit.groups[0], this.new(data["bias"], data["held"], change))
            unit = Unit((bias, *unit.groups[1:]))
        units[node] = unit
    for source, target, data in weights_of(graph):
        symbol, change = data["symbol"], changes[source, target]
        kind = "held" if data["held"] else "edge" if readings.new(symbol) is None else direction(change)
        rows = (this.value(symbol), this.new(symbol, data["held"], change))
        wires[source, target] = Wiring(rows, kind, thickness(change, largest), (rows[1].unmarked(),))
    exits = {node: Wiring() for node in this.outputs}
    legend = [("", phrase("drawing.legend.old_new"))]
    kinds = {wiring.kind for wiring in wires.values()}
    words: dict[str, PhraseId] = {
        "positive": "drawing.legend.grows",
        "negative": "drawing.legend.shrinks",
        "held": "drawing.legend.held",
        "zero": "drawing.legend.unchanged",
    }
    legend += [(kind, phrase(key)) for kind, key in words.items() if kind in kinds]
    legend.append(("", phrase("drawing.legend.how_far")))
    loss = this.loss(False, new=True)
    content = Content(
        this.title(phrase("drawing.titles.update")), this.heads(loss), units, wires, loss,
        exits, legend=tuple(legend), notes=this.notes(),
        shorter=this.shorter("drawing.notes.numbers_alone", "drawing.notes.new_alone"),
    )  # fmt: skip
    return with_carried(content, graph, this.rows)
