"""The page of a computation graph: forward equation by equation, backward from the result to what is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from nbsolve.compose.compared import called
from nbsolve.compose.conventions import rounding_words
from nbsolve.compose.given_numbers import matrix_of
from nbsolve.compose.graph_checking import GraphCheck
from nbsolve.compose.graph_paths import GraphPaths
from nbsolve.compose.graph_statement import GraphStatement
from nbsolve.compose.lines import Lines
from nbsolve.compose.optimiser_words import (
    changes,
    clip_passages,
    clip_words,
    optimiser_text,
    schedule_words,
    set_in,
)
from nbsolve.compose.steps_page import StepsPage, title_of
from nbsolve.compose.written_numbers import literal
from nbsolve.document import (
    Block,
    Bullets,
    Derivation,
    Document,
    Heading,
    Inline,
    Line,
    Math,
    Note,
    Paragraph,
    Table,
    Text,
)
from nbsolve.equations.asking import asked_of
from nbsolve.equations.building import entries_of, gate_of, general_formula, operands_of, quantity
from nbsolve.equations.paths import Path, paths_of
from nbsolve.equations.solving import Back, GraphIteration, GraphSolution
from nbsolve.equations.updating import RATE, parameters_of
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom, Quantity, number, walk
from nbsolve.expr import literal as as_given
from nbsolve.phrases import phrase
from nbsolve.problem.graph_asks import COMPARISON
from nbsolve.problem.model import Equation, GraphProblem, GraphTraining, Part
from nbsolve.recorder import forms
from nbsolve.step import Rule, Step
from nbsolve.symbol import Partial, Role, Symbol
from nbsolve.writing import Writer

__all__ = ["GraphPage"]

GATES = ("add", "subtract", "multiply", "divide", "max", "min")
"""Kinds of gates that a sentence says something of, once a page."""


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
        said = tuple(self._at_ties())
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
        if problem.upstream is None and self.names.objective.role is Role.NODE:
            yield (
                phrase("graphs.convention_one") + " ",
                Math(seed, "=", number(1)),
            )
        elif problem.upstream is None:
            yield (phrase("graphs.convention_all"),)
        else:
            yield (Math(of), " " + phrase("graphs.convention_upstream"))
        if any(problem.shapes.values()) or any(len(self._used_by(name)) > 1 for name in problem.shapes):
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
        return optimiser_text(training.optimiser, "convention", changes(training), up)

    def _at_ties(self) -> Iterator[Text]:
        functions = {
            node.name
            for equation in self._problem.equations
            for node in walk(general_formula(equation, self._problem.shapes))
            if hasattr(node, "name")
        }
        for name, key in (("max", "max"), ("min", "min"), ("relu", "relu"), ("abs", "abs")):
            if name in functions or (name == "relu" and "ReLU" in functions):
                yield (phrase(f"graphs.tie_{key}"),)

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
        single: list[Step] = []
        for equation in self._problem.equations:
            steps = [step for step in iteration.forward if _name(step.target) == equation.name]
            if not equation.shape:
                single += steps
                continue
            yield from self._one_each(lines, single)
            single = []
            yield Derivation((GraphStatement(self.solution.built, self.names).equation(equation),))
            yield from self._one_each(lines, steps)
        yield from self._one_each(lines, single)

    def _start(self, iteration: GraphIteration) -> Iterator[Block]:
        """The parameters that an iteration starts from."""
        known = self._known(self._writer(iteration), parameters_of(self._problem))
        yield Paragraph((phrase("graphs.starts_from") + " ", *known, "."))

    # ------------------------------------------------------------------ backward

    def _backward(self, iteration: GraphIteration) -> Iterator[Block]:
        yield Heading(self._level, (phrase("sections.backward"),))
        lines = self._writer(iteration)
        first = iteration is self.solution.iterations[0]
        if first:
            yield Paragraph((phrase("graphs.backward"),))
        seeds = [lines.compact(step) for step in iteration.seeds]
        yield Derivation(tuple(line for line, _ in seeds), tuple(anchor_ for _, anchor_ in seeds))
        unsaid = set(GATES) if first else set()
        for back in iteration.backward:
            yield from self._back(back, iteration, lines, unsaid)

    def _back(self, back: Back, iteration: GraphIteration, lines: Lines, unsaid: set[str]) -> Iterator[Block]:
        """Back through one equation; what its kind of gate does is said where it is `unsaid`."""
        if not back.equation:
            yield Paragraph((phrase("graphs.unconnected"),))
            yield from self._one_each(lines, back.gradients)
            return
        equation = self._equation(back.equation)
        gate = gate_of(self.solution.built, equation.name)
        shown = GraphStatement(self.solution.built, self.names).equation(equation)
        assert shown.left is not None
        said: list[Inline] = [phrase("graphs.through") + " ", Math(shown.left, "=", shown.parts[0][1])]  # type: ignore[arg-type]
        said.append(f": {phrase(f'graphs.gate_{gate}')}" if gate in unsaid else ".")
        unsaid.discard(gate or "")
        yield Paragraph(tuple(said))
        locals_ = [*back.local, *self._asked_locals(equation, iteration)]
        if locals_:
            found = [lines.compact(step) for step in locals_]
            yield Derivation(tuple(line for line, _ in found), tuple(anchor_ for _, anchor_ in found))
        by_array: dict[str, list[Step]] = {}
        for step in back.gradients:
            by_array.setdefault(_name(step.target), []).append(step)
        single: list[Step] = []
        for name, steps in by_array.items():
            if not self._problem.shapes[name] and len(steps[0].forms) == 1 and len(self._used_by(name)) < 2:
                single += steps
                continue
            yield from self._one_each(lines, single)
            single = []
            used = self._used_by(name)
            if len(used) > 1:
                yield Paragraph(self._reused(name, used))
            if not self._problem.shapes[name]:
                yield from (lines.derivation(step, terms=len(used) > 1) for step in steps)
                continue
            yield from self._one_each(lines, steps)
            yield from self._assembled(name, lines)
        yield from self._one_each(lines, single)

    def _asked_locals(self, equation: Equation, iteration: GraphIteration) -> Iterator[Step]:
        """Local derivatives of an array's entries that are asked for."""
        if not equation.shape:
            return
        graph = self.solution.built.graph
        for atom in self._asked(iteration):
            if (
                not isinstance(atom, Partial)
                or atom.of.stem != equation.name
                or atom.of == self.names.objective
            ):
                continue
            node = graph.origin(atom.of)
            assert node is not None
            slot = next(slot for slot, operand in operands_of(node).items() if operand == atom.wrt)
            formula = graph.local(node, slot, atom.of, atom.wrt)
            yield Step(Rule.NODE_DERIVATIVE, atom, forms(formula), iteration.values, iteration.number)

    def _equation(self, name: str) -> Equation:
        return next(one for one in self._problem.equations if one.name == name)

    def _used_by(self, name: str) -> list[str]:
        """The equations that use a quantity and lead to what is differentiated, in their order."""
        wanted = self.solution.built.wanted
        first = entries_of(name, self._problem.shapes[name])
        found = {
            node.operation.name
            for symbol in first
            for node, _ in self.solution.built.users(symbol)
            if node.target in wanted
        }
        return [one.name for one in self._problem.equations if one.name in found]

    def _reused(self, name: str, used: Sequence[str]) -> Text:
        """x is used more than once, and its gradient is the sum of what comes back."""
        before, _, rest = phrase("graphs.reused", name="\0", users="\1").partition("\0")
        middle, _, after = rest.partition("\1")
        listed: list[Inline] = []
        for position, one in enumerate(used):
            if position:
                listed.append(f" {phrase('statement.and')} " if position == len(used) - 1 else ", ")
            listed.append(Math(Quantity(quantity(one))))
        said = [piece for piece in (before, Math(Quantity(quantity(name))), middle, *listed, after) if piece]
        of = self.names.objective
        if of.role is Role.NODE and of.stem in used:
            own, _, rest = phrase("graphs.from_result", of="\0", name="\1").partition("\0")
            between, _, rest = rest.partition("\1")
            said += [f" {own}", Math(Quantity(of)), between, Math(Quantity(quantity(name))), rest]
        return tuple(said)

    def _assembled(self, name: str, lines: Lines) -> Iterator[Block]:
        """The gradient with respect to an array as a vector or matrix, where all of it is there."""
        shape = self._problem.shapes[name]
        targets = [Partial(self.names.objective, entry) for entry in entries_of(name, shape)]
        if len(shape) > 2 or len(targets) < 2 or not all(one in lines.values.stored for one in targets):
            return
        entries = [literal(lines.written(target)) for target in targets]
        exact = lines.writer.each_step or all(lines.written(target).exact for target in targets)
        left = Quantity(Partial(self.names.objective, quantity(name)))
        yield Derivation((Line((("=" if exact else "≈", matrix_of(entries, shape)),), left),))

    # ------------------------------------------------------------------ update

    def _update(self, iteration: GraphIteration) -> Iterator[Block]:
        training = self._problem.training
        if training is None:
            return
        yield Heading(self._level, (phrase("sections.update"),))
        if iteration is self.solution.iterations[0]:
            yield Paragraph((phrase(f"graphs.update_{training.direction}"),))
            yield from map(Paragraph, clip_passages(training.optimiser))
            if (schedule := training.schedule) is not None:
                yield Paragraph((phrase(f"schedules.{schedule.name}.update"),))
        lines = self._writer(iteration)
        yield from self._one_each(lines, iteration.update)

    # ------------------------------------------------------------------ after the solution

    def check(self, exact: GraphSolution) -> Document:
        """The gradients beside difference quotients; `exact`: the solution without the rounding of each step."""
        return self._document(GraphCheck(self.solution, exact, self.names).blocks())


def _name(atom: Atom) -> str:
    symbol = atom if isinstance(atom, Symbol) else atom.wrt
    return symbol.stem
