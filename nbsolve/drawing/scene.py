"""A scene: placed shapes and measured labels, before any ink. Pure data, in pixels of the viewBox."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from nbsolve.drawing.metrics import text_width
from nbsolve.letters import Name

__all__ = ["Circle", "Label", "Line", "Point", "Scene", "Span", "overlap", "written"]

Point = tuple[float, float]
_SCRIPT = 0.72
"""Size of subscripts and superscripts relative to their letter."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text: `shift` is how far below the line it stands, in font sizes (negative: above)."""

    text: str
    scale: float = 1.0
    shift: float = 0.0
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text around its centre, turned `angle` degrees clockwise, on a plate where it covers lines.

    `about` is the canonical name of what it says.
    """

    centre: Point
    spans: tuple[Span, ...]
    size: float
    tone: str = "ink"
    angle: float = 0.0
    plate: bool = False
    about: str = ""

    @property
    def width(self) -> float:
        """Measured width of the text."""
        return sum(text_width(span.text, self.size * span.scale) for span in self.spans)

    @property
    def text(self) -> str:
        """The letters alone."""
        return "".join(span.text for span in self.spans)

    def corners(self) -> tuple[Point, ...]:
        """The four corners of its box (the plate's, where it has one)."""
        margin = 4.0 if self.plate else 1.0
        half_width, half_height = self.width / 2 + margin, self.size * 0.66
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        (x, y) = self.centre
        corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        return tuple(
            (
                x + a * half_width * cos - b * half_height * sin,
                y + a * half_width * sin + b * half_height * cos,
            )
            for a, b in corners
        )


@dataclass(frozen=True, slots=True)
class Circle:
    """A unit."""

    centre: Point
    radius: float
    kind: str


@dataclass(frozen=True, slots=True)
class Line:
    """A straight connection."""

    start: Point
    end: Point
    kind: str = "edge"


@dataclass(frozen=True)
class Scene:
    """Everything that is drawn, in the picture's own pixels; (0, 0) is the top left corner."""

    width: float
    height: float
    lines: tuple[Line, ...] = ()
    circles: tuple[Circle, ...] = ()
    labels: tuple[Label, ...] = field(default=())


def written(name: Name) -> tuple[Span, ...]:
    """A name as spans: single letters italic, words upright, subscript and superscript small."""
    core, sub, sup = name.signs()
    letters = [sign for sign in core if sign.isalpha()]
    spans = [Span(core, italic=len(letters) == 1)]
    if sub:
        spans.append(Span(sub, _SCRIPT, 0.2))
    if sup:
        spans.append(Span(sup, _SCRIPT, -0.36))
    return tuple(spans)


def overlap(one: Iterable[Point], other: Iterable[Point]) -> bool:
    """Whether two convex polygons overlap (separating axes); touching does not count."""
    first, second = tuple(one), tuple(other)
    for polygon in (first, second):
        for (ax, ay), (bx, by) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
            nx, ny = by - ay, ax - bx
            shadow = [nx * x + ny * y for x, y in first]
            facing = [nx * x + ny * y for x, y in second]
            if max(shadow) <= min(facing) + 1e-9 or max(facing) <= min(shadow) + 1e-9:
                return False
    return True
