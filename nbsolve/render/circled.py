"""Circled numbers ① … ㊿ for factors that are called by their number."""

from __future__ import annotations

_RANGES = ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1))
IN_EVERY_FONT = 10
"""Fonts on the web often end at ⑩."""


def circled(number: int, largest: int = 50) -> str:
    """The sign for a numbered factor; in parentheses beyond `largest`."""
    for first, last, start in _RANGES:
        if first <= number <= min(last, largest):
            return chr(start + number - first)
    return f"({number})"
