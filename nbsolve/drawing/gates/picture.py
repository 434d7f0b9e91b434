"""The picture of a computation graph: gates in layers, the value above each wire and the gradient below it.

Each layer has three strips: its gates, the stretch of wire that carries the labels, and the strip in which wires
change their places. Only there they run aslant, and nothing else is there: no line passes under a label or through
a gate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.gates.circuit import Circuit, Wire
from nbsolve.drawing.gates.layers import Layered, Place, layered
from nbsolve.drawing.gates.places import Extent, across
from nbsolve.drawing.gates.words import described, gate_text, legend_of, lettered, numbers
from nbsolve.drawing.legend import MARGIN, TITLE
from nbsolve.drawing.scene import Arrow, Box, Label, Line, Mark, Point, Row, Scene, Span, row
from nbsolve.drawing.svg import write_svg

__all__ = ["circuit_drawing"]

_TEXT, _SIGN = 14.0, 17.0
_ROUND, _SHORT = 36.0, 20.0
"""The diameter of a gate with a sign, and how wide a sign may be."""
_HIGH, _PAD = 32.0, 12.0
"""The height of a gate with a formula, and the room beside it: letters on paper may be wider."""
_CLEAR, _BESIDE, _GAP = 3.0, 6.0, 8.0
"""Between a wire and its label above or below it, or beside it; between neighbours."""
_SIDE = 7.0
"""A wire is seen so far on both sides of its label."""
_RUN = 12.0
"""A wire runs straight into its gate, for as long as its arrowhead needs."""
_PORTS = 14.0
_PASSING = 4.0
"""Half of the room across that a wire takes that passes by."""
_FLAT, _STEEPEST = 10.0, 60.0
"""How wide the strip is in which wires change their places: at least, and at most."""
_LEAST = 72.0
"""No layer takes less along the way."""
_SCREEN, _PAGE = (760.0, 640.0), 910.0
"""What a screen shows at once, and how wide a page may be with text of 8 points."""
_PHONE, _NOTES = 480.0, 440.0
"""How wide a picture may be whose letters can be read on a phone, and how wide its notes make it at most."""


def circuit_drawing(circuit: Circuit, title: str, data: Mapping[str, object] | None = None) -> Drawing:
    """The drawing of a computation graph with what is known of it: letters, values, gradients.

    Layers stand side by side, or below one another where that shows it larger. `data` is what scripts are told.
    """
    found = layered(circuit)
    deep = len(found.layers) * _LEAST > _PAGE
    pictures = [_Picture(circuit, found, deep)]
    if pictures[0].size[0] > _PHONE and not deep:
        pictures.append(_Picture(circuit, found, True))
    if min(picture.size[0] for picture in pictures) > _PAGE:
        pictures.append(_Picture(circuit, layered(circuit, late=True), True))
    picture = min(pictures, key=lambda one: one.strain)
    scene, alt = picture.scene(title), described(circuit)
    return Drawing(write_svg(scene, title, alt, data), title, alt, scene)


@dataclass(frozen=True)
class _Station:
    """Where a quantity is found or given: its box, and the labels of its wire."""

    text: Row
    box: tuple[float, float]
    value: Row | None
    gradient: Row | None

    @property
    def labels(self) -> list[Row]:
        """Those that there are."""
        return [label for label in (self.value, self.gradient) if label is not None]

    def labels_along(self, down: bool) -> float:
        """How much of the wire they take: above it and below it, or one below the other beside it."""
        if down:
            return sum(label.height for label in self.labels)
        return max((label.width for label in self.labels), default=0.0)


@dataclass(frozen=True)
class _Strip:
    """A layer, along the way: where it begins, where its gates do, where the labels, where wires change places."""

    start: float
    gates: float
    labels: float
    end: float


class _Picture:
    """Everything in its place, first along the way from layer to layer and across it, then in the picture."""

    def __init__(self, circuit: Circuit, found: Layered, down: bool) -> None:
        self.circuit, self.found, self.down = circuit, found, down
        self.stations = {wire.quantity: _station(circuit, wire, down) for wire in circuit.wires}
        extents = {place: self._extent(place) for layer in found.layers for place in layer}
        at = across(found, extents, _GAP)
        least = min(at[place] - extents[place][0] for place in at)
        self.at = {place: middle - least for place, middle in at.items()}
        self.breadth = max(self.at[place] + extents[place][1] for place in at)
        self.ports = {gate.finds: self._ports_of(gate.finds) for gate in circuit.gates}
        self.strips = self._strips()
        length = self.strips[-1].end
        self.size = (self.breadth, length) if down else (length, self.breadth)

    @property
    def strain(self) -> tuple[float, float, float]:
        """How much too wide it is for a page, too large for a phone, and how many times as large as a screen."""
        wide, high = self.size
        screen = high / _SCREEN[1]
        return max(1.0, wide / _PAGE), max(1.0, wide / _PHONE, screen), max(wide / _SCREEN[0], screen)

    def scene(self, title: str) -> Scene:
        """The picture with its title above and its legend below."""
        head = row([Span(title)], TITLE, "ink", "title")
        legend = legend_of(self.circuit)
        notes = min(_NOTES, max((row([Span(note)], _TEXT).width for note in legend.notes), default=0.0))
        widest = max([head.width, notes, *(words.width for _, words in legend.pieces)]) + 2 * MARGIN
        width = max(self.size[0] + 2 * MARGIN, widest)
        left, top = (width - self.size[0]) / 2, 2 * MARGIN + head.height + _GAP
        samples, words, low = legend.placed(width, top + self.size[1] + _GAP)
        pen = _Pen(self.down, left, top)
        self._draw(pen)
        title_label = Label((width / 2, MARGIN + head.height / 2), (head,))
        return Scene(
            math.ceil(width),
            math.ceil(low + MARGIN),
            (*pen.lines, *samples),
            tuple(pen.boxes),
            (*pen.labels, title_label, *words),
            tuple(pen.arrows),
            marks=tuple(pen.marks),
        )

    def _extent(self, place: Place) -> Extent:
        if self.found.passes(place):
            return _PASSING, _PASSING
        station = self.stations[place[0]]
        half = station.box[0 if self.down else 1] / 2
        if self.down:
            return half, max([half, *(_BESIDE + label.width for label in station.labels)])
        sides = [
            0.0 if label is None else label.height + _CLEAR for label in (station.value, station.gradient)
        ]
        return max(half, sides[0]), max(half, sides[1])

    def _ports_of(self, name: str) -> list[tuple[Place, float]]:
        """The operands of a gate, each where it enters: in the order in which their wires come."""
        layer = self.found.found_in[name] - 1
        operands = [(operand, layer) for operand in self.circuit.finders[name].operands]
        middle = self.at[name, layer + 1]
        ordered = sorted(operands, key=self.at.__getitem__)
        return [(one, middle + _PORTS * (k - (len(ordered) - 1) / 2)) for k, one in enumerate(ordered)]

    def _strips(self) -> list[_Strip]:
        along, strips = 0.0, []
        for number, layer in enumerate(self.found.layers):
            stations = [self.stations[place[0]] for place in layer if not self.found.passes(place)]
            gates = along + (_RUN if number else 0.0)
            labels = gates + max(station.box[1 if self.down else 0] for station in stations)
            end = labels + max(station.labels_along(self.down) for station in stations) + 2 * _SIDE
            strips.append(_Strip(along, gates, labels, end))
            steepest = max((abs(b - a) for a, b, _ in self._aslant(number)), default=0.0)
            along = end + min(_STEEPEST, _FLAT + 0.22 * steepest)
        return strips

    def _aslant(self, number: int) -> list[tuple[float, float, Place]]:
        """The wires behind a layer, from where to where; a wire that forks has several."""
        found = []
        for place in self.found.layers[number]:
            for user in self.found.after.get(place, ()):
                if self.found.passes(user):
                    found.append((self.at[place], self.at[user], place))
                else:
                    found += [(self.at[place], at, place) for one, at in self.ports[user[0]] if one == place]
        return found

    def _draw(self, pen: _Pen) -> None:
        for number, (layer, strip) in enumerate(zip(self.found.layers, self.strips, strict=True)):
            aslant = self._aslant(number)
            for place in layer:
                at, name = self.at[place], place[0]
                starts = strip.start
                if not self.found.passes(place):
                    starts = self._station(pen, place, strip)
                branches = [end for _, end, one in aslant if one == place]
                pen.line((starts, at), (strip.end, at), name)
                if not branches:
                    pen.arrow((strip.end, at), (starts, at))
                if len(branches) > 1:
                    pen.mark((strip.end, at))
                for end in branches:
                    pen.line((strip.end, at), (self.strips[number + 1].start, end), name)

    def _station(self, pen: _Pen, place: Place, strip: _Strip) -> float:
        """A box with the wires that run into it, and the labels of the one that leaves it; where it leaves it."""
        name, at = place[0], self.at[place]
        station = self.stations[name]
        long, broad = station.box if not self.down else station.box[::-1]
        middle = (strip.gates + strip.labels) / 2
        kind = "input" if name not in self.ports else "loss" if name == self.circuit.of else "unit"
        pen.box((middle, at), (long, broad), kind, station.text, name)
        for (operand, _), port in self.ports.get(name, ()):
            edge = middle - _reach(long, broad, port - at)
            pen.line((strip.start, port), (edge, port), operand)
            pen.arrow((edge, port), (strip.start, port))
        pen.labelled(((strip.labels + strip.end) / 2, at), station)
        return middle + long / 2


def _reach(long: float, broad: float, offset: float) -> float:
    """How far a box reaches along the way, so much aside of its middle: a circle reaches less far there."""
    return math.sqrt((long / 2) ** 2 - offset**2) if long == broad else long / 2


def _station(circuit: Circuit, wire: Wire, down: bool) -> _Station:
    gate = circuit.finders.get(wire.quantity)
    letter = lettered(wire.letter)
    text = row(letter if gate is None else gate_text(gate), _SIGN)
    pad = _PAD if gate is not None and text.width > _SHORT else _PAD - 3
    ports = 0.0 if gate is None else _PORTS * (len(gate.operands) - 1) + 2 * _PAD
    width, height = text.width + 2 * pad, max(_HIGH, text.height)
    width, height = (max(width, ports), height) if down else (width, max(height, ports))
    if gate is not None and text.width <= _SHORT and len(gate.operands) <= 2:
        width = height = _ROUND
    elif width <= height:  # a square would be drawn as a circle
        width = height + 2.0
    value = () if not wire.value else numbers(wire.value)
    if gate is not None:
        value = (*letter, Span(" = "), *value) if value else letter
    gradient = (Span("∂ "), *numbers(wire.gradient)) if wire.gradient else ()
    tone = "zero" if wire.gradient in ("0", "−0", "-0") else "gradient"
    return _Station(
        text,
        (width, height),
        _named(value, "value" if wire.value else "ink", wire.quantity),
        _named(gradient, tone, f"d{circuit.of}/d{wire.quantity}"),
    )


def _named(spans: tuple[Span, ...], tone: str, quantity: str) -> Row | None:
    return replace(row(spans, _TEXT, tone, quantity), named=True) if spans else None


@dataclass
class _Pen:
    """Draws at places (along, across); down the page, or from left to right."""

    down: bool
    left: float
    top: float
    lines: list[Line] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def point(self, place: Point) -> Point:
        """A place in the picture."""
        along, across = place
        return (self.left + across, self.top + along) if self.down else (self.left + along, self.top + across)

    def line(self, start: Point, end: Point, quantity: str) -> None:
        """A straight piece of a wire."""
        if math.dist(start, end) > 0.05:
            self.lines.append(Line(self.point(start), self.point(end), about=quantity))

    def arrow(self, tip: Point, origin: Point) -> None:
        """An arrowhead."""
        self.arrows.append(Arrow(self.point(tip), self.point(origin)))

    def mark(self, place: Point) -> None:
        """Where a wire forks."""
        self.marks.append(Mark(self.point(place), "point", 2.6))

    def box(self, place: Point, size: Point, kind: str, text: Row, quantity: str) -> None:
        """A gate, or what is given, with its text."""
        width, height = size[::-1] if self.down else size
        self.boxes.append(Box(self.point(place), width, height, kind, quantity))
        self.labels.append(Label(self.point(place), (text,)))

    def labelled(self, place: Point, station: _Station) -> None:
        """The value above the wire and the gradient below it; both beside it where it runs down."""
        x, y = self.point(place)
        low = y - station.labels_along(True) / 2
        for label, side in ((station.value, -1), (station.gradient, 1)):
            if label is None:
                continue
            if self.down:
                self.labels.append(Label((x + _BESIDE + label.width / 2, low + label.height / 2), (label,)))
                low += label.height
            else:
                self.labels.append(Label((x, y + side * (_CLEAR + label.height / 2)), (label,)))
