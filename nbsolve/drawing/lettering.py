"""The texts of a scene as one matplotlib artist: measured before, they need none of its layout, which is slow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

__all__ = ["Run", "lettering"]

_POINTS = 72.0
_ORDER = 7


@dataclass(frozen=True, slots=True)
class Run:
    """A text of one look: the left end of its baseline and its size, in pixels of the scene."""

    text: str
    x: float
    y: float
    size: float
    italic: bool
    colour: str


def lettering(runs: tuple[Run, ...]) -> Any:
    """An artist that writes the runs, as large as the axes make the scene at that moment."""
    artist = _artist_class()(runs)
    artist.set_zorder(_ORDER)
    return artist


@lru_cache(maxsize=1)
def _artist_class() -> Any:
    # Made when it is used: a class cannot derive from what is not imported yet.
    from matplotlib.artist import Artist
    from matplotlib.font_manager import FontProperties

    class Lettering(Artist):  # type: ignore[misc, unused-ignore]
        """Writes its runs straight through the renderer."""

        def __init__(self, runs: tuple[Run, ...]) -> None:
            super().__init__()
            self.runs = runs

        def draw(self, renderer: Any) -> None:
            """Called by the figure."""
            if not self.get_visible():
                return
            axes: Any = self.axes
            places = axes.transData.transform([(run.x, run.y) for run in self.runs])
            (left, _), (right, _) = axes.transData.transform([(0, 0), (1, 0)])
            points = (right - left) * _POINTS / axes.figure.dpi
            _, height = renderer.get_canvas_width_height()
            pen = renderer.new_gc()
            for run, (x, y) in zip(self.runs, places, strict=True):
                pen.set_foreground(run.colour)
                style: Any = "italic" if run.italic else "normal"
                font = FontProperties(family="DejaVu Sans", style=style, size=run.size * points)
                renderer.draw_text(pen, x, height - y if renderer.flipy() else y, run.text, font, 0.0)
            pen.restore()

    return Lettering
