"""LaTeX formulae as tokens, and formulae out of Markdown and HTML: the audit's own reading of a page."""

from __future__ import annotations

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<command>\\[A-Za-z]+\*?|\\.)|(?P<circled>[①-⑳㉑-㊿])|(?P<char>\S)|(?P<space>\s+)",
    re.S,
)
LENGTH = re.compile(r"(?<=\\\\)\[\d+pt\]")
SPACING = {"\\,", "\\;", "\\:", "\\!", "\\ ", "\\quad", "\\qquad", "\\left", "\\right"}
SPACING |= {"\\" + size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")}
SPACING |= {"\\displaystyle", "\\limits", "\\textstyle", "\\nolimits", "\\thinspace"}


class Unreadable(Exception):
    """A formula the audit cannot read; never passed over."""


@dataclass(frozen=True)
class Token:
    """`kind` is number, command, circled or char."""

    kind: str
    text: str
    start: int = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and (self.kind, self.text) == (other.kind, other.text)

    def __hash__(self) -> int:
        return hash((self.kind, self.text))


def tokens(latex: str) -> list[Token]:
    """The formula's tokens, without spacing and without the size of delimiters."""
    out: list[Token] = []
    for match in TOKEN.finditer(LENGTH.sub("", latex)):
        kind, text = match.lastgroup or "", match.group()
        if kind == "space" or text in SPACING:
            continue
        if kind == "char" and text in ("−", "–"):
            text = "-"
        out.append(Token(kind, "\\cdot" if text == "·" else text, match.start()))
    return _digits_apart(out)


def _digits_apart(read: list[Token]) -> list[Token]:
    """Right after ^ or _, LaTeX takes one digit only: `w_11` is w with index 1, then 1."""
    out: list[Token] = []
    for token in read:
        after_script = bool(out) and out[-1].kind == "char" and out[-1].text in "^_"
        if after_script and token.kind == "number" and len(token.text) > 1:
            raise Unreadable(f"a script of several digits without braces: {token.text}")
        out.append(token)
    return out


def plain(read: list[Token]) -> tuple[str, ...]:
    """Tokens as texts, braces around a single token taken away: `w_{1}` and `w_1` are one symbol."""
    texts = [t.text for t in read]
    out: list[str] = []
    position = 0
    while position < len(texts):
        braced = texts[position - 1] == "\\underbrace" if position else False  # its index is not the letter's
        if not braced and texts[position] == "{" and texts[position + 2 : position + 3] == ["}"]:
            out.append(texts[position + 1])
            position += 3
        else:
            out.append(texts[position])
            position += 1
    return tuple(out)
