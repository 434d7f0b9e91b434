"""Vectors, matrices and their formulae as the problem's layout has them: W x + b, or x W + b."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from nbsolve.compose.numbers import member
from nbsolve.compose.written_numbers import literal
from nbsolve.expr import (
    Array,
    Atom,
    Columns,
    Expr,
    Known,
    Matrix,
    MatrixProduct,
    Quantity,
    Stacked,
    Transpose,
    Variable,
    number,
    substitute,
)
from nbsolve.problem.model import Problem
from nbsolve.rounding import Written
from nbsolve.symbol import Partial, Role, Symbol

LIMIT = 6
"""Larger matrices are shown by their first and last rows and columns."""


def _ends(numbers: Sequence[int]) -> list[int | None]:
    """The numbers of rows or columns that are shown; None for those in between that are not."""
    return [*numbers] if len(numbers) <= LIMIT else [*numbers[:3], None, numbers[-1]]


@dataclass(frozen=True)
class Layout:
    """Lays arrays out; `inputs_first` where the rows of the matrices are inputs (x W + b)."""

    inputs_first: bool
    missing: frozenset[Symbol] = frozenset()
    """Weights that do not exist, in whose places matrices have 0."""
    columns: Mapping[int, Sequence[int]] = field(default_factory=dict)
    """The columns, from 1, that the weights of a layer have on the page, where it takes some of several inputs."""

    @staticmethod
    def of(problem: Problem) -> Layout:
        """The layout of a problem."""
        missing = (
            Symbol.weight(n, *place)
            for n, layer in enumerate(problem.network.layers, 1)
            for place in layer.missing
        )
        columns = {n: sorted(own.columns) for n, own in enumerate(problem.network.layers, 1) if own.columns}
        return Layout(problem.network.layout == "x W + b", frozenset(missing), columns)

    def numbers(self, atom: Atom, value: Array, write: Callable[[Atom], Written]) -> Expr:
        """The array with its entries as `write` has them."""
        return self._matrix(atom, value, lambda row: [_literal(entry, write) for entry in row])

    def letters(self, atom: Atom, value: Array) -> Expr:
        """An array as a matrix of the names of its entries."""
        return self._matrix(
            atom, value, lambda row: [self._name(entry) for entry in row if entry is not None]
        )

    def is_missing(self, entry: Atom) -> bool:
        """Whether an entry, its new value, its change or its gradient is that of a weight that does not exist."""
        symbol = entry if isinstance(entry, Symbol) else entry.wrt
        return bool(self.missing) and symbol._replace(new=False, change=False) in self.missing

    def _name(self, entry: Atom) -> Expr:
        return number(0) if self.is_missing(entry) else Quantity(entry)

    def vector(self, entries: Sequence[Expr]) -> Matrix:
        """A vector with these entries: a row, or a column."""
        return Matrix((tuple(entries),) if self.inputs_first else tuple((one,) for one in entries))

    def laid(self, column: Matrix) -> Matrix:
        """A vector that is written as a column, as the layout has vectors."""
        return self.vector([entry for (entry,) in column.rows])

    def _matrix(self, atom: Atom, value: Array, write: Callable[[list[Atom | None]], list[Expr]]) -> Expr:
        entries = self.entries_shown(atom, value)
        if value.ndim == 1 and self.inputs_first:
            entries = [[row[0] for row in entries]]
        elif value.ndim == 2 and self.inputs_first and _is_weight(atom):
            entries = [list(column) for column in zip(*entries, strict=True)]
        return Matrix(tuple(tuple(write(row)) for row in entries))

    def entries_shown(self, atom: Atom, array: Array) -> list[list[Atom | None]]:
        """The entries of first and last rows and columns, None where something is left out."""
        if array.ndim == 1:
            return [
                [None if j is None else member(atom, j, None)] for j in _ends(range(1, array.shape[0] + 1))
            ]
        layer = (atom if isinstance(atom, Symbol) else atom.wrt).layer if _is_weight(atom) else None
        columns = _ends(self.columns.get(layer or 0) or range(1, array.shape[1] + 1))
        return [
            [None if j is None or i is None else member(atom, j, i) for i in columns]
            for j in _ends(range(1, array.shape[0] + 1))
        ]

    def turned(self, formula: Expr) -> Expr:
        """A formula of columns (W x + b) as the layout has it."""
        return _turned(formula) if self.inputs_first else formula

    def written(self, formula: Expr) -> Expr:
        """A formula as the layout has it, vectors that are made of others laid as it lays vectors."""

        def laid(node: Expr) -> Expr | None:
            match node:
                case Known(name, body):
                    return Known(substitute(name, laid), body)
                case Matrix() if all(len(row) == 1 for row in node.rows):
                    return self.laid(node)
                case Stacked(operands):
                    return self.vector(operands)
            return None

        return substitute(self.turned(formula), laid)


def _turned(formula: Expr) -> Expr:
    """The formula for rows that are inputs (x W + b): every product stands the other way round.

    A Jacobian has a row for each output in either layout, so it is transposed where it changes sides.
    """

    def reverse(node: Expr) -> Expr | None:
        if isinstance(node, MatrixProduct):
            return MatrixProduct(tuple(factor(operand) for operand in reversed(node.operands)))
        if isinstance(node, Columns):
            return Columns(_turned(node.body), node.first, node.last, rows=True)
        return None

    def factor(operand: Expr) -> Expr:
        match operand:
            case Quantity(atom) if _is_jacobian(atom):
                return Transpose((operand,))
            case Transpose((Quantity(atom) as jacobian,)) if _is_jacobian(atom):
                return jacobian
        return _turned(operand)

    return substitute(formula, reverse)


def _is_jacobian(atom: Atom) -> bool:
    """Whether it is the matrix of all activations of a layer differentiated with respect to a whole vector."""
    return isinstance(atom, Partial) and (atom.of.role, atom.of.to, atom.wrt.to) == (
        Role.ACTIVATION,
        None,
        None,
    )


def _literal(entry: Atom | None, write: Callable[[Atom], Written]) -> Expr:
    return Variable("…") if entry is None else literal(write(entry))


def _is_weight(atom: Atom) -> bool:
    symbol = atom if isinstance(atom, Symbol) else atom.wrt
    of_weights = symbol.role is Role.STATE and symbol.parameter.role is Role.WEIGHT
    return symbol.from_ is None and (symbol.role is Role.WEIGHT or of_weights)
