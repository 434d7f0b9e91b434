"""A scene: placed shapes and measured labels, before any ink. Pure data, in pixels of the viewBox."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from nbsolve.drawing.metrics import text_width
from nbsolve.letters import Name
from nbsolve.notation import Names
from nbsolve.symbol import Partial, Symbol

__all__ = [
    "SCRIPT", "Arrow", "Box", "Label", "Line", "Mark", "Picture", "Point", "Polyline", "Row", "Scene", "Span",
    "overlap", "plain", "row", "written",
]  # fmt: skip

Point = tuple[float, float]
SCRIPT = 0.76
"""Size of subscripts and superscripts relative to their letter."""
_WITHOUT_INDEX = frozenset({"L", "L_new", "dL/dL"})
_RELATIONS = frozenset({"=", "≈"})
_SIGNS = frozenset({"∂ ", "→ "})
_LEADING = 1.28
"""Height of a line of text relative to its size; scripts stay inside."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text: `shift` is how far below the line it stands, in font sizes (negative: above)."""

    text: str
    scale: float = 1.0
    shift: float = 0.0
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One measured line of text; `marked` ones are underlined. `about` is the canonical name of what it says: where
    that has no index, `named` says that it is one.
    """

    spans: tuple[Span, ...]
    size: float
    width: float
    tone: str = "ink"
    about: str = ""
    marked: bool = False
    named: bool = False

    @property
    def quantity(self) -> str:
        """The canonical name of the quantity that it names or values; "" for a title, a heading, a remark."""
        name = self.about.partition(" ")[0]
        return name if self.named or "[" in name or name in _WITHOUT_INDEX else ""

    @property
    def text(self) -> str:
        """The letters alone."""
        return "".join(span.text for span in self.spans)

    @property
    def height(self) -> float:
        """Height of the line, scripts included."""
        return self.size * _LEADING

    def parted(self) -> tuple[Row, ...]:
        """The name with its sign of equality, and below it the number; the row itself where it has no such sign."""
        for place, span in enumerate(self.spans):
            if place and span.text.strip() in _RELATIONS:
                name = (*self.spans[:place], replace(span, text=span.text.rstrip()))
                return tuple(
                    replace(row(spans, self.size, self.tone, self.about), marked=self.marked)
                    for spans in (name, self.spans[place + 1 :])
                )
        return (self,)

    def unmarked(self) -> Row:
        """The row without the sign of what its number is, ∂ or →."""
        if len(self.spans) > 1 and self.spans[0].text in _SIGNS:
            return replace(row(self.spans[1:], self.size, self.tone, self.about), marked=self.marked)
        return self

    def toned(self, tone: str) -> Row:
        """This row in another colour."""
        return replace(self, tone=tone)


def row(spans: Sequence[Span], size: float, tone: str = "ink", about: str = "") -> Row:
    """A line of text, measured."""
    width = sum(text_width(span.text, size * span.scale) for span in spans)
    return Row(tuple(spans), size, width, tone, about)


@dataclass(frozen=True, slots=True)
class Label:
    """Lines of text around a centre; the label of a wire stands on a plate, bordered as its `wire` is drawn, and
    says which wire it is `of`.
    """

    centre: Point
    rows: tuple[Row, ...]
    plate: bool = False
    wire: str = ""
    of: str = ""

    @property
    def width(self) -> float:
        """Width of the longest line, with the plate's margins."""
        return max(line.width for line in self.rows) + (7.0 if self.plate else 2.0)

    @property
    def height(self) -> float:
        """Height of all lines."""
        return sum(line.height for line in self.rows) + (3.5 if self.plate else 0.0)

    @property
    def about(self) -> str:
        """What the label describes: its wire, or the subject of its first line."""
        return self.of or self.rows[0].about

    @property
    def text(self) -> str:
        """The letters of all lines."""
        return " ".join(line.text for line in self.rows)

    def lines(self) -> Iterator[tuple[float, Row]]:
        """Each line with the height of its middle above (negative) or below the centre."""
        y = -self.height / 2 + (1.75 if self.plate else 0.0)
        for line in self.rows:
            yield y + line.height / 2, line
            y += line.height

    def corners(self) -> tuple[Point, ...]:
        """The four corners of its box (the plate's, where it has one)."""
        return _around(self.centre, self.width, self.height)


@dataclass(frozen=True, slots=True)
class Box:
    """A unit: a rectangle with round corners (a circle, where it is as wide as high), `kind` says how drawn."""

    centre: Point
    width: float
    height: float
    kind: str
    about: str = ""

    @property
    def rounding(self) -> float:
        """Radius of the corners; the frame around a matrix has none."""
        if self.kind == "frame":
            return 0.0
        return min(self.width, self.height) / 2 if self.width == self.height else 12.0

    def corners(self) -> tuple[Point, ...]:
        """The four corners of the rectangle around it."""
        return _around(self.centre, self.width, self.height)


@dataclass(frozen=True, slots=True)
class Line:
    """A straight wire from the unit before to the unit after; `kind` is its colour and its dashes."""

    start: Point
    end: Point
    kind: str = "edge"
    width: float = 1.4
    about: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrowhead with its tip at a point, at the end of a line that comes from another."""

    tip: Point
    origin: Point
    kind: str = "edge"

    @property
    def corners(self) -> tuple[Point, Point, Point]:
        """The tip and the two corners behind it."""
        (x, y), (ox, oy) = self.tip, self.origin
        length = math.hypot(ox - x, oy - y)
        dx, dy = (ox - x) / length, (oy - y) / length
        back, half = 9.0, 4.5
        return (
            (x, y),
            (x + back * dx - half * dy, y + back * dy + half * dx),
            (x + back * dx + half * dy, y + back * dy - half * dx),
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """A raster of coloured cells (a heat map): rows of RGB bytes, stretched to a rectangle without blurring."""

    corner: Point
    width: float
    height: float
    cells: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Polyline:
    """A line through many points: a curve, or a piece of a tangent."""

    points: tuple[Point, ...]
    kind: str
    width: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A dot, or a `diamond`, on a curve; `size` is its half width."""

    at: Point
    kind: str
    size: float
    diamond: bool = False

    @property
    def corners(self) -> tuple[Point, ...]:
        """The four corners of the diamond."""
        (x, y), size = self.at, self.size
        return (x - size, y), (x, y - size), (x + size, y), (x, y + size)


@dataclass(frozen=True)
class Scene:
    """Everything that is drawn, in the picture's own pixels; (0, 0) is the top left corner."""

    width: float
    height: float
    lines: tuple[Line, ...] = ()
    boxes: tuple[Box, ...] = ()
    labels: tuple[Label, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    pictures: tuple[Picture, ...] = ()
    polylines: tuple[Polyline, ...] = ()
    marks: tuple[Mark, ...] = ()
    panels: tuple[tuple[float, float, float, float], ...] = ()
    """Rectangles (left, top, width, height) that a page may place anew: what begins in one lies in it."""

    def only(self, wanted: Callable[[Point], bool]) -> Scene:
        """What begins at the places that are wanted."""
        return replace(
            self,
            lines=tuple(line for line in self.lines if wanted(line.start)),
            boxes=tuple(box for box in self.boxes if wanted(box.centre)),
            labels=tuple(label for label in self.labels if wanted(label.centre)),
            arrows=tuple(arrow for arrow in self.arrows if wanted(arrow.tip)),
            pictures=tuple(picture for picture in self.pictures if wanted(picture.corner)),
            polylines=tuple(line for line in self.polylines if wanted(line.points[0])),
            marks=tuple(mark for mark in self.marks if wanted(mark.at)),
            panels=(),
        )

    @property
    def rows(self) -> Iterator[Row]:
        """Yield all non-empty lines of text in the scene."""
        for label in self.labels:
            yield from (line for line in label.rows if line.spans)

    @property
    def underlines(self) -> Iterator[Line]:
        """A line below each text that is marked."""
        for label in self.labels:
            x, y = label.centre
            for dy, line in label.lines():
                if line.marked:
                    low = y + dy + 0.6 * line.size
                    yield Line((x - line.width / 2, low), (x + line.width / 2, low), "active", 1.8)


@lru_cache(maxsize=4096)
def written(name: Name) -> tuple[Span, ...]:
    """A name as spans: single letters italic, words upright, subscript and superscript small."""
    core, sub, sup = name.signs()
    letters = [sign for sign in core if sign.isalpha()]
    spans = [Span(core, italic=len(letters) == 1)]
    if sub:
        spans.append(Span(sub, SCRIPT, 0.2))
    if sup:
        spans.append(Span(sup, SCRIPT, -0.36))
    return tuple(spans)


@lru_cache(maxsize=4096)
def _plain(name: Name) -> str:
    return name.plain()


def plain(names: Names, atom: Symbol | Partial) -> str:
    """`names.plain`, remembering what taking a name apart costs: one drawing says each name many times."""
    if isinstance(atom, Partial):
        return f"∂{plain(names, atom.of)}/∂{plain(names, atom.wrt)}"
    return _plain(names.name(atom))


def _around(centre: Point, width: float, height: float) -> tuple[Point, ...]:
    """The corners of a rectangle."""
    (x, y) = centre
    left, right, top, low = x - width / 2, x + width / 2, y - height / 2, y + height / 2
    return ((left, top), (right, top), (right, low), (left, low))


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
