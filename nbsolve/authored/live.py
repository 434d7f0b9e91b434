r"""Live numbers in an author's text: `{{dL/dw3}}` is a place that is filled in from the solution.

A place begins with two braces and ends with two; what stands between them is read by `nbsolve.live`. Two braces
that are meant are `\{\{` in words and `{ {` in mathematics; code stays as it is, and `{{a}^2}` is plain LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nbsolve.authored.dollars import pieces

__all__ = ["Broken", "Slot", "covered", "filled", "slots"]

_DIGITS_OR_DOLLAR = re.compile(r"[0-9$]")
_STANDS_ALONE = re.compile(r"(?:[$=<>(+\-,{|]|\\(?:approx|cdot|times|leq?|geq?|to))$")
"""What a number may follow without a group around it."""


class Broken(ValueError):
    """A place that is not closed or names nothing; `at` counts the characters before it."""

    def __init__(self, message: str, at: int, hint: str) -> None:
        super().__init__(message)
        self.at, self.hint = at, hint


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a number: the text from `start` to `end`, whose braces hold `asked`."""

    asked: str
    start: int
    end: int
    in_formula: bool

    @property
    def shown(self) -> str:
        """The place between its braces as its author wrote it, for messages."""
        return f"{{{{{self.asked}}}}}"


def slots(text: str) -> tuple[Slot, ...]:
    """The places of a text, in order. Raises: Broken."""
    return tuple(_slots(text)) if "{{" in text else ()


def filled(text: str, number: Callable[[Slot], str]) -> str:
    """The text with the LaTeX of a number in each place: between dollars where it stands among words."""

    def written(slot: Slot) -> str:
        return _group(text, slot, number(slot)) if slot.in_formula else f"${number(slot)}$"

    return _replaced(text, written)


def covered(text: str) -> tuple[str, Callable[[str], str]]:
    """The text with something harmless in each place, for readers of Markdown or LaTeX, and the way back."""
    stem = next(str(n) for n in range(7000, 99999) if str(n) not in text)
    covers = {
        slot: _group(text, slot, f"{stem}{n:03}") if slot.in_formula else f"Q{stem}{n:03}Q"
        for n, slot in enumerate(slots(text))
    }

    def uncovered(other: str) -> str:
        for slot, cover in covers.items():
            for spelling in (cover, cover.strip("{}")):
                other = other.replace(spelling, slot.shown)
        return other

    return _replaced(text, covers.__getitem__), uncovered


def _group(text: str, slot: Slot, latex: str) -> str:
    r"""The number as one piece of its formula: `x^{{L}}` and `\frac{{L}}{2}` have a group for it."""
    if slot.asked.lstrip().startswith("="):  # a relation and a number
        return latex
    return latex if _STANDS_ALONE.search(text[: slot.start].rstrip()) else f"{{{latex}}}"


def _replaced(text: str, by: Callable[[Slot], str]) -> str:
    parts, at = [], 0
    for slot in slots(text):
        parts += [text[at : slot.start], by(slot)]
        at = slot.end
    return "".join([*parts, text[at:]])


def _slots(text: str) -> Iterator[Slot]:
    if "{{" not in text:
        return
    formulas: list[tuple[int, int]] = []
    code: list[tuple[int, int]] = []
    for piece in pieces(text):
        if piece.kind != "words":
            (code if piece.kind == "code" else formulas).append((piece.at, piece.at + len(piece.text)))
    at = 0
    while (at := text.find("{{", at)) >= 0:
        inside = next((end for start, end in code if start <= at < end), None)
        if inside is not None:
            at = inside
            continue
        if _escaped(text, at):
            at += 1
            continue
        end = _end(text, at)
        in_formula = any(first <= at < last for first, last in formulas)
        if text.startswith("{", at + 2):  # of three braces the outer one is a group of LaTeX
            at += 1
        elif end is not None and text[at + 2 : end - 2].strip():
            slot = Slot(text[at + 2 : end - 2], at, end, in_formula)
            _check_neighbours(text, slot)
            yield slot
            at = end
        elif in_formula:
            at += 1
        else:
            what = "is not closed" if end is None else "names nothing"
            hint = "write {{dL/dw3}} for a number of the solution; two braces that are meant are \\{\\{"
            raise Broken(f"{{{{ {what}", at, hint)


def _escaped(text: str, at: int) -> bool:
    before = text[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _end(text: str, start: int) -> int | None:
    """Where the place that begins here ends; None where its two braces are not closed together."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 1 and text[at] == "}":
            return at + 2 if text.startswith("}}", at) else None
    return None


def _check_neighbours(text: str, slot: Slot) -> None:
    before, after = text[: slot.start][-1:], text[slot.end :][:1]
    if slot.in_formula:
        touching = bool(re.match("[0-9.]", before) or re.match("[0-9]", after))
        where, instead = "a digit", "write \\cdot or a space between"
    else:
        touching = bool(_DIGITS_OR_DOLLAR.match(before) or _DIGITS_OR_DOLLAR.match(after))
        where, instead = "a digit or a dollar", "put it into the mathematics, or a space between"
    if touching:
        raise Broken(f"{slot.shown} stands directly beside {where}", slot.start, instead)
