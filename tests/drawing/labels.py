"""The rule for labels, measured in an SVG alone: it knows nothing of nbsolve, only lines and boxes.

A label's centre lies on its own line; no other line passes under it or within 3 pixels of it; its own line is seen
for at least 12 pixels on both sides of it; no other label is nearer to that line.
"""

from __future__ import annotations

import itertools
import math
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

SVG = "{http://www.w3.org/2000/svg}"
CLEAR, SEEN, HEAD = 3.0, 12.0, 9.0

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    width: float
    height: float

    @property
    def centre(self) -> Point:
        return self.left + self.width / 2, self.top + self.height / 2

    def meets(self, other: Box) -> bool:
        (ax, ay), (bx, by) = self.centre, other.centre
        across, down = (self.width + other.width) / 2, (self.height + other.height) / 2
        return abs(ax - bx) < across and abs(ay - by) < down

    def inside(self, line: Line) -> tuple[float, float]:
        """The part of a line in the box, from 0 to 1; empty where it ends before it begins."""
        (ax, ay), (bx, by) = line.start, line.end
        first, last = 0.0, 1.0
        for start, run, low, high in (
            (ax, bx - ax, self.left, self.left + self.width),
            (ay, by - ay, self.top, self.top + self.height),
        ):
            if abs(run) < 1e-9:
                if not low <= start <= high:
                    return 1.0, 0.0
                continue
            enters, leaves = sorted(((low - start) / run, (high - start) / run))
            first, last = max(first, enters), min(last, leaves)
        return first, last

    def distance(self, line: Line) -> float:
        """Between the box and a line: 0 where they meet."""
        first, last = self.inside(line)
        if first <= last:
            return 0.0
        right, low = self.left + self.width, self.top + self.height
        corners = [(self.left, self.top), (right, self.top), (right, low), (self.left, low)]
        ends = [
            math.hypot(max(self.left - x, 0, x - right), max(self.top - y, 0, y - low))
            for x, y in (line.start, line.end)
        ]
        return min(*ends, *(line.distance(corner) for corner in corners))


@dataclass(frozen=True)
class Line:
    start: Point
    end: Point
    width: float
    heads: tuple[float, float] = (0.0, 0.0)

    @property
    def length(self) -> float:
        return math.dist(self.start, self.end)

    def distance(self, point: Point) -> float:
        (ax, ay), (bx, by), (x, y) = self.start, self.end, point
        part = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / self.length**2
        part = max(0.0, min(1.0, part))
        return math.hypot(ax + part * (bx - ax) - x, ay + part * (by - ay) - y)


def _number(element: ElementTree.Element, name: str) -> float:
    return float(element.attrib[name])


def _box(element: ElementTree.Element) -> Box:
    assert element.tag == f"{SVG}rect"
    assert "transform" not in element.attrib
    left, top, width, height = (_number(element, name) for name in ("x", "y", "width", "height"))
    return Box(left, top, width, height)


def read(svg: str) -> tuple[dict[str, Line], dict[str, Box], dict[str, Box]]:
    """Lines, labels and units by their quantities."""
    lines: dict[str, Line] = {}
    labels: dict[str, Box] = {}
    units: dict[str, Box] = {}
    root = ElementTree.fromstring(svg)
    # an arrowhead begins with its tip
    points = [polygon.attrib["points"].split()[0].split(",") for polygon in root.iter(f"{SVG}polygon")]
    tips = [(float(x), float(y)) for x, y in points]
    for element in root.iter():
        part, name = element.get("data-part"), element.get("data-quantity", "")
        assert "transform" not in element.attrib
        if part == "line":
            x1, y1, x2, y2, width = (_number(element, k) for k in ("x1", "y1", "x2", "y2", "stroke-width"))
            start, end = (x1, y1), (x2, y2)
            heads = [HEAD if any(math.dist(tip, at) < 4 for tip in tips) else 0.0 for at in (start, end)]
            lines[name] = Line(start, end, width, (heads[0], heads[1]))
        elif part == "label":
            labels[name] = _box(element[0])
        elif part == "unit":
            units[name] = _box(element)
    return lines, labels, units


def violations(svg: str) -> list[str]:
    """What the labels of a drawing do against the rule."""
    lines, labels, units = read(svg)
    found = []
    for name, box in labels.items():
        own = lines[name]
        if own.distance(box.centre) > 0.5:
            found.append(f"{name} is not on its line")
        for other, line in lines.items():
            if other != name and box.distance(line) - line.width / 2 < CLEAR:
                found.append(f"{other} passes under {name}")
        first, last = box.inside(own)
        visible = [(0.0, first), (last, 1.0)]
        for cover in (*units.values(), *(label for key, label in labels.items() if key != name)):
            start, end = cover.inside(own)
            if start <= end:  # what of the line lies below something else is not seen
                visible = [
                    (max(a, end), b) if start <= a else (a, min(b, start)) if end >= b else (a, b)
                    for a, b in visible
                ]
        for (a, b), head in zip(visible, own.heads, strict=True):
            if (b - a) * own.length - head < SEEN:
                found.append(f"too little of its line is seen beside {name}")
        if any(label.distance(own) <= 0 for key, label in labels.items() if key != name):
            found.append(f"another label is on the line of {name}")
    for (one, first_box), (two, second_box) in itertools.combinations(labels.items(), 2):
        if first_box.meets(second_box):
            found.append(f"{one} covers {two}")
    return found
