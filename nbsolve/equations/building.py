"""The equations of a computation graph, entry by entry, as nodes of a graph: an operation made of each formula.

`z[j] = Σ_i W[j,i]·x[i] + b[j]` becomes a node for z[1], another for z[2].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from math import prod

from nbsolve.equations.derivatives import operation_of
from nbsolve.expr import (
    Expr,
    Function,
    Negation,
    Product,
    Quantity,
    Quotient,
    Sum,
    atoms,
    literal,
    number,
    substitute,
    total,
    walk,
)
from nbsolve.expr.general import Count, Indexed, IndexedExtreme, IndexedSum, IndexNumber, instantiated
from nbsolve.formula.index_numbers import without_units
from nbsolve.formula.indexed import parse_equation
from nbsolve.given import Given
from nbsolve.graph import Graph, Node
from nbsolve.problem.model import Equation, GraphProblem, Recurrence
from nbsolve.symbol import Index, Symbol, number_of

__all__ = ["Built", "Stage", "entries_of", "gate_of", "general_formula", "operands_of", "quantity"]


def quantity(name: str, at: Sequence[int] = ()) -> Symbol:
    """A quantity of a computation graph, or the entry of one."""
    return Symbol.node(name, tuple(at))


def entries_of(name: str, shape: Sequence[int]) -> list[Symbol]:
    """The entries of a quantity, row by row; a single number is its own only entry."""
    return [quantity(name, at) for at in product(*(range(1, length + 1) for length in shape))]


def operands_of(node: Node) -> dict[str, Symbol]:
    """What each slot of a node has: single quantities."""
    return {slot: node.operand(slot) for slot in node.operands}


def general_formula(equation: Equation, shapes: Mapping[str, tuple[int, ...]]) -> Expr:
    """The formula of an equation with its index letters, its sums with their limits."""
    axes = {name: len(shape) for name, shape in shapes.items()}
    formula = parse_equation(equation.formula, axes, equation.letters)

    def limited(node: Expr) -> Expr | None:
        if isinstance(node, Indexed) and node.last is None:
            return replace(node, body=substitute(node.body, limited), last=equation.lengths[node.index.name])
        if isinstance(node, Count):
            return number(prod(equation.lengths[index.name] for index in node.indices))
        return None

    return substitute(formula, limited)


@dataclass(frozen=True)
class Stage:
    """Entries of one equation that are computed together: all of them, or those of one step of its recurrence.

    None of them is computed from another one of them.
    """

    equation: str
    nodes: tuple[Node, ...]
    recurrence: Recurrence | None = None
    step: int | None = None


@dataclass(frozen=True)
class Built:
    """A problem's graph, and the `stages` in which it is computed."""

    problem: GraphProblem
    graph: Graph = field(default_factory=Graph)
    stages: list[Stage] = field(default_factory=list)

    @staticmethod
    def of(problem: GraphProblem) -> Built:
        """The graph of a problem."""
        built = Built(problem)
        for array in problem.given:
            for symbol in entries_of(array.name, array.shape):
                built.graph.array(symbol)
        done: set[str] = set()
        for equation in problem.equations:
            recurrence = problem.recurrence_of(equation.name)
            if recurrence is None:
                entries = entries_of(equation.name, equation.shape)
                nodes = tuple(built._added(equation, symbol) for symbol in entries)
                built.stages.append(Stage(equation.name, nodes))
            elif equation.name not in done:
                done.update(recurrence.names)
                built.stages.extend(built._recurring(recurrence))
        return built

    def _recurring(self, recurrence: Recurrence) -> Iterator[Stage]:
        """The stages of a recurrence, step by step."""
        equations = {one.name: one for one in self.problem.equations}
        name, step, nodes = "", None, list[Node]()
        for entry, at in recurrence.order:
            node = self._added(equations[entry], quantity(entry, at))
            own = recurrence.step_of(entry, at)
            together = (entry, own) == (name, step)
            if nodes and not (together and {*operands_of(node).values()}.isdisjoint(n.target for n in nodes)):
                yield Stage(name, tuple(nodes), recurrence, step)
                nodes = []
            name, step = entry, own
            nodes.append(node)
        yield Stage(name, tuple(nodes), recurrence, step)

    def _added(self, equation: Equation, symbol: Symbol) -> Node:
        numbers = map(number_of, symbol.at)
        places = {Index(letter): n for letter, n in zip(equation.letters, numbers, strict=True)}
        general = self.general[equation.name]
        formula = self._padded(_written_out(instantiated(general, places)))
        if any(isinstance(node, IndexNumber) for node in walk(general)):
            formula = without_units(formula)
        operands = list(dict.fromkeys(atom for atom in atoms(formula) if isinstance(atom, Symbol)))
        slots = {f"operand_{n}": operand for n, operand in enumerate(operands)}
        self.graph.node(operation_of(equation.name, formula, slots), symbol, None, **slots)
        return self.graph.nodes[-1]

    def _padded(self, formula: Expr) -> Expr:
        """The formula with what stands outside arrays: where a recurrence starts, or the numbers of padding."""
        padding, shapes = self.problem.padding, self.problem.shapes

        def outside(node: Expr) -> Expr | None:
            if not isinstance(node, Quantity) or not isinstance(node.atom, Symbol):
                return None
            symbol = node.atom
            shape = shapes[symbol.stem]
            inside = all(
                isinstance(n, int) and 1 <= n <= length for n, length in zip(symbol.at, shape, strict=True)
            )
            if inside:
                return None
            start = self.problem.start_of(symbol.stem, [*map(number_of, symbol.at)])
            return literal(padding[symbol.stem]) if start is None else Quantity(quantity(*start))

        return substitute(formula, outside)

    # ------------------------------------------------------------------ what is where

    @cached_property
    def given(self) -> dict[Symbol, Given]:
        """The given numbers."""
        return {
            symbol: entry
            for array in self.problem.given
            for symbol, entry in zip(entries_of(array.name, array.shape), array.entries, strict=True)
            if isinstance(entry, Given)
        }

    @cached_property
    def objective(self) -> list[Symbol]:
        """What is differentiated: one entry, or all of an array that an upstream gradient comes in at."""
        name, at = self.problem.gradients_of, self.problem.gradients_at
        return [quantity(name, at)] if at else entries_of(name, self.problem.shapes[name])

    @cached_property
    def general(self) -> dict[str, Expr]:
        """The formulae of the equations with their index letters, by name."""
        return {one.name: general_formula(one, self.problem.shapes) for one in self.problem.equations}

    @cached_property
    def wanted(self) -> frozenset[Symbol]:
        """What gradients are taken with respect to: those asked for, and all that they act on."""
        training = self.problem.training
        names = {
            *self.problem.wrt,
            *self.problem.asked_wrt,
            *(() if training is None else training.parameters),
        }
        found = {symbol for name in names for symbol in entries_of(name, self.problem.shapes[name])}
        for node in self.graph.nodes:
            if any(operand in found for operand in operands_of(node).values()):
                found.add(node.target)
        return frozenset(found)

    @cached_property
    def leading(self) -> frozenset[Symbol]:
        """What leads to what is differentiated, and that itself."""
        found = set(self.objective)
        for node in reversed(self.graph.nodes):
            if node.target in found:
                found.update(operands_of(node).values())
        return frozenset(found)

    @property
    def connected(self) -> bool:
        """Whether anything that a gradient is asked of leads to what is differentiated: else all of them are 0."""
        return not self.wanted.isdisjoint(self.leading)

    @cached_property
    def first_user(self) -> dict[Symbol, Stage]:
        """The first stage that uses each quantity and leads to what is differentiated: the last on the way back."""
        found: dict[Symbol, Stage] = {}
        for stage in self.stages:
            for node in stage.nodes:
                if node.target in self.leading:
                    for operand in operands_of(node).values():
                        found.setdefault(operand, stage)
        return found

    @cached_property
    def shares(self) -> dict[Expr, Symbol]:
        """What is found as a quotient, by its formula: shares of a sum stand in the derivatives of one another."""
        found: dict[Expr, Symbol] = {}
        for node in self.graph.nodes:
            formula = self.graph.formula(node, node.target)
            if isinstance(formula, Quotient):
                found.setdefault(formula, node.target)
        return found

    def local(self, node: Node, slot: str) -> Expr:
        """∂q/∂p of what a node finds and what is in one of its slots, written through what the graph finds."""

        def found(part: Expr) -> Expr | None:
            share = self.shares.get(part) if isinstance(part, Quotient) else None
            return None if share is None else Quantity(share)

        return substitute(self.graph.local(node, slot, node.target, node.operand(slot)), found)

    def users(self, symbol: Symbol) -> list[tuple[Node, str]]:
        """The nodes that use a quantity and lead to what is differentiated."""
        return [(node, slot) for node, slot in self.graph.users(symbol) if node.target in self.leading]


def gate_of(built: Built, name: str) -> str | None:
    """What an equation of a single operation does: add, subtract, multiply, divide, max, min; None for others."""
    formula = built.general[name]
    if isinstance(formula, IndexedExtreme):
        inner = formula.body
        while isinstance(inner, IndexedExtreme) and inner.name == formula.name:
            inner = inner.body
        return formula.name if isinstance(inner, Quantity) else None
    operands = formula.children
    if not operands or not all(isinstance(_positive(one), Quantity) for one in operands):
        return None
    match formula:
        case Sum():
            return "subtract" if any(isinstance(one, Negation) for one in operands) else "add"
        case Product():
            return "multiply"
        case Quotient():
            return "divide"
        case Function("max" | "min" as function, _):
            return function
    return None


def _positive(term: Expr) -> Expr:
    return term.operands[0] if isinstance(term, Negation) else term


def _written_out(formula: Expr) -> Expr:
    """The formula with its sums term by term, sums of sums and sums among other terms in one; extremes likewise."""

    def terms(node: Expr) -> list[Expr]:
        if isinstance(node, IndexedSum):
            return [part for one in node.terms for part in terms(one)]
        return [_written_out(node)]

    def among(node: Expr, name: str) -> list[Expr]:
        if isinstance(node, IndexedExtreme) and node.name == name:
            return [part for one in node.terms for part in among(one, name)]
        return [_written_out(node)]

    def written(node: Expr) -> Expr | None:
        match node:
            case IndexedSum():
                return total(*terms(node))
            case IndexedExtreme(name=name):
                operands = among(node, name)
                return operands[0] if len(operands) == 1 else Function(name, tuple(operands))
            case Sum(operands):
                return total(*(part for one in operands for part in terms(one)))
        return None

    return substitute(formula, written)
