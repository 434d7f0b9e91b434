"""The page of a computation graph: forward equation by equation, backward from the result to what is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, groupby

from nbsolve.asking.writing import Writer
from nbsolve.compose.authored import title_of
from nbsolve.compose.compared import called
from nbsolve.compose.conventions import rounding_words
from nbsolve.compose.given_numbers import matrix_of
from nbsolve.compose.graphs.backward import GraphBackward
from nbsolve.compose.graphs.checking import GraphCheck
from nbsolve.compose.graphs.paths import GraphPaths
from nbsolve.compose.graphs.statement import GraphStatement
from nbsolve.compose.graphs.steps import step_begins, steps_forward
from nbsolve.compose.lines import Lines
from nbsolve.compose.optimiser_words import (
    changes,
    clip_passages,
    clip_words,
    optimiser_text,
    optimiser_words,
    schedule_words,
)
from nbsolve.compose.sentences import set_in
from nbsolve.compose.steps_page import StepsPage
from nbsolve.compose.written_numbers import literal
from nbsolve.document import (
    Block,
    Bullets,
    Derivation,
    Document,
    Heading,
    Line,
    Math,
    Note,
    Paragraph,
    Table,
    Text,
)
from nbsolve.equations.asking import asked_of
from nbsolve.equations.building import Stage, entries_of, general_formula, quantity
from nbsolve.equations.paths import Path, paths_of
from nbsolve.equations.solving import GraphIteration, GraphSolution
from nbsolve.equations.updating import RATE, parameters_of
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom, Quantity, number, walk
from nbsolve.expr import literal as as_given
from nbsolve.phrases import phrase, phrase_of
from nbsolve.problem.graphs.asks import COMPARISON
from nbsolve.problem.model import GraphProblem, GraphTraining, Part, Recurrence
from nbsolve.step import Step
from nbsolve.symbol import Partial, Role

__all__ = ["GraphPage"]


@dataclass(frozen=True)
class GraphPage(StepsPage[GraphSolution, GraphIteration]):
    """Composes the documents of one graph. Raises Undecided where a digit needs more bits."""

    @property
    def _problem(self) -> GraphProblem:
        return self.solution.problem

    @property
    def _passes(self) -> tuple[GraphIteration, ...]:
        return self.solution.iterations

    def _asked_of(self, part: Part) -> Iterator[Atom]:
        return asked_of(part, self.solution.built, self.names)

    def _title(self, one: GraphIteration) -> str:
        return phrase("sections.iteration", number=str(one.number))

    # ------------------------------------------------------------------ before the solution

    def _given(self) -> Iterator[Atom]:
        yield from self.solution.built.given

    def statement(self, blanks: bool = False) -> Document:
        """What is given and asked; `blanks` stand for the numbers of the solution in its author's words."""
        live = replace(self.live, blanks=blanks)
        return self._document(GraphStatement(self.solution.built, self.names).blocks(live))

    def unsaid(self) -> Document:
        """The conventions that a question cannot do without."""
        said = () if self._problem.forward_only else tuple(self._at_ties())
        return self._document(iter((Bullets(said),) if said else ()))

    def conventions(self) -> Document:
        """The conventions of the solution."""
        return self._document(
            iter(
                (Note("conventions", phrase("sections.conventions"), (Bullets(tuple(self._conventions())),)),)
            )
        )

    def _conventions(self) -> Iterator[Text]:
        problem = self._problem
        of = Quantity(self.names.objective)
        seed = Quantity(Partial(self.names.objective, self.solution.built.objective[0]))
        if problem.forward_only:
            if any(array.shape for array in problem.given):
                yield (phrase("graphs.convention_entries"),)
            yield (rounding_words(problem.rounding, False),)
            return
        if problem.upstream is None and self.names.objective.role is Role.NODE:
            yield (
                phrase("graphs.convention_one") + " ",
                Math(seed, "=", number(1)),
            )
        elif problem.upstream is None:
            yield (phrase("graphs.convention_all"),)
        else:
            yield (Math(of), " " + phrase("graphs.convention_upstream"))
        if any(problem.shapes.values()) or any(
            len(GraphBackward(self.solution, self.names).used_by(name)) > 1 for name in problem.shapes
        ):
            yield (phrase("graphs.convention_sum"),)
        if any(array.shape for array in problem.given):
            yield (phrase("graphs.convention_entries"),)
        yield from self._at_ties()
        if problem.training is not None:
            yield self._rule(problem.training)
            yield from schedule_words(problem.training)
            yield from clip_words(problem.training.optimiser)
        if not problem.symbolic and problem.rounding is not None:
            yield (rounding_words(problem.rounding, problem.training is not None),)

    @staticmethod
    def _rule(training: GraphTraining) -> Text:
        """The optimiser's rule as its equations, and what implementations differ in."""
        up = training.direction == "ascent"
        if up and training.optimiser.name == "sgd" and not training.optimiser.clip:
            rate = as_given(training.optimiser.parameters["learning_rate"])
            return tuple(
                set_in("graphs.ascent_convention", rate=Math(Quantity(RATE) if changes(training) else rate))
            )
        return optimiser_text(training.optimiser, "convention", changes(training))

    def _at_ties(self) -> Iterator[Text]:
        functions = {
            node.name
            for equation in self._problem.equations
            for node in walk(general_formula(equation, self._problem.shapes))
            if hasattr(node, "name")
        }
        for name in ("max", "min", "relu", "abs"):
            if name in functions or (name == "relu" and "ReLU" in functions):
                yield (phrase_of("graphs.tie_", name),)

    # ------------------------------------------------------------------ the solution

    def _several(self) -> bool:
        return self._problem.training is not None and self._problem.training.iterations > 1

    def _iterations(self, number_: int | None) -> Iterator[GraphIteration]:
        found = [one for one in self.solution.iterations if number_ in (None, one.number)]
        if not found:
            shown = ", ".join(str(one.number) for one in self.solution.iterations)
            raise UnknownQuantityError(f"iteration {number_} is not among those written out ({shown})")
        yield from found

    def forward(self, number_: int | None = None) -> Document:
        """The values, equation by equation."""
        return self._document(block for one in self._iterations(number_) for block in self._forward(one))

    def backward(self, number_: int | None = None) -> Document:
        """The gradients, in the order in which they become known."""
        return self._document(block for one in self._iterations(number_) for block in self._backward(one))

    def update(self, number_: int | None = None) -> Document:
        """The steps on the parameters."""
        return self._document(block for one in self._iterations(number_) for block in self._update(one))

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """Where the steps of both optimisers lead; () where none is compared."""
        return paths_of(self._problem, self.solution.arithmetic)

    def compared(self) -> Document:
        """Both paths as tables, and how they differ; empty where no optimiser is compared."""
        blocks = GraphPaths(self.paths, self.names).blocks() if self.paths else iter(())
        return self._document(blocks)

    def worked(self) -> Document:
        """Everything, iteration by iteration, and the paths that are compared."""
        passes = (
            block
            for one in self.solution.iterations
            for part in (self._forward, self._backward, self._update)
            for block in part(one)
        )
        return self._document(chain(passes, self.compared().blocks))

    def _answers(self) -> Iterator[Block]:
        yield from super()._answers()
        for part in self._problem.parts:
            if COMPARISON in part.ask and self.paths:
                other, (_, name) = self.paths[1], called(self._problem, self.names)
                last = other.solution.iterations[-1]
                writer = Writer(other.solution)
                new = [one._replace(new=True) for one in other.parameters]
                after = phrase("graphs.path_after", name=name, count=str(last.number))
                rows = tuple(
                    ((Math(Quantity(one)),), (Math(literal(writer.answer(last.values, one))),)) for one in new
                )
                yield Table(((title_of(part),), (after,)), rows, frozenset((1,)))

    @property
    def _level(self) -> int:
        return 3 if self._several() else 2

    def _forward(self, iteration: GraphIteration) -> Iterator[Block]:
        if self._several():
            yield Heading(2, (phrase("sections.iteration", number=str(iteration.number)),))
            if iteration.number > 1:
                yield from self._start(iteration)
        yield Heading(self._level, (phrase("sections.forward"),))
        lines = self._writer(iteration)
        steps = {step.target: step for step in iteration.forward}
        single: list[Step] = []
        for recurrence, found in groupby(self.solution.built.stages, lambda stage: stage.recurrence):
            stages = [*found]
            for stage in stages if recurrence is None else ():
                own = [steps[node.target] for node in stage.nodes]
                if not self._problem.shapes[stage.equation]:
                    single += own
                    continue
                yield from lines.one_each(single)
                single = []
                yield Derivation((self._equation(stage.equation),))
                yield from lines.one_each(own)
            if recurrence is not None:
                yield from lines.one_each(single)
                single = []
                yield from self._recurring(recurrence, stages, steps, lines)
        yield from lines.one_each(single)

    def _equation(self, name: str) -> Line:
        equation = next(one for one in self._problem.equations if one.name == name)
        return GraphStatement(self.solution.built, self.names).equation(equation)

    def _recurring(
        self, recurrence: Recurrence, stages: Sequence[Stage], steps: Mapping[Atom, Step], lines: Lines
    ) -> Iterator[Block]:
        """The values of a recurrence, step by step; each step is named where it has several lines."""
        yield Derivation(tuple(map(self._equation, recurrence.names)))
        by_step = [[*found] for _, found in groupby(stages, lambda stage: stage.step)]
        each = [[steps[node.target] for stage in own for node in stage.nodes] for own in by_step]
        if not recurrence.letter or all(len(own) == 1 for own in each):
            if words := tuple(steps_forward(recurrence)):
                yield Paragraph(words)
            yield from lines.one_each(chain.from_iterable(each))
            return
        for own, found in zip(by_step, each, strict=True):
            yield Paragraph(tuple(step_begins(own[0])))
            yield from lines.one_each(found)

    def _start(self, iteration: GraphIteration) -> Iterator[Block]:
        """The parameters that an iteration starts from."""
        known = self._known(self._writer(iteration), parameters_of(self._problem))
        yield Paragraph((phrase("graphs.starts_from") + " ", *known, "."))

    # ------------------------------------------------------------------ backward

    def _backward(self, iteration: GraphIteration) -> Iterator[Block]:
        if self._problem.forward_only:
            return
        yield Heading(self._level, (phrase("sections.backward"),))
        way_back = GraphBackward(self.solution, self.names)
        yield from way_back.blocks(iteration, self._writer(iteration), self._asked(iteration))

    # ------------------------------------------------------------------ update

    def _update(self, iteration: GraphIteration) -> Iterator[Block]:
        training = self._problem.training
        if training is None:
            return
        yield Heading(self._level, (phrase("sections.update"),))
        if iteration is self.solution.iterations[0]:
            plain = training.direction == "ascent" or training.optimiser.name == "sgd"
            words = phrase_of("graphs.update_", training.direction)
            yield Paragraph((words if plain else optimiser_words(training.optimiser, "update"),))
            yield from map(Paragraph, clip_passages(training.optimiser))
            if (schedule := training.schedule) is not None:
                yield Paragraph((phrase_of("schedules.", schedule.name, "update"),))
        lines = self._writer(iteration)
        yield from lines.one_each(iteration.update)
        yield from self._new_arrays(iteration, lines)

    def _new_arrays(self, iteration: GraphIteration, lines: Lines) -> Iterator[Block]:
        """The new vectors and matrices of the parameters, in the layout of the given ones."""
        found: list[Line] = []
        for name in self._problem.training.parameters if self._problem.training else ():
            shape = self._problem.shapes[name]
            new = [entry._replace(new=True) for entry in entries_of(name, shape)]
            if len(shape) > 2 or len(new) < 2 or not all(one in lines.values.stored for one in new):
                continue
            asked = self._asked(iteration)
            write = lines.writer.answer if all(one in asked for one in new) else lines.writer.operand
            written = [write(lines.values, one) for one in new]
            relation = "=" if lines.writer.each_step or all(one.exact for one in written) else "≈"
            left = Quantity(quantity(name)._replace(new=True))
            found.append(Line(((relation, matrix_of([*map(literal, written)], shape)),), left))
        if found:
            yield Paragraph((phrase("passages.assembled"),))
            yield Derivation(tuple(found))

    # ------------------------------------------------------------------ after the solution

    def check(self, exact: GraphSolution) -> Document:
        """The gradients beside difference quotients; `exact`: the solution without the rounding of each step."""
        return self._document(GraphCheck(self.solution, exact, self.names).blocks())
