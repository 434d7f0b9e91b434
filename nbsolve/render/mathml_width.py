"""How wide MathML will be, roughly, in the font's size: what need not be broken on a phone, and what must."""

from __future__ import annotations

from functools import lru_cache
from xml.etree import ElementTree

from nbsolve.authored.reading import Element

_SCRIPT = 0.72
_RELATIONS, _BINARY = frozenset("=≈<>≤≥≠←→"), frozenset("+−⊙±×")


@lru_cache(maxsize=16384)
def width(markup: str) -> float:
    """The width of the content of a `math` element."""
    return _width(ElementTree.fromstring(f"<math>{markup}</math>"))


def _width(element: Element) -> float:
    widths = [_width(child) for child in element]
    match element.tag:
        case "mn" | "mi" | "mtext" | "ms":
            text = "".join(element.itertext())
            return (
                sum(0.26 if sign in ".,;:'ijl| \u00a0" else 0.9 if sign in "mwMW" else 0.52 for sign in text)
                + 0.02
            )
        case "mo":
            return _operator(element)
        case "mspace":
            return float((element.get("width") or "0").removesuffix("em") or 0)
        case "msub" | "msup":
            return widths[0] + _SCRIPT * widths[1]
        case "msubsup":
            return widths[0] + _SCRIPT * max(widths[1:])
        case "mfrac":
            return max(widths) + 0.2
        case "munder" | "mover" | "munderover":
            return max(widths[0], _SCRIPT * max(widths[1:]))
        case "mtable":
            columns = [[_width(cell) for cell in row] for row in element]
            longest = max((len(row) for row in columns), default=0)
            return sum(max(row[n] for row in columns if n < len(row)) + 0.8 for n in range(longest))
        case "msqrt":
            return sum(widths) + 0.9
        case "mrow" if element.get("class") == "boxed":
            return sum(widths) + 0.6
        case _:
            return sum(widths)


def _operator(element: Element) -> float:
    sign = (element.text or "").strip()
    if element.get("form") == "prefix" and sign == "−":
        return 0.7
    if sign in _RELATIONS:
        return 1.3
    if sign in _BINARY:
        return 1.15
    return 0.62 if sign in "·," else 0.38 * max(1, len(sign)) if sign else 0.0
