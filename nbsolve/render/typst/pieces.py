"""Typst's mathematics in pieces that may stand on several lines (where they may be broken: `breaking`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from nbsolve.render.breaking import Kind, Part, Parts, joined, opened
from nbsolve.render.typst.width import math_width

__all__ = ["pieces"]

_KINDS = {
    **dict.fromkeys("=≈<>≤≥≠←", Kind.RELATION),
    **dict.fromkeys(("+", "-", "−", "\\+"), Kind.SUM),
    **dict.fromkeys(("dot.c", "⋅", "·", "⊙", "×"), Kind.PRODUCT),
    "thin": Kind.GAP,
    **dict.fromkeys(("\\(", "\\[", "paren.l", "bracket.l"), Kind.OPEN),
    **dict.fromkeys(("\\)", "\\]", "paren.r", "bracket.r"), Kind.CLOSE),
}
_BETWEEN = frozenset([Kind.RELATION, Kind.SUM, Kind.PRODUCT])
_TOKEN = re.compile(
    r'\s*("(?:[^"\\]|\\.)*"|\\u\{\w+\}|\\.|#?[A-Za-z]+(?:\.[A-Za-z]+)*|\d+(?:\.\d+)?|\.\d+|\S)', re.DOTALL
)
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[()\[\]{}]', re.DOTALL)
_GROWING = re.compile(r"lr\((paren|bracket)\.l |([(\[])")
_TALL = ("frac(", "mat(", "cases(", "∑")
_LEAST = 4.0
"""What is narrower than this, in the font's size, stays whole."""


def pieces(typst: str, room: float) -> list[str]:
    """The formula in pieces none of which is wider than the room, as far as it can be broken."""
    return [joined(piece).strip() for piece in _pieces(_parts(typst), max(room, _LEAST))]


def _pieces(parts: Parts, room: float) -> Iterator[Parts]:
    def inside(part: Part) -> Parts:
        return _bracketed(part) if math_width(part.markup) > room else ()

    found = opened(parts, inside) if math_width(joined(parts)) > room else ()
    if len(found) > 1:
        for each in found:
            yield from _pieces(each, room)
    else:
        yield parts


@lru_cache(maxsize=16384)
def _parts(typst: str) -> Parts:
    """The formula's outermost parts, each with its scripts and its arguments."""
    found: list[Part] = []
    at = 0
    while token := _TOKEN.match(typst, at):
        sign, start = token[1], at
        at = token.end()
        if sign in ("(", "["):
            at = _end(typst, token.start(1))
        elif len(sign) > 1 and sign[-1].isalpha() and typst.startswith("(", at):
            at = _end(typst, at)
        while typst.startswith(("_", "^"), at):
            script = _TOKEN.match(typst, at + 1)
            at = _end(typst, at + 1) if typst.startswith("(", at + 1) else script.end() if script else at + 1
        kind = _KINDS.get(sign, Kind.OTHER)
        if kind in _BETWEEN and not (typst.startswith(" ", at) and _ends_a_term(found, kind)):
            kind = Kind.OTHER  # the sign of the number that follows
        found.append(Part(typst[start:at], kind))
    return tuple(found)


def _ends_a_term(before: list[Part], kind: Kind) -> bool:
    return kind is Kind.RELATION or (bool(before) and before[-1].kind not in (*_BETWEEN, Kind.OPEN))


def _end(typst: str, at: int) -> int:
    """Where the brackets end that begin here."""
    depth = 0
    for found in _BRACKETS.finditer(typst, at):
        sign = found.group()
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0:
            return found.end()
    return len(typst)


@lru_cache(maxsize=1024)
def _bracketed(part: Part) -> Parts:
    """The content of a row in growing brackets, these with a height of their own; empty where it is none.

    A pair of brackets would be a group of Typst's, which cannot go over several lines.
    """
    markup = part.markup.lstrip()
    found = _GROWING.match(markup)
    if found is None:
        return ()
    kind = found[1] or ("paren" if found[2] == "(" else "bracket")
    end = _end(markup, markup.index("(") if found[1] else 0)
    inside = markup[found.end() : end - 1].removesuffix(f" {kind}.r")
    size = "lr(size: #2.4em, {})" if any(sign in inside for sign in _TALL) else "{}"
    left, right = (size.format(f"{kind}.{side}") for side in "lr")
    space = part.markup[: -len(markup)]
    return (
        Part(f"{space}{left} ", Kind.OPEN),
        *_parts(inside),
        Part(f" {right}{markup[end:]}", Kind.CLOSE),
    )
