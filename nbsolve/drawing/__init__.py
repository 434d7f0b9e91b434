"""Drawings: a problem's network as a graph, placed in a scene, written as SVG; functions as curves."""

from __future__ import annotations

from nbsolve.drawing.charts.functions import plot_function
from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.pictures import draw_network, draw_solution, frames

__all__ = ["Drawing", "draw_network", "draw_solution", "frames", "plot_function"]
