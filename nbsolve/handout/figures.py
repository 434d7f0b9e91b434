"""Drawings on paper: the SVG with its letters in the handout's own font, and its words as alternative text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbsolve.handout.tikz import tikz
from nbsolve.phrases import phrase
from nbsolve.render.typst.document import Piece
from nbsolve.render.typst.picture import paper_svg, size_of
from nbsolve.render.typst.words import quoted

if TYPE_CHECKING:
    from nbsolve.drawing import Drawing
    from nbsolve.handout.paper import Paper

__all__ = ["BESIDE", "figure", "figure_beside", "narrow", "svg_figure"]

_PART = 0.795
"""A drawing is no higher than this part of the paper."""
_LARGE = 0.28
"""A drawing higher than this part of the paper, a third of the text, does not keep the text waiting."""
BESIDE = 1.5
"""Between text and a drawing beside it, in the font's size (as in handout.typ)."""
_NARROW, _HIGH = 0.4, 0.2
"""A drawing that takes no more of the text's width, and more of the paper's height, stands beside the text."""
_MILLIMETRES = 0.205
"""The width of a drawing's pixel, where the paper is wide enough."""


def figure(
    drawing: Drawing, paper: Paper, heading: Piece | None = None, lines_below: int | None = None
) -> Piece:
    """A drawing, as wide as it needs to be legible and no wider than the text, below its `heading`.

    A large one stands at the top of the next page where its own has no room for it, and lets the text go on.
    With `lines_below` its page must have room for so many lines below it, and it is set a little smaller for that.
    """
    scene = drawing.scene
    width = _width(scene.width, scene.height, paper)
    before = "" if heading is None else heading.typst
    if lines_below is not None or width * scene.height / scene.width > _LARGE * paper.height:
        options = f", heading: [{before}]" if before else ""
        if lines_below is not None:
            overleaf = quoted(phrase("handout.drawn_overleaf"))
            options += f", below: {1.7 * lines_below + 1:.1f}em, least: 0.72, elsewhere: {overleaf}"
        typst = f"#placed({_said(drawing)}, {width:.1f}mm{options})"
    else:
        typst = f"{before}\n\n#picture({_said(drawing)}, {width:.1f}mm)"
    return Piece(
        typst,
        f"drawing {drawing.words.partition('.')[0][:60]!r}",
        lambda: ("" if heading is None else heading.latex()) + tikz(scene, width),
    )


def narrow(drawing: Drawing, paper: Paper) -> float | None:
    """The width in millimetres of a drawing that is high and narrow enough to stand beside text; None of others."""
    scene = drawing.scene
    width = _width(scene.width, scene.height, paper)
    high = width * scene.height / scene.width
    return width if width <= _NARROW * paper.text_width and high > _HIGH * paper.height else None


def figure_beside(drawing: Drawing, paper: Paper, text: Sequence[Piece]) -> Piece:
    """A narrow drawing beside what leads to it."""
    width = narrow(drawing, paper)
    assert width is not None
    body = "\n\n".join(piece.typst for piece in text)
    return Piece(
        f"#beside({_said(drawing)}, {width:.1f}mm)[\n{body}\n]",
        f"drawing {drawing.words.partition('.')[0][:60]!r}",
        lambda: "\n".join([*(piece.latex() for piece in text), tikz(drawing.scene, width)]),
    )


def _said(drawing: Drawing) -> str:
    return f"{quoted(paper_svg(drawing.svg))}, {quoted(drawing.words)}"


def svg_figure(svg: str, alt: str, paper: Paper) -> Piece:
    """A picture given as SVG."""
    size = size_of(svg)
    width = paper.text_width if size is None else _width(*size, paper)
    return Piece(
        f"#picture({quoted(paper_svg(svg))}, {quoted(alt)}, {width:.1f}mm)",
        f"drawing {alt.partition('.')[0][:60]!r}",
    )


def _width(across: float, down: float, paper: Paper) -> float:
    """The width in millimetres at which a picture of so many pixels is printed."""
    return min(paper.text_width, across * _MILLIMETRES, paper.height * _PART * across / down)
