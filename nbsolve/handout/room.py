"""Ruled room for answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nbsolve.render import latex
from nbsolve.render.typst.document import Piece
from nbsolve.render.typst.words import quoted, short_label

__all__ = ["Room", "room_for"]


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
        f"(label: {quoted(short_label(room.label))}, marks: {quoted(room.marks)}, lines: {room.lines}, "
        f"fixed: {str(room.fixed).lower()}), "
        for room in rooms
    )
    return Piece(f"#answer-room(({parts}))", "room for answers", lambda: "".join(map(_latex, rooms)))


def _latex(room: Room) -> str:
    marks = rf"\hfill\fbox{{\hspace{{2em}}/ {latex.escaped(room.marks)}}}" if room.marks else ""
    label = rf"({latex.escaped(short_label(room.label))}){marks}\par" if room.label else ""
    return f"{label}\\answerlines{{{max(room.lines, 0) or 24}}}\n"
