"""What problems without a network say is given: numbers by name, arrays, what an optimiser has kept before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nbsolve.compose.optimiser_words import kept_words
from nbsolve.document import Block, Derivation, Inline, Line, Math, Paragraph
from nbsolve.equations.updating import owner_of, start
from nbsolve.expr import Atom, Expr, Matrix, Quantity, literal
from nbsolve.given import Given
from nbsolve.phrases import phrase
from nbsolve.problem.model import GraphProblem, UpdateProblem
from nbsolve.symbol import Symbol

__all__ = ["array_lines", "kept_before", "listed_numbers", "matrix_of"]

Problem = GraphProblem | UpdateProblem


def matrix_of(entries: Sequence[Expr], shape: Sequence[int]) -> Expr:
    """Entries as a column, or as a matrix row by row; a single number by itself."""
    if not shape:
        return entries[0]
    columns = shape[1] if len(shape) > 1 else 1
    return Matrix(tuple(tuple(entries[at : at + columns]) for at in range(0, len(entries), columns)))


def array_lines(name: Atom, shape: Sequence[int], entries: Sequence[object]) -> Iterator[Line]:
    """`W =` its entries; of three axes a matrix for each place along the first."""
    numbers = [literal(entry) for entry in entries if isinstance(entry, Given)]
    if len(shape) < 3:
        yield Line((("=", matrix_of(numbers, shape)),), Quantity(name))
        return
    first, *rest = shape
    size = len(numbers) // first
    for place in range(first):
        part = matrix_of(numbers[place * size : (place + 1) * size], rest)
        yield Line((("=", part),), _at(name, place + 1))


def _at(name: Atom, place: int) -> Quantity:
    if isinstance(name, Symbol):
        return Quantity(name._replace(at=(place,)))
    return Quantity(name._replace(wrt=name.wrt._replace(at=(place,))))


def listed_numbers(problem: Problem, words: str, entries: Mapping[Atom, Sequence[object]]) -> Iterator[Block]:
    """Numbers in a line, arrays as columns or matrices."""
    single: list[Inline] = []
    lines: list[Line] = []
    for atom, numbers in entries.items():
        symbol = atom if isinstance(atom, Symbol) else atom.wrt
        if shape := problem.shapes[owner_of(problem, symbol).stem]:
            lines += array_lines(atom, shape, numbers)
        else:
            (number,) = numbers
            assert isinstance(number, Given)
            single += [", "] if single else []
            single.append(Math(Quantity(atom), "=", literal(number)))
    yield Paragraph((words + (" " if single else ""), *single))
    if lines:
        yield Derivation(tuple(lines))


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
