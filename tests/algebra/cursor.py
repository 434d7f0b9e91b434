"""Walking along the tokens of a formula, and reading the letters in it.

Which letters a page has is asked of `Alphabet`: a superscript belongs to a letter where the page has such a
letter, and is a power where it has not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from nbsolve.checking.audit import cursor
from tests.algebra.scanning import Token, Unreadable
from tests.algebra.tree import Letter

UPRIGHT = (r"\mathrm", r"\operatorname")
STYLES = (
    *UPRIGHT,
    r"\mathit",
    r"\mathbf",
    r"\boldsymbol",
    r"\text",
    r"\hat",
    r"\widehat",
    r"\bar",
    r"\tilde",
)


class Alphabet(Protocol):
    """The letters and functions of a page."""

    def has(self, letter: Letter) -> bool:
        """Whether the page has this letter, for some numbers in place of its index variables."""

    def function(self, name: str) -> bool:
        """Whether the page defines a function of this name."""


class Cursor(cursor.Cursor):
    """A place in the tokens of one formula; `spans` are the token ranges of its factors and terms."""

    def __init__(self, tokens: Sequence[Token], alphabet: Alphabet) -> None:
        super().__init__([token.text for token in tokens])
        self.tokens = tokens
        self.alphabet = alphabet
        self.spans: list[tuple[str, int, int]] = []

    def raw(self) -> list[str]:
        """The texts of a group, unread."""
        if self.peek() != "{":
            raise Unreadable(f"a group expected: {' '.join(self.texts)}")
        return self.raw_argument()

    # letters

    def _letter(self) -> Letter:
        core = self._core()
        sub = self._script("_")
        start = self.at
        sup = self._script("^")
        for letter, end in ((Letter(core, sub, sup), self.at), (Letter(core, sub), start)):
            if (letter.sup or end == start) and self.alphabet.has(letter):
                self.at = end
                return letter
        raise Unreadable(f"no such letter: {Letter(core, sub, sup)} in {' '.join(self.texts)}")

    def _known(self, letter: Letter) -> Letter:
        if not self.alphabet.has(letter):
            raise Unreadable(f"no such letter: {letter}")
        return letter

    def _core(self) -> str:
        text = self.take()
        if text in STYLES:
            return f"{text}{{{''.join(self.raw())}}}" if self.peek() == "{" else f"{text}{{{self.take()}}}"
        if text == r"\Delta":
            return f"{text} {self._core()}"
        if re.fullmatch(r"[A-Za-z]|\\[A-Za-z]+", text):
            return text
        raise Unreadable(f"{text!r} in {' '.join(self.texts)}")

    def _script(self, sign: str) -> str:
        if self.peek() != sign:
            return ""
        self.take()
        if self.peek() == "{":
            return "".join(self.raw())
        return self.take()
