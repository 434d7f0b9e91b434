"""One quantity and the steps it rests on, in every iteration that is written out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from nbsolve.asking.asked_letters import InLetters
from nbsolve.asking.listing import meant
from nbsolve.compose.amount import by_matrices
from nbsolve.compose.answering import MOST_ROWS
from nbsolve.compose.explaining import all_steps, by_layers, resting, resting_by_layers
from nbsolve.compose.iteration import FACTORS
from nbsolve.compose.iterations import Iterations
from nbsolve.compose.letters import LetterBlocks
from nbsolve.compose.passes import Passes
from nbsolve.document import Block, Heading
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom, atoms
from nbsolve.solving.solution import Iteration
from nbsolve.symbol import canonical
from nbsolve.values import whole

MOST_OPERANDS = 24
"""A single unit's formula with more letters than this is not written out in a wide network."""
MOST_UNITS = 12
"""Units of a wide network that are written out beside the matrices when they are asked for."""


@dataclass(frozen=True)
class QuantityBlocks:
    """Explains single quantities; `title` names an iteration where there are several."""

    iterations: Iterations
    in_letters: LetterBlocks | None
    title: Callable[[Iteration], str] | None

    def explained(self, atom: Atom) -> Iterator[Block]:
        """The steps that find a quantity, in letters and in each iteration. Raises: UnknownQuantityError."""
        solution, names = self.iterations.solution, self.iterations.names
        found = False
        if self.in_letters is not None:
            letters = self.in_letters.letters
            wanted_steps = list(InLetters(letters, names).steps(atom))
            found = bool(wanted_steps)
            steps = tuple(dict.fromkeys((*letters.steps, *wanted_steps)))
            for step in resting(steps, [step.target for step in wanted_steps]):
                yield self.in_letters.derivation(step)
        for iteration in solution.iterations:
            wanted = tuple(islice(meant(atom, iteration, solution, names), MOST_ROWS))
            if not wanted:
                continue
            found = True
            if self.title is not None:
                yield Heading(2, (self.title(iteration),))
            yield from self._steps_to(wanted, iteration)
        if not found:
            raise UnknownQuantityError(
                f"{canonical(atom)} has no value in the iterations that are written out"
            )

    def _steps_to(self, wanted: tuple[Atom, ...], iteration: Iteration) -> Iterator[Block]:
        solution = self.iterations.solution
        wholes = (whole(atom)[0] for atom in wanted)
        page = self.iterations.writer(iteration, 3)
        passes = Passes(
            solution,
            iteration,
            frozenset((*wanted, *wholes)),
            3,
            needs=page.needs,
            computations=page.computations,
        )
        if not by_matrices(solution):
            units = list(resting(all_steps(solution, iteration, wanted), wanted))
            # the factors are numbered as they come here, where those of the page that lead elsewhere are missing
            factors = dict.fromkeys(unit.target for unit in units if unit.rule in FACTORS)
            tags = {target: number for number, target in enumerate(factors, start=1)}
            yield from (replace(passes.lines_of(unit), tags=tags).derivation(unit) for unit in units)
            return
        layers = by_layers(wanted, iteration)
        steps = all_steps(solution, iteration, layers)
        for step in resting_by_layers(steps, layers):
            yield passes.matrices_of(step).derivation(step)
        for step in steps if len(wanted) <= MOST_UNITS else ():
            for unit in (step.unit(atom) for atom in wanted if step.forms and atom in step.members):
                if len(atoms(unit.formula)) <= MOST_OPERANDS:
                    yield passes.lines_of(unit).derivation(unit)
