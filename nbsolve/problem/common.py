"""Reading what problems of every kind have: title, source, statement, common mistakes, language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from nbsolve.given import Entry, Given
from nbsolve.logarithms import Logarithm
from nbsolve.problem.cursor import Cursor
from nbsolve.problem.digits import read_rounding
from nbsolve.problem.keys.base import Keys, keys_of, required_of
from nbsolve.problem.model import Rounding
from nbsolve.problem.texts import TEXTS, group_of, read_string, read_texts, title_of

__all__ = ["has_keys", "read_common", "rounding_of", "with_logarithms"]

NO_HINTS: Mapping[str, str] = MappingProxyType({})


def has_keys(root: Cursor, model: type[Keys], hints: Mapping[str, str] = NO_HINTS) -> bool:
    """Whether this is a mapping; keys that the model does not have are faults, and absent ones that it needs."""
    if not root.mapping(keys_of(model), "the problem", dict(hints)):
        return False
    for key, expected in required_of(model).items():
        if not root.has(key):
            root.fault(f"the problem has no {key}", expected=expected)
    return True


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


def with_logarithms(rounding: Rounding, root: Cursor, entries: Iterable[Entry]) -> Rounding:
    """The rounding; logarithms are kept where a given number has one and the file does not say otherwise."""
    said = root.get("rounding")
    given = any(isinstance(entry, Given) and isinstance(entry.value, Logarithm) for entry in entries)
    if not given or (said is not None and said.is_mapping and said.has("logarithms")):
        return rounding
    return rounding.model_copy(update={"logarithms": "kept"})
