"""What differs from variant to variant: names, and what their values are taken from."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from nbsolve.problem.tree import Node


@dataclass(frozen=True, slots=True)
class Lattice:
    """`first`, `first` + `step` …: `count` numbers, less those in `without`, with so many decimals.

    `decimals` None: they are written as fractions.
    """

    first: Fraction
    step: Fraction
    count: int
    decimals: int | None
    without: frozenset[Fraction] = frozenset()

    def at(self, place: int) -> Fraction:
        """The number at a place, from 0."""
        return self.first + place * self.step

    @property
    def last(self) -> Fraction:
        """The greatest of them."""
        return self.at(self.count - 1)

    def text(self, number: Fraction) -> str:
        """How one of them is written."""
        if self.decimals is None:
            return str(number)
        scaled = abs(number) * 10**self.decimals
        digits = str(scaled.numerator).rjust(self.decimals + 1, "0")
        whole, rest = digits[: len(digits) - self.decimals], digits[len(digits) - self.decimals :]
        return f"{'-' if number < 0 else ''}{whole}{'.' if rest else ''}{rest}"


@dataclass(frozen=True, slots=True)
class Choices:
    """One of several values, whatever these are; `numbers`: all of them are numbers."""

    nodes: tuple[Node, ...]
    numbers: bool


@dataclass(frozen=True, slots=True)
class Shuffled:
    """A list in another order."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An array entry by entry: a source, or the node that stays as it is."""

    entries: tuple[Source | Node, ...]


Source = Lattice | Choices | Shuffled | Listed


@dataclass(frozen=True, slots=True)
class Varied:
    """One thing that varies: its name as written, where that stands, and what it is taken from."""

    name: str
    source: Source
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Variants:
    """The block: what varies, the gates that are switched off, and how many draws a variant may take.

    `pencil`: how many digits every value has at most. With it `vary` may be empty: the usual numbers vary.
    """

    vary: tuple[Varied, ...]
    off: frozenset[str] = frozenset()
    attempts: int = 200
    pencil: int | None = None
    file: str = field(default="problem", compare=False)
