"""Phrases with formulae among their words, and lists of formulae."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from nbsolve.document import Inline, Text
from nbsolve.phrases import Family, PhraseId, phrase, phrase_of

__all__ = ["Slot", "enumerated", "set_between", "set_in", "set_in_of", "with_commas"]

Slot = str | Inline | Sequence[Inline]
"""What a slot of a phrase is filled with: words, a formula, or pieces of both."""


def set_in(key: PhraseId, **slots: Slot) -> Text:
    """The phrase with its slots filled, formulae among them as formulae."""
    return set_between(phrase(key, **_marked(slots)), slots)


def set_in_of(family: Family, member: object, part: str = "", /, **slots: Slot) -> Text:
    """One of a family of phrases (`phrase_of`) with its slots filled, formulae among them as formulae."""
    return set_between(phrase_of(family, member, part, **_marked(slots)), slots)


def _marked(slots: Mapping[str, Slot]) -> dict[str, str]:
    return {name: one if isinstance(one, str) else f"\0{name}\0" for name, one in slots.items()}


def set_between(words: str, slots: Mapping[str, Slot]) -> Text:
    """The words with what belongs in the slot of that name for each name between zero bytes."""
    return tuple(_pieces(words, slots))


def _pieces(words: str, slots: Mapping[str, Slot]) -> Iterator[Inline]:
    for place, piece in enumerate(words.split("\0")):
        if not place % 2:
            yield from (piece,) if piece else ()
        else:
            yield from _inlines(slots[piece])


def _inlines(slot: Slot) -> Sequence[Inline]:
    return slot if isinstance(slot, tuple | list) else (slot,)


def with_commas(items: Iterable[Slot]) -> list[Inline]:
    """The items, formulae or pieces that belong together, with commas between them."""
    found: list[Inline] = []
    for item in items:
        found += [", "] if found else []
        found += _inlines(item)
    return found


def enumerated(items: Sequence[Sequence[Inline]], last: str | None = None) -> list[Inline]:
    """a, b and c; `last` stands before the last one instead of "and"."""
    found: list[Inline] = []
    for place, item in enumerate(items):
        if place:
            found.append(", " if place < len(items) - 1 else last or f" {phrase('statement.and')} ")
        found += item
    return found
