"""Mathematics in pieces that a browser may set on several lines (where they may be broken: `breaking`).

A piece is a `math` element of its own, since browsers do not break inside one. Between two pieces stands `wbr`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from nbsolve.render.breaking import Kind, Part, Parts, joined, opened
from nbsolve.render.mathml.tree import APPLIED, THIN, elements, is_tall
from nbsolve.render.mathml.width import width

__all__ = ["ROOM", "pieces", "whole"]

ROOM = 11.0
"""In the font's size: what stands on one line of a narrow phone beside a left margin."""
_SHORT = 3.6
"""In the font's size: a sign of equality and a number, or the derivative that was found before."""
_BETWEEN = {
    **dict.fromkeys("=≈<>≤≥≠←", Kind.RELATION),
    **dict.fromkeys("+−", Kind.SUM),
    **dict.fromkeys("·⋅⊙×", Kind.PRODUCT),
}
_BRACKETS = {"(": Kind.OPEN, "[": Kind.OPEN, ")": Kind.CLOSE, "]": Kind.CLOSE}
_TIMES = '<mo form="infix" class="gap">·</mo>'
"""What a piece begins with in the place of a gap: its line could be taken for what a function is applied to."""
_DERIVATIVE = re.compile(r" ?<mfrac><mrow><mi>∂</mi>")
"""Which nobody takes for an argument, and of which the chain rule has many on a line."""
_TEXT = re.compile(r"<mo[^>]*>([^<]*)</mo>")
_BRACKETED = re.compile(r'<mrow><mo(?: stretchy="false")?>[(\[]</mo>')
_BRACED = "<munder><munder>"


def whole(markup: str, display: bool) -> str:
    """One `math` element. An operator that it begins with keeps the space it has between two terms."""
    markup = markup.strip()
    if markup.startswith("<mo>") and markup[4:5] in "+−·⊙=≈&≤≥≠←":
        markup = '<mo form="infix">' + markup.removeprefix("<mo>")
    style = ' displaystyle="true"' if display else ""
    return f"<math{style}>{markup}</math>"


@lru_cache(maxsize=16384)
def pieces(markup: str, display: bool) -> str:
    """The markup as one `math` element, or as several where it could be too wide for a phone."""
    if width(markup) <= ROOM:
        return whole(markup, display)
    return _opened(_parts(markup), display)


def _opened(parts: Parts, display: bool) -> str:
    if len(parts) == 1 and parts[0].markup.startswith(_BRACED):
        return _underlined(parts[0].markup, display)
    found = _glued(opened(parts, _bracketed), display)
    if len(found) == 1:
        return whole(joined(parts), display)
    return "<wbr>".join(_piece(each, display) for each in found)


def _glued(found: tuple[Parts, ...], display: bool) -> tuple[Parts, ...]:
    """A short factor stays with what it multiplies: the first of the pieces in the brackets, cases or a matrix.

    (Not with these in a table, whose columns are narrow.)
    """
    if len(found) == 1 or width(joined(found[0])) > _SHORT:
        return found
    if display and "<mtable" in joined(found[1]):
        return ((*found[0], *found[1]), *found[2:])
    if len(inner := _inside(found[1])) < 2:
        return found
    first, *rest = inner[0]
    gap = joined(found[1][:-1])
    opening = (*found[0], first._replace(markup=f"{gap}{first.markup}"), *rest)
    return (opening, *inner[1:], *found[2:])


def _inside(piece: Parts) -> tuple[Parts, ...]:
    """The pieces of brackets that are too long, and all that stands in a piece but the gap before them."""
    alone = all(part.kind is Kind.GAP for part in piece[:-1])
    return opened(piece[-1:], _bracketed) if alone and _bracketed(piece[-1]) else ()


def _underlined(brace: str, display: bool) -> str:
    """What stands above a brace that is too long for one line: underlined, with what stands below it at its end."""
    (inner, _), (below, _) = elements(brace.removeprefix("<munder>").removesuffix("</munder>"))
    body = elements(inner.removeprefix("<munder>").removesuffix("</munder>"))[0][0]
    row = body.removeprefix("<mrow>").removesuffix("</mrow>") if body.startswith("<mrow>") else body
    return (
        f'<span class="braced">{_opened(_parts(row), display)}</span>{whole(f"<mrow>{below}</mrow>", False)}'
    )


def _piece(parts: Parts, display: bool) -> str:
    if parts[0].kind is Kind.GAP and not _DERIVATIVE.match(joined(parts[1:])):
        parts = (Part(_TIMES, Kind.PRODUCT), *parts[1:])
    markup = joined(parts)
    if width(markup) <= ROOM:
        return whole(markup, display)
    inside = _opened(parts, display)
    return f'<span class="pieces">{inside}</span>' if "<wbr>" in inside else inside


def _parts(row: str) -> Parts:
    return tuple(_part(markup, spaced) for markup, spaced in elements(row))


def _part(markup: str, spaced: bool) -> Part:
    written = f" {markup}" if spaced else markup
    if markup.startswith("<mspace"):
        return Part(written, Kind.GAP if markup == THIN else Kind.OTHER if markup == APPLIED else Kind.SPACE)
    if markup.startswith(_BRACED) and width(markup) > ROOM:
        return Part(written, Kind.ALONE)
    sign = _sign(markup)
    if spaced and "prefix" not in markup and sign in _BETWEEN:
        return Part(written, _BETWEEN[sign])
    return Part(written, _BRACKETS.get(sign, Kind.OTHER))


def _bracketed(part: Part) -> Parts:
    """The content of a row in brackets, these with a height of their own; empty where it is none.

    It may be raised to a power, which the closing bracket then carries.
    """
    markup, exponent = part.markup.strip(), ""
    if width(markup) <= ROOM:
        return ()
    if markup.startswith("<msup><mrow><mo"):
        (markup, _), (exponent, _) = elements(markup.removeprefix("<msup>").removesuffix("</msup>"))
    if not _BRACKETED.match(markup) or "<mtable" in markup:
        return ()
    first, *inside, last = elements(markup.removeprefix("<mrow>").removesuffix("</mrow>"))
    tall = any(is_tall(each) for each, _ in inside)
    size = 'stretchy="true" symmetric="true" minsize="2.4em" maxsize="2.4em"' if tall else 'stretchy="false"'
    opening, closing = (
        f'<mo form="{form}" {size}>{_sign(end)}</mo>'
        for (end, _), form in ((first, "prefix"), (last, "postfix"))
    )
    if exponent:
        closing = f"<msup>{closing}{exponent}</msup>"
    return (Part(opening, Kind.OPEN), *(_part(*each) for each in inside), Part(closing, Kind.CLOSE))


def _sign(markup: str) -> str:
    found = _TEXT.fullmatch(markup)
    return found[1].replace("&lt;", "<").replace("&gt;", ">") if found else ""
