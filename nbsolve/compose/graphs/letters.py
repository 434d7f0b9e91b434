"""The page of a computation graph whose given quantities are letters: formulae, no numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from nbsolve.compose.authored import title_of
from nbsolve.compose.graphs.page import GraphPage
from nbsolve.document import Block, Derivation, Heading, Line, Link, Math, Result, Table, Text
from nbsolve.equations.asking import asked_of
from nbsolve.equations.solving import GraphIteration
from nbsolve.expr import Atom, Expr, Negation, Product, Quantity, Quotient, Sum, substitute
from nbsolve.formula.differentiate import added, minus, over, times
from nbsolve.phrases import phrase
from nbsolve.step import Rule, Step
from nbsolve.symbol import Partial, anchor

__all__ = ["GraphLetters"]


def tidy(formula: Expr) -> Expr:
    """The formula without factors of 1, terms of 0 and double signs."""

    def tidied(node: Expr) -> Expr | None:
        if not isinstance(node, Product | Sum | Negation | Quotient):
            return None
        children = [substitute(child, tidied) for child in node.children]
        match node:
            case Product():
                return times(*children)
            case Sum():
                return added(*children)
            case Negation():
                return minus(children[0])
        return over(children[0], children[1])

    return substitute(formula, tidied)


@dataclass(frozen=True)
class _Lines:
    """Writes steps in letters; `closed` has what each gradient comes to."""

    closed: Mapping[Atom, Expr]
    asked: frozenset[Atom]

    def derivation(self, step: Step, terms: bool = False) -> Derivation:
        """One form a line, the last in a box where it was asked for."""
        found = self._forms(step)
        lines = [Line((("=", form),)) for form in found[:-1]]
        last: Expr | Result = Result(found[-1], True) if step.target in self.asked else found[-1]
        lines.append(Line((("=", last),)))
        lines[0] = replace(lines[0], left=Quantity(step.target))
        return Derivation(tuple(lines), (_anchor(step.target),))

    def compact(self, step: Step) -> tuple[Line, str]:
        """All forms on one line."""
        found = self._forms(step)
        last: Expr | Result = Result(found[-1], True) if step.target in self.asked else found[-1]
        parts = [("=", form) for form in found[:-1]]
        return Line((*parts, ("=", last)), Quantity(step.target)), _anchor(step.target)

    def one_each(self, units: Iterable[Step]) -> Iterator[Derivation]:
        """Steps on one line each, below one another; nothing where there are none."""
        found = [self.compact(unit) for unit in units]
        if found:
            yield Derivation(tuple(line for line, _ in found), tuple(anchor for _, anchor in found))

    def _forms(self, step: Step) -> list[Expr]:
        found = [form.expression for form in step.forms]
        if step.target in self.closed:
            found.append(self.closed[step.target])
        return list(dict.fromkeys(found))


def _anchor(atom: Atom) -> str:
    return f"it1-{anchor(atom)}"


@dataclass(frozen=True)
class GraphLetters(GraphPage):
    """Composes the documents of a solution in letters."""

    @cached_property
    def closed(self) -> dict[Atom, Expr]:
        """What each gradient and local derivative comes to, in the quantities of the forward pass."""
        found: dict[Atom, Expr] = {}
        graph = self.solution.built.graph

        def known(node: Expr) -> Expr | None:
            if not isinstance(node, Quantity) or not isinstance(node.atom, Partial):
                return None
            if node.atom in found:
                return found[node.atom]
            return graph.derivative(node.atom.of, node.atom.wrt)

        (iteration,) = self.solution.iterations
        for step in iteration.steps:
            if isinstance(step.target, Partial):
                found[step.target] = tidy(substitute(step.formula, known))
        return found

    def _writer(self, iteration: GraphIteration) -> _Lines:  # type: ignore[override]
        gradients = {
            step.target: self.closed[step.target]
            for step in iteration.steps
            if step.rule is Rule.NODE_GRADIENT
        }
        return _Lines(gradients, frozenset(self._asked(iteration)))

    def _new_arrays(self, iteration: GraphIteration, lines: object) -> Iterator[Block]:
        """Nothing: the entries are formulae."""
        yield from ()

    def _answers(self) -> Iterator[Block]:
        yield Heading(2, (phrase("sections.answers"),))
        (iteration,) = self.solution.iterations
        steps = {step.target: step for step in iteration.steps}
        for part in self._problem.parts:
            rows: list[tuple[Text, ...]] = []
            for atom in asked_of(part, self.solution.built, self.names):
                formula = self.formula(atom)
                name = Math(Quantity(atom))
                rows.append((((Link(name, _anchor(atom)) if atom in steps else name),), (Math(formula),)))
            header: tuple[Text, ...] = ((title_of(part),), (phrase("answers.formula"),))
            yield Table(header, tuple(rows))

    def formula(self, atom: Atom) -> Expr:
        """What a quantity comes to: a value by its equation, a gradient by the values."""
        if isinstance(atom, Partial):
            if atom in self.closed:
                return self.closed[atom]
            return self.solution.built.graph.derivative(atom.of, atom.wrt) or Quantity(atom)
        node = self.solution.built.graph.origin(atom)
        return Quantity(atom) if node is None else self.solution.built.graph.formula(node, atom)
