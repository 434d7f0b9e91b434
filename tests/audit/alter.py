"""All single changes of what a browser draws: another digit, another sign, a bracket taken away or moved by one.

They are made in the elements of the page, one at a time, and the block is read anew. Annotations stay as they were.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import partial

from bs4 import Tag
from bs4.element import NavigableString

from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.page import Block
from tests.audit.html import Shown
from tests.audit.mutate import Mutant

FORMULAE = ".nbsolve-equation, .nbsolve-inline"
OPENS, CLOSES = ("(", "["), (")", "]")
CLEAR = {"math", "mrow", "semantics", "mstyle", "div", "span"}
"""What draws nothing itself: a bracket that is moved goes into it, not over it."""


class Alterations:
    """Changes of the formulae of blocks; of all of them, counted over the blocks, only one in so many."""

    def __init__(self, one_in: int = 1) -> None:
        self.one_in = one_in
        self.made = 0

    def __call__(self, block: Block) -> Iterator[Mutant]:
        """The changes of one block."""
        if not isinstance(block, Shown) or block.tag is None:
            return
        for change in _changes(block, block.tag):
            self.made += 1
            if self.made % self.one_in == 0:
                yield change()


def _changes(block: Shown, tag: Tag) -> Iterator[Callable[[], Mutant]]:
    for text in _texts(tag):
        for at, char in enumerate(text):
            if char.isdigit() and char.isascii():
                for other in "0123456789".replace(char, ""):
                    yield partial(_put, block, text, f"{text[:at]}{other}{text[at + 1 :]}", "digit")
        if isinstance(text.parent, Tag) and text.parent.name == "mo" and text.strip() in ("+", "−"):
            for other in ("−",) if text.strip() == "+" else ("+", ""):
                yield partial(_put, block, text, other, "sign")
    open_at: list[int] = []
    for at, bracket in enumerate(_bracket_elements(tag)):
        if bracket.get_text() in OPENS:
            open_at.append(at)
        elif open_at:
            yield partial(_without, block, (open_at.pop(), at))
        for step in (1, -1):
            over = _beside(bracket, step)
            if over is not None and over.get_text() != bracket.get_text():  # `))` either way
                yield partial(_moved, block, at, step)


def _texts(tag: Tag) -> list[NavigableString]:
    """The texts of all that is drawn of formulae: not of annotations, nor of links to an equation."""
    formulae = [tag] if "nbsolve-equation" in tag.get_attribute_list("class") else tag.select(FORMULAE)
    return [
        text
        for formula in formulae
        for text in formula.find_all(string=True)
        if not text.find_parent(("annotation",)) and not text.find_parent(class_="headerlink")
    ]


def _put(block: Shown, text: NavigableString, other: str, kind: str) -> Mutant:
    """The block with another text in one place, which is put back at once."""
    new = NavigableString(other)
    text.replace_with(new)
    source = _read(block, block.tag)
    new.replace_with(text)
    return Mutant(kind, source, f"{text} → {other or 'nothing'}")


def _read(block: Shown, tag: Tag | None) -> str:
    assert tag is not None
    try:
        return block.read(tag)
    except (Unreadable, ValueError, IndexError):
        return "$\\unreadable$"  # no formula any more


def _bracket_elements(tag: Tag) -> list[Tag]:
    return [
        text.parent
        for text in _texts(tag)
        if isinstance(text.parent, Tag) and text.parent.name == "mo" and text in (*OPENS, *CLOSES)
    ]


def _without(block: Shown, places: tuple[int, int]) -> Mutant:
    changed = copy.copy(block.tag)
    assert changed is not None
    brackets = _bracket_elements(changed)
    for place in places:
        brackets[place].string = ""
    return Mutant("bracket", _read(block, changed), f"without the brackets {places}")


def _moved(block: Shown, at: int, step: int) -> Mutant:
    changed = copy.copy(block.tag)
    assert changed is not None
    bracket = _bracket_elements(changed)[at]
    over = _beside(bracket, step)
    assert over is not None
    here = f"{bracket.get_text()} moved {'right' if step > 0 else 'left'} over {over.get_text()}"
    empty = Tag(name="mrow")
    bracket.replace_with(empty)
    (over.insert_after if step > 0 else over.insert_before)(bracket)
    return Mutant("bracket", _read(block, changed), here)


def _beside(bracket: Tag, step: int) -> Tag | None:
    """What is drawn beside a bracket in the same row; None at its end."""
    at: Tag = bracket
    while True:
        following = at.next_siblings if step > 0 else at.previous_siblings
        for sibling in following:
            if isinstance(sibling, Tag) and (found := _outermost(sibling, step)) is not None:
                return found
        parent = at.parent
        if parent is None or parent.name not in CLEAR or parent.name == "div":
            return None
        at = parent


def _outermost(tag: Tag, step: int) -> Tag | None:
    """The first thing, or the last, that is drawn of an element."""
    if tag.name in ("wbr", "annotation", "mspace") or "tail" in tag.get_attribute_list("class"):
        return None
    if tag.name not in CLEAR:
        return tag if tag.name[0] == "m" else None
    inside = [child for child in tag.children if isinstance(child, Tag)]
    for child in inside if step > 0 else reversed(inside):
        if (found := _outermost(child, step)) is not None:
            return found
    return None
