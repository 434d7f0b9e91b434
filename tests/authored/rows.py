"""The list of LaTeX that authors write: a row a formula, and its Typst or why it is refused."""

from __future__ import annotations

from pathlib import Path

FILE = Path(__file__).with_name("formulae.txt")
REFUSED = "refused: "


def rows() -> list[tuple[str, str]]:
    """LaTeX and what is expected, from formulae.txt."""
    lines = FILE.read_text("utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("%")]
    return [(latex, expected) for latex, expected in pairs]
