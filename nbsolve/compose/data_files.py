"""The files of numbers that a handout carries, for arrays that no page prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbsolve.compose.grids import Cells, Grid, given_arrays, sides
from nbsolve.expr import Atom
from nbsolve.given import Entry, Given
from nbsolve.problem.model import Problem
from nbsolve.solving.solution import Solution
from nbsolve.symbol import Symbol, canonical

MOST_PRINTED = 1000
"""Arrays of more numbers, about two pages of them, stand in a data file."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of numbers that a handout carries: its name and its text."""

    name: str
    text: str


def data_files(solution: Solution) -> Iterator[DataFile]:
    """The files of all arrays that no page prints, as they are named there."""
    problem = solution.problem
    for found in given_arrays(solution):
        if isinstance(found, Grid) and found.size > MOST_PRINTED:
            yield DataFile(file_name(problem, found.symbol), _rows(found.cells))
    if len(problem.samples) > 1:
        if sample_size(problem) > MOST_PRINTED:
            names = [canonical(symbol) for side in sides(problem) for (symbol,) in side.symbols]
            header = ",".join(re.sub(r"[\[\]]", "", name) for name in names)
            rows = [sample.entries for sample in problem.samples]
            yield DataFile(samples_file(problem), f"{header}\n{_rows(rows)}")
        return
    for side in sides(problem):
        if side.size > MOST_PRINTED:
            yield DataFile(file_name(problem, side.symbol), _rows(side.cells))


def sample_size(problem: Problem) -> int:
    """How many numbers all samples have."""
    return len(problem.samples) * len(problem.samples[0].entries)


def _rows(cells: Cells) -> str:
    return "".join(",".join(_text(entry) for entry in row) + "\n" for row in cells)


def _text(entry: Entry) -> str:
    return entry.text if isinstance(entry, Given) else str(entry)


def file_name(problem: Problem, symbol: Atom) -> str:
    """The name of an array's file."""
    name = canonical(symbol).partition("[")[0].replace("/", "-")
    layer = (symbol if isinstance(symbol, Symbol) else symbol.wrt).layer
    return f"{_stem(problem)}-{name}{layer or ''}.csv"


def samples_file(problem: Problem) -> str:
    """The name of the file of all samples."""
    return f"{_stem(problem)}-samples.csv"


def _stem(problem: Problem) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", problem.name).strip(".-") or "problem"
