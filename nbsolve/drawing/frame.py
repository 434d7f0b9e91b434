"""What one frame writes: the lines that are known by then, those that its step uses, those that it finds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import networkx as nx

from nbsolve.drawing.carried import with_carried
from nbsolve.drawing.content import Content, Unit, Wiring
from nbsolve.drawing.graph import Node, units_of, weights_of
from nbsolve.drawing.moments import Moment
from nbsolve.drawing.passes import Pass
from nbsolve.drawing.readings import Readings
from nbsolve.drawing.scene import Row
from nbsolve.notation import Names
from nbsolve.phrases import phrase
from nbsolve.symbol import LOSS, Partial, Symbol, canonical

__all__ = ["Frame", "step_forms", "step_legend"]


def step_legend() -> tuple[tuple[str, str], ...]:
    """The legend of a frame: what underlined, dark and grey mean."""
    return (("", phrase("drawing.legend.step_finds")),)


def step_forms() -> tuple[str, ...]:
    """What labels in a shorter form are."""
    return phrase("drawing.notes.numbers_alone"), phrase("drawing.notes.one_alone")


@dataclass(frozen=True)
class _State:
    """Which lines are there at all, which have their number by now, which are found and used just now."""

    written: frozenset[str]
    known: frozenset[str]
    found: frozenset[str]
    used: frozenset[str]


class Frame(Pass):
    """The whole picture with the lines of one moment; nothing is `found` in the one that is only measured."""

    def __init__(
        self,
        graph: nx.DiGraph,
        readings: Readings,
        names: Names,
        moment: Moment,
        written: frozenset[str],
        known: frozenset[str],
        found: frozenset[str],
    ) -> None:
        super().__init__(graph, readings, names)
        used = moment.used if found else frozenset()
        self.state = _State(written, known, found, used)
        self.measuring = not found

    def content(self, title: str, notes: tuple[str, ...]) -> Content:
        """The picture."""
        units = {node: self._unit(node, data) for node, data in units_of(self.graph)}
        wires = {(a, b): self._wire(data["symbol"], data["held"]) for a, b, data in weights_of(self.graph)}
        exits = {node: self._exit(node) for node in self.outputs}
        loss = self._loss()
        content = Content(
            title,
            self.heads(loss),
            units,
            wires,
            loss,
            exits,
            self._backwards(),
            step_legend(),
            notes,
            step_forms(),
        )
        return with_carried(content, self.graph, self.rows)

    def _backwards(self) -> bool:
        return any(place.startswith("dL/") for place in self.state.found)

    # ------------------------------------------------------------------ lines

    def _unit(self, node: Node, data: dict[str, object]) -> Unit:
        symbols: tuple[Symbol, ...] = data["symbols"]  # type: ignore[assignment]
        groups: list[tuple[Row, ...]] = []
        bias = data.get("bias")
        if isinstance(bias, Symbol):
            groups.append(self._parameter(bias, bool(data["held"]), self.constant(data), node))
        for symbol in symbols:
            own = self.value(symbol)
            gradient = self._gradient(symbol)
            groups.append((self._seen(symbol, own, node), *gradient))
        lines = [line for group in groups for line in group]
        again = {canonical(symbol._replace(new=True)) for symbol in symbols} if node[0] else set()
        active = any(map(self._is_found, lines)) or any(self._within(p, self.state.found) for p in again)
        used = any(map(self._is_used, lines)) or any(self._within(p, self.state.used) for p in again)
        kind = "active" if active else ("unit" if node[0] else "input") if used or self.measuring else "faded"
        return Unit(tuple(groups), kind)

    def _parameter(self, symbol: Symbol, held: bool, value: Row, node: Node | None = None) -> tuple[Row, ...]:
        rows = [self._toned(value), *self._gradient(symbol)]
        new = canonical(symbol).replace("[", "_new[", 1)
        if new in self.state.written and not held:
            after = self.new(symbol, held, self.readings.change(symbol))
            rows.append(self._toned(after) if new in self.state.known else _blank(after))
        return tuple(rows)

    def _gradient(self, symbol: Symbol) -> tuple[Row, ...]:
        line = self.gradient(symbol)
        if line.about not in self.state.written and not self._layer_is(line.about, self.state.written):
            return ()
        return (self._toned(line) if self._knows(line.about) else _blank(line),)

    def _seen(self, symbol: Symbol, line: Row, node: Node) -> Row:
        """The value once it is known, the letter before."""
        if node[0] == 0 or self._knows(line.about):
            return self._toned(line)
        return self.rows.equation(symbol, None, "faded")

    def _wire(self, symbol: Symbol, held: bool) -> Wiring:
        rows = self._parameter(symbol, held, self.value(symbol))
        short = self._foremost(rows)
        places = {canonical(symbol), f"dL/d{canonical(symbol)}", canonical(symbol).replace("[", "_new[", 1)}
        if any(self._within(place, self.state.found) for place in places):
            return Wiring(rows, "active", 3.0, short)
        kind = "edge" if any(self._within(p, self.state.used) for p in places) else "faded"
        return Wiring(rows, kind, 1.6, short)

    def _foremost(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """The one line that a label has if there is no room for all: what is found, or used, or known at last."""
        if self.measuring:
            return (max(rows, key=lambda line: line.parted()[-1].width),)
        found, used = list(filter(self._is_found, rows)), list(filter(self._is_used, rows))
        return tuple((found or used or [line for line in rows if line.spans])[-1:])

    def _exit(self, node: Node) -> Wiring:
        z, a = self.graph.nodes[node]["symbols"]
        places = {canonical(a), f"dL/d{canonical(a)}", f"dL/d{canonical(z)}"}
        touched = self.state.found | self.state.used
        target = Symbol.target(node[1], node[0] if len(self.names.ends) > 1 else None)
        at_loss = bool(touched & {"L", canonical(target)})
        return Wiring(kind="edge" if at_loss and places & touched else "faded")

    def _loss(self) -> Unit | None:
        known = self.problem.given_gradient
        unit = self.loss(gradient=known, new="L_new" in self.state.written)
        if unit is None:
            return None
        if known:
            outputs = (self.graph.nodes[node]["symbols"][1] for node in self.outputs)
            used = any(canonical(Partial(LOSS, output)) in self.state.used for output in outputs)
            rows_ = tuple(line if used or self.measuring else line.toned("faded") for line in unit.groups[0])
            return Unit((rows_,), "loss" if used or self.measuring else "faded")
        groups = []
        for group in unit.groups:
            rows = []
            for line in group:
                if line.about == "L" and not self._knows("L"):
                    rows.append(self.rows.equation(LOSS, None, "faded"))
                elif line.about == "L_new" and not self._knows("L_new"):
                    rows.append(_blank(line))
                else:
                    rows.append(self._toned(line))
            groups.append(tuple(rows))
        every = [line for group in groups for line in group]
        active, used = any(map(self._is_found, every)), any(map(self._is_used, every))
        return Unit(tuple(groups), "active" if active else "loss" if used or self.measuring else "faded")

    # ------------------------------------------------------------------ states

    def _toned(self, line: Row) -> Row:
        if self.measuring or self._is_found(line):
            return replace(line, tone="active", marked=not self.measuring)
        return line if self._is_used(line) else line.toned("faded")

    def _is_found(self, line: Row) -> bool:
        return self._within(line.about, self.state.found)

    def _is_used(self, line: Row) -> bool:
        return not self._is_found(line) and self._within(line.about, self.state.used) and bool(line.spans)

    def _knows(self, about: str) -> bool:
        return self._within(about, self.state.known)

    @staticmethod
    def _within(about: str, places: frozenset[str]) -> bool:
        """Whether a line is among the places, or its layer is."""
        return about in places or Frame._layer_is(about, places)

    @staticmethod
    def _layer_is(about: str, places: frozenset[str]) -> bool:
        if "[" not in about:
            return False
        stem, first = about.split("[", 1)
        layer = f"{stem}[{first.split(']', 1)[0]}]"
        return stem in places or (about != layer and bool(places & {layer, f"{layer}[:]"}))


def _blank(line: Row) -> Row:
    """A line that is not written yet, as high as it will be."""
    return replace(line, spans=(), width=0.0)
