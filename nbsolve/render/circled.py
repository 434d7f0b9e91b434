"""Circled numbers ① … ⑩, which every font has; larger ones in parentheses."""

from __future__ import annotations

LARGEST = 10


def circled(number: int) -> str:
    """The sign for a numbered factor."""
    return chr(0x2460 + number - 1) if 1 <= number <= LARGEST else f"({number})"
