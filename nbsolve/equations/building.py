"""The equations of a computation graph, entry by entry, as nodes of a graph: an operation made of each formula.

`z[j] = Σ_i W[j,i]·x[i] + b[j]` becomes a node for z[1], another for z[2]. Its derivatives are taken rule by rule,
and written through what the node finds where its formula occurs in them: σ′(z) as a (1 − a), (e^x)′ as y.

Conventions: max and min pass the gradient of a tie to the first operand, and none of a tie with a constant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise, product

from nbsolve.expr import (
    Applied,
    Cases,
    Comparison,
    Expr,
    Function,
    Negation,
    Number,
    Product,
    Quantity,
    Quotient,
    Sum,
    Variable,
    atoms,
    literal,
    number,
    substitute,
    total,
    walk,
    with_variables,
)
from nbsolve.formula.differentiate import differentiated, times
from nbsolve.formula.indexed import parse_equation
from nbsolve.general import IndexedSum, instantiated
from nbsolve.given import Given
from nbsolve.graph import Graph, Node, Operation
from nbsolve.graph.operation import OUT, UPSTREAM, Entry, Local, Slot
from nbsolve.problem.model import Equation, GraphProblem, Recurrence
from nbsolve.step import Rule
from nbsolve.symbol import Index, Symbol, number_of

__all__ = ["Built", "Stage", "entries_of", "gate_of", "general_formula", "operands_of", "quantity", "slopes"]

_SHORT = (Function, Applied)
"""Formulae that are named by what they find where they occur in their own derivative."""


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
        if isinstance(node, IndexedSum) and node.last is None:
            body = substitute(node.body, limited)
            return IndexedSum(body, node.index, 1, equation.lengths[node.index.name])
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
        formula = self._padded(_written_out(instantiated(self.general[equation.name], places)))
        operands = list(dict.fromkeys(atom for atom in atoms(formula) if isinstance(atom, Symbol)))
        slots = {f"operand_{n}": operand for n, operand in enumerate(operands)}
        self.graph.node(_operation(equation.name, formula, slots), symbol, None, **slots)
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

    def users(self, symbol: Symbol) -> list[tuple[Node, str]]:
        """The nodes that use a quantity and lead to what is differentiated."""
        return [(node, slot) for node, slot in self.graph.users(symbol) if node.target in self.leading]


def gate_of(built: Built, name: str) -> str | None:
    """What an equation of a single operation does: add, subtract, multiply, divide, max, min; None for others."""
    formula = built.general[name]
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
    """The formula with its sums term by term."""

    def written(node: Expr) -> Expr | None:
        match node:
            case IndexedSum():
                return total(*(_written_out(term) for term in node.terms))
            case Sum(operands):
                flat = [
                    term
                    for one in operands
                    for term in (
                        [_written_out(part) for part in one.terms]
                        if isinstance(one, IndexedSum)
                        else [_written_out(one)]
                    )
                ]
                return total(*flat)
        return None

    return substitute(formula, written)


def _operation(name: str, formula: Expr, slots: Mapping[str, Symbol]) -> Operation:
    """The formula of one entry as an operation on single quantities, with its local derivatives."""
    letters = {symbol: Variable(slot) for slot, symbol in slots.items()}
    into: dict[str, Expr] = {slot: Entry(slot) for slot in slots}
    local = {
        slot: Local(with_variables(derivative, into), Slot(UPSTREAM))
        for slot, derivative in _derivatives(_lettered(formula, letters), letters.values())
    }
    entry = with_variables(_lettered(formula, letters), into)
    return Operation(name, Rule.NODE, dict.fromkeys(slots, ()), (), entry, entry, local)


def slopes(formula: Expr, left: Expr | None = None) -> dict[Symbol, Expr]:
    """∂formula/∂q for each quantity q that it reads, said through `left` where it occurs in its own derivative."""
    read = dict.fromkeys(atom for atom in atoms(formula) if isinstance(atom, Symbol))
    letters = {symbol: Variable(f"operand_{n}") for n, symbol in enumerate(read)}
    back: dict[str, Expr] = {letter.name: Quantity(symbol) for symbol, letter in letters.items()}
    names = {letter.name: symbol for symbol, letter in letters.items()}

    def said(node: Expr) -> Expr | None:
        return (left or formula) if node == Entry(OUT) else None

    return {
        names[slot]: with_variables(substitute(derivative, said), back)
        for slot, derivative in _derivatives(_lettered(formula, letters), letters.values())
    }


def _lettered(formula: Expr, letters: Mapping[Symbol, Variable]) -> Expr:
    return substitute(
        formula,
        lambda node: letters.get(node.atom) if isinstance(node, Quantity) else None,  # type: ignore[arg-type]
    )


def _derivatives(lettered: Expr, letters: Iterable[Variable]) -> Iterator[tuple[str, Expr]]:
    """The derivative with respect to each letter, with `Entry(OUT)` where the formula occurs in it."""
    decided = substitute(lettered, _by_cases)
    yield from ((letter.name, _derivative(decided, lettered, letter.name)) for letter in letters)


@cache
def _derivative(decided: Expr, formula: Expr, slot: str) -> Expr:
    derivative = differentiated(decided, Variable(slot))[-1].expression
    found = Entry(OUT)

    def said(node: Expr) -> Expr | None:
        match node:
            case Negation((Number(value),)):
                return number(-value)
            case Quotient((Product(factors), Number() as under)) if under in factors:  # not 2 (o − y)/2
                place = factors.index(under)
                rest = (*factors[:place], *factors[place + 1 :])
                return times(*(substitute(factor, said) for factor in rest))
            case Product(factors) if (first := _inverses(factors)) is not None:  # nor 0.5 · 2 (o − y)
                rest = (*factors[:first], *factors[first + 2 :])
                return times(*(substitute(factor, said) for factor in rest))
            case Sum(operands):  # x − 1, not x + (−1)
                return Sum(tuple(one if _is_less(one) else substitute(one, said) for one in operands))
        return found if node == formula and isinstance(formula, _SHORT) else None

    return substitute(derivative, said)


def _inverses(factors: Sequence[Expr]) -> int | None:
    """The place of the first two factors in a row that are numbers whose product is 1, where there are any."""
    for place, both in enumerate(pairwise(factors)):
        match both:
            case (Quotient((Number(above), Number(under))), Number(value)) if above * value == under:
                return place
            case (Number(first), Number(value)) if first * value == 1:
                return place
    return None


def _is_less(term: Expr) -> bool:
    """Whether a term of a sum is a number taken away."""
    return isinstance(term, Negation) and isinstance(term.operands[0], Number)


def _by_cases(node: Expr) -> Expr | None:
    """max(a, b) as a where a ≥ b, else b; the constant holds where it is equal to the other."""
    if not isinstance(node, Function) or node.name not in ("max", "min"):
        return None
    first, *others = (substitute(operand, _by_cases) for operand in node.operands)
    rest = others[0] if len(others) == 1 else substitute(Function(node.name, tuple(others)), _by_cases)
    beyond = ">" if node.name == "max" else "<"
    if _constant(rest) and not _constant(first):
        return Cases(((first, Comparison(first, beyond, rest)), (rest, None)))
    least = {">": "≥", "<": "≤"}[beyond]
    return Cases(((first, Comparison(first, least, rest)), (rest, None)))


def _constant(expression: Expr) -> bool:
    return not any(isinstance(node, Variable) for node in walk(expression))
