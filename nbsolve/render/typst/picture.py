"""Drawings on paper: their SVG with letters in the fonts that Typst has, and a PDF of one drawing alone."""

from __future__ import annotations

import re
import unicodedata

from nbsolve.drawing.metrics import FAMILY
from nbsolve.render.typst.compiler import compiled
from nbsolve.render.typst.words import quoted

__all__ = ["LARGER", "paper_svg", "picture_pdf", "size_of"]

_FONT = "New Computer Modern"
LARGER = 1.13
"""How much larger this font may be set: its letters are narrower than those the drawing was laid out for."""
_SIZE = re.compile(r'font-size="([0-9.]+)"')
_STYLE = re.compile(r"<style>@media.*?</style>", re.DOTALL)
_HIDDEN = re.compile(r"<(title|desc)\b.*?</\1>", re.DOTALL)
_DIMENSIONS = re.compile(
    r'<svg[^>]*?\bwidth="([0-9.]+)(pt|px)?"[^>]*?\bheight="([0-9.]+)(?:pt|px)?"', re.DOTALL
)


_ACCENTED = re.compile("(\\w)([\u0302\u0303\u0304\u0307\u20d7])")
_ACCENTS = {
    "\u0302": ("ˆ", 'dx="-0.5em"', 0, 25),
    "\u0303": ("˜", 'dx="-0.5em"', 0, 25),
    "\u0304": ("¯", 'dx="-0.5em"', 0, 25),
    "\u0307": ("˙", 'dx="-0.39em" letter-spacing="0.11em"', 0, 25),
    "\u20d7": ("→", 'dx="-1em" font-size="0.5em"', 110, 160),
}
"""The sign for an accent; how it is set back over the letter before it, which is half an em wide on average; by how
many hundredths of its size it is raised, and over a tall letter."""
_COMPOSED = "\u0250"
"""The font has letters with accents before this one."""
_TALL = frozenset("bdfhkltβδζθλξϕφψ")


def paper_svg(svg: str) -> str:
    """The SVG without what only screens need (its words become the alternative text), in the paper's letters."""
    drawn = _HIDDEN.sub("", _STYLE.sub("", svg))
    if FAMILY not in drawn:
        return drawn
    drawn = drawn.replace(FAMILY, _FONT)
    larger = _SIZE.sub(lambda found: f'font-size="{float(found[1]) * LARGER:.2f}"', drawn)
    signs = _ACCENTED.sub(_with_sign, unicodedata.normalize("NFD", larger))
    return unicodedata.normalize("NFC", signs)


def _with_sign(accented: re.Match[str]) -> str:
    """A letter and its accent as two signs: a PDF that is accessible holds no glyph without a letter of its own."""
    composed = unicodedata.normalize("NFC", accented[0])
    if len(composed) == 1 and composed < _COMPOSED:
        return composed
    letter, accent = accented.groups()
    sign, placed, low, high = _ACCENTS[accent]
    raised = high if letter in _TALL or letter.isupper() else low
    return f'{letter}<tspan {placed} baseline-shift="{raised}%">{sign}</tspan>'


def size_of(svg: str) -> tuple[float, float] | None:
    """Width and height in pixels, where the picture says them."""
    found = _DIMENSIONS.search(svg)
    if found is None:
        return None
    unit = 4 / 3 if found[2] == "pt" else 1.0
    return float(found[1]) * unit, float(found[3]) * unit


def picture_pdf(svg: str, alt: str) -> bytes:
    """A PDF page as large as the picture; the same bytes for the same picture."""
    width, _ = size_of(svg) or (600.0, 400.0)
    source = (
        f"#set document(title: {quoted(alt[:80])}, date: none)\n#set page(width: auto, height: auto, margin: 0pt)\n"
        f'#image(bytes({quoted(paper_svg(svg))}), format: "svg", alt: {quoted(alt)}, width: {width * 0.75:.1f}pt)\n'
    )
    return compiled(source)
