"""Cells of weights, biases and samples: a number, or a letter where the problem is to be solved in letters.

`symbolic` stays a letter named by the notation; `w`, `w_1`, `\\theta` or `\\hat y` is a letter with that name.
"""

from __future__ import annotations

import re

from nbsolve.given import Entry, Given, Letter
from nbsolve.letters import Name
from nbsolve.problem.cursor import Cursor, describe, suggestion, too_many

SYMBOLIC = "symbolic"
_CORE = r"(?:[A-Za-zα-ωΑ-Ω]|\\[A-Za-z]+(?:\s*\{?[A-Za-z]\}?)?)"
LETTER = _CORE + r"(?:[0-9]*|(?:[_^](?:[A-Za-z0-9]|\{[^{}]*\}))*)"
"""A letter, perhaps with an accent, a number, a subscript and a superscript."""
_WORDS = ("e", "i")  # the base of the natural logarithm and the imaginary unit are not letters to choose


def read_cells(cursor: Cursor, what: str, empty: Entry | None = None) -> tuple[Entry, ...] | None:
    """A list of numbers and letters, all of them read even where some are faulty; `empty` stands for a null."""
    if not cursor.is_list:
        expected = "a list of numbers, such as [0.1, 0.2], or symbolic"
        hint = suggestion(cursor.text, [SYMBOLIC]) if cursor.is_scalar else None
        cursor.fault(f"{what} is {describe(cursor.node)}", expected=expected, hint=hint)
        return None
    found: list[Entry] = []
    sound = True
    for cell in cursor.each():
        if cell.is_null and empty is not None:
            found.append(empty)
            continue
        try:
            if not cell.is_scalar:
                raise ValueError
            found.append(_entry(cell.text))
        except ValueError:
            sound = False
            if not too_many(cursor.notes):
                cell.bare_number(f"an entry of {what}")
    return tuple(found) if sound else None


def read_cell(cursor: Cursor, what: str) -> Entry | None:
    """One number or letter; None after noting a fault."""
    if cursor.is_scalar:
        try:
            return _entry(cursor.text)
        except ValueError:
            pass
    return cursor.bare_number(what)


def is_symbolic(cursor: Cursor) -> bool:
    """Whether the word `symbolic` stands for a whole vector or matrix."""
    return cursor.is_scalar and cursor.text == SYMBOLIC


def letters(count: int) -> tuple[Entry, ...]:
    """`count` cells, each a letter named by the notation."""
    return (Letter(),) * count


def _entry(text: str) -> Entry:
    """The number or letter that a cell writes. Raises ValueError."""
    if text[:1] in "+-.0123456789" or text.startswith("ln"):
        return Given.read(text)
    if text == SYMBOLIC:
        return Letter()
    if not re.fullmatch(LETTER, text) or text in _WORDS:
        raise ValueError(f"{text!r} is not a number")
    digits = re.fullmatch(r"([A-Za-z])([0-9]+)", text)
    name = f"{digits[1]}_{{{digits[2]}}}" if digits else text
    Name.read(name)
    return Letter(name)
