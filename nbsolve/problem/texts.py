"""Reading texts: the title, the statement, the notes."""

from __future__ import annotations

from nbsolve.problem.cursor import Cursor
from nbsolve.problem.mathematics import with_mathematics

TEXTS = ("title", "source", "group", "statement")


def read_string(root: Cursor, key: str) -> str | None:
    """The text of a key; None where there is none, or after noting a fault."""
    cursor = root.get(key)
    if cursor is None:
        return None
    text = cursor.string(key)
    return None if text is None else with_mathematics(cursor, text).strip()


def read_texts(cursor: Cursor | None) -> tuple[str, ...]:
    """The notes: one text, or a list of them."""
    if cursor is None:
        return ()
    elements = [cursor] if cursor.is_scalar else cursor.elements("pitfalls", "a list of texts") or []
    texts = [(element, element.string("a pitfall")) for element in elements]
    return tuple(with_mathematics(element, text).strip() for element, text in texts if text is not None)


def title_of(name: str) -> str:
    """A title made from a file's name."""
    return name.replace("-", " ").replace("_", " ")
