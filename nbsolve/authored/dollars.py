r"""What is mathematics in an author's text: one rule for pages, notebooks, handouts and terminals.

- `$…$`: no space after the first dollar, none before the last, no digit after the last; no empty line between.
- `$$…$$`, `\[…\]`: a formula on lines of its own; `\(…\)` is the same as `$…$`.
- `\begin{align}…\end{align}` and its kind, where a line begins with it.
- Any other dollar is a dollar: "Costs $5 and $10". `\$` is always one. What stands in backticks is code.

Readers of Markdown differ about dollars. `canonical` therefore writes a text so that all of them see the same:
formulae in `$` and `$$`, every other dollar with a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbsolve.authored.commands import ENVIRONMENT_ALIASES
from nbsolve.authored.linear import linear
from nbsolve.authored.reading import read
from nbsolve.authored.spelling import BrokenMathematics

__all__ = ["Piece", "canonical", "in_words", "pieces"]

_INLINE = re.compile(r"\$(?![\s$])((?:\\.|[^$\\])*?)(?<!\s)\$(?!\d)", re.DOTALL)
_DISPLAY = re.compile(r"\$\$((?:\\.|[^$\\]|\$(?!\$))+?)\$\$", re.DOTALL)
_SQUARE = re.compile(r"\\\[(.+?)\\\]", re.DOTALL)
_ROUND = re.compile(r"\\\((.+?)\\\)", re.DOTALL)
_BEGIN = re.compile(rf"\\begin\{{({'|'.join(map(re.escape, ENVIRONMENT_ALIASES))})\}}")
_CODE = re.compile(r"(`+)(?!`)(?:(?!\n[ \t]*\n).)*?(?<!`)\1(?!`)", re.DOTALL)
_FENCE = re.compile(
    r"(?:(`{3,})[^\n`]*|(~{3,})[^\n]*)(?:\Z|\n.*?(?:^[ \t]*(?:\1|\2)[`~]*[ \t]*$|\Z))",
    re.DOTALL | re.MULTILINE,
)
_ADDRESS = re.compile(r"<[a-z][a-z0-9+.-]*:[^<>\s]*>", re.IGNORECASE)
_SIGN = re.compile(r"[`~<$\\]")
"""What code, a formula or an address begins with."""
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: a formula, code as it stands, or words; `at` is where its content begins."""

    kind: str  # "words", "code", "inline" or "display"
    text: str
    at: int


def pieces(text: str) -> Iterator[Piece]:
    """The parts of a text, in order; words without the backslashes before dollars."""
    at = begun = 0
    words = ""
    while at < len(text):
        found = _next(text, at)
        if found is None:
            if text.startswith("\\", at):
                words += "$" if text.startswith("\\$", at) else text[at : at + 2]
                at += 2
            else:
                following = _SIGN.search(text, at + 1)
                end = following.start() if following else len(text)
                words += text[at:end]
                at = end
            continue
        piece, end = found
        if words:
            yield Piece("words", words, begun)
        yield piece
        words, at, begun = "", end, end
    if words:
        yield Piece("words", words, begun)


def _next(text: str, at: int) -> tuple[Piece, int] | None:
    """The code, formula or address that begins at this place of the text, and where it ends; None for words."""
    sign = text[at]
    line_begins = not text[text.rfind("\n", 0, at) + 1 : at].strip(" \t>")
    if sign in "`~" and (line_begins and (fence := _FENCE.match(text, at))):
        return Piece("code", fence[0], at), fence.end()
    if sign in "`<" and (code := (_CODE if sign == "`" else _ADDRESS).match(text, at)):
        return Piece("code", code[0], at), code.end()
    if sign == "`":
        run = re.compile("`+").match(text, at)
        assert run is not None
        return Piece("code", run[0], at), run.end()
    if sign == "$":
        for pattern, kind in ((_DISPLAY, "display"), (_INLINE, "inline")):
            found = pattern.match(text, at)
            if found and found[1].strip() and not _EMPTY_LINE.search(found[1]):
                return Piece(kind, found[1], found.start(1)), found.end()
    if sign == "\\":
        for pattern, kind in ((_SQUARE, "display"), (_ROUND, "inline")):
            found = pattern.match(text, at)
            if found and found[1].strip() and not _EMPTY_LINE.search(found[1]):
                return Piece(kind, found[1], found.start(1)), found.end()
        if line_begins and (found := _BEGIN.match(text, at)):
            end = text.find(f"\\end{{{found[1]}}}", found.end())
            end = len(text) if end < 0 else end + len(f"\\end{{{found[1]}}}")
            return Piece("display", text[at:end], at), end
    return None


def canonical(text: str) -> str:
    r"""The text with every formula in `$` or `$$`, in one spelling, and every other dollar as `\$`.

    Raises: BrokenMathematics, whose `at` counts the characters before the fault in the text.
    """
    parts = []
    for piece in pieces(text):
        if piece.kind == "code":
            parts.append(piece.text)
        elif piece.kind == "words":
            parts.append(piece.text.replace("$", "\\$"))
        else:
            parts.append(_formula(piece))
    return "".join(parts)


def _formula(piece: Piece) -> str:
    display = piece.kind == "display"
    try:
        formula = read(piece.text.strip(), display)
    except BrokenMathematics as error:
        lead = len(piece.text) - len(piece.text.lstrip())
        raise BrokenMathematics(error.why, error.latex, piece.at + lead + error.at, error.hint) from None
    if not formula.written:
        return ""
    if not display:
        return f"${formula.written}$"
    return f"$${formula.written}$$"


def in_words(text: str) -> str:
    """The text in one line, its formulae as words: for titles, terminals and text alternatives."""
    said = []
    for piece in pieces(text):
        if piece.kind in ("words", "code"):
            said.append(piece.text)
            continue
        try:
            said.append(linear(read(piece.text.strip(), piece.kind == "display").tree))
        except BrokenMathematics:
            said.append(piece.text)
    return " ".join("".join(said).split())
