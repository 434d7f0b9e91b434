r"""A small formula in quantities of a solution, as a live number holds it: `1 - (a[2][1] at 1)^2`.

    quantity  = dL/dw3 | W[2][1][1] | w_{11}^{(2)} | \hat O_2 | h1o …    (what `Names.resolve` may know)
    place     = ["at" (number | "last")] ["sample" number]      before a closing parenthesis or at the end

A place is that of everything in its parentheses that has none of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nbsolve.expr import Expr
from nbsolve.formula.functions import CONSTANTS, FUNCTIONS, WHERE
from nbsolve.formula.parser import parse_tokens
from nbsolve.formula.tokens import FormulaError, Token, tokens

__all__ = ["LAST", "Place", "Wanted", "is_name", "parse_live", "place_of"]

_WORD = r"(?:\\[A-Za-z]+(?:\s*\{[^{}]*\}|\s+[A-Za-z](?![A-Za-z]))?|[^\W\d_][^\W_]*)"
_GROUP = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_SUBSCRIPT = rf"_(?:{_GROUP}|[^\W_]+)"
_SUPERSCRIPT = rf"\^(?:\(\d+\)|(?=\{{\s*(?:\(|\\text|new)){_GROUP})"
_SYMBOL = rf"{_WORD}(?:{_SUBSCRIPT}|{_SUPERSCRIPT}|(?:\[[0-9:]*\])+)*(?:\s+new(?!\w))?"
_PARTIAL = rf"(?:d(?!elta)|∂|\\partial\s*){_SYMBOL}"
_FRACTION = rf"\\[dt]?frac\s*{_GROUP}\s*{_GROUP}"
_QUANTITY = re.compile(rf"{_PARTIAL}\s*/\s*{_PARTIAL}|{_FRACTION}|{_SYMBOL}")
_PLACE = re.compile(r"\s+(at|sample)\s+(last|\d{1,9})\s*$")
_PLACES = ("at", "sample")
LAST = -1
"""The last iteration, whichever that is."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which iteration (`LAST`: the last one) and which sample; None where nobody says."""

    iteration: int | None = None
    sample: int | None = None

    def __str__(self) -> str:
        at = "" if self.iteration is None else f" at {'last' if self.iteration == LAST else self.iteration}"
        return at if self.sample is None else f"{at} sample {self.sample}"

    def within(self, outer: Place) -> Place:
        """This place, completed from an outer one where it names no iteration or sample."""
        return Place(
            outer.iteration if self.iteration is None else self.iteration,
            outer.sample if self.sample is None else self.sample,
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A quantity of a formula by the name that its author gave it."""

    name: str
    place: Place = Place()


def place_of(text: str) -> tuple[str, Place]:
    """A formula without the place that it ends with, and that place."""
    place = Place()
    while found := _PLACE.search(text):
        text, place = text[: found.start()], place.within(_place(found[1], found[2]))
    return text.strip(), place


def is_name(text: str) -> bool:
    """Whether a text looks like the name of one quantity."""
    return _QUANTITY.fullmatch(text) is not None


def parse_live(text: str) -> tuple[Expr, dict[str, Wanted]]:
    """The tree, whose variables are the keys of the quantities. Raises: FormulaError."""
    kept, places = _placed(tokens(text, _QUANTITY))
    wanted: dict[str, Wanted] = {}
    for at, token in enumerate(kept):
        called = token.text in (*FUNCTIONS, WHERE) and kept[at + 1].text == "("
        if token.kind == "name" and not called and token.text not in CONSTANTS:
            one = Wanted(token.text, places[at])
            key = f"{one.name}{one.place}"
            wanted[key] = one
            kept[at] = replace(token, text=key)
    return parse_tokens(kept, wanted), wanted


def _placed(found: list[Token]) -> tuple[list[Token], list[Place]]:
    """The tokens without the places among them, and the place of each."""
    kept: list[Token] = []
    places: list[Place] = []
    opened: list[int] = []
    rest = iter(found)
    for token in rest:
        if token.kind == "name" and token.text in _PLACES and kept:
            value = next(rest)
            if not re.fullmatch(r"last|\d{1,9}", value.text):
                expected = "a number, or last" if token.text == "at" else "a number"
                raise FormulaError(f"found {value.shown} after {token.text}", value.column, expected)
            here = _place(token.text, value.text)
            for before in range(opened[-1] if opened else 0, len(kept)):
                places[before] = places[before].within(here)
            continue
        if token.text == "(":
            opened.append(len(kept))
        elif token.text == ")" and opened:
            opened.pop()
        kept.append(token)
        places.append(Place())
    return kept, places


def _place(word: str, value: str) -> Place:
    number = LAST if value == "last" else int(value)
    return Place(iteration=number) if word == "at" else Place(sample=number)
