"""Columns of a table on paper: how wide they may be, and which cells are nothing but a number."""

from __future__ import annotations

from nbsolve.document import Math, Text
from nbsolve.expr import Number

__all__ = ["bare_number", "narrowed"]


def bare_number(text: Text) -> str | None:
    """The words of a text that is nothing but a number in decimals; None for anything else."""
    if len(text) != 1 or not isinstance(text[0], Math) or text[0].right is not None:
        return None
    number = text[0].left
    if not isinstance(number, Number) or number.text is None or number.text.strip("+-.0123456789"):
        return None
    return number.text.replace("-", "−")


def narrowed(widths: list[float], most: float) -> list[float]:
    """Column widths that fit: the wide columns give way, and their text is broken."""
    limit = most / len(widths)
    narrow = [width for width in widths if width <= limit]
    if not narrow:
        return [limit] * len(widths)
    share = max(2.0, (most - sum(narrow)) / (len(widths) - len(narrow)))
    return [width if width <= limit else min(width, share) for width in widths]
