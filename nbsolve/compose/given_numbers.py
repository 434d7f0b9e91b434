"""What problems without a network say is given: numbers by name, arrays, what an optimiser has kept before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nbsolve.compose.grids import Grid, fits_in_brackets, joined
from nbsolve.compose.optimiser_words import kept_words
from nbsolve.compose.paper_tables import laid_out
from nbsolve.compose.sentences import with_commas
from nbsolve.document import Block, Inline, Line, Math, Paragraph
from nbsolve.equations.updating import owner_of, start
from nbsolve.expr import Atom, Expr, Matrix, Quantity, literal
from nbsolve.given import Given
from nbsolve.phrases import phrase
from nbsolve.problem.model import GraphProblem, UpdateProblem
from nbsolve.symbol import Symbol

__all__ = ["array_blocks", "kept_before", "listed_numbers", "matrix_of"]

Problem = GraphProblem | UpdateProblem


def matrix_of(entries: Sequence[Expr], shape: Sequence[int]) -> Expr:
    """Entries as a column, or as a matrix row by row; a single number by itself."""
    if not shape:
        return entries[0]
    columns = shape[1] if len(shape) > 1 else 1
    return Matrix(tuple(tuple(entries[at : at + columns]) for at in range(0, len(entries), columns)))


def array_blocks(name: Atom, shape: Sequence[int], entries: Sequence[object]) -> Iterator[Line | Block]:
    """`W =` its entries, of three axes a matrix for each place along the first; large ones listed or in tables."""
    if len(shape) < 3:
        yield from _laid_out(_grid(name, shape, entries))
        return
    first, *rest = shape
    size = len(entries) // first
    for place in range(1, first + 1):
        part = entries[(place - 1) * size : place * size]
        yield from _laid_out(_grid(_at(name, place), rest, part))


def _laid_out(grid: Grid) -> Iterator[Line | Block]:
    if fits_in_brackets(grid):
        numbers = [literal(entry) for row in grid.cells for entry in row if isinstance(entry, Given)]
        yield Line((("=", matrix_of(numbers, (len(grid.cells), len(grid.cells[0])))),), Quantity(grid.symbol))
    else:
        yield from laid_out(grid, phrase("statement.rows_first"))


def _grid(name: Atom, shape: Sequence[int], entries: Sequence[object]) -> Grid:
    """An array as a column, or row by row."""
    columns = shape[1] if len(shape) > 1 else 1
    numbers = [entry for entry in entries if isinstance(entry, Given)]
    places = range(0, len(numbers), columns)
    if len(shape) < 2:
        symbols = [[_at(name, row + 1)] for row in places]
    else:
        symbols = [
            [_at(name, row + 1, column) for column in range(1, columns + 1)] for row in range(shape[0])
        ]
    return Grid(name, [numbers[at : at + columns] for at in places], symbols)


def _at(name: Atom, *places: int) -> Atom:
    """An entry of an array, or of the gradient with respect to one."""
    if isinstance(name, Symbol):
        return name._replace(at=(*name.at, *places))
    return name._replace(wrt=name.wrt._replace(at=(*name.wrt.at, *places)))


def listed_numbers(problem: Problem, words: str, entries: Mapping[Atom, Sequence[object]]) -> Iterator[Block]:
    """Numbers in a line, arrays as columns or matrices."""
    single: list[Inline] = []
    arrays: list[Line | Block] = []
    for atom, numbers in entries.items():
        symbol = atom if isinstance(atom, Symbol) else atom.wrt
        if shape := problem.shapes[owner_of(problem, symbol).stem]:
            arrays += array_blocks(atom, shape, numbers)
        else:
            (number,) = numbers
            assert isinstance(number, Given)
            single.append(Math(Quantity(atom), "=", literal(number)))
    yield Paragraph((words + (" " if single else ""), *with_commas(single)))
    yield from joined(arrays)


def kept_before(problem: Problem) -> Iterator[Block]:
    """What the optimiser has kept, and how many updates it has made before, where that is given."""
    training = problem.training
    assert training is not None
    if not training.state:
        if training.updates:
            yield Paragraph((phrase("statement.updates_before", count=str(training.updates)),))
        return
    found: dict[Atom, list[object]] = {}
    for symbol, given in start(problem).items():
        if any(symbol.stem == f"{name}_{owner_of(problem, symbol).stem}" for name in training.state):
            found.setdefault(symbol._replace(at=()), []).append(given)
    yield from listed_numbers(problem, kept_words(training.updates), found)
