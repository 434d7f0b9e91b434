"""What stands below a picture: samples of wires with their meaning, and notes, in as many lines as they need."""

from __future__ import annotations

from collections.abc import Sequence

from nbsolve.drawing.content import Content
from nbsolve.drawing.scene import Label, Line, Row, Span, row

__all__ = ["MARGIN", "TITLE", "legend_of", "needed_width", "wrapped"]

MARGIN = 8.0
TITLE = 16.0
"""Size of the text of the title."""
_SMALL = 14.0


def needed_width(contents: Sequence[Content]) -> float:
    """A width that holds each title and the widest piece of each legend."""
    rows = [row([Span(content.title)], TITLE) for content in contents]
    rows += [row([Span(text)], _SMALL) for content in contents for _, text in content.legend]
    return max(r.width for r in rows) + 2 * MARGIN + 40


def legend_of(content: Content, width: float, y: float) -> tuple[list[Line], list[Label], float]:
    """Samples of wires with their meaning, then the notes, in as many lines as they need."""
    lines: list[Line] = []
    labels: list[Label] = []
    rows: list[list[tuple[str, Row]]] = [[]]
    used = 0.0
    for kind, text in content.legend:
        words = row([Span(text)], _SMALL, "quiet", "legend")
        room = words.width + (38 if kind else 0) + 22
        if rows[-1] and used + room > width - 2 * MARGIN:
            rows.append([])
            used = 0.0
        rows[-1].append((kind, words))
        used += room
    height = _SMALL * 1.5
    for items in rows if content.legend else []:
        total = sum(words.width + (38 if kind else 0) + 22 for kind, words in items) - 22
        x, y = (width - total) / 2, y + height
        for kind, words in items:
            if kind:
                lines.append(Line((x, y - height / 2), (x + 30, y - height / 2), kind, 2.4))
                x += 38
            labels.append(Label((x + words.width / 2, y - height / 2), (words,)))
            x += words.width + 22
    for note in content.notes:
        for text in wrapped(note, width - 2 * MARGIN):
            y += height
            labels.append(Label((width / 2, y - height / 2), (row([Span(text)], _SMALL, "quiet", "note"),)))
    return lines, labels, y


def wrapped(text: str, width: float) -> list[str]:
    """The text in lines no wider than a width, broken between words."""
    found: list[str] = []
    for word in text.split(" "):
        longer = f"{found[-1]} {word}" if found else word
        if found and row([Span(longer)], _SMALL).width > width:
            found.append(word)
        elif found:
            found[-1] = longer
        else:
            found.append(word)
    return found
