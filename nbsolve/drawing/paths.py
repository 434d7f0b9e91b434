"""What the drawing `paths` writes: the ways from one quantity to the loss, and the factors along them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from nbsolve.compose.composer import Composer
from nbsolve.drawing.carried import with_carried
from nbsolve.drawing.content import Content, Edge, Unit, Wiring, faded_unit, faded_wiring
from nbsolve.drawing.graph import Node, units_of, weights_of
from nbsolve.drawing.passes import Pass
from nbsolve.drawing.readings import Reading, Readings
from nbsolve.drawing.routes import (
    after,
    branching_from,
    count_routes,
    leaving_from,
    output_factors,
    routes,
    uses,
)
from nbsolve.drawing.rows import TEXT
from nbsolve.drawing.scene import Row, Span, plain, row
from nbsolve.expr import Atom
from nbsolve.notation import Names
from nbsolve.objective import penalty_gradient
from nbsolve.phrases import PhraseId, phrase
from nbsolve.render.circled import IN_EVERY_FONT, circled
from nbsolve.symbol import LOSS, PARAMETERS, Partial, Role, Symbol, canonical

__all__ = ["MOST_ROUTES", "Paths", "paths_of"]

MOST_ROUTES = 6
"""More paths than this, and those that branch within a layer, are highlighted without being numbered and multiplied
out."""


@dataclass(frozen=True)
class Paths:
    """The picture, and its paths in words."""

    content: Content
    words: str


def paths_of(graph: nx.DiGraph, readings: Readings, names: Names, symbol: Symbol) -> Paths:
    """All paths from a quantity to the loss, numbered, over the rest of the network in the background."""
    return _Drawn(graph, readings, names, symbol).paths()


class _Drawn(Pass):
    def __init__(self, graph: nx.DiGraph, readings: Readings, names: Names, symbol: Symbol) -> None:
        super().__init__(graph, readings, names)
        self.symbol = symbol
        self.network = self.problem.network
        self.first = leaving_from(symbol, self.network)
        self.branching = branching_from(symbol, readings)
        self.count = count_routes(symbol, readings)
        self.numbered = self.count <= MOST_ROUTES and not self.branching
        self.routes = routes(symbol, readings) if self.numbered else []
        self.reached = self._all_reached()
        self.numbers: Mapping[Atom, int] = {}
        if readings.iteration is not None:
            self.numbers = Composer(readings.solution, names).numbers(readings.iteration)

    def paths(self) -> Paths:
        """The picture."""
        units = {node: self._unit(node) for node, _ in units_of(self.graph)}
        wires = {(a, b): self._wire((a, b)) for a, b, _ in weights_of(self.graph)}
        exits = {
            node: Wiring(kind="path", width=3.0) if self._reached(node) else Wiring(kind="faded")
            for node in self.outputs
        }
        key: PhraseId = "drawing.titles.paths" if self.count != 1 else "drawing.titles.path"
        slots = {"name": plain(self.names, self.symbol), "loss": self.names.plain(LOSS)}
        title = self.title(phrase(key, count=str(self.count), **slots))
        legend = (("path", phrase("drawing.legend.path")), ("faded", phrase("drawing.legend.not_on_a_path")))
        listed, loss = self._listed(), self.loss(gradient=self.problem.given_gradient)
        content = Content(
            title, self.heads(loss), units, wires, loss, exits, True, legend,
            (*listed, *self.notes()),
        )  # fmt: skip
        content = with_carried(content, self.graph, self.rows, self._on_a_path)
        return Paths(content, " ".join([f"{title}.", *self._in_words(), *(f"{line}." for line in listed)]))

    # ------------------------------------------------------------------ where the paths run

    def _all_reached(self) -> frozenset[Node]:
        """The units that a path runs through."""
        found, left = set[Node](), list(self.first)
        while left:
            node = left.pop()
            if node in found:
                continue
            found.add(node)
            units = range(1, self.names.sizes[node[0]] + 1)
            same = [(node[0], unit) for unit in units] if node[0] in self.branching else []
            left += [*after(self.network, node), *same]
        return frozenset(found)

    def _reached(self, node: Node) -> bool:
        """Whether a path runs through a unit."""
        return node in self.reached or self._starts_at(node)

    def _starts_at(self, node: Node) -> bool:
        """Whether a unit, or an input, is the quantity itself."""
        if self.symbol.role is Role.INPUT:
            return node == (0, self.symbol.to)
        return self.symbol.role is Role.ACTIVATION and node == (self.symbol.layer, self.symbol.to)

    def _enters(self, ends: Edge) -> bool:
        """Whether a path enters the network along the line that joins these units."""
        if self.symbol.role is Role.WEIGHT:
            return ends in uses(self.network, self.symbol)
        return self._starts_at(ends[0])

    def _on_a_path(self, ends: Edge) -> bool:
        return self._enters(ends) or all(node in self.reached for node in ends)

    def _through(self, ends: Edge) -> list[int]:
        """The numbers of the paths that run along a line."""
        return [
            number
            for number, route in enumerate(self.routes, 1)
            if ends in pairwise(route.units) or ends == route.entered
        ]

    # ------------------------------------------------------------------ what is written

    def _unit(self, node: Node) -> Unit:
        if node[0] == 0:
            unit = self.input(node)
            entered = any(self._enters((node, later)) for later in after(self.network, node))
            return unit if entered else faded_unit(unit)
        unit = self.plain(node, self.graph.nodes[node])
        if not self._reached(node):
            return faded_unit(unit)
        slopes = self._slopes(node)
        return Unit((*unit.groups, slopes) if slopes else unit.groups, "active")

    def _slopes(self, node: Node) -> tuple[Row, ...]:
        """The factors a path gains in a unit: the derivative of its activation, at an output after ∂L/∂a."""
        z, a = self.graph.nodes[node]["symbols"]
        slope = Partial(self.readings.here(a), self.readings.here(z))
        if node not in self.outputs:
            return (
                ()
                if self._starts_at(node) or node[0] in self.branching
                else (self._factor(slope, (Span(phrase("drawing.marks.slope")),)),)
            )
        atoms = output_factors(self.readings, node)
        if self._starts_at(node):
            atoms = (Partial(LOSS, self.readings.here(a)),)
        bare = Partial(LOSS, z if len(atoms) == 1 and not self._starts_at(node) else a)
        rows = [
            row(self.rows.partial(bare), TEXT, "active", f"{canonical(bare)} name"),
            self._factor(atoms[0], ()),
        ]
        if len(atoms) > 1:
            rows.append(self._factor(slope, (Span(phrase("drawing.marks.slope")),)))
        return tuple(rows)

    def _factor(self, atom: Atom, name: tuple[Span, ...]) -> Row:
        reading = self.readings.of(atom)
        spans = list(name)
        if reading is not None:
            spans += [Span(f" {reading.relation} " if name else f"{reading.relation} "), *reading.spans()]
        number = self._number(atom)
        if number:
            spans.append(Span(f" {number}"))
        return row(spans, TEXT, "active", canonical(atom))

    def _number(self, atom: Atom) -> str:
        """The circled number that a factor has in the text, if any."""
        number = self.numbers.get(atom)
        if number is None and isinstance(atom, Partial) and atom.of == LOSS and self._is_signal(atom):
            delta = Symbol.delta(atom.wrt.layer, atom.wrt.to, sample=atom.wrt.sample)
            number = self.numbers.get(delta)
        return "" if number is None else circled(number, IN_EVERY_FONT)

    def _is_signal(self, atom: Partial) -> bool:
        """Whether δ is ∂L/∂z itself, not its negative."""
        return atom.wrt.role is Role.PRE_ACTIVATION and self.readings.solution.how.sign > 0

    def _wire(self, edge: Edge) -> Wiring:
        symbol, ends = self.graph.edges[edge]["symbol"], self.graph.edges[edge]["ends"]
        value = self.value(symbol)
        if not self._on_a_path(ends):
            return faded_wiring(Wiring((value,)))
        found = self._through(ends)
        if not found:
            return Wiring((value,), "path", 3.0)
        key: PhraseId = "drawing.marks.path" if len(found) == 1 else "drawing.marks.paths"
        text = phrase(key, numbers=", ".join(map(str, found)))
        return Wiring((value, self.rows.words(text, "active", f"{canonical(symbol)} path")), "path", 3.0)

    def _listed(self) -> list[str]:
        """Each path as the product of its factors, and their sum."""
        gradient = self.readings.gradient(self.symbol)
        name = plain(self.names, Partial(LOSS, self.symbol))
        if not self.numbered:
            return [phrase("drawing.notes.sum_of_many", count=str(self.count), sum=_said(name, gradient))]
        lines = []
        for number, route in enumerate(self.routes, 1):
            product = " · ".join(self._factor_name(factor) for factor in route.factors)
            share = _said("", route.share)
            lines.append(phrase("drawing.notes.path", number=str(number), product=product, share=share))
        if gradient is None or self._is_of_a_batch():
            return lines
        key: PhraseId = "drawing.notes.sum" if len(lines) > 1 else "drawing.notes.alone"
        if penalty_gradient(self.problem, 1, self.symbol) is not None:
            key = "drawing.notes.with_penalty"
        return [*lines, phrase(key, sum=_said(name, gradient))]

    def _is_of_a_batch(self) -> bool:
        """Whether the gradient adds up several samples, of which the picture shows one."""
        return self.readings.label is not None and self.symbol.role in PARAMETERS

    def _factor_name(self, atom: Atom) -> str:
        return self._number(atom) or plain(self.names, atom)

    def _in_words(self) -> list[str]:
        """Each path by the units it runs through, with its factors."""
        found = []
        for number, route in enumerate(self.routes, 1):
            through = " → ".join(plain(self.names, self.graph_symbol(node)) for node in route.units)
            factors = ", ".join(
                _said(plain(self.names, factor), self.readings.of(factor)) for factor in route.factors
            )
            found.append(
                phrase("drawing.alt.path", number=str(number), through=through, factors=factors,
                       loss=self.names.plain(LOSS))
            )  # fmt: skip
        return found

    @staticmethod
    def graph_symbol(node: Node) -> Symbol:
        """A unit by its activation."""
        return Symbol.activation(*node)


def _said(name: str, reading: Reading | None) -> str:
    if reading is None:
        return name
    return f"{name} {reading.relation} {reading.plain()}".strip()
