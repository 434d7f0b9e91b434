"""The mathematics of an author's text: read with the problem, so that nothing is built on what cannot be shown."""

from __future__ import annotations

import re

from nbsolve.authored.dollars import canonical
from nbsolve.authored.spelling import BrokenMathematics
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.tree import Node

__all__ = ["with_mathematics"]

_MARKS = re.compile(r"[$\\]")


def with_mathematics(cursor: Cursor, text: str) -> str:
    r"""A text with its mathematics in one spelling, every other dollar as `\$`; a fault where it cannot be read."""
    if not _MARKS.search(text):
        return text
    try:
        return canonical(text)
    except BrokenMathematics as error:
        shown = " ".join(error.latex.split())
        shown = shown if len(shown) <= 60 else shown[:59] + "…"
        place = _place(cursor.notes.source, cursor.node, text, error.at)
        cursor.fault(
            f"this mathematics cannot be shown: {error.why}, in ${shown}$", hint=error.hint, place=place
        )
        return text


def _place(source: str, node: Node, text: str, at: int) -> tuple[int, int] | None:
    """Line and column in the file of a place in a text; None where the file says the text in other words."""
    if node.line is None or node.column is None or node.origin is not None:
        return None
    lines = source.split("\n")
    start = sum(len(line) + 1 for line in lines[: node.line - 1]) + node.column - 1
    at = min(at, len(text) - 1)
    found = re.compile(r"\\[A-Za-z]+|\\.|\S", re.DOTALL).match(text, at)
    if found is None:
        return None
    for word in (found[0], found[0].replace("\\", "\\\\")):  # as between double quotes
        position = start - 1
        for _ in range(text.count(found[0], 0, at) + 1):
            position = source.find(word, position + 1)
            if position < 0:
                break
        if position >= 0 and (word != "\\" or found[0] == word):
            before = source[:position]
            return before.count("\n") + 1, position - before.rfind("\n")
    return None
