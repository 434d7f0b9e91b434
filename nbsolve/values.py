"""The values of one iteration: every quantity by its symbol, exactly and as it was written down.

Vectors and matrices are stored whole, a unit's value is found in its layer's array. Where values are rounded
at each step the stored value is the rounded one and `unrounded` remembers what it was rounded from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import flint
import numpy as np

from nbsolve.arithmetic import Arithmetic, Value
from nbsolve.evaluate import evaluate
from nbsolve.expr import Array, Atom, Comparison, Expr, Number, Operand, Product, Quantity
from nbsolve.given import Given
from nbsolve.symbol import Partial, Role, Symbol, Unit, number_of

if TYPE_CHECKING:
    from nbsolve.rounding import Written

Place = int | tuple[int, ...]


def whole(atom: Atom) -> tuple[Atom, Place | None]:
    """The vector or matrix an atom is an entry of, and its place there (None: it stands for itself)."""
    if isinstance(atom, Symbol):
        if atom.to is None:
            return atom, None
        to = number_of(atom.to)
        own: Place = to - 1 if atom.from_ is None else (to - 1, number_of(atom.from_) - 1)
        # Written out: dataclasses.replace takes five times as long, and this runs for every look-up.
        return Symbol(
            atom.role,
            atom.layer,
            None,
            None,
            atom.sample,
            atom.iteration,
            atom.new,
            atom.change,
            atom.shared,
            atom.stem,
        ), own
    wrt, place = whole(atom.wrt)
    if place is None:
        return atom, None
    assert isinstance(wrt, Symbol)
    if atom.of.role is Role.ACTIVATION and atom.wrt.role is Role.PRE_ACTIVATION:
        of, row = whole(atom.of)
        assert isinstance(of, Symbol)
        assert isinstance(row, int)
        assert isinstance(place, int)
        return Partial(of, wrt), (row, place)
    return Partial(atom.of, wrt), place


class LocalDerivatives(Protocol):
    """A graph, as values see it."""

    def derivative(self, of: Symbol, wrt: Symbol) -> Expr | None:
        """∂of/∂wrt; None where no formula takes one to the other."""


class Values:
    """Symbol to value for one iteration; look-ups of an unbound atom raise KeyError."""

    def __init__(self) -> None:
        self.stored: dict[Atom, Operand] = {}
        self.unrounded: dict[Atom, Operand] = {}
        self.givens: dict[Atom, Array] = {}
        self.computed: dict[Atom, Value] = {}
        """What the network would give for quantities that the problem gives instead."""
        self.written: dict[tuple[object, ...], Written] = {}
        """What was written down of them, by quantity and digits: the same number stands in many places."""
        self.places: dict[Atom, Atom | list[list[Atom]]] = {}
        """The quantity whose digits each has, where somebody has asked; of an array those of its entries."""
        self.graph: LocalDerivatives | None = None
        """What knows the derivatives that are other quantities: ∂z/∂w is a, ∂z/∂b is 1."""

    def __contains__(self, atom: Atom) -> bool:
        try:
            self[atom]
        except KeyError:
            return False
        return True

    def __getitem__(self, atom: Atom, /) -> Operand:
        found = self.stored.get(atom)
        if found is not None:
            return found
        key, place = whole(atom)
        array = self.stored.get(key)
        if array is None:
            return self._of_graph(atom)
        return _entry(array, place)

    def before_rounding(self, atom: Atom) -> Operand:
        """The value that was rounded to what is stored (the stored one where nothing was rounded)."""
        if atom in self.unrounded:
            return self.unrounded[atom]
        key, place = whole(atom)
        array = self.unrounded.get(key)
        return self[atom] if array is None else _entry(array, place)

    def given(self, atom: Atom) -> Given | None:
        """The number as the problem writes it, for a quantity that is given."""
        own = self.givens.get(atom)
        if own is not None and own.ndim == 0:  # by itself, among letters
            alone: Given = own.item()
            return alone
        key, place = whole(atom)
        texts = self.givens.get(key)
        if texts is None or (place is None and texts.ndim):
            return None
        return texts[() if place is None else place]  # type: ignore[no-any-return]

    def copied(self) -> Values:
        """A copy of these values to which more can be added; arrays are not copied."""
        own = Values()
        own.stored, own.unrounded, own.givens = dict(self.stored), dict(self.unrounded), dict(self.givens)
        own.computed = dict(self.computed)
        own.graph = self.graph
        return own

    def put(self, atom: Atom, value: Operand, unrounded: Operand | None = None) -> None:
        """Store a value once. Raises KeyError for a quantity that has one already."""
        if atom in self.stored:
            raise KeyError(f"{atom} has a value already")
        self.stored[atom] = value
        if unrounded is not None:
            self.unrounded[atom] = unrounded

    def put_given(self, atom: Atom, texts: Array) -> None:
        """Store what the problem gives: the texts, and the values that are read off them."""
        self.givens[atom] = texts
        self.put(atom, given_values(texts))

    def copy(self, source: Atom, target: Atom) -> None:
        """Give a quantity the value of another one, and all that is known of it: it was given, or rounded."""
        self.put(target, self.stored[source], self.unrounded.get(source))
        if source in self.givens:
            self.givens[target] = self.givens[source]

    def copy_signed(self, source: Atom, target: Atom, sign: int) -> None:
        """Give a quantity the value of another one, or its negative."""
        before = self.unrounded.get(source)
        self.put(target, sign * self[source], None if before is None else sign * before)

    def clear(self, target: Atom, mask: Array) -> None:
        """Make the entries of an array 0 where the mask is true."""
        for book in (self.stored, self.unrounded):
            if target in book:
                book[target][mask] = flint.fmpq(0)  # type: ignore[index]

    def copy_places(self, source: Atom, target: Atom, mask: Array) -> None:
        """Copy the places of an array where the mask is true, with what is remembered of them."""
        for book in (self.stored, self.unrounded):
            if target in book:
                book[target][mask] = book.get(source, self.stored[source])[mask]  # type: ignore[index]
        if source in self.givens:
            texts = np.full(mask.shape, None, dtype=object)
            texts[mask] = self.givens[source][mask]
            self.givens[target] = texts

    def same_as(self, atom: Atom) -> Symbol | None:
        """The quantity whose value a local derivative is: a for ∂z/∂w, w for ∂z/∂a; None where it is none.

        What was found on a line of its own has its own value: ∂f/∂x over all ways is not what one way has.
        """
        if atom in self.stored:
            return None
        formula = self.local(atom)
        return formula.atom if isinstance(formula, Quantity) and isinstance(formula.atom, Symbol) else None

    def local(self, atom: Atom) -> Expr | None:
        """The formula of a local derivative (∂z/∂w is a); None for any other quantity."""
        if self.graph is None or not isinstance(atom, Partial):
            return None
        return self.graph.derivative(atom.of, atom.wrt)

    def _of_graph(self, atom: Atom) -> Operand:
        """A local derivative that is another quantity, or a number, or 1 and 0 by conditions."""
        match formula := self.local(atom):
            case Quantity(other):
                return self[other]
            case Number(value):
                return value
            case Comparison():
                return evaluate(formula, self, Arithmetic())
            case Product(factors) if all(isinstance(factor, Comparison) for factor in factors):
                return evaluate(formula, self, Arithmetic())
        raise KeyError(atom)


def layer_activation(
    layer: int, unit: Unit | None = None, sample: int | None = None, new: bool = False
) -> Symbol:
    """a^(l)_j, which for layer 0 is the input x_j, and for −l the constant beside what comes into layer l."""
    if layer < 0:
        return Symbol(Role.CONSTANT, -layer, unit)
    if layer == 0:
        return Symbol.input(unit, sample=sample)
    return Symbol.activation(layer, unit, sample=sample, new=new)


def given_values(texts: Array) -> Operand:
    """The values of an array of Givens, same shape."""
    result = np.empty(texts.shape, dtype=object)
    flat, source = result.reshape(-1), texts.reshape(-1)
    for place in range(flat.size):
        flat[place] = source[place].value
    return result if texts.ndim else result[()]


def given_array(rows: Any) -> Array:
    """Nested tuples of Givens as an object array."""
    if isinstance(rows, Given):
        result = np.empty((), dtype=object)
        result[()] = rows
        return result
    shape = (len(rows), len(rows[0])) if rows and isinstance(rows[0], tuple) else (len(rows),)
    result = np.empty(shape, dtype=object)
    for place, given in enumerate(g for row in rows for g in (row if len(shape) == 2 else (row,))):
        result.reshape(-1)[place] = given
    return result


def _entry(array: Operand, place: Place | None) -> Operand:
    if place is None:
        return array
    if not isinstance(array, np.ndarray):
        raise KeyError(place)
    if isinstance(place, tuple) and array.ndim == 1:
        # The local derivatives of a layer that works unit by unit: the diagonal of its Jacobian.
        row, column = place
        return array[row] if row == column else flint.fmpq(0)
    try:
        return array[place]  # type: ignore[no-any-return]
    except IndexError as error:
        raise KeyError(place) from error


def is_exact(value: Value) -> bool:
    """Whether the value is known exactly, as a rational."""
    return isinstance(value, flint.fmpq)
