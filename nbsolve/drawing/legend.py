"""What stands below a picture: samples of wires with their meaning, and notes, in as many lines as they need."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nbsolve.drawing.content import Content
from nbsolve.drawing.metrics import advance
from nbsolve.drawing.scene import Label, Line, Row, Span, row

__all__ = ["MARGIN", "TITLE", "Legend", "needed_width", "wrapped"]

MARGIN = 8.0
TITLE = 16.0
"""Size of the text of the title."""
_SMALL = 14.0
_HIGH = _SMALL * 1.5
_SPACE = advance(" ")
_NARROWER = 8.0
"""How much narrower a note is tried at a time, until its lines are about equally long."""
_SAMPLE, _GAP = 38, 22
"""The room of a sample of a wire, and behind each piece of the legend."""


def needed_width(contents: Sequence[Content]) -> float:
    """A width that holds each title and the widest piece of each legend."""
    rows = [row([Span(content.title)], TITLE) for content in contents]
    rows += [row([Span(text)], _SMALL) for content in contents for _, text in content.legend]
    return max(r.width for r in rows) + 2 * MARGIN + 40


@dataclass(frozen=True)
class Legend:
    """The legend and the notes of a picture, measured once: how high they are in a width, and where they stand."""

    pieces: tuple[tuple[str, Row], ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, content: Content) -> Legend:
        """Samples of wires with their meaning, and the notes."""
        pieces = tuple((kind, row([Span(text)], _SMALL, "quiet", "legend")) for kind, text in content.legend)
        return cls(pieces, content.notes)

    def height(self, width: float) -> float:
        """How high it is."""
        notes = sum(len(wrapped(note, width - 2 * MARGIN)) for note in self.notes)
        return _HIGH * (len(self._lines(width)) + notes)

    def _lines(self, width: float) -> list[list[tuple[str, Row]]]:
        """The pieces in as many lines as they need."""
        lines: list[list[tuple[str, Row]]] = []
        used = math.inf
        for kind, words in self.pieces:
            room = _room(kind, words)
            if used + room > width - 2 * MARGIN:
                lines.append([])
                used = 0.0
            lines[-1].append((kind, words))
            used += room
        return lines

    def placed(self, width: float, y: float) -> tuple[list[Line], list[Label], float]:
        """The samples, the words, and where they end, below a height."""
        samples: list[Line] = []
        labels: list[Label] = []
        for items in self._lines(width):
            x = (width - (sum(_room(*item) for item in items) - _GAP)) / 2
            y += _HIGH
            for kind, words in items:
                if kind:
                    samples.append(Line((x, y - _HIGH / 2), (x + 30, y - _HIGH / 2), kind, 2.4))
                    x += _SAMPLE
                labels.append(Label((x + words.width / 2, y - _HIGH / 2), (words,)))
                x += words.width + _GAP
        for note in self.notes:
            for text in wrapped(note, width - 2 * MARGIN):
                y += _HIGH
                words = row([Span(text)], _SMALL, "quiet", "note")
                labels.append(Label((width / 2, y - _HIGH / 2), (words,)))
        return samples, labels, y


def _room(kind: str, words: Row) -> float:
    return words.width + (_SAMPLE if kind else 0) + _GAP


def wrapped(text: str, width: float) -> list[str]:
    """The text in as few lines no wider than a width as it needs, about equally long, broken between words."""
    lines = _filled(text, width)
    if len(lines) == 1:
        return lines
    narrower = width
    while narrower > 0 and len(tried := _filled(text, narrower)) == len(lines):
        lines, narrower = tried, narrower - _NARROWER
    return lines


def _filled(text: str, width: float) -> list[str]:
    """The text in lines no wider than a width, each as long as it can be; a word that is wider stands alone."""
    found: list[list[str]] = []
    used = 0
    for word in text.split(" "):
        longer = used + _SPACE + advance(word)
        if found and longer * _SMALL / 1000 <= width:
            found[-1].append(word)
            used = longer
        else:
            found.append([word])
            used = advance(word)
    return [" ".join(words) for words in found]
