"""The numbers of a problem, every one of them: beside each other, in a matrix, in tables, or in a data file.

How an array is laid out follows from its size alone. What is too large to print (more than `MOST_PRINTED` numbers)
is named as a file that comes with a handout; elsewhere the command that lists it is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeVar

from nbsolve.compose.layout import LIMIT
from nbsolve.document import Block, Derivation, Inline, Line, Markdown, Math, Paragraph, Table, Text
from nbsolve.expr import Expr, Matrix, Number, Quantity, Variable
from nbsolve.given import Entry, Given, Letter
from nbsolve.layers.dense import Dense
from nbsolve.phrases import phrase
from nbsolve.problem.model import Problem
from nbsolve.solution import Solution
from nbsolve.symbol import Role, Symbol, canonical

T = TypeVar("T")

__all__ = ["DataFile", "data_files", "literal_of", "parameters", "samples"]

MOST_PRINTED = 1000
"""Arrays of more numbers, about two pages of them, stand in a data file."""
MOST_ROWS, MOST_LISTED = 12, 60
"""The rows of a matrix in brackets, and the entries of a vector that is written out in a line."""
_MATRIX, _TABLE = 36.0, 43.0
"""How wide a matrix in brackets and a table may be, in the font's size: both fit on A4 and on letter paper."""
_DIGIT, _BETWEEN, _PADDING = 0.55, 1.0, 1.5
"""The width of a digit, and what lies between two columns of a matrix and of a table."""
_TEN, _PAGE = 10, 45
"""Entries of a vector in a row of its table; rows of a table that fit on a page."""

Cells = Sequence[Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of numbers that a handout carries: its name and its text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class _Grid:
    """An array as the problem's layout has it: its symbol, its numbers, and the symbol of each of them."""

    symbol: Symbol
    cells: Cells
    symbols: Sequence[Sequence[Symbol]]

    @property
    def size(self) -> int:
        return len(self.cells) * len(self.cells[0])

    @property
    def vector(self) -> bool:
        return self.symbol.role is not Role.WEIGHT

    @property
    def single(self) -> bool:
        """Whether it is one row or one column, whose entries one number tells apart."""
        return min(len(self.cells), len(self.cells[0])) == 1

    @property
    def numeric(self) -> bool:
        """Whether it has any number: letters alone are names, not givens."""
        return any(isinstance(entry, Given) for row in self.cells for entry in row)


# ------------------------------------------------------------------ parameters


def parameters(solution: Solution, attached: bool) -> Iterator[Block]:
    """Weights and biases, layer by layer."""
    lines: list[Line] = []
    for layer in solution.layers:
        for found in (_written(_weights(solution.problem, layer)), *_constant(solution.problem, layer)):
            if isinstance(found, Line):
                lines.append(found)
                continue
            if lines:
                yield Derivation(tuple(lines))
                lines = []
            yield from [found] if isinstance(found, Paragraph) else _spread(found, solution.problem, attached)
    if lines:
        yield Derivation(tuple(lines))


def _weights(problem: Problem, layer: Dense) -> _Grid:
    cells: Cells = layer.layer.weights
    symbols = [[layer.w(j, i) for i in range(1, layer.inputs + 1)] for j in layer.units]
    if problem.network.layout == "x W + b":
        return _Grid(layer.w(), list(zip(*cells, strict=True)), list(zip(*symbols, strict=True)))
    return _Grid(layer.w(), cells, symbols)


def _constant(problem: Problem, layer: Dense) -> Iterator[Line | _Grid | Paragraph]:
    symbol = layer.constant()
    if symbol is None:
        return
    values = layer.layer.bias.values
    if symbol.shared or len(values) == 1:
        own = symbol if symbol.shared else layer.constant(1)
        assert own is not None
        if isinstance(values[0], Letter) and layer.layer.units > 1:
            words = phrase("statement.shared_letter", layer=str(layer.index))
            yield Paragraph((Math(Quantity(own)), f", {words}"))
        elif isinstance(values[0], Letter):
            yield _written(_vector(problem, replace(symbol, shared=False), [own], values))
        else:
            yield Line((("=", literal_of(values[0])),), Quantity(own))
        return
    symbols = [own for own in map(layer.constant, layer.units) if own is not None]
    yield _written(_vector(problem, symbol, symbols, values))


def _vector(problem: Problem, whole: Symbol, symbols: Sequence[Symbol], values: Sequence[Entry]) -> _Grid:
    """A row or a column, as the problem's layout has it; one value may stand for all."""
    values = values if len(values) == len(symbols) else [values[0]] * len(symbols)
    if problem.network.layout == "x W + b":
        return _Grid(whole, [values], [symbols])
    return _Grid(whole, [[value] for value in values], [[own] for own in symbols])


def _written(grid: _Grid) -> Line | _Grid:
    """The array in brackets, with its letters where it is small; the array itself where it is too large."""
    small = max(len(grid.cells), len(grid.cells[0])) <= LIMIT
    if not small and not grid.numeric:
        letters = Matrix(tuple(tuple(_names(row, grid.symbols[0])) for row in _ends(grid.symbols)))
        return Line((("=", letters),), Quantity(grid.symbol))
    numbers = Matrix(tuple(tuple(map(_cell, *row)) for row in zip(grid.cells, grid.symbols, strict=True)))
    parts: list[tuple[str, Expr]] = []
    if small:
        parts.append(("=", Matrix(tuple(tuple(map(Quantity, row)) for row in grid.symbols))))
    if not small or grid.numeric:
        parts.append(("=", numbers))
    if len(grid.cells) <= MOST_ROWS and (_wide(grid.cells) <= _MATRIX or not grid.numeric):
        return Line(tuple(parts), Quantity(grid.symbol))
    return grid


def _ends(row: Sequence[T]) -> Sequence[T | None]:
    """Names that only count up are shown by their ends; None where some are left out."""
    return row if len(row) <= LIMIT else [*row[:3], None, row[-1]]


def _names(row: Sequence[Symbol] | None, like: Sequence[Symbol]) -> Iterator[Expr]:
    """The names of a row, dots for what is left out: a row (None) that is as long as another, or its middle."""
    for entry in _ends(like if row is None else row):
        yield Variable("…") if row is None or entry is None else Quantity(entry)


def _wide(cells: Cells) -> float:
    """About the width of a matrix in brackets."""
    return sum(max(map(_length, column)) * _DIGIT + _BETWEEN for column in zip(*cells, strict=True))


def _length(entry: Entry) -> int:
    return len(entry.text) if isinstance(entry, Given) else LIMIT


# ------------------------------------------------------------------ arrays that are no matrix in brackets


def _spread(grid: _Grid, problem: Problem, attached: bool) -> Iterator[Block]:
    """A large array: its entries in a line, tables, or the name of its file."""
    if grid.size > MOST_PRINTED:
        yield Paragraph(_elsewhere(grid, problem, attached))
    elif not grid.single:
        turned = _turned(grid)
        layout = _layout(problem, turned is not grid)
        yield Paragraph((Math(Quantity(grid.symbol)), f", {layout}:"))
        yield from _tables((Math(Quantity(grid.symbol)),), turned)
    elif grid.size <= MOST_LISTED:
        yield Paragraph(_listed(grid))
    else:
        yield Paragraph((Math(Quantity(grid.symbol)), f": {phrase('statement.tens')}"))
        yield _tens(grid)


def _turned(grid: _Grid) -> _Grid:
    """The matrix with rows and columns exchanged, where it then fits into one table on one page."""
    turned = _Grid(grid.symbol, list(zip(*grid.cells, strict=True)), list(zip(*grid.symbols, strict=True)))
    fits = [_groups(_column_widths(one), _TABLE) == 1 for one in (grid, turned)]
    return turned if fits == [False, True] and len(turned.cells) <= _PAGE else grid


def _layout(problem: Problem, turned: bool = False) -> str:
    """What a row of a weight matrix is, and what a column."""
    inputs_first = (problem.network.layout == "x W + b") is not turned
    return phrase("statement.rows_inputs" if inputs_first else "statement.rows_units")


def _elsewhere(grid: _Grid, problem: Problem, attached: bool) -> Text:
    """Where the numbers are that no page prints."""
    size = str(grid.size) if grid.vector else f"{len(grid.cells)} × {len(grid.cells[0])}"
    layout = phrase("statement.one_entry") if grid.vector else _layout(problem)
    words = _place(size, layout, _file_name(problem, grid.symbol), attached)
    return (Math(Quantity(grid.symbol)), ": ", Markdown(words))


def _place(size: str, layout: str, name: str, attached: bool) -> str:
    if attached:
        return phrase("statement.attached", count=size, layout=layout, file=name)
    return phrase("statement.elsewhere", count=size, layout=layout)


def _listed(grid: _Grid) -> Text:
    """x₁ = 1.5, x₂ = 2, …"""
    pieces: list[Inline] = []
    for entry, symbol in zip(chain(*grid.cells), chain(*grid.symbols), strict=True):
        pieces.extend([", ", _equation(entry, symbol)] if pieces else [_equation(entry, symbol)])
    return tuple(pieces)


def _equation(entry: Entry, symbol: Symbol) -> Math:
    if isinstance(entry, Letter):
        return Math(Quantity(symbol))
    return Math(Quantity(symbol), "=", literal_of(entry))


def _tens(grid: _Grid) -> Table:
    """A vector, ten entries a row: row 20, column 3 is entry 23."""
    entries = [_cell(*both) for both in zip(chain(*grid.cells), chain(*grid.symbols), strict=True)]
    header: list[Text] = [(Math(Quantity(grid.symbol)),), *((str(n),) for n in range(1, _TEN + 1))]
    rows: list[tuple[Text, ...]] = []
    for start in range(0, len(entries), _TEN):
        cells: list[Text] = [(Math(entry),) for entry in entries[start : start + _TEN]]
        rows.append(((str(start),), *cells, *(("",) for _ in range(_TEN - len(cells)))))
    return Table(tuple(header), tuple(rows), frozenset(range(_TEN + 1)))


def _tables(corner: Text, grid: _Grid) -> Iterator[Table]:
    """A matrix in tables that fit on paper, each with some of its columns."""
    header: list[Text] = [(str(n),) for n in range(1, len(grid.cells[0]) + 1)]
    labels: list[Text] = [(str(n),) for n in range(1, len(grid.cells) + 1)]
    rows = [
        [(Math(_cell(*both)),) for both in zip(*row, strict=True)]
        for row in zip(grid.cells, grid.symbols, strict=True)
    ]
    yield from _in_columns(corner, header, labels, rows, _column_widths(grid))


def _column_widths(grid: _Grid) -> list[float]:
    return [_column_width(max(map(_length, column))) for column in zip(*grid.cells, strict=True)]


def _column_width(length: int) -> float:
    """The width of a column whose longest cell has so many digits."""
    return max(length, 3) * _DIGIT + _PADDING


def _in_columns(
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


def _shared_out(widths: Sequence[float]) -> Iterator[tuple[int, int]]:
    most = _TABLE
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


# ------------------------------------------------------------------ samples


def samples(solution: Solution, attached: bool) -> Iterator[Block]:
    """The inputs and targets: of one sample in a line, of many in a table."""
    problem = solution.problem
    several = len(problem.samples) > 1
    if several and _sample_size(problem) > MOST_PRINTED:
        yield Paragraph(_many_elsewhere(problem, attached))
    elif several:
        yield Paragraph((phrase("statement.samples_many"),))
        yield from _sample_tables(problem)
    else:
        yield from _one_sample(problem, attached)


def _sample_size(problem: Problem) -> int:
    first = problem.samples[0]
    return len(problem.samples) * (len(first.input) + len(first.target or ()))


def _sides(problem: Problem, number: int) -> Iterator[_Grid]:
    """The input and the target of a sample, as vectors."""
    sample = problem.samples[number - 1]
    for role, values in ((Role.INPUT, sample.input), (Role.TARGET, sample.target)):
        if values:
            symbols = [[Symbol(role, to=place)] for place in range(1, len(values) + 1)]
            yield _Grid(Symbol(role), [[value] for value in values], symbols)


def _one_sample(problem: Problem, attached: bool) -> Iterator[Block]:
    sides = list(_sides(problem, 1))
    words = phrase("statement.samples_one")
    if sum(side.size for side in sides) <= MOST_LISTED:
        listed: list[Inline] = []
        for side in sides:
            listed.extend([", ", *_listed(side)] if listed else _listed(side))
        yield Paragraph((f"{words} ", *listed))
        return
    yield Paragraph((words,))
    for side in sides:
        yield from _spread(side, problem, attached)


def _sample_tables(problem: Problem) -> Iterator[Block]:
    """One row for each sample; many columns in tables one below the other."""
    symbols = [symbol for side in _sides(problem, 1) for (symbol,) in side.symbols]
    rows: list[list[Text]] = []
    lengths = [0] * len(symbols)
    for number, sample in enumerate(problem.samples, start=1):
        row: list[Text] = []
        for column, entry in enumerate((*sample.input, *(sample.target or ()))):
            own = replace(symbols[column], sample=number)
            row.append((Math(_cell(entry, own)),))
            lengths[column] = max(lengths[column], _length(entry))
        rows.append(row)
    header: list[Text] = [(Math(Quantity(symbol)),) for symbol in symbols]
    labels: list[Text] = [(str(number),) for number in range(1, len(rows) + 1)]
    widths = [_column_width(length) for length in lengths]
    yield from _in_columns((phrase("statement.number"),), header, labels, rows, widths)


def _many_elsewhere(problem: Problem, attached: bool) -> Text:
    first = problem.samples[0]
    size = f"{len(problem.samples)} × {len(first.input) + len(first.target or ())}"
    name = f"{_stem(problem)}-samples.csv"
    words = _place(size, phrase("statement.rows_samples"), name, attached)
    return (f"{phrase('statement.samples')} ", Markdown(words))


# ------------------------------------------------------------------ data files


def data_files(solution: Solution) -> Iterator[DataFile]:
    """The files of all arrays that no page prints, as they are named there."""
    problem = solution.problem
    for layer in solution.layers:
        for found in (_written(_weights(problem, layer)), *_constant(problem, layer)):
            if isinstance(found, _Grid) and found.size > MOST_PRINTED:
                yield DataFile(_file_name(problem, found.symbol), _rows(found.cells))
    if len(problem.samples) > 1:
        if _sample_size(problem) > MOST_PRINTED:
            names = [canonical(symbol) for side in _sides(problem, 1) for (symbol,) in side.symbols]
            header = ",".join(re.sub(r"[\[\]]", "", name) for name in names)
            rows = [(*sample.input, *(sample.target or ())) for sample in problem.samples]
            yield DataFile(f"{_stem(problem)}-samples.csv", f"{header}\n{_rows(rows)}")
        return
    for side in _sides(problem, 1):
        if side.size > MOST_PRINTED:
            yield DataFile(_file_name(problem, side.symbol), _rows(side.cells))


def _rows(cells: Cells) -> str:
    return "".join(",".join(_text(entry) for entry in row) + "\n" for row in cells)


def _text(entry: Entry) -> str:
    return entry.text if isinstance(entry, Given) else str(entry)


def _file_name(problem: Problem, symbol: Symbol) -> str:
    name = canonical(symbol).partition("[")[0]
    return f"{_stem(problem)}-{name}{symbol.layer or ''}.csv"


def _stem(problem: Problem) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", problem.name).strip(".-") or "problem"


# ------------------------------------------------------------------ cells


def _cell(entry: Entry, symbol: Symbol) -> Expr:
    return Quantity(symbol) if isinstance(entry, Letter) else literal_of(entry)


def literal_of(given: Given) -> Number:
    """A number as it was given."""
    return Number(given.value, given.text)
