"""Drawings on paper: the SVG with its letters in the handout's own font, and its words as alternative text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from nbsolve.drawing.metrics import FAMILY
from nbsolve.handout.tikz import tikz
from nbsolve.render.typst import Piece
from nbsolve.render.typst_latex import quoted

if TYPE_CHECKING:
    from nbsolve.drawing import Drawing
    from nbsolve.handout.paper import Paper

__all__ = ["figure", "svg_figure"]

_FONT = "New Computer Modern"
_LARGER = 1.13
"""Its letters are narrower than those the drawing was laid out for: they may be this much larger."""
_MILLIMETRES = 0.205
"""Of a drawing's pixel, where the paper is wide enough."""
_SIZE = re.compile(r'font-size="([0-9.]+)"')
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_HIDDEN = re.compile(r"<(title|desc)\b.*?</\1>", re.DOTALL)


def figure(drawing: Drawing, paper: Paper) -> Piece:
    """A drawing, as wide as it needs to be legible and no wider than the text."""
    piece = svg_figure(drawing.svg, f"{drawing.title}. {drawing.alt}", paper)
    scene = drawing.scene
    return replace(piece, latex=lambda: tikz(scene, _width(scene.width, scene.height, paper)))


def svg_figure(svg: str, alt: str, paper: Paper) -> Piece:
    """A picture given as SVG."""
    size = re.search(r'<svg[^>]*\bwidth="([0-9.]+)(?:px)?"[^>]*\bheight="([0-9.]+)(?:px)?"', svg)
    width = paper.text_width if size is None else _width(float(size[1]), float(size[2]), paper)
    drawn = _HIDDEN.sub("", _STYLE.sub("", svg)).replace(FAMILY, _FONT)
    drawn = _SIZE.sub(lambda found: f'font-size="{float(found[1]) * _LARGER:.2f}"', drawn)
    return Piece(
        f"#picture({quoted(drawn)}, {quoted(alt)}, {width:.1f}mm)", f"drawing {alt.partition('.')[0][:60]!r}"
    )


def _width(across: float, down: float, paper: Paper) -> float:
    """In millimetres, of a picture of so many pixels."""
    return min(paper.text_width, across * _MILLIMETRES, paper.height * 0.55 * across / down)
