"""A scene on matplotlib axes: the same shapes, colours and measured labels as in the SVG."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nbsolve.drawing.ink import FILLS, GROUND, MARKS, WIRES, tone
from nbsolve.drawing.lettering import Run
from nbsolve.drawing.metrics import text_width
from nbsolve.drawing.scene import Arrow, Box, Label, Line, Mark, Picture, Polyline, Row, Scene

__all__ = ["paint_scene"]

_POINTS = 72.0
_BASELINE = 0.35
"""A baseline stands this far below the middle of its line, in font sizes."""


def paint_scene(scene: Scene, ax: Any) -> None:
    """Paint on axes; text always has the size of the picture, so that it fits its boxes however large they are."""
    from nbsolve.drawing.lettering import lettering

    ax.set_axis_off()
    ax.set_xlim(0, scene.width)
    ax.set_ylim(scene.height, 0)
    ax.set_aspect("equal")
    ax.apply_aspect()
    area = ax.get_window_extent()
    pixels = min(area.width / scene.width, area.height / scene.height)
    pen = _Pen(ax, pixels * _POINTS / ax.figure.dpi)
    pen.ground(scene)
    for line in scene.lines:
        pen.line(line, 5 if line.kind == "divider" else 2)
    for polyline in scene.polylines:
        pen.polyline(polyline)
    for mark in scene.marks:
        pen.mark(mark)
    for arrow in scene.arrows:
        pen.arrow(arrow)
    for box in scene.boxes:
        pen.box(box, 5.5 if box.kind == "frame" else 4)
    for picture in scene.pictures:
        pen.picture(picture)
    for label in scene.labels:
        pen.plate(label)
    for line in scene.underlines:
        pen.line(line, 8)
    ax.add_artist(lettering(tuple(_placed(scene))))


def _placed(scene: Scene) -> Iterator[Run]:
    """Every run of text with the left end of its baseline."""
    for label in scene.labels:
        x, y = label.centre
        for dy, row in label.lines():
            left, low = x - row.width / 2, y + dy + _BASELINE * row.size
            for text, along, size, shift, italic in _runs(row):
                yield Run(text, left + along, low + shift * row.size, size, italic, tone(row.tone))


@dataclass(frozen=True)
class _Pen:
    """Axes, and how many points one pixel of the scene is."""

    ax: Any
    points: float

    def ground(self, scene: Scene) -> None:
        """The opaque ground, so that the picture can stand on anything."""
        self._rounded(0, 0, scene.width, scene.height, 0, GROUND, GROUND, 0.0, "-", 0)

    def line(self, line: Line, order: float) -> None:
        """A wire or a divider."""
        from matplotlib.lines import Line2D

        (ax, ay), (bx, by) = line.start, line.end
        ink = WIRES[line.kind]
        style = self._dashes(ink.dash, line.width)
        width = line.width * self.points
        self.ax.add_line(
            Line2D([ax, bx], [ay, by], color=ink.colour, linewidth=width, linestyle=style, zorder=order)
        )

    def polyline(self, line: Polyline) -> None:
        """A curve."""
        from matplotlib.lines import Line2D

        xs, ys = zip(*line.points, strict=True)
        ink, width = WIRES[line.kind], line.width * self.points
        style = self._dashes(ink.dash, line.width)
        self.ax.add_line(Line2D(xs, ys, color=ink.colour, linewidth=width, linestyle=style, zorder=2.1))

    def mark(self, mark: Mark) -> None:
        """A dot or a diamond on a curve."""
        from matplotlib.patches import Circle, Polygon

        ink = MARKS[mark.kind]
        look: Any = {"facecolor": ink.fill, "edgecolor": ink.stroke, "linewidth": ink.width * self.points}
        shape = Polygon(mark.corners, **look) if mark.diamond else Circle(mark.at, mark.size, **look)
        shape.set_zorder(2.15)
        self.ax.add_patch(shape)

    def arrow(self, arrow: Arrow) -> None:
        """An arrowhead."""
        from matplotlib.patches import Polygon

        self.ax.add_patch(
            Polygon(arrow.corners, facecolor=WIRES[arrow.kind].head, edgecolor="none", linewidth=0, zorder=3)
        )

    def box(self, box: Box, order: float) -> None:
        """A unit."""
        (x, y), ink = box.centre, FILLS[box.kind]
        style = self._dashes(ink.dash, ink.width)
        left, top = x - box.width / 2, y - box.height / 2
        self._rounded(
            left, top, box.width, box.height, box.rounding, ink.fill, ink.stroke, ink.width, style, order
        )

    def plate(self, label: Label) -> None:
        """The ground of a label that covers wires."""
        if label.plate:
            x, y = label.centre
            colour = WIRES[label.wire].colour
            left, top = x - label.width / 2, y - label.height / 2
            self._rounded(left, top, label.width, label.height, 4, GROUND, colour, 0.8, "-", 6)

    def picture(self, picture: Picture) -> None:
        """A heat map."""
        x, y = picture.corner
        cells = np.array([np.frombuffer(line, dtype=np.uint8).reshape(-1, 3) for line in picture.cells])
        extent = (x, x + picture.width, y + picture.height, y)
        self.ax.imshow(cells, extent=extent, interpolation="nearest", aspect="equal", zorder=5)

    def _rounded(
        self, x: float, y: float, width: float, height: float, rounding: float, fill: str, stroke: str,
        line: float, style: Any, order: float,
    ) -> None:  # fmt: skip
        from matplotlib.patches import PathPatch

        self.ax.add_patch(
            PathPatch(
                _outline(x, y, width, height, rounding),
                facecolor=fill,
                edgecolor=stroke if line else "none",
                linewidth=line * self.points,
                linestyle=style,
                zorder=order,
            )
        )

    def _dashes(self, dash: str, width: float) -> Any:
        """SVG's dashes are in pixels, matplotlib's in widths of the line."""
        return (0, tuple(float(part) / width for part in dash.split())) if dash else "-"


def _outline(x: float, y: float, width: float, height: float, rounding: float) -> Any:
    """A rectangle with round corners, as a path."""
    from matplotlib.path import Path

    r = min(rounding, width / 2, height / 2)
    right, low = x + width, y + height
    points = [(x + r, y), (right - r, y), (right, y), (right, y + r), (right, low - r), (right, low)]
    points += [
        (right - r, low),
        (x + r, low),
        (x, low),
        (x, low - r),
        (x, y + r),
        (x, y),
        (x + r, y),
        (x + r, y),
    ]
    corner = [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path(points, [Path.MOVETO, *corner * 4, Path.CLOSEPOLY])


def _runs(row: Row) -> Iterator[tuple[str, float, float, float, bool]]:
    """Neighbouring spans of one look as one text: (text, distance from the left, size, shift, italic)."""
    left = 0.0
    text, start, look = "", 0.0, (1.0, 0.0, False)
    for span in row.spans:
        own = (span.scale, span.shift, span.italic)
        if text and own != look:
            yield text, start, look[0] * row.size, look[1], look[2]
            text = ""
        if not text:
            start, look = left, own
        text += span.text
        left += text_width(span.text, row.size * span.scale)
    if text:
        yield text, start, look[0] * row.size, look[1], look[2]
