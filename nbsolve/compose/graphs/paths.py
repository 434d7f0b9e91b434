"""Two optimisers from one start: a table of each path, and in words how the two differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from nbsolve.asking.writing import Writer
from nbsolve.compose.compared import called
from nbsolve.compose.sentences import set_in
from nbsolve.compose.written_numbers import literal
from nbsolve.document import Block, Bullets, Heading, Inline, Math, Paragraph, Table, Text
from nbsolve.equations.names import GraphNames
from nbsolve.equations.paths import Path
from nbsolve.expr import Quantity
from nbsolve.phrases import PhraseId, listed, phrase
from nbsolve.problem.model import GraphProblem
from nbsolve.rounding import Written
from nbsolve.symbol import Symbol

__all__ = ["GraphPaths", "heading"]


def heading(problem: GraphProblem, names: GraphNames) -> Heading:
    """The heading of the section, which the picture follows."""
    first, second = called(problem, names)
    return Heading(2, (phrase("graphs.paths", first=first, second=second),))


@dataclass(frozen=True)
class GraphPaths:
    """Writes the section about the paths of one problem, its own first. Raises: Undecided."""

    paths: tuple[Path, ...]
    names: GraphNames

    def blocks(self) -> Iterator[Block]:
        """Heading, the tables, the comparison."""
        yield heading(self.paths[0].problem, self.names)
        yield Paragraph((phrase("graphs.paths_picture"),))
        for name, path in zip(called(self.paths[0].problem, self.names), self.paths, strict=True):
            yield Paragraph((phrase("graphs.path_of", name=name),))
            yield self._table(path)
        yield Paragraph((phrase("graphs.paths_differ"),))
        yield Bullets(tuple(self._compared()))

    # ------------------------------------------------------------------ tables

    def _columns(self, path: Path) -> tuple[Symbol, ...]:
        return (*path.parameters, path.height, *path.kept)

    def _rows(self, path: Path) -> list[tuple[Written, ...]]:
        writer = Writer(path.solution)
        return [tuple(writer.answer(values, symbol) for values, symbol in point) for point in path.points()]

    def _table(self, path: Path) -> Table:
        """A row for the start, and one for each update."""
        header: list[Text] = [(phrase("graphs.path_updates"),)]
        header += [(Math(Quantity(symbol)),) for symbol in self._columns(path)]
        rows: list[tuple[Text, ...]] = []
        for number, row in enumerate(self._rows(path)):
            rows.append(((str(number),), *((Math(literal(one)),) for one in row)))
        return Table(tuple(header), tuple(rows), frozenset(range(1, len(header))))

    # ------------------------------------------------------------------ words

    def _compared(self) -> Iterator[Text]:
        """What the numbers of the tables say: where each path turns back, and which has come farther."""
        tables = [self._rows(path) for path in self.paths]
        names = called(self.paths[0].problem, self.names)
        for column, parameter in enumerate(self.paths[0].parameters):
            said: list[Inline] = [*set_in("graphs.path_along", parameter=Math(Quantity(parameter))), " "]
            for place, (name, rows) in enumerate(zip(names, tables, strict=True)):
                said += ["; "] if place else []
                said += self._way(name, [row[column] for row in rows], parameter)
            yield (*said, ".")
        yield self._end(
            names, [rows[-1][len(self.paths[0].parameters)] for rows in tables], len(tables[0]) - 1
        )

    @staticmethod
    def _way(name: str, found: Sequence[Written], parameter: Symbol) -> Iterator[Inline]:
        """Whether one coordinate of a path turns back, after which updates, and between which values it lies."""
        turns = list(_turns([one.value for one in found]))
        low, high = (Math(literal(end(found, key=lambda one: one.value))) for end in (min, max))
        ends = {"start": Math(literal(found[0])), "end": Math(literal(found[-1]))}
        if len({one.text for one in found}) == 1:
            yield from set_in("graphs.path_still", name=name)
        elif not turns:
            yield from set_in("graphs.path_straight", name=name, **ends)
        else:
            key: PhraseId = "graphs.path_turns_once" if len(turns) == 1 else "graphs.path_turns"
            own = Math(Quantity(parameter))
            said = {"name": name, "count": str(len(turns)), "updates": listed([*map(str, turns)])}
            yield from set_in(key, **said, parameter=own, low=low, high=high)

    def _end(self, names: Sequence[str], found: Sequence[Written], updates: int) -> Text:
        """What is differentiated after the last update, by each optimiser."""
        of = Quantity(self.paths[0].height)
        each_step = self.paths[0].solution.rounding.apply == "each_step"
        ends = [Math(of, "=" if one.exact or each_step else "≈", literal(one)) for one in found]
        first, second = (one.value for one in found)
        verdict = (
            phrase("graphs.paths_level")
            if first == second
            else phrase("graphs.paths_lower", name=names[0 if first < second else 1])
        )
        words = {"count": str(updates), "first": names[0], "second": names[1], "verdict": verdict}
        return tuple(set_in("graphs.paths_end", **words, one=ends[0], other=ends[1]))


def _turns(values: Sequence[Any]) -> Iterator[int]:
    """The numbers of updates after which a sequence goes the other way."""
    before = 0
    for number, (one, other) in enumerate(pairwise(values)):
        way = (other > one) - (other < one)
        if way and before and way != before:
            yield number
        before = way or before
