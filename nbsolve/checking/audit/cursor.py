"""Walking along the texts of a formula."""

from __future__ import annotations

from collections.abc import Sequence

from nbsolve.checking.audit.latex import Unreadable


class Cursor:
    """A place in the texts of one formula."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = tuple(texts)
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        position = self.at + ahead
        return self.texts[position] if position < len(self.texts) else ""

    def taken(self, text: str) -> bool:
        """Whether the next text was `text`; it is then read."""
        found = self.peek() == text
        self.at += found
        return found

    def take(self, expected: str | None = None) -> str:
        text = self.peek()
        if not text or (expected is not None and text != expected):
            raise Unreadable(
                f"{expected or 'something'} expected, found {text or 'the end'}: {' '.join(self.texts)}"
            )
        self.at += 1
        return text

    def raw_argument(self) -> list[str]:
        """The texts of a group, unparsed."""
        if self.peek() != "{":
            return [self.take()]
        self.take()
        depth, out = 1, []
        while depth:
            text = self.take()
            depth += (text == "{") - (text == "}")
            if depth:
                out.append(text)
        return out
