"""The numbers of a problem, every one of them: beside each other, in a matrix, in tables, or in a data file.

How an array is laid out follows from its size alone. What is too large to print (more than `MOST_PRINTED` numbers)
is named as a file that comes with a handout; elsewhere the command that lists it is named.
"""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.asking.listing import of_sample
from nbsolve.compose.data_files import MOST_PRINTED, file_name, sample_size, samples_file
from nbsolve.compose.grids import (
    Grid,
    cell,
    equations,
    given_arrays,
    given_states,
    joined,
    length,
    sides,
)
from nbsolve.compose.optimiser_words import kept_words
from nbsolve.compose.paper_tables import MOST_LISTED, column_width, fitted, in_columns, laid_out
from nbsolve.compose.sentences import with_commas
from nbsolve.document import Block, Line, Markdown, Math, Paragraph, Text
from nbsolve.expr import Quantity
from nbsolve.phrases import phrase, phrase_of
from nbsolve.problem.jacobian_vectors import PRODUCTS
from nbsolve.problem.model import Problem
from nbsolve.solving.solution import Solution
from nbsolve.symbol import Symbol

# ------------------------------------------------------------------ parameters


def parameters(solution: Solution, attached: bool) -> Iterator[Block]:
    """Weights and biases, layer by layer."""
    yield from _arrays(given_arrays(solution), solution.problem, attached)


def kept(solution: Solution, attached: bool) -> Iterator[Block]:
    """What the optimiser has kept before the first update, where the problem says so."""
    training = solution.problem.training
    if training is not None and training.own_rates:
        yield Paragraph((phrase("statement.own_rates"),))
        yield from _arrays(given_states(solution, rates=True), solution.problem, attached)
    if training is None or not (training.state or training.updates):
        return
    if not training.state:
        yield Paragraph((phrase("statement.updates_before", count=str(training.updates)),))
        return
    yield Paragraph((kept_words(training.updates),))
    yield from _arrays(given_states(solution), solution.problem, attached)


def _arrays(arrays: Iterator[Line | Grid | Paragraph], problem: Problem, attached: bool) -> Iterator[Block]:
    def spread() -> Iterator[Line | Block]:
        for found in arrays:
            yield from _spread(found, problem, attached) if isinstance(found, Grid) else [found]

    yield from joined(spread())


def jacobian_vectors(problem: Problem) -> Iterator[Block]:
    """The vectors that the Jacobian of the outputs is multiplied by."""
    for product in PRODUCTS.values():
        if entries := product.given(problem.jacobian):
            symbols = [[Symbol(product.vector, to=place)] for place in range(1, len(entries) + 1)]
            grid = Grid(Symbol(product.vector), [[entry] for entry in entries], symbols)
            yield Paragraph((phrase_of("statement.jacobian_", product.side), *equations(grid)))


# ------------------------------------------------------------------ arrays that are no matrix in brackets


def _spread(grid: Grid, problem: Problem, attached: bool) -> Iterator[Block]:
    """A large array: its entries in a line, tables, or the name of its file."""
    if grid.size > MOST_PRINTED:
        yield Paragraph(_elsewhere(grid, problem, attached))
        return
    fitting = grid if grid.single else fitted(grid)
    yield from laid_out(fitting, _layout(problem, fitting is not grid))


def _layout(problem: Problem, turned: bool = False) -> str:
    """What a row of a weight matrix is, and what a column."""
    inputs_first = (problem.network.layout == "x W + b") is not turned
    return phrase("statement.rows_inputs" if inputs_first else "statement.rows_units")


def _elsewhere(grid: Grid, problem: Problem, attached: bool) -> Text:
    """Where the numbers are that no page prints."""
    size = str(grid.size) if grid.vector else f"{len(grid.cells)} × {len(grid.cells[0])}"
    layout = phrase("statement.one_entry") if grid.vector else _layout(problem)
    words = _place(size, layout, file_name(problem, grid.symbol), attached)
    return (Math(Quantity(grid.symbol)), ": ", Markdown(words))


def _place(size: str, layout: str, name: str, attached: bool) -> str:
    if attached:
        return phrase("statement.attached", count=size, layout=layout, file=name)
    return phrase("statement.elsewhere", count=size, layout=layout)


# ------------------------------------------------------------------ samples


def samples(solution: Solution, attached: bool) -> Iterator[Block]:
    """The inputs and targets: of one sample in a line, of many in a table."""
    problem = solution.problem
    several = len(problem.samples) > 1
    if several and sample_size(problem) > MOST_PRINTED:
        yield Paragraph(_many_elsewhere(problem, attached))
    elif several:
        yield Paragraph((phrase("statement.samples_many"),))
        yield from _sample_tables(problem)
    else:
        yield from _one_sample(problem, attached)


def _one_sample(problem: Problem, attached: bool) -> Iterator[Block]:
    both = list(sides(problem))
    words = phrase("statement.samples_one")
    if sum(side.size for side in both) <= MOST_LISTED:
        yield Paragraph((f"{words} ", *with_commas(map(equations, both))))
        return
    yield Paragraph((words,))
    for side in both:
        yield from _spread(side, problem, attached)


def _sample_tables(problem: Problem) -> Iterator[Block]:
    """One row for each sample; many columns in tables one below the other."""
    symbols = [symbol for side in sides(problem) for (symbol,) in side.symbols]
    rows: list[list[Text]] = []
    lengths = [0] * len(symbols)
    for number, sample in enumerate(problem.samples, start=1):
        row: list[Text] = []
        for column, entry in enumerate(sample.entries):
            own = of_sample(symbols[column], number)
            row.append((Math(cell(entry, own)),))
            lengths[column] = max(lengths[column], length(entry))
        rows.append(row)
    header: list[Text] = [(Math(Quantity(symbol)),) for symbol in symbols]
    labels: list[Text] = [(str(number),) for number in range(1, len(rows) + 1)]
    widths = [column_width(most) for most in lengths]
    yield from in_columns((phrase("statement.number"),), header, labels, rows, widths)


def _many_elsewhere(problem: Problem, attached: bool) -> Text:
    size = f"{len(problem.samples)} × {len(problem.samples[0].entries)}"
    words = _place(size, phrase("statement.rows_samples"), samples_file(problem), attached)
    return (f"{phrase('statement.samples')} ", Markdown(words))
