"""Tables of arrays that are too large for brackets: each fits on paper, with some of the columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from nbsolve.compose.grids import DIGIT, Grid, cell, equations, length
from nbsolve.document import Block, Math, Paragraph, Table, Text
from nbsolve.expr import Quantity
from nbsolve.phrases import phrase

MOST_LISTED = 60
"""The entries of a vector that is written out in a line."""

_WIDEST, _PADDING = 43.0, 1.5
"""How wide a table may be, in the font's size, for A4 and for letter paper; what lies between two columns."""
_TEN, _PAGE = 10, 45
"""Entries of a vector in a row of its table; rows of a table that fit on a page."""


def laid_out(grid: Grid, layout: str) -> Iterator[Block]:
    """An array that no brackets hold: a matrix in tables, `layout` says of what; a vector in a line, or by tens."""
    if not grid.single:
        yield Paragraph((Math(Quantity(grid.symbol)), f", {layout}:"))
        yield from tables((Math(Quantity(grid.symbol)),), grid)
    elif grid.size <= MOST_LISTED:
        yield Paragraph(equations(grid))
    else:
        yield Paragraph((Math(Quantity(grid.symbol)), f": {phrase('statement.tens')}"))
        yield tens(grid)


def fitted(grid: Grid) -> Grid:
    """The matrix with rows and columns exchanged, where it then fits into one table on one page."""
    turned = Grid(grid.symbol, list(zip(*grid.cells, strict=True)), list(zip(*grid.symbols, strict=True)))
    fits = [_groups(_column_widths(one), _WIDEST) == 1 for one in (grid, turned)]
    return turned if fits == [False, True] and len(turned.cells) <= _PAGE else grid


def tens(grid: Grid) -> Table:
    """A vector, ten entries a row: row 20, column 3 is entry 23."""
    entries = [cell(*both) for both in zip(chain(*grid.cells), chain(*grid.symbols), strict=True)]
    header: list[Text] = [(Math(Quantity(grid.symbol)),), *((str(n),) for n in range(1, _TEN + 1))]
    rows: list[tuple[Text, ...]] = []
    for start in range(0, len(entries), _TEN):
        cells: list[Text] = [(Math(entry),) for entry in entries[start : start + _TEN]]
        rows.append(((str(start),), *cells, *(("",) for _ in range(_TEN - len(cells)))))
    return Table(tuple(header), tuple(rows), frozenset(range(_TEN + 1)))


def tables(corner: Text, grid: Grid) -> Iterator[Table]:
    """A matrix in tables that fit on paper, each with some of its columns."""
    header: list[Text] = [(str(n),) for n in range(1, len(grid.cells[0]) + 1)]
    labels: list[Text] = [(str(n),) for n in range(1, len(grid.cells) + 1)]
    rows = [
        [(Math(cell(*both)),) for both in zip(*row, strict=True)]
        for row in zip(grid.cells, grid.symbols, strict=True)
    ]
    yield from in_columns(corner, header, labels, rows, _column_widths(grid))


def _column_widths(grid: Grid) -> list[float]:
    return [column_width(max(map(length, column))) for column in zip(*grid.cells, strict=True)]


def column_width(length: int) -> float:
    """The width of a column whose longest cell has so many digits."""
    return max(length, 3) * DIGIT + _PADDING


def in_columns(
    corner: Text,
    header: Sequence[Text],
    labels: Sequence[Text],
    rows: Sequence[Sequence[Text]],
    widths: Sequence[float],
) -> Iterator[Table]:
    """Tables of as many columns as fit, about as many in each."""
    for start, end in _shared_out(widths):
        shown = tuple((label, *row[start:end]) for label, row in zip(labels, rows, strict=True))
        yield Table((corner, *header[start:end]), shown, frozenset(range(end - start + 1)))


def in_one_table(widths: Sequence[float]) -> bool:
    """Whether these columns fit into one table."""
    return _groups(widths, _WIDEST) == 1


def _shared_out(widths: Sequence[float]) -> Iterator[tuple[int, int]]:
    most = _WIDEST
    count = _groups(widths, most)
    while count > 1 and most > 1 and _groups(widths, most - 1) == count:
        most -= 1  # the narrowest paper that takes no more tables makes them alike
    start, filled = 0, 0.0
    for position, width in enumerate(widths):
        if position > start and filled + width > most:
            yield start, position
            start, filled = position, 0.0
        filled += width
    yield start, len(widths)


def _groups(widths: Sequence[float], most: float) -> int:
    count, filled = 1, 0.0
    for position, width in enumerate(widths):
        if position and filled and filled + width > most:
            count, filled = count + 1, 0.0
        filled += width
    return count
