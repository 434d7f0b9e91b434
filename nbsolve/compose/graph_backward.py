"""Back through a computation graph, equation by equation: local derivatives, gradients, what is used twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nbsolve.compose.given_numbers import matrix_of
from nbsolve.compose.graph_statement import GraphStatement
from nbsolve.compose.lines import Lines
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
from nbsolve.equations.building import Built, entries_of, gate_of, operands_of, quantity
from nbsolve.equations.names import GraphNames
from nbsolve.equations.solving import Back, GraphIteration, GraphSolution
from nbsolve.expr import Atom, Quantity
from nbsolve.phrases import phrase, phrase_of
from nbsolve.problem.model import Equation
from nbsolve.recorder import forms
from nbsolve.step import Rule, Step
from nbsolve.symbol import Partial, Role, Symbol

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
        for back in iteration.backward:
            yield from self._back(back, iteration, lines, unsaid, asked)

    def _back(
        self, back: Back, iteration: GraphIteration, lines: Lines, unsaid: set[str], asked: Iterable[Atom]
    ) -> Iterator[Block]:
        """Back through one equation; what its kind of gate does is said where it is `unsaid`."""
        if not back.equation:
            yield Paragraph((phrase("graphs.unconnected"),))
            yield from lines.one_each(back.gradients)
            return
        equation = self._equation(back.equation)
        gate = gate_of(self.built, equation.name)
        shown = GraphStatement(self.built, self.names).equation(equation)
        assert shown.left is not None
        said: list[Inline] = [phrase("graphs.through") + " ", Math(shown.left, "=", shown.parts[0][1])]  # type: ignore[arg-type]
        said.append(f": {phrase_of('graphs.gate_', gate)}" if gate in unsaid else ".")
        unsaid.discard(gate or "")
        yield Paragraph(tuple(said))
        yield from lines.one_each([*back.local, *self._asked_locals(equation, iteration, asked)])
        by_array: dict[str, list[Step]] = {}
        for step in back.gradients:
            by_array.setdefault(name_of(step.target), []).append(step)
        single: list[Step] = []
        for name, steps in by_array.items():
            if (
                not self.built.problem.shapes[name]
                and len(steps[0].forms) == 1
                and len(self.used_by(name)) < 2
            ):
                single += steps
                continue
            yield from lines.one_each(single)
            single = []
            used = self.used_by(name)
            if len(used) > 1:
                yield Paragraph(self._reused(name, used))
            if not self.built.problem.shapes[name]:
                yield from (lines.derivation(step, terms=len(used) > 1) for step in steps)
                continue
            yield from lines.one_each(steps)
            yield from self._assembled(name, lines)
        yield from lines.one_each(single)

    def _asked_locals(
        self, equation: Equation, iteration: GraphIteration, asked: Iterable[Atom]
    ) -> Iterator[Step]:
        """Local derivatives of an array's entries that are asked for."""
        if not equation.shape:
            return
        graph = self.built.graph
        for atom in asked:
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
        return next(one for one in self.built.problem.equations if one.name == name)

    def used_by(self, name: str) -> list[str]:
        """The equations that use a quantity and lead to what is differentiated, in their order."""
        wanted = self.built.wanted
        first = entries_of(name, self.built.problem.shapes[name])
        found = {
            node.operation.name
            for symbol in first
            for node, _ in self.built.users(symbol)
            if node.target in wanted
        }
        return [one.name for one in self.built.problem.equations if one.name in found]

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
        shape = self.built.problem.shapes[name]
        targets = [Partial(self.names.objective, entry) for entry in entries_of(name, shape)]
        if len(shape) > 2 or len(targets) < 2 or not all(one in lines.values.stored for one in targets):
            return
        entries = [literal(lines.written(target)) for target in targets]
        exact = lines.writer.each_step or all(lines.written(target).exact for target in targets)
        left = Quantity(Partial(self.names.objective, quantity(name)))
        yield Derivation((Line((("=" if exact else "≈", matrix_of(entries, shape)),), left),))


def name_of(atom: Atom) -> str:
    """The name of a quantity, or of the one that a gradient is with respect to."""
    symbol = atom if isinstance(atom, Symbol) else atom.wrt
    return symbol.stem
