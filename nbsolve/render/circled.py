"""Circled numbers ① … ㊿; larger ones in parentheses."""

from __future__ import annotations


def circled(number: int) -> str:
    """The sign for a numbered factor."""
    for first, start in ((1, 0x2460), (21, 0x3251), (36, 0x32B1)):
        last = {1: 20, 21: 35, 36: 50}[first]
        if first <= number <= last:
            return chr(start + number - first)
    return f"({number})"
