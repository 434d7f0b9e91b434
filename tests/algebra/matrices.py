"""Matrices of scalars; a vector is a column or a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.algebra.scalars import Scalar
from tests.algebra.scanning import Unreadable


@dataclass(frozen=True, eq=False)
class Matrix:
    """Rows of scalars."""

    rows: tuple[tuple[Scalar, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.rows[0])

    @property
    def entries(self) -> list[Scalar]:
        return [entry for row in self.rows for entry in row]

    def each(self, function: Callable[[Scalar], Scalar]) -> Matrix:
        """The function of every entry."""
        return Matrix(tuple(tuple(function(entry) for entry in row) for row in self.rows))

    def with_(self, other: Matrix, combine: Callable[[Scalar, Scalar], Scalar]) -> Matrix:
        """Entry by entry with another matrix of the same shape."""
        if self.shape != other.shape:
            raise Unreadable(f"a matrix of {self.shape} with one of {other.shape}")
        pairs = zip(self.rows, other.rows, strict=True)
        return Matrix(tuple(tuple(combine(a, b) for a, b in zip(p, q, strict=True)) for p, q in pairs))

    @property
    def transposed(self) -> Matrix:
        return Matrix(tuple(zip(*self.rows, strict=True)))

    def times(self, other: Matrix) -> Matrix:
        """The matrix product."""
        if self.shape[1] != other.shape[0]:
            raise Unreadable(f"a matrix of {self.shape} times one of {other.shape}")
        columns = other.transposed.rows
        return Matrix(tuple(tuple(_dot(row, column) for column in columns) for row in self.rows))

    def dot(self, other: Matrix) -> Scalar:
        """The scalar product of two vectors."""
        if self.shape != other.shape or 1 not in self.shape:
            raise Unreadable("a scalar product of what are not two vectors")
        return _dot(tuple(self.entries), tuple(other.entries))


def _dot(left: tuple[Scalar, ...], right: tuple[Scalar, ...]) -> Scalar:
    total = left[0] * right[0]
    for a, b in zip(left[1:], right[1:], strict=True):
        total = total + a * b
    return total


Value = Scalar  # or a Matrix: scalars have no common type


def single(value: Value) -> Value:
    """A matrix of one entry is that entry."""
    return value.rows[0][0] if isinstance(value, Matrix) and value.shape == (1, 1) else value
