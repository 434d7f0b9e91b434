"""Drawings on paper: the SVG with its letters in the handout's own font, and its words as alternative text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nbsolve.handout.tikz import tikz
from nbsolve.render.typst import Piece
from nbsolve.render.typst_picture import paper_svg, size_of
from nbsolve.render.typst_words import quoted

if TYPE_CHECKING:
    from nbsolve.drawing import Drawing
    from nbsolve.handout.paper import Paper

__all__ = ["figure", "svg_figure"]

_PART = 0.795
"""A drawing is no higher than this part of the paper."""
_LARGE = 0.28
"""A drawing higher than this part of the paper, a third of the text, does not keep the text waiting."""
_MILLIMETRES = 0.205
"""The width of a drawing's pixel, where the paper is wide enough."""


def figure(drawing: Drawing, paper: Paper, lines_below: int | None = None, floats: bool = False) -> Piece:
    """A drawing, as wide as it needs to be legible and no wider than the text.

    With `lines_below` it is set a little smaller where it then has room on its page, with so many lines below it.
    One that `floats` lets the text go on before it where its page has no room for it, if it is a large one.
    """
    scene = drawing.scene
    width = _width(scene.width, scene.height, paper)
    piece = svg_figure(drawing.svg, drawing.words, paper, lines_below, floats)
    return replace(piece, latex=lambda: tikz(scene, width))


def svg_figure(
    svg: str, alt: str, paper: Paper, lines_below: int | None = None, floats: bool = False
) -> Piece:
    """A picture given as SVG."""
    size = size_of(svg)
    width = paper.text_width if size is None else _width(*size, paper)
    options = "" if lines_below is None or size is None else f", below: {1.7 * lines_below + 1:.1f}em"
    floats = floats and size is not None and width * size[1] / size[0] > _LARGE * paper.height
    options += ", floats: true" if floats else ""
    return Piece(
        f"#picture({quoted(paper_svg(svg))}, {quoted(alt)}, {width:.1f}mm{options})",
        f"drawing {alt.partition('.')[0][:60]!r}",
        floats=floats,
    )


def _width(across: float, down: float, paper: Paper) -> float:
    """The width in millimetres at which a picture of so many pixels is printed."""
    return min(paper.text_width, across * _MILLIMETRES, paper.height * _PART * across / down)
