"""The arrays that a problem gives, as its layout has them, and how they are written in brackets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

import numpy as np

from nbsolve.blocks.dense import Dense
from nbsolve.compose.layout import LIMIT
from nbsolve.compose.sentences import with_commas
from nbsolve.document import Block, Derivation, Line, Math, Paragraph, Text
from nbsolve.expr import Atom, Expr, Matrix, Quantity, Variable, literal, number
from nbsolve.given import Entry, Given, Letter
from nbsolve.phrases import phrase
from nbsolve.problem import wiring
from nbsolve.problem.model import Problem
from nbsolve.solving.givens import own_rates_of, states_of
from nbsolve.solving.solution import Solution
from nbsolve.symbol import LOSS, Partial, Role, Symbol
from nbsolve.values import layer_activation

T = TypeVar("T")

_MOST_ROWS, _WIDEST = 12, 36.0
"""The rows of a matrix in brackets, and its width in the font's size: it fits on A4 and on letter paper."""
DIGIT, _BETWEEN = 0.55, 1.0
"""The width of a digit, and what lies between two columns of a matrix."""

Cells = Sequence[Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class Grid:
    """An array as the problem's layout has it: its symbol, its numbers, and the symbol of each of them."""

    symbol: Atom
    cells: Cells
    symbols: Sequence[Sequence[Atom]]
    missing: frozenset[Atom] = frozenset()
    """Symbols of entries that do not exist."""

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return len(self.cells) * len(self.cells[0])

    def name(self, symbol: Atom) -> Expr:
        """The name of an entry; 0 where it does not exist."""
        return number(0) if symbol in self.missing else Quantity(symbol)

    @property
    def vector(self) -> bool:
        """Whether it is a vector, not a matrix."""
        return isinstance(self.symbol, Partial) or self.symbol.role is not Role.WEIGHT

    @property
    def single(self) -> bool:
        """Whether it is one row or one column, whose entries one number tells apart."""
        return min(len(self.cells), len(self.cells[0])) == 1

    @property
    def numeric(self) -> bool:
        """Whether it has any number: letters alone are names, not givens."""
        return any(isinstance(entry, Given) for row in self.cells for entry in row)


def given_arrays(solution: Solution) -> Iterator[Line | Grid | Paragraph]:
    """Weights and biases, layer by layer: in brackets, as a letter, or as an array that is too large for both."""
    for layer in solution.layers:
        if not layer.tied:
            yield _written(_weights(solution.problem, layer))
        yield from _constant(solution.problem, layer)


def given_states(solution: Solution, rates: bool = False) -> Iterator[Line | Grid | Paragraph]:
    """What the optimiser has kept before the first update; or the learning `rates` of parameters."""
    training = solution.problem.training
    assert training is not None
    for layer in solution.layers:
        for symbol, texts in own_rates_of(training, layer) if rates else states_of(training, layer):
            if not rates and symbol.state_name not in training.state:
                continue
            if np.ndim(texts) < 2 and np.size(texts) == 1:
                alone = symbol if np.ndim(texts) == 0 else symbol._replace(to=1)
                yield Line((("=", literal(texts.reshape(-1)[0])),), Quantity(alone))
                continue
            matrix = np.ndim(texts) == 2
            rows = texts if matrix else texts.reshape(-1, 1)
            columns = sorted(layer.layer.columns if matrix else ()) or range(1, rows.shape[1] + 1)
            cells: Cells = [[row[i - 1] for i in columns] for row in rows.tolist()]
            symbols = [
                [symbol._replace(to=j, from_=i if matrix else None) for i in columns]
                for j, _ in enumerate(cells, 1)
            ]
            if solution.problem.network.layout == "x W + b":
                cells, symbols = (
                    list(zip(*cells, strict=True)),
                    [[*row] for row in zip(*symbols, strict=True)],
                )
            yield _written(Grid(symbol, cells, symbols))


def _weights(problem: Problem, layer: Dense) -> Grid:
    columns = sorted(layer.layer.columns) or range(1, layer.inputs + 1)
    cells: Cells = [[row[i - 1] for i in columns] for row in layer.layer.weights]
    symbols = [[layer.w(j, i) for i in columns] for j in layer.units]
    if problem.network.layout == "x W + b":
        cells, symbols = list(zip(*cells, strict=True)), [[*row] for row in zip(*symbols, strict=True)]
    return Grid(layer.w(), cells, symbols, frozenset(layer.w(j, i) for j, i in layer.layer.missing))


def _constant(problem: Problem, layer: Dense) -> Iterator[Line | Grid | Paragraph]:
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
            yield _written(_vector(problem, symbol._replace(shared=False), [own], values))
        else:
            yield Line((("=", literal(values[0])),), Quantity(own))
        return
    symbols = [own for own in map(layer.constant, layer.units) if own is not None]
    yield _written(_vector(problem, symbol, symbols, values))


def _vector(problem: Problem, whole: Symbol, symbols: Sequence[Atom], values: Sequence[Entry]) -> Grid:
    """A row or a column, as the problem's layout has it; one value may stand for all."""
    values = values if len(values) == len(symbols) else [values[0]] * len(symbols)
    if problem.network.layout == "x W + b":
        return Grid(whole, [values], [symbols])
    return Grid(whole, [[value] for value in values], [[own] for own in symbols])


def sides(problem: Problem) -> Iterator[Grid]:
    """The input and the target of a sample, or the gradient given with respect to the outputs, as vectors."""
    sample = problem.samples[0]
    for vector, values in ((Symbol.input(), sample.input), *wiring.targets(problem.network, sample)):
        symbols: list[list[Atom]] = [[vector._replace(to=place)] for place in range(1, len(values) + 1)]
        yield Grid(vector, [[value] for value in values], symbols)
    if sample.upstream:
        output = layer_activation(len(problem.network.layers))
        partials = [[_gradient(output._replace(to=place))] for place in range(1, len(sample.upstream) + 1)]
        yield Grid(_gradient(output), [[value] for value in sample.upstream], partials)


def _gradient(of: Symbol) -> Partial:
    return Partial(LOSS, of)


# ------------------------------------------------------------------ in brackets


def joined(found: Iterable[Line | Block]) -> Iterator[Block]:
    """Lines that follow one another as one derivation, blocks as they are."""
    lines: list[Line] = []
    for one in found:
        if isinstance(one, Line):
            lines.append(one)
            continue
        if lines:
            yield Derivation(tuple(lines))
            lines = []
        yield one
    if lines:
        yield Derivation(tuple(lines))


def _written(grid: Grid) -> Line | Grid:
    """The array in brackets, with its letters where it is small; the array itself where it is too large."""
    small = max(len(grid.cells), len(grid.cells[0])) <= LIMIT
    if not small and not grid.numeric:
        letters = Matrix(tuple(tuple(_names(grid, row)) for row in _ends(grid.symbols)))
        return Line((("=", letters),), Quantity(grid.symbol))
    numbers = Matrix(tuple(tuple(map(cell, *row)) for row in zip(grid.cells, grid.symbols, strict=True)))
    parts: list[tuple[str, Expr]] = []
    if small:
        parts.append(("=", Matrix(tuple(tuple(map(grid.name, row)) for row in grid.symbols))))
    if not small or grid.numeric:
        parts.append(("=", numbers))
    if fits_in_brackets(grid) or (len(grid.cells) <= _MOST_ROWS and not grid.numeric):
        return Line(tuple(parts), Quantity(grid.symbol))
    return grid


def fits_in_brackets(grid: Grid) -> bool:
    """Whether an array of numbers is small enough for a matrix in brackets."""
    return len(grid.cells) <= _MOST_ROWS and _wide(grid.cells) <= _WIDEST


def equations(grid: Grid) -> Text:
    """x₁ = 1.5, x₂ = 2, …"""
    entries = zip(chain(*grid.cells), chain(*grid.symbols), strict=True)
    return tuple(with_commas(_equation(*one) for one in entries))


def _equation(entry: Entry, symbol: Atom) -> Math:
    if isinstance(entry, Letter):
        return Math(Quantity(symbol))
    return Math(Quantity(symbol), "=", literal(entry))


def _ends(row: Sequence[T]) -> Sequence[T | None]:
    """Names that only count up are shown by their ends; None where some are left out."""
    return row if len(row) <= LIMIT else [*row[:3], None, row[-1]]


def _names(grid: Grid, row: Sequence[Atom] | None) -> Iterator[Expr]:
    """The names of a row, dots for what is left out: a whole row (None), or the middle of one."""
    for entry in _ends(grid.symbols[0] if row is None else row):
        yield Variable("…") if row is None or entry is None else grid.name(entry)


def _wide(cells: Cells) -> float:
    """About the width of a matrix in brackets."""
    return sum(max(map(length, column)) * DIGIT + _BETWEEN for column in zip(*cells, strict=True))


def length(entry: Entry) -> int:
    """How many characters an entry takes."""
    return len(entry.text) if isinstance(entry, Given) else LIMIT


def cell(entry: Entry, symbol: Atom) -> Expr:
    """A number as it is given, or the name of what is given as a letter."""
    return Quantity(symbol) if isinstance(entry, Letter) else literal(entry)
