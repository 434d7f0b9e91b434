"""A graph with recurrences as it is drawn: a wire for each step of what recurrences find and read step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from nbsolve.equations.building import Built, entries_of, operands_of, quantity
from nbsolve.formula.indexed import reads
from nbsolve.graph import Node
from nbsolve.symbol import Affine, Index, Symbol, Unit, number_of

__all__ = ["Unrolled"]

EACH = -1
"""The axis of an array each entry of which has a wire of its own."""


@dataclass(frozen=True)
class Unrolled:
    """The wires of one graph."""

    built: Built

    @cached_property
    def axes(self) -> dict[str, int]:
        """The axes along which arrays have a wire for each place, by name; {} where nothing recurs."""
        problem = self.built.problem
        found: dict[str, int] = {}
        for recurrence in problem.recurrences:
            steps = {name: recurrence.axes.get(name, EACH) for name in recurrence.names}
            inner = (
                (name, recurrence.step_of(name, at))
                == (one.stem, recurrence.step_of(one.stem, _numbers(one)))
                for name, at in recurrence.order
                for one in self._operands(quantity(name, at))
                if one.stem in steps
            )
            found |= dict.fromkeys(steps, EACH) if any(inner) else steps
        while found:
            more = {name: axis for name, axis in self._spread(found) if name not in found}
            if not more:
                break
            found |= more
        return found

    def _operands(self, symbol: Symbol) -> list[Symbol]:
        node = self.built.graph.origin(symbol)
        return [] if node is None else [*operands_of(node).values()]

    def _spread(self, found: Mapping[str, int]) -> Iterator[tuple[str, int]]:
        """Arrays that are read along with those found, or computed along with them, each with its axis."""
        for equation in self.built.problem.equations:
            letters = equation.letters
            for symbol in reads(self.built.general[equation.name]):
                for axis, letter in enumerate(map(_letter, symbol.at)):
                    if letter is None or letter not in letters:
                        continue
                    if found.get(equation.name) == letters.index(letter):
                        yield symbol.stem, axis
                    elif found.get(symbol.stem) == axis:
                        yield equation.name, letters.index(letter)

    # ------------------------------------------------------------------ wires

    def wire(self, symbol: Symbol) -> str:
        """The wire that an entry belongs to: `h@2`, or `W` of an array that has one for all."""
        axis = self.axes.get(symbol.stem)
        if axis is None:
            return symbol.stem
        places = _numbers(symbol)
        return f"{symbol.stem}@{','.join(map(str, places if axis == EACH else places[axis : axis + 1]))}"

    def wires(self, name: str) -> dict[str, list[Symbol]]:
        """The wires of a quantity, each with its entries."""
        found: dict[str, list[Symbol]] = {}
        for entry in entries_of(name, self.built.problem.shapes[name]):
            found.setdefault(self.wire(entry), []).append(entry)
        return found

    def named(self, name: str, entries: list[Symbol]) -> Symbol:
        """What stands at a wire: the quantity, or its place along the steps alone, h_2."""
        axis = self.axes.get(name)
        if axis is None:
            return quantity(name)
        return entries[0] if axis == EACH else quantity(name, _numbers(entries[0])[axis : axis + 1])

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of what a wire carries."""
        shape, axis = self.built.problem.shapes[name], self.axes.get(name)
        if axis is None:
            return shape
        return () if axis == EACH else (*shape[:axis], *shape[axis + 1 :])

    def gates(self) -> Iterator[tuple[str, list[Node]]]:
        """The wires that equations find, each with its nodes, in the order in which they are computed."""
        found: dict[str, list[Node]] = {}
        for node in self.built.graph.nodes:
            found.setdefault(self.wire(node.target), []).append(node)
        yield from found.items()


def _numbers(symbol: Symbol) -> tuple[int, ...]:
    return tuple(map(number_of, symbol.at))


def _letter(place: Unit) -> str | None:
    """The letter that a place goes along with; None for a number, and for a place of several letters."""
    if isinstance(place, Affine):
        return place.terms[0][0] if len(place.terms) == 1 else None
    return place.name if isinstance(place, Index) else None
