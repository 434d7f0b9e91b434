"""From a plot to a drawing, and from a drawing to one that matplotlib has painted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nbsolve.drawing.charts.chart import Plot
from nbsolve.drawing.charts.plots import paint, svg_of
from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.svg import write_svg

__all__ = ["finished_plot", "through_matplotlib"]


def finished_plot(plot: Plot, title: str, alt: str) -> Drawing:
    """The drawing of a plot."""
    return Drawing(write_svg(plot.scene, title, alt), title, alt, plot)


def through_matplotlib(drawing: Drawing, ax: Any | None) -> Drawing:
    """Draw a scene with matplotlib: on the axes, or, without any, on a figure of its own."""
    if ax is not None:
        paint(drawing.source, ax)
        return replace(drawing, elsewhere=True)
    return replace(drawing, svg=svg_of(drawing.source, drawing.title, drawing.alt))
