"""Reading what problems of every kind have: title, source, statement, common mistakes, language."""

from __future__ import annotations

from typing import Any

from nbsolve.problem.cursor import Cursor
from nbsolve.problem.digits import read_rounding
from nbsolve.problem.model import Rounding
from nbsolve.problem.texts import TEXTS, group_of, read_string, read_texts, title_of

__all__ = ["keys_of", "read_common", "rounding_of"]


def keys_of(*own: str) -> tuple[str, ...]:
    """The keys of a kind of problem: what all have, and its own."""
    return ("kind", *TEXTS, *own, "parts", "pitfalls")


def read_common(root: Cursor, name: str, text: str) -> dict[str, Any]:
    """The fields of `AnyProblem` but its parts and warnings, of the problem called `name` whose YAML is `text`."""
    texts = {key: read_string(root, key) for key in TEXTS}
    return {
        "name": name,
        "text": text,
        "title": texts["title"] or title_of(name),
        "source": texts["source"],
        "group": group_of(texts),
        "language": texts["language"] or root.notes.language,
        "trust": root.notes.trust,
        "statement": texts["statement"],
        "pitfalls": read_texts(root.get("pitfalls")),
    }


def rounding_of(root: Cursor) -> Rounding | None:
    """The rounding of a problem, or the usual one; None after noting a fault."""
    inner = root.get("rounding")
    return Rounding() if inner is None else read_rounding(inner)
