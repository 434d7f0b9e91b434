"""Back through a computation graph, equation by equation: local derivatives, gradients, what is used twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nbsolve.compose.given_numbers import matrix_of
from nbsolve.compose.graphs.statement import GraphStatement
from nbsolve.compose.graphs.steps import (
    at_step,
    at_steps,
    every_step_uses,
    is_shared,
    is_whole,
    of_entries,
    steps_back,
    through,
    together,
)
from nbsolve.compose.lines import Lines
from nbsolve.compose.sentences import set_in
from nbsolve.compose.written_numbers import literal
from nbsolve.document import (
    Block,
    Derivation,
    Inline,
    Line,
    Math,
    Paragraph,
    Text,
)
from nbsolve.equations.building import Built, Stage, entries_of, gate_of, operands_of, quantity
from nbsolve.equations.names import GraphNames
from nbsolve.equations.solving import Back, GraphIteration, GraphSolution
from nbsolve.expr import Atom, Quantity
from nbsolve.phrases import phrase, phrase_of
from nbsolve.problem.model import Equation
from nbsolve.recorder import forms
from nbsolve.step import Rule, Step
from nbsolve.symbol import Partial, Role, Symbol, number_of

__all__ = ["GraphBackward", "name_of"]

GATES = ("add", "subtract", "multiply", "divide", "max", "min")
"""Kinds of gates that a sentence says something of, once a page."""


@dataclass(frozen=True)
class GraphBackward:
    """Writes the way back. Raises Undecided where a digit needs more bits."""

    solution: GraphSolution
    names: GraphNames

    @property
    def built(self) -> Built:
        """The graph."""
        return self.solution.built

    def blocks(self, iteration: GraphIteration, lines: Lines, asked: Iterable[Atom]) -> Iterator[Block]:
        """The way back of one iteration; what its gates do is said in the first. `asked`: what has its own line."""
        first = iteration is self.solution.iterations[0]
        if first:
            yield Paragraph((phrase("graphs.backward"),))
        yield from lines.one_each(iteration.seeds)
        unsaid = set(GATES) if first else set()
        told: set[Atom] = {step.target for step in iteration.seeds}
        before: Stage | None = None
        for back in iteration.backward:
            if back.stage is None:
                yield Paragraph((phrase("graphs.unconnected"),))
                yield from lines.one_each(back.gradients)
                continue
            recurrence = back.stage.recurrence
            locals_ = [*back.local, *self._asked_locals(back.stage, iteration, asked)]
            if not (locals_ or back.gradients):
                continue  # what comes back through it is part of a sum that a later line has, or not asked for
            if recurrence is not None and (before is None or before.recurrence is not recurrence):
                yield from (Paragraph(words) for words in [tuple(steps_back(recurrence))] if words)
            yield Paragraph(tuple(self._through(back.stage, before, unsaid)))
            yield from lines.one_each(in_places(locals_))
            yield from self._back(back, back.stage, lines, told)
            before = back.stage

    def _through(self, stage: Stage, before: Stage | None, unsaid: set[str]) -> Iterator[Inline]:
        """Back through which equation, at which step; what its kind of gate does is said where it is `unsaid`."""
        recurrence = stage.recurrence
        if recurrence is None:
            yield phrase("graphs.through") + " "
        else:
            new = before is None or (before.recurrence, before.step) != (recurrence, stage.step)
            yield from through(stage, new)
        equation = self._equation(stage.equation)
        shown = GraphStatement(self.built, self.names).equation(equation)
        assert shown.left is not None
        yield Math(shown.left, "=", shown.parts[0][1])  # type: ignore[arg-type]
        if recurrence is not None and not is_whole(stage, self.built):
            yield from of_entries(stage)
        gate = gate_of(self.built, stage.equation)
        several = any(len(operands_of(node)) > 2 for node in stage.nodes)
        if gate not in unsaid or gate is None:
            yield "."
        elif several and gate == "max":
            yield f": {phrase('graphs.gate_max_of_several')}"
        elif several and gate == "min":
            yield f": {phrase('graphs.gate_min_of_several')}"
        else:
            yield f": {phrase_of('graphs.gate_', gate)}"
        unsaid.discard(gate or "")

    def _back(
        self,
        back: Back,
        stage: Stage,
        lines: Lines,
        told: set[Atom],
    ) -> Iterator[Block]:
        """The gradients that are known after one stage; `told` are those that have lines."""
        by_array: dict[str, list[Step]] = {}
        for step in back.gradients:
            by_array.setdefault(name_of(step.target), []).append(step)
        shared = [name for name in by_array if is_shared(name, self.built)]
        if shared and stage.recurrence is not None:
            yield Paragraph(tuple(every_step_uses(shared, stage.recurrence)))
        single: list[Step] = []
        for name, steps in by_array.items():
            new = told.isdisjoint(Partial(self.names.objective, one) for one in self._entries(name))
            told.update(step.target for step in steps)
            used = [] if name in shared else self.used_by(name)
            if not self._shape(name) and len(steps[0].forms) == 1 and len(used) < 2:
                single += steps
                continue
            yield from lines.one_each(single)
            single = []
            if len(used) > 1 and new:
                yield Paragraph(self._reused(name, used))
            if not self._shape(name):
                terms = len(used) > 1 or name in shared
                yield from (lines.derivation(step, terms=terms) for step in steps)
                continue
            yield from lines.one_each(in_places(steps))
            complete = told.issuperset(Partial(self.names.objective, one) for one in self._entries(name))
            if complete and self.built.problem.recurrence_of(name) is None:
                yield from self._assembled(name, lines)
        yield from lines.one_each(single)

    def _shape(self, name: str) -> tuple[int, ...]:
        return self.built.problem.shapes[name]

    def _entries(self, name: str) -> list[Symbol]:
        return entries_of(name, self._shape(name))

    def _asked_locals(self, stage: Stage, iteration: GraphIteration, asked: Iterable[Atom]) -> Iterator[Step]:
        """Local derivatives of an array's entries that are asked for."""
        if not self._shape(stage.equation):
            return
        graph = self.built.graph
        found = {node.target for node in stage.nodes} - {self.names.objective}
        for atom in asked:
            if not isinstance(atom, Partial) or atom.of not in found:
                continue
            node = graph.origin(atom.of)
            assert node is not None
            slot = next(slot for slot, operand in operands_of(node).items() if operand == atom.wrt)
            formula = self.built.local(node, slot)
            yield Step(Rule.NODE_DERIVATIVE, atom, forms(formula), iteration.values, iteration.number)

    def _equation(self, name: str) -> Equation:
        return next(one for one in self.built.problem.equations if one.name == name)

    def used_by(self, name: str) -> list[Symbol]:
        """The equations that use a quantity and lead to what is differentiated, in their order.

        Those that use an array of a recurrence have the step at which they use that of the step t: h_{t+1}.
        """
        wanted = self.built.wanted
        nodes = [
            [node for node, _ in self.built.users(one) if node.target in wanted]
            for one in self._entries(name)
        ]
        recurrence = self.built.problem.recurrence_of(name)
        if recurrence is not None and recurrence.letter:
            return at_steps(name, recurrence, self.built, nodes)
        found = {node.operation.name for own in nodes for node in own}
        return [quantity(one.name) for one in self.built.problem.equations if one.name in found]

    def _reused(self, name: str, used: Sequence[Symbol]) -> Text:
        """x is used more than once, and its gradient is the sum of what comes back."""
        own = Math(Quantity(at_step(name, self.built.problem)))
        said = set_in("graphs.reused", name=own, users=[*together(used)])
        of = self.names.objective
        if of.role is Role.NODE and of in used:
            said += (" ", *set_in("graphs.from_result", of=Math(Quantity(of)), name=own))
        return said

    def _assembled(self, name: str, lines: Lines) -> Iterator[Block]:
        """The gradient with respect to an array as a vector or matrix, where all of it is there."""
        shape = self._shape(name)
        if self.built.problem.symbolic:
            return  # the entries are formulae
        targets = [Partial(self.names.objective, entry) for entry in self._entries(name)]
        if len(shape) > 2 or len(targets) < 2 or not all(one in lines.values.stored for one in targets):
            return
        entries = [literal(lines.written(target)) for target in targets]
        exact = lines.writer.each_step or all(lines.written(target).exact for target in targets)
        left = Quantity(Partial(self.names.objective, quantity(name)))
        yield Derivation((Line((("=" if exact else "≈", matrix_of(entries, shape)),), left),))


def in_places(steps: Sequence[Step]) -> list[Step]:
    """Derivatives with respect to entries of one array stand in its order, wherever a formula reads them first."""

    def group(step: Step) -> tuple[object, str]:
        return step.target.of if isinstance(step.target, Partial) else None, name_of(step.target)

    def place(step: Step) -> tuple[int, ...]:
        wrt = step.target.wrt if isinstance(step.target, Partial) else step.target
        return tuple(map(number_of, wrt.at))

    first = {each: number for number, each in reversed([*enumerate(map(group, steps))])}
    return sorted(steps, key=lambda step: (first[group(step)], place(step)))


def name_of(atom: Atom) -> str:
    """The name of a quantity, or of the one that a gradient is with respect to."""
    symbol = atom if isinstance(atom, Symbol) else atom.wrt
    return symbol.stem
