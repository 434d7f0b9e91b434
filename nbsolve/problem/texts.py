"""Reading texts: the title, the statement, the notes. What may not stand in them is a fault."""

from __future__ import annotations

import re
from collections.abc import Callable

from nbsolve.authored.live import Broken, covered
from nbsolve.markdown.plain import plain
from nbsolve.markdown.rules import Line, complaints
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.mathematics import with_mathematics
from nbsolve.problem.tree import Scalar

LINES: dict[str, Line] = {"title": "title", "source": "line"}
"""Texts of one line."""
TEXTS = (*LINES, "group", "statement", "language")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", re.ASCII)
_MOST_COMPLAINTS = 10
"""How many faults of one text are listed: a longer list would help nobody."""


def read_string(root: Cursor, key: str) -> str | None:
    """The text of a key; None where there is none, or after noting a fault."""
    cursor = root.get(key)
    if cursor is None:
        return None
    text = cursor.string(key)
    if text is None or key == "group":
        return None if text is None else " ".join(text.split())
    if key == "language":
        return _language(cursor, text.strip())
    return checked(cursor, text, line=LINES.get(key))


def read_texts(cursor: Cursor | None) -> tuple[str, ...]:
    """The notes: one text, or a list of them."""
    if cursor is None:
        return ()
    elements = [cursor] if cursor.is_scalar else cursor.elements("pitfalls", "a list of texts") or []
    texts = [(element, element.string("a pitfall")) for element in elements]
    return tuple(checked(element, text) for element, text in texts if text is not None)


def checked(cursor: Cursor, text: str, *, line: Line | None = None) -> str:
    """A text of Markdown, after noting what may not stand in it."""
    if not cursor.readable(text):
        return ""
    notes, before = cursor.notes, len(cursor.notes.faults)
    text, uncovered = (text, str) if line else _covered(cursor, text)
    text = with_mathematics(cursor, text)
    mathematics = len(notes.faults) == before
    blank = len(text) - len(text.lstrip())
    skipped = text.count("\n", 0, blank)
    text = text.strip()
    folder = notes.folder if notes.links else None
    found = complaints(text, line=line, mathematics=mathematics, trust=notes.trust, folder=folder)
    for count, one in enumerate(found):
        if count == _MOST_COMPLAINTS:
            break
        cursor.fault(one.message, expected=one.expected, place=_place(cursor, one.line + skipped))
    return uncovered(text)


def _covered(cursor: Cursor, text: str) -> tuple[str, Callable[[str], str]]:
    """The text without its live numbers, which are no Markdown, and the way back."""
    try:
        return covered(text)
    except Broken as error:
        cursor.fault(str(error), hint=error.hint, place=_place(cursor, text.count("\n", 0, error.at)))
        return text, str


def _place(cursor: Cursor, line: int) -> tuple[int, int | None] | None:
    """The place of a line of a text; the text's own where it is not written line by line."""
    node = cursor.node
    if not isinstance(node, Scalar) or not node.block or node.line is None:
        return None
    return node.line + 1 + line, None


def title_of(name: str) -> str:
    """A title made from a file's name."""
    words = "".join(sign if sign.isprintable() else " " for sign in name)
    words = " ".join(words.replace("-", " ").replace("_", " ").split())
    return re.sub(r"[\\`*{}\[\]<>$|~&!#]", r"\\\g<0>", words) or "Problem"


def group_of(texts: dict[str, str | None]) -> str | None:
    """The heading under which a course lists a problem, as plain text: the group, else the source."""
    source = texts["source"]
    return texts["group"] or (None if source is None else " ".join(plain(source).split()))


def _language(cursor: Cursor, text: str) -> str | None:
    if _LANGUAGE.fullmatch(text):
        return text
    cursor.fault(f"language is {text[:40]!r}", expected="the short name of a language, such as en, de or ar")
    return None


__all__ = ["LINES", "TEXTS", "checked", "group_of", "read_string", "read_texts", "title_of"]
