"""Ruled room for answers, and the sum of marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from nbsolve.given import Given
from nbsolve.render import latex
from nbsolve.render.typst import Piece
from nbsolve.render.typst_words import quoted

__all__ = ["Room", "room_for", "total_marks"]


@dataclass(frozen=True, slots=True)
class Room:
    """The room of one part: how many ruled lines it needs, and whether its author has said so."""

    label: str
    lines: int
    fixed: bool
    marks: str


def room_for(rooms: Sequence[Room]) -> Piece:
    """The room of all parts: on paper it ends where a page ends, so that no page is left half empty."""
    parts = "".join(
        f"(label: {quoted(room.label)}, marks: {quoted(room.marks)}, lines: {room.lines}, "
        f"fixed: {str(room.fixed).lower()}), "
        for room in rooms
    )
    return Piece(f"#answer-room(({parts}))", "room for answers", lambda: "".join(map(_latex, rooms)))


def _latex(room: Room) -> str:
    marks = rf"\hfill\fbox{{\hspace{{2em}}/ {latex.escaped(room.marks)}}}" if room.marks else ""
    label = rf"({latex.escaped(room.label)}){marks}\par" if room.label else ""
    return f"{label}\\answerlines{{{max(room.lines, 0) or 24}}}\n"


def total_marks(marks: Iterable[Given]) -> str:
    """Their sum, as it is written."""
    total = sum((Fraction(given.text) for given in marks), Fraction(0))
    return str(total) if total.denominator in (1, 3, 6, 7, 9) else f"{float(total):g}"
