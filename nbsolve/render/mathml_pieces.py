"""Mathematics in pieces that a browser may set on several lines: it breaks before operators, terms before factors.

A piece is a `math` element of its own, since browsers do not break inside one. Between two pieces stands `wbr`.
What is too wide even alone is opened: a product at its factors, a bracket at the terms inside it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from nbsolve.render.mathml_tree import elements, is_tall
from nbsolve.render.mathml_width import width

__all__ = ["ROOM", "pieces", "whole"]

ROOM = 11.0
"""In the font's size: what stands on one line of a narrow phone beside a left margin."""
_SUMS, _PRODUCTS = ("+", "−"), ("·", "⋅", "⊙", "×")
_RELATIONS = frozenset("=≈<>≤≥≠←")
_TEXT = re.compile(r"<mo[^>]*>([^<]*)</mo>")

Part = tuple[str, bool]


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
    return _opened(elements(markup), display)


def _opened(parts: tuple[Part, ...], display: bool) -> str:
    if len(parts) == 1 and parts[0][0].startswith("<munder><munder>"):
        return _underlined(parts[0][0], display)
    for cut in (_at_relations, _at_sums, _at_products, _at_braces, _in_brackets):
        found = cut(parts)
        if len(found) > 1:
            return "<wbr>".join(_piece(each, display) for each in found)
    return whole(_joined(parts), display)


def _underlined(brace: str, display: bool) -> str:
    """What stands above a brace that is too long for one line: underlined, with what stands below it at its end."""
    (inner, _), (below, _) = elements(brace.removeprefix("<munder>").removesuffix("</munder>"))
    body = elements(inner.removeprefix("<munder>").removesuffix("</munder>"))[0][0]
    row = body.removeprefix("<mrow>").removesuffix("</mrow>") if body.startswith("<mrow>") else body
    return f'<span class="braced">{_opened(elements(row), display)}</span>{whole(f"<mrow>{below}</mrow>", False)}'


def _piece(parts: tuple[Part, ...], display: bool) -> str:
    markup = _joined(parts)
    if width(markup) <= ROOM:
        return whole(markup, display)
    opened = _opened(parts, display)
    return f'<span class="pieces">{opened}</span>' if "<wbr>" in opened else opened


def _joined(parts: tuple[Part, ...]) -> str:
    return "".join(f" {part}" if spaced else part for part, spaced in parts)


def _operator(part: str) -> str:
    found = _TEXT.fullmatch(part)
    return found[1].replace("&lt;", "<").replace("&gt;", ">") if found else ""


def _cut(
    parts: tuple[Part, ...], signs: tuple[str, ...] | frozenset[str], depth: int = 0
) -> tuple[tuple[Part, ...], ...]:
    """Before each of the signs that stands between two terms, as many brackets deep."""
    found: list[tuple[Part, ...]] = []
    start, level = 0, 0
    for at, (part, spaced) in enumerate(parts):
        operator = _operator(part)
        level += (operator in ("(", "[")) - (operator in (")", "]"))
        thin = part.startswith("<mspace") and "·" in signs
        between = spaced and operator in signs and "prefix" not in part
        if at > start and level == depth and (between or thin):
            end = at + thin  # a thin space ends its piece
            found.append(parts[start:end])
            start = end
    found.append(parts[start:])
    return tuple(piece for piece in found if piece)


def _at_relations(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], ...]:
    return _cut(parts, _RELATIONS)


def _at_sums(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], ...]:
    return _cut(parts, _SUMS)


def _at_products(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], ...]:
    return _cut(parts, _PRODUCTS)


def _at_braces(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], ...]:
    """Before a brace that is too long, and after it."""
    found: list[tuple[Part, ...]] = []
    for part in parts:
        if part[0].startswith("<munder><munder>") and width(part[0]) > ROOM:
            found += [(part,), ()]
        else:
            found[-1:] = [(*(found[-1] if found else ()), part)]
    return tuple(piece for piece in found if piece)


def _in_brackets(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], ...]:
    """Inside the brackets of a row: at their terms, else at their factors, at last after each comma."""
    flat: list[Part] = []
    for part, spaced in parts:
        inside = _bracketed(part)
        flat.extend(inside if inside and width(part) > ROOM else [(part, spaced)])
    opened = tuple(flat)
    for signs in (_SUMS, _PRODUCTS):
        found = _cut(opened, signs, 1)
        if len(found) > 1:
            return found
    return (opened,)


def _bracketed(part: str) -> list[Part]:
    """The content of a row in growing brackets, these with a height of their own; empty where it is none."""
    if not part.startswith(("<mrow><mo>(</mo>", "<mrow><mo>[</mo>")) or "<mtable" in part:
        return []
    first, *inside, last = elements(part.removeprefix("<mrow>").removesuffix("</mrow>"))
    tall = any(is_tall(each) for each, _ in inside)
    size = 'stretchy="true" symmetric="true" minsize="2.4em" maxsize="2.4em"' if tall else 'stretchy="false"'
    ends = [
        (end[0].replace("<mo>", f'<mo form="{form}" {size}>'), False)
        for end, form in ((first, "prefix"), (last, "postfix"))
    ]
    return [ends[0], *inside, ends[1]]
