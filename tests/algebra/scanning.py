"""Displayed LaTeX as tokens with the places where they stand, so that a change can be made to each of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from nbsolve.checking.audit.latex import Token, Unreadable, tokens

__all__ = ["Row", "Token", "Unreadable", "rows_of", "scan"]

BARS = ((r"\left|", "⟦"), (r"\right|", "⟧"))
BEGIN, END = r"\begin{aligned}", r"\end{aligned}"


def scan(latex: str) -> list[Token]:
    """The tokens; a bar that opens or closes says which by its name. Positions are those of `latex`."""
    for sized, named in BARS:
        # a share's bar, \left. … \right|_{u}, closes nothing that was opened: the reader knows it by the dot
        latex = latex.replace(sized, named.ljust(len(sized)))
    read = tokens(latex)
    for at, token in enumerate(read):
        fraction = token.text in (r"\frac", r"\dfrac", r"\tfrac")
        if fraction and (at + 1 == len(read) or read[at + 1].text != "{"):
            raise Unreadable("a fraction without braces")
    return read


@dataclass(frozen=True)
class Row:
    """One line of a display: its columns, which are left, right, nothing and the note.

    `start` is where the line begins in the display; the tokens' places count from there.
    """

    source: str
    start: int
    columns: tuple[tuple[Token, ...], ...]


def rows_of(latex: str) -> list[Row]:
    """The lines of an `aligned` environment. Raises Unreadable for anything else."""
    text = latex.strip()
    if not (text.startswith(BEGIN) and text.endswith(END)):
        raise Unreadable("a display that is not aligned")
    before = latex.index(BEGIN) + len(BEGIN)
    return [_row(source, before + start) for source, start in _split_rows(text[len(BEGIN) : -len(END)])]


def _split_rows(text: str) -> list[tuple[str, int]]:
    """The sources of the lines and where they begin; a \\\\ inside an environment belongs to that environment."""
    rows: list[tuple[str, int]] = []
    depth = start = 0
    for match in re.finditer(r"\\begin\{|\\end\{|\\\\(\[\d+pt\])?", text):
        if match[0].startswith(r"\begin"):
            depth += 1
        elif match[0].startswith(r"\end"):
            depth -= 1
        elif depth == 0:
            rows.append((text[start : match.start()], start))
            start = match.end()
    return [*rows, (text[start:], start)]


def _row(source: str, start: int) -> Row:
    return Row(source, start, _columns(source))


@lru_cache(maxsize=50_000)
def _columns(source: str) -> tuple[tuple[Token, ...], ...]:
    columns: list[list[Token]] = [[]]
    depth = 0
    for token in scan(source):
        depth += (token.text in ("{", r"\begin")) - (token.text in ("}", r"\end"))
        if token.text == "&" and depth == 0:
            columns.append([])
        else:
            columns[-1].append(token)
        # \begin{cases} opens twice and closes once
        if depth < 0:
            raise Unreadable("a bracket closes that was never opened")
    if depth:
        raise Unreadable("a bracket stays open")
    return tuple(tuple(column) for column in columns)
