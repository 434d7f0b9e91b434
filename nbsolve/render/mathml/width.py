"""How wide MathML will be, roughly, in the font's size: what need not be broken on a phone, and what must."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree import ElementTree

from nbsolve.authored.reading import Element

_SCRIPT = 0.72
_LENGTH = re.compile(r"(-?[\d.]+)([a-z]*)")
_UNITS = {"ex": 0.45, "mu": 1 / 18, "px": 1 / 16, "pt": 1 / 12, "pc": 1.0, "mm": 0.24, "cm": 2.4, "in": 6.0}
"""In ems; `em` and `rem` are one."""
_BRACKET = 0.38
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
            return sum(map(_sign, text)) + 0.02
        case "mo":
            return _operator(element)
        case "mspace":
            return _length(element.get("width", ""))
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


def _sign(sign: str) -> float:
    if sign in "()":
        return _BRACKET
    return 0.26 if sign in ".,;:'ijl| \u00a0" else 0.9 if sign in "mwMW" else 0.52


def _length(text: str) -> float:
    """A length of MathML in the font's size; `1.5em`, `12pt`."""
    found = _LENGTH.match(text)
    return float(found[1]) * _UNITS.get(found[2], 1.0) if found else 0.0


def _operator(element: Element) -> float:
    sign = (element.text or "").strip()
    if element.get("form") == "prefix" and sign == "−":
        return 0.7
    if sign in _RELATIONS:
        return 1.3
    if sign in _BINARY:
        return 1.15
    return 0.62 if sign in "·," else _BRACKET * max(1, len(sign)) if sign else 0.0
