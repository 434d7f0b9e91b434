"""The public face of a computation graph: what `solve` gives for a problem of the kind `graph`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

from nbsolve.answers import Answer, as_double
from nbsolve.arithmetic import LADDER, Undecided, Undetermined
from nbsolve.document import Block, Document, Heading
from nbsolve.equations.asking import asked_of
from nbsolve.equations.building import Built, entries_of
from nbsolve.equations.names import GraphNames
from nbsolve.equations.solving import (
    GraphIteration,
    GraphSolution,
    objective_of,
    solve_graph,
    solve_in_letters,
)
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom
from nbsolve.phrases import phrase
from nbsolve.problem.graph_asks import WORDS
from nbsolve.problem.model import GraphProblem
from nbsolve.shown import Shown, shown
from nbsolve.step import Step
from nbsolve.symbol import Partial, canonical
from nbsolve.worked_page import Call, Listing, Method, WorkedPage
from nbsolve.writing import Writer, scalar

if TYPE_CHECKING:
    from nbsolve.compose.graph_page import GraphPage
    from nbsolve.drawing import Drawing

__all__ = ["WorkedGraph"]

T = TypeVar("T")
DRAWINGS = ("graph", "forward", "backward")


class WorkedGraph(WorkedPage):
    """A computation graph worked out. Every number it shows is certain to the last digit."""

    problem: GraphProblem
    names: GraphNames

    def __init__(self, problem: GraphProblem) -> None:
        self.problem = problem
        self.built = Built.of(problem)
        self.names = GraphNames(problem, objective_of(self.built))
        self._solutions: dict[tuple[int, bool], GraphSolution] = {}
        self._pages: dict[int, GraphPage] = {}
        self._enough = 0

    # ------------------------------------------------------------------ precision

    def certified(self, compute: Callable[[GraphSolution], T]) -> T:
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

    def _at(self, level: int, rounded: bool = True) -> GraphSolution:
        key = (level, rounded)
        if key not in self._solutions:
            if self.problem.symbolic:
                self._solutions[key] = solve_in_letters(self.built, LADDER[level])
            else:
                self._solutions[key] = solve_graph(self.built, LADDER[level], rounded)
        return self._solutions[key]

    @property
    def solution(self) -> GraphSolution:
        """The solution as steps."""
        return self.certified(lambda solution: solution)

    # ------------------------------------------------------------------ documents

    def _composed(self, write: Callable[[GraphPage], Document]) -> Shown:
        return self.certified(lambda solution: shown(write(self._page(solution))))

    def _page(self, solution: GraphSolution) -> GraphPage:
        from nbsolve.compose.graph_letters import GraphLetters
        from nbsolve.compose.graph_page import GraphPage

        level = LADDER.index(solution.arithmetic)
        if level not in self._pages:
            composer = GraphLetters if self.problem.symbolic else GraphPage
            self._pages[level] = composer(solution, self.names)
        return self._pages[level]

    def statement(self) -> Shown:
        """What is given and asked."""
        return self._composed(lambda page: page.statement())

    def unsaid(self) -> Shown:
        """The conventions that a question cannot do without."""
        return self._composed(lambda page: page.unsaid())

    def conventions(self) -> Shown:
        """The conventions of the solution."""
        return self._composed(lambda page: page.conventions())

    def forward(self, iteration: int | None = None) -> Shown:
        """The values, equation by equation (default: of all iterations that are shown)."""
        return self._composed(lambda page: page.forward(iteration))

    def backward(self, iteration: int | None = None) -> Shown:
        """The gradients, in the order in which they become known."""
        return self._composed(lambda page: page.backward(iteration))

    def update(self, iteration: int | None = None) -> Shown:
        """The steps on the parameters."""
        return self._composed(lambda page: page.update(iteration))

    def worked(self) -> Shown:
        """Everything, iteration by iteration."""
        return self._composed(lambda page: page.worked())

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

    def check(self) -> Shown:
        """The gradients beside difference quotients (empty where there are letters)."""
        if self.problem.symbolic:
            return shown(Document((), self.names))

        def written(solution: GraphSolution) -> Shown:
            exact = solution
            if self.problem.rounding.apply == "each_step":
                exact = self._at(LADDER.index(solution.arithmetic), rounded=False)
            return shown(self._page(solution).check(exact))

        return self.certified(written)

    def document(self) -> Shown:
        """The page as one document, the check at its end."""
        whole = super().document()
        return Shown((*whole.blocks, *self.check().blocks), self.names)

    # ------------------------------------------------------------------ what other outputs ask

    def cells(self) -> Iterator[Call]:
        """Forward pass, backward pass and update of each iteration that is shown."""
        training = self.problem.training
        several = training is not None and training.iterations > 1
        stages = ("forward", "backward", *(() if training is None else ("update",)))
        for number in training.show if several and training is not None else (None,):
            which: dict[str, str | int] = {} if number is None else {"iteration": number}
            yield from ((stage, which) for stage in stages)
            if not self.problem.symbolic:
                yield "draw", {"id": "backward", **which}

    def closing(self) -> Iterator[Call]:
        """The check of the gradients."""
        if not self.problem.symbolic:
            yield "check", {}

    def draw(self, id: str | None = None, iteration: int | None = None) -> Drawing:
        """The graph: by itself, with the values (`forward`), or with values and gradients (`backward`).

        `iteration` defaults to the first that is shown. Raises: UnknownQuantityError.
        """
        from nbsolve.circuits import draw_graph

        if id not in (None, *DRAWINGS):
            raise UnknownQuantityError(f"no drawing {id!r}; there are {', '.join(DRAWINGS)}")
        title = phrase(f"graphs.drawing_{id or 'graph'}")
        if id in (None, "graph"):
            return draw_graph(self.built, self.names, title)
        if self.problem.symbolic:
            raise UnknownQuantityError(f"{id}: the problem has letters, no numbers")

        def drawn(solution: GraphSolution) -> Drawing:
            shown = _numbered(solution, iteration or solution.iterations[0].number)
            return draw_graph(self.built, self.names, title, solution, shown, gradients=id == "backward")

        return self.certified(drawn)

    def question_drawing(self) -> dict[str, str]:
        """The graph without numbers."""
        return {}

    def pictures(self, blocks: Sequence[Block]) -> dict[int, Callable[[], Drawing]]:
        """The graph with its numbers below the heading of each backward pass."""
        title = (phrase("sections.backward"),)
        places = [n for n, block in enumerate(blocks) if isinstance(block, Heading) and block.text == title]
        if self.problem.symbolic:
            return {}
        numbers = [iteration.number for iteration in self.solution.iterations]
        return {
            place: partial(self.draw, "backward", number)
            for place, number in zip(places, numbers, strict=False)
        }

    def listed(self) -> Listing:
        """How many equations there are; a step is a value or a gradient."""
        problem = self.problem
        asks = dict.fromkeys(ask for part in problem.parts for ask in part.ask)
        asked = ", ".join(phrase(f"graphs.ask_{ask}") if ask in WORDS else ask for ask in asks)
        found = sum(math.prod(equation.shape) for equation in problem.equations)
        found += sum(math.prod(shape) for shape in problem.shapes.values())
        steps = found * (1 if problem.training is None else problem.training.iterations)
        about = phrase("book.graph", count=str(len(problem.equations)))
        return Listing("letters" if problem.symbolic else "numbers", about, asked, steps)

    def lines_of(self, ask: str) -> int:
        """A line for each value, three for each gradient."""
        part = self.problem.parts[0].model_copy(update={"ask": (ask,)})
        return sum(3 if isinstance(atom, Partial) else 1 for atom in asked_of(part, self.built, self.names))

    # ------------------------------------------------------------------ results

    def entries(self, everything: bool = False) -> Iterator[Answer]:
        """The answers that the parts ask for, or every value and gradient."""
        if everything:
            for iteration in self.solution.iterations:
                given = (s for a in self.problem.given for s in entries_of(a.name, a.shape))
                targets = [
                    *(() if self.problem.symbolic else given),
                    *(step.target for step in iteration.steps),
                ]
                yield from (self._entry(atom, iteration.number, None) for atom in targets)
            return
        for part in self.problem.parts:
            for iteration in self.solution.iterations:
                if part.at in (None, iteration.number):
                    for atom in asked_of(part, self.built, self.names):
                        yield self._entry(atom, iteration.number, part.label)

    def _entry(self, atom: Atom, number: int, part: str | None) -> Answer:
        if self.problem.symbolic:
            return self._formula(atom, part)

        def written(solution: GraphSolution) -> Answer:
            iteration = _numbered(solution, number)
            values, arithmetic = iteration.values, solution.arithmetic
            exact = values
            if self.problem.rounding.apply == "each_step":
                exact = _numbered(self._at(LADDER.index(arithmetic), rounded=False), number).values
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

    def _formula(self, atom: Atom, part: str | None) -> Answer:
        """The answer of a problem in letters."""
        from nbsolve.compose.graph_letters import GraphLetters
        from nbsolve.render import latex_math, text

        page = self._page(self.solution)
        assert isinstance(page, GraphLetters)
        formula = page.formula(atom)
        plain, latex = text.printer(self.names).print(formula), latex_math.printer(self.names).print(formula)
        return Answer(
            canonical(atom), self.names.latex(atom), None, None, None, None, None, part, plain, latex
        )

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
        """The equations, and of what gradients are taken."""
        return {
            "equations": {one.name: one.formula for one in self.problem.equations},
            "gradients_of": self.problem.gradients_of,
            "iterations": [one.number for one in self.solution.iterations],
            "rounding": self.problem.rounding.model_dump(),
        }

    def askable(self) -> tuple[str, ...]:
        """Values and gradients by name."""
        of = canonical(self.names.objective)
        symbols = [s for name, shape in self.problem.shapes.items() for s in entries_of(name, shape)]
        gradients = [f"d{of}/d{canonical(symbol)}" for symbol in symbols if symbol in self.built.wanted]
        return (*map(canonical, symbols), *gradients)


def _numbered(solution: GraphSolution, number: int) -> GraphIteration:
    return next(one for one in solution.iterations if one.number == number)
