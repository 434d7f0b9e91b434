"""One frame for each step of a solution: what the step finds, what it uses, what is known by then.

All frames of a problem share one layout, so that they can be flipped through.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from nbsolve.drawing.content import Content, Unit, Wiring
from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.graph import Node, network_graph
from nbsolve.drawing.layout import Layout, lay_out
from nbsolve.drawing.legend import TITLE
from nbsolve.drawing.metrics import text_width
from nbsolve.drawing.moments import Moment, moments
from nbsolve.drawing.passes import Pass
from nbsolve.drawing.readings import Readings
from nbsolve.drawing.scene import Row
from nbsolve.drawing.svg import write_svg
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom, atoms
from nbsolve.layers.dense import LOSS
from nbsolve.notation import Names
from nbsolve.phrases import phrase
from nbsolve.render.text import printer
from nbsolve.solution import Solution
from nbsolve.symbol import Role, Symbol, canonical

__all__ = ["Frames"]

_LONGEST = 90


class Frames:
    """The frames of one solution. Raises: Undecided."""

    def __init__(self, solution: Solution, names: Names) -> None:
        self.solution, self.names = solution, names
        self.graph = network_graph(solution.problem, names)
        self.moments = moments(solution)
        self._readings: dict[tuple[int, int | None], Readings] = {}

    def frame(self, number: int) -> Drawing:
        """The frame of one step. Raises: UnknownQuantityError, which says how many there are."""
        if not self.moments:
            raise UnknownQuantityError("there are no steps to draw: the problem is in letters")
        if not 1 <= number <= len(self.moments):
            raise UnknownQuantityError(f"no step {number}; there are steps 1 to {len(self.moments)}")
        content, alt = self._content(self.moments[number - 1])
        scene = replace(self.layout.scene(content), height=self._height)
        return Drawing(write_svg(scene, content.title, alt), content.title, alt, scene)

    @cached_property
    def layout(self) -> Layout:
        """Places with room for every frame."""
        everything = []
        samples = {(m.iteration.number, m.sample): m for m in self.moments}
        for moment in samples.values():
            everything.append(_Frame(self, moment, self._written, self._written, frozenset()).content("", ()))
        title = max(map(self._title, self.moments), key=lambda title: text_width(title, TITLE))
        return lay_out(self.graph, [replace(everything[0], title=title, legend=_legend()), *everything])

    @cached_property
    def _height(self) -> float:
        """As high as the frame with the most lines below."""
        empty = Content("", (), {}, {}, legend=_legend())
        heights = (
            self.layout.scene_height(replace(empty, notes=self._notes(moment))) for moment in self.moments
        )
        return max(heights)

    def _notes(self, moment: Moment) -> tuple[str, ...]:
        """The step's formula, and what is to be known of the picture."""
        return (self._formula(moment), *Pass(self.graph, self.readings(moment), self.names).notes())

    @cached_property
    def _written(self) -> frozenset[str]:
        """All lines that some step finds."""
        return frozenset(place for moment in self.moments for place in moment.found)

    def _content(self, moment: Moment) -> tuple[Content, str]:
        earlier = [
            m
            for m in self.moments[: moment.number]
            if m.iteration is moment.iteration and m.sample in (moment.sample, None)
        ]
        known = frozenset(place for m in earlier for place in m.found)
        title, formula = self._title(moment), self._formula(moment)
        frame = _Frame(self, moment, self._written, known, moment.found)
        return frame.content(title, self._notes(moment)), f"{title}. {formula}. {self._used(moment)}".strip()

    def _title(self, moment: Moment) -> str:
        slots = {"number": str(moment.number), "count": str(len(self.moments))}
        title = phrase("drawing.titles.step", rule=phrase(f"rules.{moment.step.rule}"), **slots)
        training = self.solution.problem.training
        if training is not None and training.iterations > 1:
            title += ", " + phrase("drawing.titles.iteration", number=str(moment.iteration.number))
        of_one_sample = moment.step.sample is not None or len(moment.iteration.samples) == 1
        if of_one_sample and len(self.solution.problem.samples) > 1:
            title += ", " + phrase("drawing.titles.sample", number=str(self.readings(moment).sample))
        return title

    def _formula(self, moment: Moment) -> str:
        """z₁ = w₁·x₁ + w₂·x₂ + b₁ = 0.6, without the formula where it is too long."""
        step = moment.step
        name = self.names.plain(step.target)
        formula = printer(self.names).print(step.formula)
        text = name if formula == name or len(formula) > _LONGEST else f"{name} = {formula}"
        if getattr(step.value, "ndim", 0):
            return text
        reading = self.readings(moment).of(step.target)
        return text if reading is None else f"{text} {reading.relation} {reading.plain()}"

    def _used(self, moment: Moment) -> str:
        """What the step takes its numbers from, in words."""
        readings = self.readings(moment)
        operands = {atom: readings.of(atom) for atom in atoms(moment.step.formula) if not _is_whole(atom)}
        listed = [
            f"{self.names.plain(atom)} {reading.relation} {reading.plain()}"
            for atom, reading in operands.items()
            if reading is not None
        ]
        return phrase("drawing.alt.uses", operands=", ".join(listed)) if listed else ""

    def readings(self, moment: Moment) -> Readings:
        """The numbers of the moment's iteration and sample."""
        key = moment.iteration.number, moment.sample
        if key not in self._readings:
            samples = dict(zip(moment.iteration.labels, moment.iteration.samples, strict=True))
            self._readings[key] = Readings(self.solution, key[0], samples[moment.sample])
        return self._readings[key]


def _is_whole(atom: Atom) -> bool:
    """Whether it is a vector or a matrix."""
    symbol = atom if isinstance(atom, Symbol) else atom.wrt
    return symbol.to is None and not symbol.shared and symbol.role in _OF_UNITS


_OF_UNITS = frozenset(
    {Role.INPUT, Role.TARGET, Role.PRE_ACTIVATION, Role.ACTIVATION, Role.WEIGHT, Role.BIAS, Role.THRESHOLD}
    | {Role.DELTA, Role.SHARE, Role.ERROR}
)


def _legend() -> tuple[tuple[str, str], ...]:
    return (("", phrase("drawing.legend.step_finds")),)


@dataclass(frozen=True)
class _State:
    """Which lines are there at all, which have their number by now, which are found and used just now."""

    written: frozenset[str]
    known: frozenset[str]
    found: frozenset[str]
    used: frozenset[str]


class _Frame(Pass):
    """The whole picture with the lines of one moment."""

    def __init__(
        self,
        frames: Frames,
        moment: Moment,
        written: frozenset[str],
        known: frozenset[str],
        found: frozenset[str],
    ) -> None:
        super().__init__(frames.graph, frames.readings(moment), frames.names)
        used = moment.used if found else frozenset()
        self.state = _State(written, known, found, used)
        self.measuring = not found

    def content(self, title: str, notes: tuple[str, ...]) -> Content:
        """The picture."""
        units = {node: self._unit(node, data) for node, data in self.graph.nodes(data=True)}
        wires = {
            (a, b): self._wire(data["symbol"], data["held"]) for a, b, data in self.graph.edges(data=True)
        }
        exits = {node: self._exit(node) for node in self.outputs}
        loss = self._loss()
        return Content(
            title,
            self.heads(),
            units,
            wires,
            loss,
            exits,
            self._backwards(),
            _legend(),
            notes,
        )

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
        again = {canonical(replace(symbol, new=True)) for symbol in symbols} if node[0] else set()
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
        places = {canonical(symbol), f"dL/d{canonical(symbol)}", canonical(symbol).replace("[", "_new[", 1)}
        if any(self._within(place, self.state.found) for place in places):
            return Wiring(rows, "active", 3.0)
        return Wiring(rows, "edge" if any(self._within(p, self.state.used) for p in places) else "faded", 1.6)

    def _exit(self, node: Node) -> Wiring:
        z, a = self.graph.nodes[node]["symbols"]
        places = {canonical(a), f"dL/d{canonical(a)}", f"dL/d{canonical(z)}"}
        touched = self.state.found | self.state.used
        at_loss = "L" in touched or any(canonical(Symbol(Role.TARGET, to=node[1])) == p for p in touched)
        return Wiring(kind="edge" if at_loss and places & touched else "faded")

    def _loss(self) -> Unit | None:
        unit = self.loss(gradient=False, new="L_new" in self.state.written)
        if unit is None:
            return None
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
        return about in places or _Frame._layer_is(about, places)

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
