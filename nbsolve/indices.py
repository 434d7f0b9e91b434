"""Which unit of a layer, which entry of an array: a number from 1, or index variables that stand for any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Affine", "Index", "Unit", "number_of"]


@dataclass(frozen=True, slots=True)
class Index:
    """An index variable (i, j, k) in a general formula, where a single quantity has a number."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Affine(Index):
    """An index made of others, 2·t + s − 1: letters with their factors, and what is added."""

    terms: tuple[tuple[str, int], ...]
    shift: int

    @classmethod
    def of(cls, terms: tuple[tuple[str, int], ...], shift: int) -> Affine:
        """The index under the name that its terms make: 2t+s-3."""
        parts = [f"{'+' if n > 0 else '-'}{'' if abs(n) == 1 else abs(n)}{letter}" for letter, n in terms]
        return cls("".join([*parts, f"{shift:+d}" if shift else ""]).lstrip("+"), terms, shift)

    def placed(self, places: Mapping[Index, int]) -> Unit:
        """Put numbers in for letters: the index that comes of it, a number where no letter is left."""
        left = tuple(term for term in self.terms if Index(term[0]) not in places)
        if left == self.terms:
            return self
        shift = self.shift + sum(places[Index(s)] * n for s, n in self.terms if Index(s) in places)
        if not left:
            return shift
        if left == ((left[0][0], 1),) and not shift:
            return Index(left[0][0])
        return Affine.of(left, shift)


Unit = int | Index
"""Which unit: its number, or an index variable that stands for any of them."""


def number_of(place: Unit | None) -> int:
    """The number of a unit that must have one. Raises TypeError for an index variable and for a whole layer."""
    if not isinstance(place, int):
        raise TypeError(f"a single unit is needed here, not {place}")
    return place
