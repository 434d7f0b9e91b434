"""Where the steps of a training lead, one point after another: for its own optimiser, and for one beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nbsolve.arithmetic import Arithmetic
from nbsolve.equations.building import Built
from nbsolve.equations.solving import GraphIteration, GraphSolution, solve_from, solve_graph
from nbsolve.equations.updating import parameters_of, state
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import Choice, GraphProblem
from nbsolve.symbol import Symbol
from nbsolve.values import Values

__all__ = ["Path", "paths_of"]

Place = tuple[Values, Symbol]
"""A quantity, and the values that hold it."""


@dataclass(frozen=True)
class Path:
    """One training: all its iterations, and the pass after the last of them, which has no update."""

    solution: GraphSolution
    end: GraphIteration

    @property
    def problem(self) -> GraphProblem:
        """The problem with the optimiser of this path."""
        return self.solution.problem

    @property
    def optimiser(self) -> Choice:
        """What takes the steps."""
        assert self.problem.training is not None
        return self.problem.training.optimiser

    @property
    def parameters(self) -> tuple[Symbol, ...]:
        """What is moved."""
        return tuple(parameters_of(self.problem))

    @property
    def height(self) -> Symbol:
        """What is differentiated."""
        return self.solution.built.objective[0]

    @property
    def kept(self) -> tuple[Symbol, ...]:
        """What the optimiser carries over, parameter by parameter."""
        record = optimiser_of(self.optimiser)
        return tuple(state(one, equation.name) for one in self.parameters for equation in record.kept)

    def points(self) -> Iterator[tuple[Place, ...]]:
        """The parameters, what is differentiated, and what is kept, before the first update and after each."""
        passes = [*self.solution.iterations, self.end]
        for number, one in enumerate(passes):
            before = passes[number - 1].values if number else None

            def found(symbol: Symbol, before: Values | None = before, here: Values = one.values) -> Place:
                return (here, symbol) if before is None else (before, symbol._replace(new=True))

            yield (
                *map(found, self.parameters),
                (one.values, self.height),
                *map(found, self.kept),
            )


def paths_of(problem: GraphProblem, arithmetic: Arithmetic) -> tuple[Path, ...]:
    """The path of the problem's own optimiser and that of the other; () where none is compared.

    Raises: Undecided where more bits are needed, DomainError naming the quantity.
    """
    if problem.compared is None:
        return ()
    return tuple(_path(one, arithmetic) for one in (problem, problem.compared))


def _path(problem: GraphProblem, arithmetic: Arithmetic) -> Path:
    assert problem.training is not None
    every = tuple(range(1, problem.training.iterations + 1))
    shown = problem.training.model_copy(update={"show": every})
    solution = solve_graph(Built.of(problem.model_copy(update={"training": shown})), arithmetic)
    last = solution.iterations[-1]
    moved = {one: last.values[one._replace(new=True)] for one in parameters_of(problem)}
    untrained = problem.model_copy(update={"training": None, "parts": ()})
    return Path(solution, solve_from(Built.of(untrained), arithmetic, moved))
