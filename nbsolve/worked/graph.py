"""The public face of a computation graph: what `solve` gives for a problem of the kind `graph`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from nbsolve.arithmetic import Arithmetic
from nbsolve.asking.answers import Answer, as_double
from nbsolve.asking.writing import Writer, scalar
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
from nbsolve.equations.updating import parameters_of
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom
from nbsolve.phrases import phrase, phrase_of
from nbsolve.problem.graphs.asks import COMPARISON, WORDS
from nbsolve.problem.model import GraphProblem, Part
from nbsolve.symbol import Partial, Symbol, canonical
from nbsolve.worked.page import Call, Listing, counted
from nbsolve.worked.shown import Shown, shown
from nbsolve.worked.steps import WorkedSteps

if TYPE_CHECKING:
    from nbsolve.compose.graphs.page import GraphPage
    from nbsolve.drawing import Drawing

__all__ = ["WorkedGraph"]

DRAWINGS = ("graph", "forward", "backward")
PATHS = "paths"
"""The drawing of two paths, where optimisers are compared."""


class WorkedGraph(WorkedSteps[GraphSolution, "GraphPage"]):
    """A computation graph worked out. Every number it shows is certain to the last digit."""

    problem: GraphProblem

    def __init__(self, problem: GraphProblem) -> None:
        super().__init__(problem)
        self.built = Built.of(problem)
        self.names = GraphNames(problem, objective_of(self.built))

    def _solved(self, arithmetic: Arithmetic, rounded: bool) -> GraphSolution:
        if self.problem.symbolic:
            return solve_in_letters(self.built, arithmetic)
        return solve_graph(self.built, arithmetic, rounded)

    def _composer(self, solution: GraphSolution) -> GraphPage:
        from nbsolve.compose.graphs.letters import GraphLetters
        from nbsolve.compose.graphs.page import GraphPage

        return (GraphLetters if self.problem.symbolic else GraphPage)(solution, self.names)

    def _asked_of(self, part: Part) -> Iterator[Atom]:
        return asked_of(part, self.built, self.names)

    def _given(self) -> Iterator[Atom]:
        if not self.problem.symbolic:
            yield from (s for a in self.problem.given for s in entries_of(a.name, a.shape))

    # ------------------------------------------------------------------ documents

    def forward(self, iteration: int | None = None) -> Shown:
        """The values, equation by equation (default: of all iterations that are shown)."""
        return self._composed(lambda page: page.forward(iteration))

    def backward(self, iteration: int | None = None) -> Shown:
        """The gradients, in the order in which they become known."""
        return self._composed(lambda page: page.backward(iteration))

    def update(self, iteration: int | None = None) -> Shown:
        """The steps on the parameters."""
        return self._composed(lambda page: page.update(iteration))

    def compared(self) -> Shown:
        """The paths of both optimisers as tables, and how they differ (empty where none is compared)."""
        return self._composed(lambda page: page.compared())

    def check(self) -> Shown:
        """The gradients beside difference quotients, and programs (empty where there are letters)."""
        return shown(Document((), self.names)) if self.problem.symbolic else super().check()

    # ------------------------------------------------------------------ what other outputs ask

    def cells(self) -> Iterator[Call]:
        """Forward pass, backward pass and update of each iteration that is shown."""
        training = self.problem.training
        several = training is not None and training.iterations > 1
        stages = ("forward", "backward", *(() if training is None else ("update",)))
        if self.problem.forward_only:
            stages = ("forward",)
        for number in training.show if several and training is not None else (None,):
            which: dict[str, str | int] = {} if number is None else {"iteration": number}
            yield from ((stage, which) for stage in stages)
            if not self.problem.symbolic:
                yield "draw", {"id": stages[:2][-1], **which}
        if self.problem.compared is not None:
            yield "compared", {}
            yield "draw", {"id": PATHS}

    def closing(self) -> Iterator[Call]:
        """The check of the gradients."""
        if not self.problem.symbolic:
            yield from super().closing()

    def draw(self, id: str | None = None, iteration: int | None = None) -> Drawing:
        """The graph: by itself, with the values (`forward`), or with values and gradients (`backward`).

        Where two optimisers are compared, their `paths` over level lines. `iteration` defaults to the first that is
        shown. Raises: UnknownQuantityError.
        """
        from nbsolve.worked.circuits import draw_graph
        from nbsolve.worked.landscapes import draw_paths

        known = DRAWINGS if self.problem.compared is None else (*DRAWINGS, PATHS)
        if id not in (None, *known):
            raise UnknownQuantityError(f"no drawing {id!r}; there are {', '.join(known)}")
        if id == PATHS:
            return self.certified(lambda solution: draw_paths(self._page(solution).paths, self.names))
        title = phrase_of("graphs.drawing_", id or "graph")
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
        """The graph with its numbers below the heading of each backward pass, or of the forward pass alone."""
        last: Literal["forward", "backward"] = "forward" if self.problem.forward_only else "backward"
        title = (phrase("sections.forward") if last == "forward" else phrase("sections.backward"),)
        places = [n for n, block in enumerate(blocks) if isinstance(block, Heading) and block.text == title]
        if self.problem.symbolic:
            return {}
        numbers = [iteration.number for iteration in self.solution.iterations]
        found: dict[int, Callable[[], Drawing]] = {
            place: partial(self.draw, last, number) for place, number in zip(places, numbers, strict=False)
        }
        if self.problem.compared is not None:
            from nbsolve.compose.graphs.paths import heading

            paths = heading(self.problem, self.names)
            found |= {
                place: partial(self.draw, PATHS) for place, block in enumerate(blocks) if block == paths
            }
        return found

    def listed(self) -> Listing:
        """How many equations there are; a step is a value or a gradient."""
        problem = self.problem
        asks = dict.fromkeys(ask for part in problem.parts for ask in part.ask)
        words = [self._said(ask) for ask in asks if ask in WORDS] + list(self._counted(asks))
        found = sum(math.prod(equation.shape) for equation in problem.equations)
        found += sum(math.prod(shape) for shape in problem.shapes.values())
        steps = found * (1 if problem.training is None else problem.training.iterations)
        about = phrase("book.graph", count=str(len(problem.equations)))
        return Listing("letters" if problem.symbolic else "numbers", about, ", ".join(words), steps)

    def _counted(self, asks: Iterable[str]) -> Iterator[str]:
        """How many gradients, and how many values, are asked for by their names."""
        named = tuple(ask for ask in asks if ask not in WORDS)
        asked = set(self._asked_of(self.problem.parts[0].model_copy(update={"ask": named}))) if named else ()
        gradients = sum(isinstance(atom, Partial) for atom in asked)
        yield from counted(gradients, len(asked) - gradients)

    def _said(self, ask: str) -> str:
        from nbsolve.compose.compared import called

        other = called(self.problem, self.names)[1] if ask == COMPARISON else ""
        return phrase_of("graphs.ask_", ask, **({"name": other} if other else {}))

    def lines_of(self, ask: str, at: int | None) -> int:
        """A line for each value, three for each gradient or new value; of a comparison three for each update."""
        if ask == COMPARISON:
            return 0 if self.problem.training is None else 3 * self.problem.training.iterations
        part = self.problem.parts[0].model_copy(update={"ask": (ask,)})
        lines = sum(1 if isinstance(atom, Symbol) and not atom.new else 3 for atom in self._asked_of(part))
        return lines * (len(self.solution.iterations) if at is None else 1)

    # ------------------------------------------------------------------ results

    def _entries_of(self, part: Part) -> Iterator[Answer]:
        yield from super()._entries_of(part)
        if COMPARISON in part.ask:
            yield from self._compared(part.label)

    def _compared(self, part: str | None) -> Iterator[Answer]:
        """Where the other optimiser's path ends: `nesterov.x_new`."""
        assert self.problem.compared is not None and self.problem.compared.training is not None
        training = self.problem.compared.training
        for place, symbol in enumerate(parameters_of(self.problem)):

            def written(solution: GraphSolution, place: int = place, symbol: Symbol = symbol) -> Answer:
                other = self._page(solution).paths[1]
                *_, last = other.points()
                values, new = last[place]
                return Answer(
                    f"{training.optimiser.name}.{canonical(new)}",
                    self.names.latex(new),
                    training.iterations,
                    None,
                    as_double(scalar(values[new]), solution.arithmetic),
                    as_double(scalar(values.before_rounding(new)), solution.arithmetic),
                    Writer(other.solution).answer(values, new).text,
                    part,
                )

            yield self.certified(written)

    def _found_without(self, answer: Answer) -> str:
        """What the path of the other optimiser gives is given by no problem."""
        return phrase("graphs.comparison") if "." in answer.quantity else super()._found_without(answer)

    def _entry(self, atom: Atom, number: int, part: str | None) -> Answer:
        return self._formula(atom, part) if self.problem.symbolic else super()._entry(atom, number, part)

    def _formula(self, atom: Atom, part: str | None) -> Answer:
        """The answer of a problem in letters."""
        from nbsolve.compose.graphs.letters import GraphLetters
        from nbsolve.render import latex_math, text

        page = self._page(self.solution)
        assert isinstance(page, GraphLetters)
        formula = page.formula(atom)
        plain, latex = text.printer(self.names).print(formula), latex_math.printer(self.names).print(formula)
        return Answer(
            canonical(atom), self.names.latex(atom), None, None, None, None, None, part, plain, latex
        )

    def about(self) -> dict[str, Any]:
        """The equations, and of what gradients are taken."""
        return {
            "equations": {one.name: one.formula for one in self.problem.equations},
            "gradients_of": self.problem.gradients_of,
            "iterations": [one.number for one in self.solution.iterations],
            "rounding": self.problem.rounding.as_data(),
        }

    def askable(self) -> tuple[str, ...]:
        """Values and gradients by name."""
        of = canonical(self.names.objective)
        symbols = [s for name, shape in self.problem.shapes.items() for s in entries_of(name, shape)]
        gradients = [f"d{of}/d{canonical(symbol)}" for symbol in symbols if symbol in self.built.wanted]
        return (*map(canonical, symbols), *gradients)


def _numbered(solution: GraphSolution, number: int) -> GraphIteration:
    return next(one for one in solution.iterations if one.number == number)
