"""Standard output: text in the terminal's width and letters; machine formats always in UTF-8."""

from __future__ import annotations

import io
import shutil
import sys

WIDTH_OF_A_FILE = 100
"""The width where the output is not a terminal (and COLUMNS does not say otherwise)."""


def width() -> int:
    """How many columns a line may have."""
    return max(40, shutil.get_terminal_size((WIDTH_OF_A_FILE, 24)).columns)


def has_unicode() -> bool:
    """Whether standard output can carry ∂, σ and the lines of a table."""
    try:
        "∂σ′⁽²⁾①─".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def as_utf8() -> None:
    """From now on write UTF-8, whatever the terminal's locale: what is written is meant for a program."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def forgiving() -> None:
    """From now on write a question mark for a letter that standard output does not have."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def write(text: str) -> None:
    """The text and one line's end."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
