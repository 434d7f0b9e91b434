"""A scene on matplotlib axes: the same shapes, colours and measured labels as in the SVG."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nbsolve.drawing.ink import FILLS, GROUND, WIRES, tone
from nbsolve.drawing.metrics import text_width
from nbsolve.drawing.scene import HALO, Arrow, Box, Label, Line, Picture, Row, Scene

__all__ = ["paint_scene"]

_POINTS = 72.0
_BASELINE = 0.35
"""A baseline stands this far below the middle of its line, in font sizes."""


def paint_scene(scene: Scene, ax: Any) -> None:
    """Paint on axes as large as they are now; text takes the size of the picture, so it still fits its boxes."""
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
    for arrow in scene.arrows:
        pen.arrow(arrow)
    for box in scene.boxes:
        pen.box(box)
    for label, line in scene.halos:
        pen.halo(label, line)
    for picture in scene.pictures:
        pen.picture(picture)
    for label in scene.labels:
        pen.label(label)


@dataclass(frozen=True)
class _Pen:
    """Axes, and how many points one pixel of the scene is."""

    ax: Any
    points: float

    def ground(self, scene: Scene) -> None:
        """The opaque ground, so that the picture can stand on anything."""
        self._rounded(0, 0, scene.width, scene.height, 0, GROUND, GROUND, 0.0, "-", 0)

    def line(self, line: Line, order: float, bare: bool = False) -> None:
        """A wire or a divider."""
        from matplotlib.lines import Line2D

        (ax, ay), (bx, by) = line.start, line.end
        ink = WIRES[line.kind]
        style = self._dashes("" if bare else ink.dash, line.width)
        width = line.width * self.points
        self.ax.add_line(
            Line2D([ax, bx], [ay, by], color=ink.colour, linewidth=width, linestyle=style, zorder=order)
        )

    def arrow(self, arrow: Arrow) -> None:
        """An arrowhead."""
        from matplotlib.patches import Polygon

        self.ax.add_patch(
            Polygon(arrow.corners, facecolor=WIRES[arrow.kind].head, edgecolor="none", linewidth=0, zorder=3)
        )

    def box(self, box: Box) -> None:
        """A unit."""
        (x, y), ink = box.centre, FILLS[box.kind]
        style = self._dashes(ink.dash, ink.width)
        left, top = x - box.width / 2, y - box.height / 2
        self._rounded(
            left, top, box.width, box.height, box.rounding, ink.fill, ink.stroke, ink.width, style, 4
        )

    def halo(self, label: Label, line: Line) -> None:
        """Around a plate only its own wire is seen."""
        (x, y), width, height = label.centre, label.width + 2 * HALO, label.height + 2 * HALO
        self._rounded(x - width / 2, y - height / 2, width, height, 6, GROUND, GROUND, 0.0, "-", 2.2)
        self.line(line, 2.4, bare=True)

    def label(self, label: Label) -> None:
        """Text, on its plate where it has one."""
        x, y = label.centre
        if label.plate:
            colour = WIRES[label.wire].colour
            left, top = x - label.width / 2, y - label.height / 2
            self._rounded(left, top, label.width, label.height, 4, GROUND, colour, 0.8, "-", 6)
        for dy, row in label.lines():
            self._row(row, x - row.width / 2, y + dy + _BASELINE * row.size)

    def picture(self, picture: Picture) -> None:
        """A heat map."""
        x, y = picture.corner
        cells = np.array([np.frombuffer(line, dtype=np.uint8).reshape(-1, 3) for line in picture.cells])
        extent = (x, x + picture.width, y + picture.height, y)
        self.ax.imshow(cells, extent=extent, interpolation="nearest", aspect="equal", zorder=5)

    def _row(self, row: Row, x: float, y: float) -> None:
        for text, left, size, shift, italic in _runs(row):
            self.ax.text(
                x + left,
                y + shift * row.size,
                text,
                fontsize=size * self.points,
                fontfamily="DejaVu Sans",
                fontstyle="italic" if italic else "normal",
                color=tone(row.tone),
                parse_math=False,
                zorder=7,
            )

    def _rounded(
        self, x: float, y: float, width: float, height: float, rounding: float, fill: str, stroke: str,
        line: float, style: Any, order: float,
    ) -> None:  # fmt: skip
        from matplotlib.patches import FancyBboxPatch, Rectangle

        shared = {
            "facecolor": fill,
            "edgecolor": stroke if line else "none",
            "linewidth": line * self.points,
            "linestyle": style,
            "zorder": order,
        }
        if rounding:
            shape = f"round,pad=0,rounding_size={rounding}"
            self.ax.add_patch(FancyBboxPatch((x, y), width, height, boxstyle=shape, **shared))
        else:
            self.ax.add_patch(Rectangle((x, y), width, height, **shared))

    def _dashes(self, dash: str, width: float) -> Any:
        """SVG's dashes are in pixels, matplotlib's in widths of the line."""
        return (0, tuple(float(part) / width for part in dash.split())) if dash else "-"


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
