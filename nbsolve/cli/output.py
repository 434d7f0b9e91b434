"""Standard output: text in the terminal's width and colours; machine formats always in UTF-8."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable

from nbsolve.cli import plain

WIDTH_OF_A_FILE = 100
"""The width where the output is not a terminal (and COLUMNS does not say otherwise)."""


def width() -> int:
    """How many columns a line may have."""
    return max(40, shutil.get_terminal_size((WIDTH_OF_A_FILE, 24)).columns)


def as_utf8() -> None:
    """Write UTF-8 from now on, whatever the terminal's locale: the output is meant for a program."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Only bytes in a file's name that are no text cannot be written in UTF-8: they become question marks.
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")


def forgiving() -> None:
    """Spell out in ASCII, from now on, what the encoding of standard output or standard error lacks."""
    plain.register()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=plain.NAME)


def write(text: str) -> None:
    """The text and one line's end."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def style() -> Callable[[str, str], str]:
    """Colours for headings, answers and notes on a terminal that wants them; elsewhere none."""
    from rich.console import Console
    from rich.style import Style

    system = Console(file=sys.stdout).color_system
    if system is None or os.environ.get("NO_COLOR"):
        return lambda text, kind: text
    styles = {"heading": Style(bold=True), "answer": Style(bold=True, color="green"), "note": Style(dim=True)}

    def coloured(text: str, kind: str) -> str:
        # Each line by itself: a pager or a search may begin anywhere.
        found = styles.get(kind, Style())
        return "\n".join(found.render(line) for line in text.split("\n"))

    return coloured


def printable(text: str) -> str:
    """Without control characters, which a file must not send to a terminal; bytes of names as they are."""
    return "".join(c if c == "\n" or c.isprintable() else f"\\x{_code(c):02x}" for c in text)


def _code(sign: str) -> int:
    """A byte of a file's name that is no text comes as U+DC80 to U+DCFF."""
    code = ord(sign)
    return code - 0xDC00 if 0xDC80 <= code <= 0xDCFF else code
