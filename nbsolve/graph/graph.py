"""The graph of a network: named arrays, and the operations that find one from others.

It answers what the forward pass and the backward rule ask: the formula of an entry, who uses an array, which
entries one acts on, and the derivative of one with respect to another. Samples, time steps and iterations are
places in an array's name: an array that several nodes use (tied weights, a batch) has several users, that is all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product as combinations
from types import MappingProxyType

from nbsolve.expr import (
    Columns,
    Expr,
    MatrixProduct,
    Quantity,
    Sum,
    Transpose,
    atoms,
    number,
    substitute,
    total,
)
from nbsolve.expr.general import IndexedSum, Kronecker
from nbsolve.graph.node import Node, Places, array_of, entry_of, places_of
from nbsolve.graph.operation import OUT, SLOPE, UPSTREAM, EachPlace, Entry, Operation, Slot
from nbsolve.symbol import Index, Partial, Role, Symbol, Unit, number_of

__all__ = ["Graph", "Node", "array_of", "entry_of", "places_of"]
Shape = tuple[int, ...]


@dataclass
class Graph:
    """Arrays by their symbols, with their shapes, and nodes in the order in which they are computed."""

    shapes: dict[Symbol, Shape] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    missing: set[Symbol] = field(default_factory=set)
    """Entries that do not exist: no sum has a term with them, no gradient goes through them."""
    _users: dict[Symbol, list[tuple[Node, str]]] = field(default_factory=dict, repr=False)
    _origin: dict[Symbol, Node] = field(default_factory=dict, repr=False)
    _derivatives: dict[tuple[Symbol, Symbol], Expr | None] = field(default_factory=dict, repr=False)

    # ------------------------------------------------------------------ building

    def array(self, symbol: Symbol, *shape: int) -> Symbol:
        """Declare a given array. Raises ValueError where it has another shape already."""
        if self.shapes.setdefault(symbol, shape) != shape:
            raise ValueError(f"{symbol} has the shape {self.shapes[symbol]}, not {shape}")
        return symbol

    def node(
        self,
        operation: Operation,
        target: Symbol,
        sample: int | None = None,
        /,
        **operands: Symbol | tuple[Symbol, ...],
    ) -> Symbol:
        """Add target = operation(operands). Raises ValueError where operands are missing or do not fit."""
        if set(operands) != set(operation.axes):
            raise ValueError(f"{operation.name} takes {', '.join(operation.axes)}, not {', '.join(operands)}")
        arrays = {slot: (own,) if isinstance(own, Symbol) else own for slot, own in operands.items()}
        node = Node(operation, target, arrays, sample)
        for index in {index for axes in operation.axes.values() for index in axes}:
            self._length(node, index)
        self.array(target, *(self._length(node, index) for index in operation.out))
        self.nodes.append(node)
        self._origin[target] = node
        for slot, own in arrays.items():
            for array in own:
                self._users.setdefault(array, []).append((node, slot))
        return target

    def _length(self, node: Node, index: Index) -> int:
        """How far an index variable of an operation runs. Raises ValueError where operands disagree."""
        index = node.operation.as_long.get(index, index)
        lengths = {
            sum(self.shapes[array][axes.index(index)] for array in node.operands[slot])
            for slot, axes in node.operation.axes.items()
            if index in axes
        }
        if len(lengths) != 1:
            raise ValueError(f"{node.operation.name}: lengths {sorted(lengths)} for one index {index}")
        return lengths.pop()

    # ------------------------------------------------------------------ arrays and entries

    def entries(self, array: Symbol) -> Iterator[Symbol]:
        """The entries of an array, in order; an array of no axes is its own only entry."""
        for places in combinations(*(range(1, length + 1) for length in self.shapes[array])):
            entry = entry_of(array, places)
            if entry not in self.missing:
                yield entry

    def users(self, array: Symbol) -> Sequence[tuple[Node, str]]:
        """The nodes that use an array, each with the slot in which it does."""
        return self._users.get(array, ())

    def origin(self, array: Symbol) -> Node | None:
        """The node that finds an array; None where it is given."""
        return self._origin.get(array)

    # ------------------------------------------------------------------ formulae

    def formula(self, node: Node, entry: Symbol) -> Expr:
        """The formula of one entry of what a node finds."""
        places = dict(zip(node.operation.out, places_of(entry), strict=True))
        return self._filled(node, node.operation.entry, places)

    def whole(self, node: Node) -> Expr:
        """The formula of the whole array that a node finds."""
        return self._filled(node, node.operation.whole, {})

    def reached(self, node: Node, slot: str, entry: Symbol) -> list[Symbol]:
        """The entries of what a node finds that use an entry of an operand."""
        places = self._bound(node, slot, entry)
        ranges: list[Sequence[Unit]] = [
            [places[index]] if index in places else range(1, self._length(node, index) + 1)
            for index in node.operation.out
        ]
        found = [entry_of(node.target, places_) for places_ in combinations(*ranges)]
        if not self.missing:
            return found
        return [of for of in found if not self._is_missing(self.local(node, slot, of, entry))]

    def local(self, node: Node, slot: str, of: Symbol, wrt: Symbol) -> Expr:
        """∂of/∂wrt, of an entry that a node finds with respect to an entry of an operand that it uses."""
        local = node.operation.local[slot]
        places = self._bound(node, slot, wrt) | dict(zip(node.operation.out, places_of(of), strict=True))
        general = any(isinstance(place, Index) for place in places.values())
        if general and local.by_name:
            return Quantity(Partial(of, wrt))
        formula = local.entry
        if local.same is not None and places_of(of) == places_of(wrt):
            formula = local.same
        elif local.indexed is not None and general:
            formula = local.indexed
        return self._filled(node, formula, places)

    def derivative(self, of: Symbol, wrt: Symbol) -> Expr | None:
        """∂of/∂wrt of two entries, 0 where one does not act on the other.

        None where no node takes the array of one to the array of the other.
        """
        key = (of, wrt)
        if key not in self._derivatives:
            self._derivatives[key] = self._derivative(of, wrt)
        return self._derivatives[key]

    def _derivative(self, of: Symbol, wrt: Symbol) -> Expr | None:
        node, array = self.origin(array_of(of)), array_of(wrt)
        if node is None or len(places_of(of)) != len(node.operation.out):
            return None
        for slot, operands in node.operands.items():
            if array in operands and len(places_of(wrt)) == len(node.operation.axes[slot]):
                local = self.local(node, slot, of, wrt) if self._acts(node, slot, wrt, of) else number(0)
                return number(0) if self._is_missing(local) else local
        return None

    def slope(self, node: Node, slot: str) -> Expr | None:
        """The array of derivatives of a node that acts entry by entry; None for any other."""
        slope = node.operation.local[slot].slope
        return None if slope is None else self._filled(node, slope, {})

    def back(
        self, node: Node, slot: str, upstream: Expr, slope: Expr | None = None, array: Symbol | None = None
    ) -> Expr:
        """The gradient with respect to a whole operand, from the one with respect to what the node finds.

        `slope` is the name of the node's derivatives, where they have one; `array` is the one that is meant where
        several stand below each other in the slot.
        """
        given = {UPSTREAM: upstream, SLOPE: slope or self.slope(node, slot)}
        back = self._filled(node, node.operation.local[slot].back, {}, given)
        if len(node.operands[slot]) == 1:
            return back
        assert array is not None
        before = self._before(node, slot, array)
        return _of_part(back, before + 1, before + self.shapes[array][0])

    def _before(self, node: Node, slot: str, array: Symbol) -> int:
        """How many entries of a slot stand above those of an array."""
        arrays = node.operands[slot]
        return sum(self.shapes[own][0] for own in arrays[: arrays.index(array)])

    def _is_missing(self, expression: Expr) -> bool:
        """Whether a term needs an entry that does not exist."""
        return bool(self.missing) and any(atom in self.missing for atom in atoms(expression))

    def _entry(self, node: Node, slot: str, places: Places) -> Symbol:
        """The entry of a slot at these places: of one of its arrays where several stand below each other."""
        arrays = (node.target,) if slot == OUT else node.operands[slot]
        if len(arrays) == 1:
            return entry_of(arrays[0], places)
        (place,) = places
        if isinstance(place, Index):  # a general formula speaks of units; a constant has none
            (array,) = (one for one in arrays if one.role is not Role.CONSTANT)
            return entry_of(array, places)
        for array in arrays:
            length = self.shapes[array][0]
            if number_of(place) <= length:
                return entry_of(array, (place,))
            place = number_of(place) - length
        raise IndexError(f"{node.operation.name} has no place {places} in {slot}")

    def _acts(self, node: Node, slot: str, entry: Symbol, on: Symbol) -> bool:
        """Whether an entry of an operand acts on an entry of what the node finds."""
        places = self._bound(node, slot, entry)
        found = dict(zip(node.operation.out, places_of(on), strict=True))
        return all(places.get(index, place) == place for index, place in found.items())

    def _bound(self, node: Node, slot: str, entry: Symbol) -> dict[Index, Unit]:
        places = places_of(entry)
        if len(node.operands[slot]) > 1 and not isinstance(places[0], Index):
            places = (number_of(places[0]) + self._before(node, slot, array_of(entry)),)
        return dict(zip(node.operation.axes[slot], places, strict=True))

    def _filled(
        self,
        node: Node,
        formula: Expr,
        places: Mapping[Index, Unit],
        given: Mapping[str, Expr | None] = MappingProxyType({}),
    ) -> Expr:
        """An operation's formula with the node's arrays, numbers for its index variables, its sums written out."""
        return _Filling(self, node, places, given).of(formula)


@dataclass(frozen=True, slots=True)
class _Filling:
    """What is put into a formula.

    (Functions within a function that call one another would be garbage each time, for Python to look for.)
    """

    graph: Graph
    node: Node
    places: Mapping[Index, Unit]
    given: Mapping[str, Expr | None]

    def of(self, formula: Expr) -> Expr:
        """The formula with everything put in."""
        return substitute(formula, self._replaced)

    def _terms(self, sum_: IndexedSum) -> list[Expr]:
        numbers = range(1, self.graph._length(self.node, sum_.index) + 1)
        terms = [replace(self, places={**self.places, sum_.index: n}).of(sum_.body) for n in numbers]
        return [term for term in terms if not self.graph._is_missing(term)]

    def _replaced(self, part: Expr) -> Expr | None:
        match part:
            case Slot(name) if name in self.given:
                return self.given[name]
            case Slot(name):
                return self.node.whole(name)
            case Entry(slot, at):
                places = tuple(_placed(place, self.places) for place in at)
                return Quantity(self.graph._entry(self.node, slot, places))
            case EachPlace(index, formulae):
                return self.of(formulae[number_of(self.places[index]) - 1])
            case Kronecker(left, right):
                return Kronecker(_placed(left, self.places), _placed(right, self.places))
            case IndexedSum():
                return total(*self._terms(part))
            case Sum(operands):
                flat = [
                    term
                    for one in operands
                    for term in (self._terms(one) if isinstance(one, IndexedSum) else [self.of(one)])
                ]
                return total(*flat)
        return None


def _of_part(back: Expr, first: int, last: int) -> Expr:
    """Some entries of a vector Aᵀ g or A g: those that some columns (or rows) of A give."""
    assert isinstance(back, MatrixProduct)
    matrix, *rest = back.operands
    if isinstance(matrix, Transpose):
        part: Expr = Transpose((Columns(matrix.operands[0], first, last),))
    else:
        part = Transpose((Columns(Transpose((matrix,)), first, last),))
    return MatrixProduct((part, *rest))


def _placed(place: Unit, places: Mapping[Index, Unit]) -> Unit:
    return places[place] if isinstance(place, Index) else place
