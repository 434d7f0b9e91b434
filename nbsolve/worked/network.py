"""A solved problem about a network, and what a person does with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from nbsolve.arithmetic import Arithmetic
from nbsolve.arithmetic.ladder import Solutions
from nbsolve.asking.answers import Answer, Epoch, Extras, answer, epochs_of, formula_answer
from nbsolve.asking.arrays import IterationArrays
from nbsolve.asking.asked_letters import AskedInLetters
from nbsolve.asking.listing import asked, everything
from nbsolve.asking.replaying import replay_of
from nbsolve.asking.steps_json import to_json
from nbsolve.live import Live, texts_of
from nbsolve.notation import Names
from nbsolve.problem.model import Problem
from nbsolve.solving.engine import solve_problem
from nbsolve.solving.replay import NOTHING, Replay
from nbsolve.solving.solution import Solution
from nbsolve.step import Step
from nbsolve.symbolic import LetterPass, solve_in_letters, without_iterations
from nbsolve.worked.class_answers import class_answers
from nbsolve.worked.shown import Shown, shown

if TYPE_CHECKING:
    from nbsolve.compose import Composer
    from nbsolve.compose.data_files import DataFile
    from nbsolve.document import Document
    from nbsolve.drawing import Drawing


T = TypeVar("T")


class WorkedSolution:
    """A solved problem. Every number it shows is certain to the last digit (see `nbsolve.arithmetic`).

    The documents (`statement()`, `forward()` …) show themselves in Jupyter and print as text; the arrays are
    `solution.iterations[0].gradients.W[1]`, shape (units, inputs), layers counted from 1.
    """

    def __init__(self, problem: Problem, replay: Replay = NOTHING, like: Solution | None = None) -> None:
        """`like`: see `solve_problem`; there are numbers alone then, and no documents."""
        self.problem = replay.of(problem)
        self.replay = replay
        self._like = like
        self.names = Names.of(problem)
        self._solutions = Solutions(self._solved)
        self._letters: dict[Arithmetic, LetterPass] = {}
        self._composers: dict[Arithmetic, Composer] = {}

    def certified(self, compute: Callable[[Solution], T], page: bool = False) -> T:
        """`compute` on a solution with as many bits as its digits and branches need. Raises: Undetermined.

        What one page needed the next ones begin with (`page`).
        """
        return self._solutions.certified(compute, page)

    def _solved(self, arithmetic: Arithmetic, rounded: bool) -> Solution:
        if self.problem.symbolic:
            return without_iterations(self.problem, arithmetic, rounded)
        return solve_problem(self.problem, arithmetic, rounded, self.replay, self._like)

    def at(self, arithmetic: Arithmetic) -> Solution:
        """The solution in one arithmetic. Raises: Undecided."""
        return self._solutions.at(arithmetic)

    def replayed(
        self,
        values: Mapping[str, str] = MappingProxyType({}),
        rules: Mapping[str, str | None] = MappingProxyType({}),
        iteration: int = 1,
        sample: int | None = None,
    ) -> WorkedSolution:
        """The problem worked out again with values put in for others, and with rules applied wrongly.

        `values` are numbers by quantity, found in that iteration (and that sample of a batch); all that follows
        from them follows from the numbers put in. `rules` are changes by name (`nbsolve.catalogue.changes`), each
        with what it is told, or None: `solution.replayed({"z[1][2]": "0.8"}, {"bias_forgotten": None})`.

        Raises: UnknownQuantityError, UnknownChangeError, DomainError.
        """
        replay = replay_of(self.solution, self.names, values, rules, iteration, sample)
        again = WorkedSolution(self.problem, self.replay.and_also(replay))
        again.certified(lambda solution: None)
        return again

    def letters_of(self, solution: Solution) -> LetterPass | None:
        """The solution in symbols, where there are letters or the problem wants it; None otherwise."""
        if not (self.problem.symbolic or self.problem.letters):
            return None
        key = solution.arithmetic
        if key not in self._letters:
            self._letters[key] = solve_in_letters(solution)
        return self._letters[key]

    @property
    def solution(self) -> Solution:
        """The solution as steps, with the fewest bits that its branches need."""
        return self.certified(lambda solution: solution)

    def to_json(self) -> str:
        """The shown iterations with all their steps and values, without loss (see `nbsolve.asking.steps_json`)."""
        return to_json(self.solution)

    def exact(self, solution: Solution) -> Solution:
        """The solution without the rounding of each step."""
        if self.problem.rounding.apply == "at_end":
            return solution
        return self._solutions.at(solution.arithmetic, rounded=False)

    def entries(self, everything: bool = False) -> Iterator[Answer]:
        """The answers that the parts ask for, or every quantity, one by one."""
        if self.problem.symbolic:
            yield from self.certified(lambda solution: self._formulae(solution, everything))
            return
        lister = _everything if everything else self._asked
        extras = Extras()
        for place in lister(self.solution):

            def entry(solution: Solution, place: Any = place) -> Answer:
                return answer(place, solution, self.exact(solution), self.names, extras)

            yield self.certified(entry)
        if not everything:
            yield from self.classes

    @cached_property
    def classes(self) -> tuple[Answer, ...]:
        """What the parts ask of the classes that a unit tells apart: boundary, predictions, accuracy."""
        return self.certified(lambda solution: class_answers(solution, self.names))

    @cached_property
    def epochs(self) -> tuple[Epoch, ...]:
        """The loss of every epoch, where the problem lists them (`show: epochs`)."""
        return self.certified(lambda solution: epochs_of(solution, self.exact(solution)))

    def _formulae(self, solution: Solution, everything: bool) -> list[Answer]:
        """The answers of a problem in letters: formulae, and numbers where they are known."""
        from nbsolve.render import latex_math, text

        letters = self.letters_of(solution)
        assert letters is not None
        plain, latex = text.printer(self.names), latex_math.printer(self.names)
        places: Iterable[tuple[str | None, Step]] = (
            ((None, step) for step in letters.steps)
            if everything
            else ((part.label, step) for part, step in AskedInLetters.of(letters, self.names).places)
        )
        return [
            formula_answer(
                label, step, solution, self.names, plain.print(step.formula), latex.print(step.formula)
            )
            for label, step in places
        ]

    def _asked(self, solution: Solution) -> Iterator[Any]:
        return asked(self.problem, solution, self.names)

    @cached_property
    def iterations(self) -> tuple[IterationArrays, ...]:
        """The shown iterations as arrays of doubles."""
        return tuple(
            IterationArrays(self.certified, iteration.number) for iteration in self.solution.iterations
        )

    def _compose(self, write: Callable[[Composer], Document]) -> Shown:
        return self.certified(lambda solution: shown(write(self._composer(solution))), page=True)

    def _composer(self, solution: Solution) -> Composer:
        """The composer of a solution: one for all of its documents, since they have much in common."""
        from nbsolve.compose import Composer

        key = solution.arithmetic
        if key not in self._composers:
            self._composers[key] = Composer(solution, self.names, self.letters_of(solution))
        return self._composers[key]

    def statement(self, attached: bool = False, blanks: bool = False) -> Shown:
        """What is given and what is asked; `attached`: with the files of `data_files` beside it.

        `blanks`: numbers of the solution in its author's words (`{{dL/dw3}}`) are left blank.
        """
        return self._compose(lambda composer: composer.statement(attached, blanks))

    def unsaid(self) -> Shown:
        """The conventions that a question cannot do without."""
        return self._compose(lambda composer: composer.unsaid())

    def texts(self) -> dict[str, str]:
        """The author's texts, their numbers filled in, by YAML path (`pitfalls[0]`). Raises: ProblemError."""

        def filled(solution: Solution) -> dict[str, str]:
            letters = self.letters_of(solution)
            live = Live(solution, self.names, Extras(), None if letters is None else letters.values)
            return {path: live.fill(text, path) for path, text in texts_of(self.problem)}

        return self.certified(filled)

    def data_files(self) -> tuple[DataFile, ...]:
        """The numbers that are too many to print, as files of comma-separated values."""
        from nbsolve.compose.data_files import data_files

        return tuple(data_files(self.solution))

    def conventions(self) -> Shown:
        """The conventions that this solution uses."""
        return self._compose(lambda composer: composer.conventions())

    def forward(self, iteration: int | None = None) -> Shown:
        """The forward pass of an iteration (default: of all that are shown)."""
        return self._compose(lambda composer: composer.forward(iteration))

    def loss(self, iteration: int | None = None) -> Shown:
        """The loss of an iteration."""
        return self._compose(lambda composer: composer.loss(iteration))

    def backward(self, iteration: int | None = None) -> Shown:
        """The backward pass of an iteration."""
        return self._compose(lambda composer: composer.backward(iteration))

    def update(self, iteration: int | None = None) -> Shown:
        """The update of an iteration, and what the network does after it."""
        return self._compose(lambda composer: composer.update(iteration))

    def iteration(self, number: int) -> Shown:
        """One iteration from its forward pass to its update."""
        return self._compose(lambda composer: composer.iteration(number))

    def answers(self) -> Shown:
        """A table of what was asked."""
        return self._compose(lambda composer: composer.answers())

    def new_parameters(self) -> Shown:
        """The parameters after the update as vectors and matrices, where a part asks for all of them."""
        return self._compose(lambda composer: composer.new_parameters())

    def pitfalls(self) -> Shown:
        """Common mistakes."""
        return self._compose(lambda composer: composer.pitfalls())

    def check(self) -> Shown:
        """The gradients beside difference quotients of the loss (empty where there are no gradients in numbers)."""
        return self._compose(lambda composer: composer.check(self.exact(composer.solution)))

    def letters(self) -> Shown:
        """The solution in symbols (empty where the problem has none: `letters: true` asks for it)."""
        return self._compose(lambda composer: composer.in_letters_alone())

    def worked(self) -> Shown:
        """All iterations that are shown."""
        return self._compose(lambda composer: composer.worked())

    def classification(self) -> Shown:
        """The decision boundary and the predictions in the end (empty where no part asks for them)."""
        return self._compose(lambda composer: composer.classification())

    def document(self, attached: bool = False) -> Shown:
        """The whole: statement, conventions, all iterations, answers, pitfalls, the check."""

        # Part by part, so that where one needs more bits the others need not be composed once more.
        parts = [
            self._compose(lambda composer: composer.title()),
            self.statement(attached),
            self.conventions(),
            self.worked(),
            self.classification(),
            self.answers(),
            self.pitfalls(),
            self.check(),
        ]
        return Shown(tuple(block for part in parts for block in part.blocks), self.names)

    def explain(self, quantity: str) -> Shown:
        """One quantity (`dL/dw3`) and the steps it rests on. Raises: UnknownQuantityError."""
        atom = self.names.resolve(quantity)
        return self._compose(lambda composer: composer.explain(atom))

    def draw(
        self,
        show: str | None = None,
        *,
        paths: str | None = None,
        quantity: str | None = None,
        step: int | None = None,
        iteration: int | None = None,
        sample: int | None = None,
        backend: str = "svg",
        ax: Any | None = None,
    ) -> Drawing:
        """The network (`show`), with what belongs to it:

        `network`: symbols and givens; `forward`: values; `backward`: values and gradients; `update`: old → new;
        `paths`: the paths from a `quantity` to the loss (`draw(paths="w3")` is short for both); `step`: the frame
        of one step (`draw(step=3)`); `heatmaps`: weights and gradients as colours; `activations`: where the units
        stand on their activations; `loss`: the loss over the iterations.
        `iteration` and `sample` default to the first. `backend="matplotlib"` paints on the axes `ax`, or on a
        figure of its own. Raises: UnknownQuantityError, listing what there is.
        """
        from nbsolve.drawing import draw_solution

        show = show or ("network" if paths is None and step is None else "paths" if step is None else "step")
        return self.certified(
            lambda solution: draw_solution(
                solution, self.names, show, iteration=iteration, sample=sample, quantity=quantity or paths,
                step=step, backend=backend, ax=ax,
            )
        )  # fmt: skip

    def frames(self) -> tuple[Drawing, ...]:
        """A drawing for each step, all in one layout, to be flipped through."""
        from nbsolve.drawing import frames

        return self.certified(lambda solution: frames(solution, self.names))

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        return self.document()._repr_mimebundle_(**options)


def _everything(solution: Solution) -> Iterator[Any]:
    return everything(solution)
