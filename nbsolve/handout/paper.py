"""Paper sizes, and how wide the text is on them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FONT_SIZE", "MARGIN", "PAPERS", "Paper"]

FONT_SIZE = 10.0
"""The size of the text, in points (as in handout.typ)."""
MARGIN = 21.0
"""The margins on the left and on the right, in millimetres (as in handout.typ)."""
_POINTS = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Paper:
    """`typst` is Typst's name, `latex` that of the class's option; sizes in millimetres."""

    typst: str
    latex: str
    width: float
    height: float

    @property
    def text_width(self) -> float:
        """The width of the text in millimetres."""
        return self.width - 2 * MARGIN

    @property
    def room(self) -> float:
        """The width of the text in the font's size."""
        return self.in_type(self.text_width)

    @staticmethod
    def in_type(millimetres: float) -> float:
        """A width in the font's size."""
        return millimetres * _POINTS / FONT_SIZE


PAPERS = {
    "a4": Paper("a4", "a4paper", 210.0, 297.0),
    "letter": Paper("us-letter", "letterpaper", 215.9, 279.4),
}
