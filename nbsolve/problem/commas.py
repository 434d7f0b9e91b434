"""Commas that may have been meant as decimal points: `[[0,5]]` is two weights, and looks like one half."""

from __future__ import annotations

import re
from itertools import pairwise

from nbsolve.problem.cursor import Cursor
from nbsolve.problem.tree import Items, Scalar

_WHOLE = re.compile(r"[+-]?[0-9]+", re.ASCII)
_ZERO = re.compile(r"[+-]?0", re.ASCII)
_POINT = "a decimal point is written as a point: {}"


def warn_of_commas(cursor: Cursor) -> None:
    """Warn where whole numbers stand in pairs such as `0,5`: a 0, a comma without a space, no 0 or 1."""
    pairs = _pairs(cursor)
    for first, second in pairs:
        if _ZERO.fullmatch(first) and second not in ("0", "1"):
            written = f"{first}.{second}"
            cursor.warn(f"{first},{second} is two numbers; {_POINT.format(written)}")
            return


def comma_hint(cursor: Cursor, wanted: int) -> str | None:
    """What to do where there are twice as many numbers as `wanted`, in pairs such as `1,5`."""
    pairs = _pairs(cursor)
    if not pairs or len(pairs) != wanted:
        return None
    return _POINT.format(", ".join(f"{first}.{second}" for first, second in pairs[:3]))


def _pairs(cursor: Cursor) -> list[tuple[str, str]]:
    """The numbers of a list two by two; none where some of them cannot be the halves of a decimal number."""
    items = cursor.node.items if isinstance(cursor.node, Items) else []
    numbers = [item for item in items if isinstance(item, Scalar)]
    if not numbers or len(numbers) != len(items) or len(items) % 2:
        return []
    pairs = [*pairwise(numbers)][::2]
    return [(a.text, b.text) for a, b in pairs] if all(_joined(a, b) for a, b in pairs) else []


def _joined(first: Scalar, second: Scalar) -> bool:
    """Whether the two stand as `0,5`: nothing but a comma between them."""
    if first.line is None or first.line != second.line or first.column is None:
        return False
    beside = second.column == first.column + len(first.text) + 1
    return beside and bool(_WHOLE.fullmatch(first.text)) and second.text.isdecimal()
