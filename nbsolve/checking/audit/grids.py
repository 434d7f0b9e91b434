"""Matrices of formulae: added, multiplied, put together entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.tree import (
    Node,
    Num,
    Product,
    Sum,
)

ONE = Num("1", Fraction(1), 0)


@dataclass(frozen=True)
class Grid:
    """The entries of a vector (one column, or one row where the problem writes x W + b) or of a matrix."""

    rows: tuple[tuple[Node, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.rows[0])

    def map(self, function: Callable[[Node], Node]) -> Grid:
        return Grid(tuple(tuple(function(entry) for entry in row) for row in self.rows))

    def transposed(self) -> Grid:
        return Grid(tuple(zip(*self.rows, strict=True)))

    def entries(self) -> tuple[Node, ...]:
        return tuple(entry for row in self.rows for entry in row)


def joined(grids: list[Grid], as_rows: bool) -> Grid:
    """Vectors one after the other, as one."""
    if as_rows:
        return Grid((tuple(entry for grid in grids for entry in grid.entries()),))
    return Grid(tuple(row for grid in grids for row in grid.rows))


def times(one: Node, two: Node) -> Node:
    return Product((one, two))


def each(function: Callable[[Node], Node], value: Node | Grid) -> Node | Grid:
    return value.map(function) if isinstance(value, Grid) else function(value)


def filled(entry: Node, shape: tuple[int, int]) -> Grid:
    return Grid(tuple((entry,) * shape[1] for _ in range(shape[0])))


def zipped(function: Callable[..., Node], *grids: Grid) -> Grid:
    return Grid(
        tuple(
            tuple(function(*entries) for entries in zip(*rows, strict=True))
            for rows in zip(*(grid.rows for grid in grids), strict=True)
        )
    )


def dot(one: Grid, two: Grid) -> Node:
    return Sum(tuple(times(a, b) for a, b in zip(one.entries(), two.entries(), strict=True)))


def matrix_product(one: Grid, two: Grid) -> Grid:
    if one.shape[1] != two.shape[0]:
        raise Unreadable(f"a product of shapes {one.shape} and {two.shape}")
    columns = two.transposed().rows

    def entry(row: tuple[Node, ...], column: tuple[Node, ...]) -> Node:
        terms = tuple(times(a, b) for a, b in zip(row, column, strict=True))
        return Sum(terms) if len(terms) > 1 else terms[0]

    return Grid(tuple(tuple(entry(row, column) for column in columns) for row in one.rows))


def diagonal(entries: tuple[Node, ...]) -> Grid:
    nothing = Num("0", Fraction(0), 0)
    return Grid(
        tuple(
            tuple(entry if r == c else nothing for c in range(len(entries)))
            for r, entry in enumerate(entries)
        )
    )
