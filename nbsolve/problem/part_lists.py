"""Reading what parts of problems of every kind have: a label of their own, what they ask, marks, room, a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from nbsolve.problem.cursor import Cursor
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.writing import MAXIMUM_LINES, PartKeys
from nbsolve.problem.model import Part
from nbsolve.problem.texts import read_string
from nbsolve.problem.training import read_iteration

__all__ = ["read_part", "read_part_list", "usual_label"]

MAXIMUM_PARTS = 200
NO_HINTS: Mapping[str, str] = MappingProxyType({})


def read_part_list(cursor: Cursor, read: Callable[[Cursor, int], Part | None]) -> tuple[Part, ...] | None:
    """The parts, each as `read` has it from its place, from 0; None after noting a fault."""
    elements = cursor.elements("parts", "a list of {label: …, ask: […], marks: …}")
    if elements is None:
        return None
    if not 1 <= len(elements) <= MAXIMUM_PARTS:
        cursor.fault(f"there are {len(elements)} parts", expected=f"1 to {MAXIMUM_PARTS}")
        return None
    found: dict[str, Part] = {}
    sound = True
    for place, element in enumerate(elements):
        part = read(element, place)
        if part is None:
            sound = False
        elif part.label in found:
            message = f"two parts have the label {part.label!r}"
            element.fault(message, expected="a label of its own for each part")
            sound = False
        else:
            found[part.label] = part
    return tuple(found.values()) if sound else None


def read_part(
    cursor: Cursor,
    place: int,
    ask: Callable[[Cursor], str | None],
    expected: str,
    iterations: int | None,
    hints: Mapping[str, str] = NO_HINTS,
) -> Part | None:
    """One part; None after noting a fault.

    `ask` reads one of the things asked (None after noting a fault), `expected` says which they can be. `iterations`
    is how many there are that `at` can name; None where a problem has none.
    """
    keys = keys_of(PartKeys, but=["at"] if iterations is None else ())
    if not cursor.mapping(keys, "a part", dict(hints)):
        return None
    before = len(cursor.notes.faults)
    asked: list[str | None] = []
    if (inner := cursor.get("ask")) is None:
        cursor.fault("the part asks nothing", expected=f"ask: {expected}")
    else:
        elements = [inner] if inner.is_scalar else inner.elements("ask", expected)
        if elements == []:
            inner.fault("ask is an empty list", expected=expected)
        asked = [ask(element) for element in elements or []]
    at = marks = space = None
    if iterations is not None and (inner := cursor.get("at")) is not None:
        at = read_iteration(inner, "at", iterations)
    if (inner := cursor.get("marks")) is not None:
        marks = inner.number("marks", least=0)
    if (inner := cursor.get("space")) is not None:
        space = inner.integer("space", least=0, most=MAXIMUM_LINES)
    label = _label(cursor) or usual_label(place)
    text = read_string(cursor, "text")
    if len(cursor.notes.faults) > before:
        return None
    words = tuple(word for word in asked if word is not None)
    return Part(label=label, ask=words, at=at, marks=marks, space=space, text=text)


def usual_label(place: int) -> str:
    """What a part is called that has no label: a, b … z, 27, 28 …"""
    return chr(ord("a") + place) if place < 26 else str(place + 1)


def _label(cursor: Cursor) -> str | None:
    """What a part is called, as plain text on one line; None where it has no label, or after noting a fault."""
    inner = cursor.get("label")
    text = None if inner is None else inner.string("label")
    return None if text is None else " ".join(text.split())
