"""The writers of a solution's iterations: each with what is asked of it, and the digits that its lines need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from nbsolve.asking.listing import Asked, asked_of
from nbsolve.compose.amount import anchored
from nbsolve.compose.answering import MOST_ROWS
from nbsolve.compose.calculator import Computations
from nbsolve.compose.numbers import Key
from nbsolve.compose.passes import Passes
from nbsolve.expr import Atom
from nbsolve.notation import Names
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.symbol import PARAMETERS, Role, Symbol
from nbsolve.symbolic import LetterPass
from nbsolve.values import whole


@dataclass(frozen=True)
class Iterations:
    """Makes the writer of each iteration once; `numbered` are the numbers of the formulae in letters."""

    solution: Solution
    names: Names
    letters: LetterPass | None
    numbered: Mapping[Atom, int]
    _writers: dict[tuple[int, int], Passes] = field(default_factory=dict, init=False)
    _needs: dict[int, Mapping[Key, int]] = field(default_factory=dict, init=False)
    _computations: Computations = field(default_factory=dict, init=False)

    def begin(self) -> None:
        """Begin a new page: no writer has said anything on it."""
        for writer in self._writers.values():
            writer.begin()

    def writer(self, iteration: Iteration, level: int = 2) -> Passes:
        """The writer of an iteration whose headings have a level."""
        passes = self._begun(iteration, level)
        passes.needs.update(self._needed(passes))
        return passes

    def tags(self, iteration: Iteration) -> Mapping[Atom, int]:
        """The numbers that the factors of an iteration's backward pass have on the page."""
        return self._begun(iteration, 2).tags

    def _begun(self, iteration: Iteration, level: int) -> Passes:
        """A writer that may still have to learn which digits are needed."""
        key = iteration.number, level
        if key not in self._writers:
            self._writers[key] = self._new(iteration, level)
        return self._writers[key]

    def _new(self, iteration: Iteration, level: int) -> Passes:
        later = any(
            part.at is None or part.at > iteration.number
            for part in self.solution.problem.parts
            if part.ask and iteration is not self.solution.iterations[-1]
        )
        return Passes(
            self.solution,
            iteration,
            Asked.in_iteration(iteration, self.solution, self.names),
            level,
            tuple(self._also(iteration)),
            self.numbered,
            tuple(self._in_order(iteration)),
            later,
            self.letters,
            computations=self._computations,
        )

    def _needed(self, passes: Passes) -> Mapping[Key, int]:
        """The digits beyond the usual ones that an iteration's lines need, and those of the one that follows it."""
        number = passes.iteration.number
        if number not in self._needs:
            later = [one for one in self.solution.iterations if one.number == number + 1]
            start: dict[Key, int] = {
                key._replace(new=True): digits
                for one in later
                for key, digits in self.writer(one).needs.items()
                if isinstance(key, Symbol)
                and key.role in (*PARAMETERS, Role.STATE)
                and not (key.new or key.change)
            }
            self._needs[number] = passes.learnt(start)
        return self._needs[number]

    def _in_order(self, iteration: Iteration) -> Iterator[Atom]:
        """What is asked of an iteration, in its order."""
        for part in self.solution.problem.parts:
            if part.at in (None, iteration.number):
                places = asked_of(part, iteration, self.solution, self.names)
                yield from (place.holder for place in islice(places, MOST_ROWS))

    def _also(self, iteration: Iteration) -> Iterator[Atom]:
        """The asked quantities that the explanation does not find on its way."""
        written = anchored(self.solution, iteration)
        # what is held is said to be so at the update
        written |= {m._replace(new=True) for layer in self.solution.layers for m in layer.held}
        for atom in self._in_order(iteration):
            if atom not in written and whole(atom)[0] not in written:
                yield atom
