"""The nodes of general formulae and of derivations: index variables, sums over them, derivatives to be taken.

A general formula says for all units at once what an instance says of one; `instantiated` puts numbers in for
its index variables. `Derivative` and `Remainder` stand in derivations only and have no value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from nbsolve.expr import Expr, Negation, Quantity, Sum, Variable, number, product, substitute
from nbsolve.symbol import Affine, Index, Partial, Symbol, Unit


@dataclass(frozen=True, slots=True)
class Indexed(Expr):
    """What is said of `body` for the numbers of an index from `first` to `last`; None is n, where that is open."""

    body: Expr
    index: Index
    first: int = 1
    last: int | None = None

    @property
    def children(self) -> tuple[Expr, ...]:
        return (self.body,)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return replace(self, body=children[0])

    @property
    def terms(self) -> tuple[Expr, ...]:
        """The body with each number in the place of the index. Raises TypeError where the length is left open."""
        if self.last is None:
            raise TypeError(f"the index {self.index} has no last number")
        return tuple(instantiated(self.body, {self.index: n}) for n in range(self.first, self.last + 1))


@dataclass(frozen=True, slots=True)
class IndexedSum(Indexed):
    """Σ_{index = first … last} body."""


@dataclass(frozen=True, slots=True)
class IndexedExtreme(Indexed):
    """max_{first ≤ index ≤ last} body, or the smallest: `name` is max or min."""

    name: str = "max"


@dataclass(frozen=True, slots=True)
class IndexNumber(Expr):
    """The number of an index itself: 2 where j is 2, or 1 for j − 1; `shape` is a sum of them as it was written."""

    place: Index
    shape: Expr | None = None

    @property
    def written(self) -> Expr:
        """The number as an expression of letters: j, 2 t − 1."""
        if self.shape is not None:
            return self.shape
        if not isinstance(self.place, Affine):
            return Variable(self.place.name)
        terms = [_times(factor, Variable(letter)) for letter, factor in self.place.terms]
        shift = self.place.shift
        terms += [number(shift)] if shift > 0 else [Negation((number(-shift),))] if shift else []
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))


@dataclass(frozen=True, slots=True)
class Count(Expr):
    """How many places the index variables have together: 6 for i = 1, 2 and j = 1, 2, 3."""

    indices: tuple[Index, ...]


@dataclass(frozen=True, slots=True)
class Kronecker(Expr):
    """1 where both places are the same, 0 otherwise (Kronecker's δ, written 1[k = j]: δ is the error signal)."""

    left: Unit
    right: Unit


@dataclass(frozen=True, slots=True)
class Derivative(Expr):
    """d body / d variable, still to be taken; `partial` writes ∂."""

    body: Expr
    variable: Expr
    partial: bool = False

    @property
    def children(self) -> tuple[Expr, ...]:
        return (self.body, self.variable)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return Derivative(children[0], children[1], self.partial)


@dataclass(frozen=True, slots=True)
class Remainder(Expr):
    """O(body): what a first-order expansion leaves out."""

    body: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        return (self.body,)

    def rebuilt(self, children: tuple[Expr, ...]) -> Expr:
        return Remainder(children[0])


def _times(factor: int, letter: Expr) -> Expr:
    size = letter if abs(factor) == 1 else product(number(abs(factor)), letter)
    return Negation((size,)) if factor < 0 else size


def instantiated(expression: Expr, places: Mapping[Index, int]) -> Expr:
    """The expression with numbers for its index variables; those that a sum runs over stay."""

    def replaced(node: Expr) -> Expr | None:
        match node:
            case Quantity(Symbol() as symbol):
                return Quantity(_placed(symbol, places))
            case Quantity(Partial(of, wrt)):
                return Quantity(Partial(_placed(of, places), _placed(wrt, places)))
            case Variable(index=Index() as index):
                return replace(node, index=places.get(index, index))
            case Kronecker(left, right):
                return Kronecker(_unit(left, places), _unit(right, places))
            case IndexNumber(place):
                at = _unit(place, places)
                return number(at) if isinstance(at, int) else node if at == place else IndexNumber(at)
            case Indexed(body, index) if index in places:
                inner = {other: number for other, number in places.items() if other != index}
                return replace(node, body=instantiated(body, inner))
        return None

    return substitute(expression, replaced)


def _placed(symbol: Symbol, places: Mapping[Index, int]) -> Symbol:
    if symbol.at:
        return symbol._replace(at=tuple(_unit(place, places) for place in symbol.at))
    to, from_ = _unit(symbol.to, places), _unit(symbol.from_, places)
    return symbol if (to, from_) == (symbol.to, symbol.from_) else symbol._replace(to=to, from_=from_)


_Place = TypeVar("_Place", Unit, Unit | None)


def _unit(place: _Place, places: Mapping[Index, int]) -> _Place:
    if isinstance(place, Affine):
        return place.placed(places)
    return places.get(place, place) if isinstance(place, Index) else place
