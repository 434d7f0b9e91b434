"""The public face of updates from given gradients: what `solve` gives for a problem of the kind `update`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

from nbsolve.answers import Answer, as_double
from nbsolve.arithmetic import LADDER, Undecided, Undetermined
from nbsolve.equations.stepping import LOSS, UpdateNames, UpdateSolution, asked_of, solve_updates
from nbsolve.equations.updating import parameters_of
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom
from nbsolve.phrases import phrase
from nbsolve.problem.model import UpdateProblem
from nbsolve.problem.updates import ASKS
from nbsolve.shown import Shown, shown
from nbsolve.step import Step
from nbsolve.symbol import canonical
from nbsolve.worked_page import Call, Listing, Method, WorkedPage
from nbsolve.writing import Writer, scalar

if TYPE_CHECKING:
    from nbsolve.compose.update_page import UpdatePage
    from nbsolve.document import Document
    from nbsolve.drawing import Drawing

__all__ = ["WorkedUpdate"]

T = TypeVar("T")


class WorkedUpdate(WorkedPage):
    """Updates worked out. Every number it shows is certain to the last digit."""

    problem: UpdateProblem
    names: UpdateNames

    def __init__(self, problem: UpdateProblem) -> None:
        self.problem = problem
        self.names = UpdateNames(problem, LOSS)
        self._solutions: dict[tuple[int, bool], UpdateSolution] = {}
        self._pages: dict[int, UpdatePage] = {}
        self._enough = 0

    # ------------------------------------------------------------------ precision

    def certified(self, compute: Callable[[UpdateSolution], T]) -> T:
        """`compute` on a solution with as many bits as its digits and branches need. Raises: Undetermined."""
        quantity = None
        for level in range(self._enough, len(LADDER)):
            try:
                with LADDER[level].working():
                    result = compute(self._at(level))
            except Undecided as error:
                quantity = error.quantity
                continue
            self._enough = level
            return result
        raise Undetermined(quantity)

    def _at(self, level: int, rounded: bool = True) -> UpdateSolution:
        key = (level, rounded)
        if key not in self._solutions:
            self._solutions[key] = solve_updates(self.problem, LADDER[level], rounded)
        return self._solutions[key]

    @property
    def solution(self) -> UpdateSolution:
        """The solution as steps."""
        return self.certified(lambda solution: solution)

    # ------------------------------------------------------------------ documents

    def _composed(self, write: Callable[[UpdatePage], Document]) -> Shown:
        return self.certified(lambda solution: shown(write(self._page(solution))))

    def _page(self, solution: UpdateSolution) -> UpdatePage:
        from nbsolve.compose.update_page import UpdatePage

        level = LADDER.index(solution.arithmetic)
        if level not in self._pages:
            self._pages[level] = UpdatePage(solution, self.names)
        return self._pages[level]

    def statement(self) -> Shown:
        """What is given and asked."""
        return self._composed(lambda page: page.statement())

    def unsaid(self) -> Shown:
        """Nothing: the statement has the optimiser's rule."""
        from nbsolve.document import Document

        return shown(Document((), self.names))

    def conventions(self) -> Shown:
        """The optimiser's conventions, and the rounding."""
        return self._composed(lambda page: page.conventions())

    def updates(self, number: int | None = None) -> Shown:
        """The updates one after the other, or one of them."""
        return self._composed(lambda page: page.updates(number))

    def worked(self) -> Shown:
        """All updates."""
        return self.updates()

    def explain(self, quantity: str) -> Shown:
        """One quantity and the steps that it rests on. Raises: UnknownQuantityError."""
        atom = self.names.resolve(quantity)
        return self._composed(lambda page: page.explain(atom))

    def answers(self) -> Shown:
        """A table for each part."""
        return self._composed(lambda page: page.answers())

    def pitfalls(self) -> Shown:
        """Common mistakes."""
        return self._composed(lambda page: page.pitfalls())

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
        about = phrase(f"optimisers.{problem.training.optimiser.name}.name")
        words = dict.fromkeys(
            phrase(f"book.asked.{ask}") if ask in ASKS else ask for part in problem.parts for ask in part.ask
        )
        steps = len(problem.gradients) * sum(len(array.entries) for array in problem.given)
        return Listing("numbers", about, ", ".join(words), steps)

    def lines_of(self, ask: str) -> int:
        """Two lines for each value."""
        part = self.problem.parts[0].model_copy(update={"ask": (ask,)})
        return 2 * len(list(asked_of(part, self.names))) * len(self.problem.gradients)

    # ------------------------------------------------------------------ results

    def entries(self, everything: bool = False) -> Iterator[Answer]:
        """The answers that the parts ask for, or every value of every update."""
        if everything:
            for update in self.solution.iterations:
                targets = [*parameters_of(self.problem), *(step.target for step in update.steps)]
                yield from (self._entry(atom, update.number, None) for atom in targets)
            return
        for part in self.problem.parts:
            for update in self.solution.iterations:
                if part.at in (None, update.number):
                    for atom in asked_of(part, self.names):
                        yield self._entry(atom, update.number, part.label)

    def _entry(self, atom: Atom, number: int, part: str | None) -> Answer:
        def written(solution: UpdateSolution) -> Answer:
            values, arithmetic = solution.iterations[number - 1].values, solution.arithmetic
            exact = values
            if self.problem.rounding.apply == "each_step":
                exact = self._at(LADDER.index(arithmetic), rounded=False).iterations[number - 1].values
            return Answer(
                canonical(atom),
                self.names.latex(atom),
                number,
                None,
                as_double(scalar(values[atom]), arithmetic),
                as_double(scalar(exact[atom]), arithmetic),
                Writer(solution).answer(values, atom).text,
                part,
            )

        return self.certified(written)

    def methods(self) -> Iterator[Method]:
        """The answers, those by the same rule together."""
        steps: dict[str, Step] = {
            canonical(step.target): step for one in self.solution.iterations for step in one.steps
        }
        for part, answers in groupby(self.entries(), lambda entry: entry.part or ""):
            by_rule: dict[str, list[Answer]] = {}
            for answer in answers:
                step = steps.get(answer.quantity)
                by_rule.setdefault("given" if step is None else step.rule, []).append(answer)
            for rule, found in by_rule.items():
                step = steps.get(found[0].quantity)
                words = phrase(f"rules.{rule}")
                if step is None:
                    yield Method(part, words, tuple(found), given=True)
                else:
                    yield Method(part, words, tuple(found), step.target, step.forms[0].expression)

    def about(self) -> dict[str, Any]:
        """The optimiser with its settings, and how many updates there are."""
        optimiser = self.problem.training.optimiser
        return {
            "optimiser": {optimiser.name: {name: one.text for name, one in optimiser.parameters.items()}},
            "iterations": [one.number for one in self.solution.iterations],
            "rounding": self.problem.rounding.model_dump(),
        }

    def askable(self) -> tuple[str, ...]:
        """Parameters, their gradients, and what the optimiser keeps and finds."""
        return tuple(self.names.askable())
