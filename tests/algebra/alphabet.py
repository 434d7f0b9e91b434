"""The letters of a page and what they stand for, with numbers or index variables in their scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from tests.algebra.model import Place
from tests.algebra.scanning import Unreadable
from tests.algebra.tree import Letter

INDICES = "ijklmnpqrs"
LARGEST = 12
Indices = Mapping[str, int]


@dataclass(frozen=True)
class Whole:
    """A vector or a matrix by the places of its entries."""

    rows: tuple[tuple[Place, ...], ...]


Meaning = Place | Whole
_APART = re.compile(r"^(\d+)([-+])(\d+)$")
"""y_{j-2} with a number for j."""
_WORDS = re.compile(r"\\[A-Za-z]+\{[^}]*\}|\\[A-Za-z]+|[A-Za-z]")


def variables(letter: Letter) -> Iterator[str]:
    """The index variables in the scripts of a letter, as far as they may be some."""
    for part in (letter.sub, letter.sup):
        yield from (word for word in _WORDS.findall(part) if word in INDICES)


def placed(letter: Letter, indices: Indices) -> Letter:
    """The letter with numbers for index variables."""

    def put(text: str) -> str:
        numbered = _WORDS.sub(lambda match: str(indices.get(match[0], match[0])), text)
        return _APART.sub(lambda match: str(int(match[1]) + int(match[2] + match[3])), numbered)

    return replace(letter, sub=put(letter.sub), sup=put(letter.sup))


@dataclass
class Letters:
    """`table` are the page's letters; `usual` those that only general formulae use."""

    table: dict[Letter, Meaning]
    usual: dict[Letter, Meaning] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    _known: dict[Letter, bool] = field(default_factory=dict)
    _found: dict[tuple[Letter, tuple[tuple[str, int], ...]], Meaning | None] = field(default_factory=dict)
    _ranges: dict[tuple[Letter, str, tuple[tuple[str, int], ...]], frozenset[int]] = field(
        default_factory=dict
    )

    def function(self, name: str) -> bool:
        """Whether the page defines a function of this name."""
        return name in self.functions

    def has(self, letter: Letter) -> bool:
        """Whether the page has this letter, for some numbers in place of its index variables."""
        if letter not in self._known:
            self._known[letter] = self._is_index(letter) or any(True for _ in self._instances(letter))
        return self._known[letter]

    @staticmethod
    def _is_index(letter: Letter) -> bool:
        return letter.core in INDICES and not letter.sub and not letter.sup

    def _instances(self, letter: Letter) -> Iterator[dict[str, int]]:
        if letter in self.table:
            yield {}
            return
        names = sorted(set(variables(letter)))
        if names:
            for numbers in _tuples(len(names)):
                indices = dict(zip(names, numbers, strict=True))
                if self.find(letter, indices) is not None:
                    yield indices

    def find(self, letter: Letter, indices: Indices) -> Meaning | None:
        """What a letter stands for with these numbers; None where there is no such quantity."""
        if letter in self.table:
            return self.table[letter]
        key = (letter, tuple(sorted(indices.items())))
        if key not in self._found:
            written = placed(letter, indices)
            known = written != letter
            self._found[key] = self.table.get(written, self.usual.get(written)) if known else None
        return self._found[key]

    def meaning(self, letter: Letter, indices: Indices) -> Meaning:
        """What a letter stands for. Raises Unreadable where there is no such quantity."""
        found = self.find(letter, indices)
        if found is None:
            raise Unreadable(f"no such letter: {placed(letter, indices)}")
        return found

    def free(self, letter: Letter) -> frozenset[str]:
        """The index variables of a letter that is not one by itself."""
        if letter in self.table:
            return frozenset()
        return frozenset({letter.core}) if self._is_index(letter) else frozenset(variables(letter))

    def range_of(self, letter: Letter, index: str, indices: Indices) -> frozenset[int]:
        """The numbers that an index variable may take in a letter, the others being given or free."""
        key = (letter, index, tuple(sorted(indices.items())))
        if key not in self._ranges:
            self._ranges[key] = self._range_of(letter, index, indices)
        return self._ranges[key]

    def _range_of(self, letter: Letter, index: str, indices: Indices) -> frozenset[int]:
        others = sorted(self.free(letter) - {index} - set(indices))
        found = set()
        for number in range(1, LARGEST + 1):
            for numbers in _tuples(len(others)):
                chosen = {**indices, index: number, **dict(zip(others, numbers, strict=True))}
                if self.find(letter, chosen) is not None:
                    found.add(number)
                    break
        return frozenset(found)


def _tuples(count: int) -> Iterator[tuple[int, ...]]:
    if count == 0:
        yield ()
        return
    for rest in _tuples(count - 1):
        for number in range(1, (LARGEST if count <= 2 else 5) + 1):
            yield (*rest, number)
