"""The public face of updates from given gradients: what `solve` gives for a problem of the kind `update`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nbsolve.arithmetic import Arithmetic
from nbsolve.equations.stepping import UpdateNames, UpdateSolution, asked_of, solve_updates
from nbsolve.equations.updating import parameters_of
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom
from nbsolve.phrases import phrase_of
from nbsolve.problem.model import Part, UpdateProblem
from nbsolve.problem.updates import ASKS
from nbsolve.symbol import LOSS
from nbsolve.worked.page import Call, Listing
from nbsolve.worked.shown import Shown
from nbsolve.worked.steps import WorkedSteps

if TYPE_CHECKING:
    from nbsolve.compose.update_page import UpdatePage
    from nbsolve.drawing import Drawing

__all__ = ["WorkedUpdate"]


class WorkedUpdate(WorkedSteps[UpdateSolution, "UpdatePage"]):
    """Updates worked out. Every number it shows is certain to the last digit."""

    problem: UpdateProblem
    names: UpdateNames

    def __init__(self, problem: UpdateProblem) -> None:
        super().__init__(problem)
        self.names = UpdateNames(problem, LOSS)

    def _solved(self, arithmetic: Arithmetic, rounded: bool) -> UpdateSolution:
        return solve_updates(self.problem, arithmetic, rounded)

    def _composer(self, solution: UpdateSolution) -> UpdatePage:
        from nbsolve.compose.update_page import UpdatePage

        return UpdatePage(solution, self.names)

    def _asked_of(self, part: Part) -> Iterator[Atom]:
        return asked_of(part, self.names)

    def _given(self) -> Iterator[Atom]:
        return iter(parameters_of(self.problem))

    def updates(self, number: int | None = None) -> Shown:
        """The updates one after the other, or one of them."""
        return self._composed(lambda page: page.updates(number))

    # ------------------------------------------------------------------ what other outputs ask

    def cells(self) -> Iterator[Call]:
        """Each update."""
        for number in range(1, len(self.problem.gradients) + 1):
            yield "updates", {"number": number}

    def draw(self, id: str | None = None) -> Drawing:
        """There is no drawing of an update. Raises: UnknownQuantityError."""
        raise UnknownQuantityError("updates from given gradients have no drawing")

    def listed(self) -> Listing:
        """The optimiser; a step is an entry of an update."""
        problem = self.problem
        about = phrase_of("optimisers.", problem.training.optimiser.name, "name")
        words = dict.fromkeys(
            phrase_of("book.asked.", ask) if ask in ASKS else ask
            for part in problem.parts
            for ask in part.ask
        )
        steps = len(problem.gradients) * sum(len(array.entries) for array in problem.given)
        return Listing("numbers", about, ", ".join(words), steps)

    def lines_of(self, ask: str, at: int | None) -> int:
        """Three lines for each value of an update."""
        part = self.problem.parts[0].model_copy(update={"ask": (ask,)})
        return 3 * len(list(asked_of(part, self.names))) * (len(self.problem.gradients) if at is None else 1)

    # ------------------------------------------------------------------ results

    def about(self) -> dict[str, Any]:
        """The optimiser with its settings, and how many updates there are."""
        optimiser = self.problem.training.optimiser
        return {
            "optimiser": {optimiser.name: {name: one.text for name, one in optimiser.parameters.items()}},
            "iterations": [one.number for one in self.solution.iterations],
            "rounding": self.problem.rounding.as_data(),
        }

    def askable(self) -> tuple[str, ...]:
        """Parameters, their gradients, and what the optimiser keeps and finds."""
        return tuple(self.names.askable())
