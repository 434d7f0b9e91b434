"""A computation graph solved: values forward, gradients backward, steps on the parameters.

∂f/∂p = Σ over the quantities q that are computed from p of ∂f/∂q · ∂q/∂p: the one backward rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from nbsolve.arithmetic import Arithmetic, TooLarge
from nbsolve.equations.asking import asked_of
from nbsolve.equations.building import Built, Stage, entries_of, operands_of
from nbsolve.equations.names import GraphNames
from nbsolve.equations.updating import parameters_of, put_settings, start, write_updates
from nbsolve.errors import DomainError
from nbsolve.expr import Atom, Expr, Negation, Operand, Product, Quantity, literal, number, product, total
from nbsolve.given import Given
from nbsolve.graph import Node
from nbsolve.problem.model import Digits, GraphProblem, Rounding
from nbsolve.recorder import Recorder, forms
from nbsolve.solving.chain_rule import times
from nbsolve.step import Form, Reason, Rule, Step
from nbsolve.symbol import LOSS, Partial, Symbol, canonical
from nbsolve.symbolic.recorder import LetterRecorder
from nbsolve.values import Values

__all__ = ["Back", "GraphIteration", "GraphSolution", "objective_of", "solve_graph", "solve_in_letters"]


@dataclass(frozen=True)
class Back:
    """What one stage sends back: its local derivatives, and the gradients that are known after it.

    Without a stage: the gradients with respect to what leads to nothing.
    """

    stage: Stage | None
    local: tuple[Step, ...]
    gradients: tuple[Step, ...]


@dataclass(frozen=True)
class GraphIteration:
    """One pass through the graph; `seeds` are the gradients that come in."""

    number: int
    values: Values
    forward: tuple[Step, ...]
    seeds: tuple[Step, ...]
    backward: tuple[Back, ...]
    update: tuple[Step, ...] = ()

    @property
    def steps(self) -> Iterator[Step]:
        """All steps in the order in which they are taken."""
        yield from self.forward
        yield from self.seeds
        for back in self.backward:
            yield from back.local
            yield from back.gradients
        yield from self.update


@dataclass(frozen=True)
class GraphSolution:
    """A graph worked out in one arithmetic: the iterations that are shown."""

    problem: GraphProblem
    arithmetic: Arithmetic
    built: Built
    iterations: tuple[GraphIteration, ...]
    own_functions: frozenset[str] = frozenset()
    has_own_formulas: bool = True

    @property
    def rounding(self) -> Rounding:
        """How its numbers are rounded."""
        return self.problem.rounding

    @property
    def of(self) -> Symbol:
        """What the gradients are gradients of: the objective, or a loss that nobody names."""
        return objective_of(self.built)


def objective_of(built: Built) -> Symbol:
    """The symbol that stands above in every gradient."""
    return LOSS if built.problem.upstream is not None or len(built.objective) > 1 else built.objective[0]


def solve_graph(built: Built, arithmetic: Arithmetic, rounded: bool = True) -> GraphSolution:
    """All iterations of a graph whose given quantities are numbers.

    Raises: Undecided where more bits are needed, DomainError naming the quantity.
    """
    problem = built.problem
    training = problem.training
    digits = _digits(problem, rounded)
    shown = {1} if training is None else {*training.show}
    first = start(problem)
    carried = [*parameters_of(problem), *first]
    given: dict[Symbol, Given | Operand] = {**built.given, **first}
    iterations: list[GraphIteration] = []
    asked = _asked(built)
    for count in range(1, (1 if training is None else training.iterations) + 1):
        recorder = Recorder(count, arithmetic, digits, recording=count in shown)
        recorder.values.graph = built.graph
        try:
            iteration = _Pass(built, recorder, asked).run(given)
        except DomainError as error:
            if training is None or training.iterations == 1 or isinstance(error, TooLarge):
                raise
            raise error.within(f"iteration {count}") from None
        if count in shown:
            iterations.append(iteration)
        for symbol in carried:
            given[symbol] = iteration.values[symbol._replace(new=True)]
    return GraphSolution(problem, arithmetic, built, tuple(iterations))


def solve_from(built: Built, arithmetic: Arithmetic, moved: Mapping[Symbol, Operand]) -> GraphIteration:
    """One pass with other values for some of the given quantities. Raises: Undecided, DomainError."""
    recorder = Recorder(1, arithmetic, _digits(built.problem, True), recording=False)
    recorder.values.graph = built.graph
    return _Pass(built, recorder, frozenset()).run({**built.given, **moved})


def _digits(problem: GraphProblem, rounded: bool) -> Digits | None:
    """What each step is rounded to; None where nothing is."""
    return problem.rounding.intermediates if rounded and problem.rounding.apply == "each_step" else None


def solve_in_letters(built: Built, arithmetic: Arithmetic) -> GraphSolution:
    """The passes of a graph whose given quantities are letters, or of any graph, in symbols alone."""
    recorder = LetterRecorder(1, arithmetic, None)
    recorder.values.graph = built.graph
    return GraphSolution(built.problem, arithmetic, built, (_Pass(built, recorder, _asked(built)).run({}),))


def _asked(built: Built) -> frozenset[Partial]:
    """The local derivatives that the parts ask for, on the way back or not."""
    names = GraphNames(built.problem, objective_of(built))
    atoms = (atom for part in built.problem.parts for atom in asked_of(part, built, names))
    return frozenset(atom for atom in atoms if isinstance(atom, Partial) and atom.of != names.objective)


@dataclass
class _Pass:
    """One iteration. `taken` is how many of the recorder's steps belong to earlier parts, `known` has gradients.

    `asked` are local derivatives that are found in any case.
    """

    built: Built
    recorder: Recorder
    asked: frozenset[Partial]
    taken: int = 0
    known: set[Symbol] = field(default_factory=set)

    def run(self, given: Mapping[Symbol, Given | Operand]) -> GraphIteration:
        problem, values = self.built.problem, self.recorder.values
        for symbol, entry in given.items():
            if isinstance(entry, Given):
                text = np.empty((), dtype=object)
                text[()] = entry
                values.put_given(symbol, text)
            else:
                values.put(symbol, entry)
        for node in self.built.graph.nodes:
            self._value(node)
        forward = self._steps()
        self._seed()
        seeds = self._steps()
        backward = [self._back(stage) for stage in reversed(self.built.stages)]
        backward.append(self._unconnected())
        update: tuple[Step, ...] = ()
        if problem.training is not None:
            put_settings(self.recorder, problem.training)
            for symbol in parameters_of(problem):
                if symbol not in self.known:
                    self._write(symbol, (Form(number(0)),))
            write_updates(self.recorder, problem, self.of)
            update = self._steps()
        return GraphIteration(
            self.recorder.number, values, forward, seeds, tuple(b for b in backward if b is not None), update
        )

    def _steps(self) -> tuple[Step, ...]:
        steps = tuple(self.recorder.steps[self.taken :])
        self.taken = len(self.recorder.steps)
        return steps

    # ------------------------------------------------------------------ forward

    def _value(self, node: Node) -> None:
        try:
            self.recorder.write(Rule.NODE, node.target, forms(self.built.graph.formula(node, node.target)))
        except DomainError as error:
            raise _in_equation(error, node.target, node) from None

    # ------------------------------------------------------------------ backward

    @property
    def of(self) -> Symbol:
        """What is differentiated."""
        return objective_of(self.built)

    def _gradient(self, symbol: Symbol) -> Partial:
        return Partial(self.of, symbol)

    def _write(self, symbol: Symbol, found: tuple[Form, ...], rule: Rule = Rule.NODE_GRADIENT) -> None:
        """Write the gradient with respect to a quantity down."""
        self.recorder.write(rule, self._gradient(symbol), found)
        self.known.add(symbol)

    def _seed(self) -> None:
        upstream = self.built.problem.upstream
        for place, symbol in enumerate(self.built.objective):
            form = Form(number(1) if upstream is None else literal(upstream[place]))
            self._write(symbol, (form,), Rule.UPSTREAM)

    def _back(self, stage: Stage) -> Back | None:
        """What goes back through one stage; None where nothing comes in at it, and nothing of it is asked."""
        nodes = [node for node in stage.nodes if node.target in self.known]
        wanted = self.built.wanted
        for node in stage.nodes:
            for slot, operand in operands_of(node).items():
                on_the_way = node.target in self.known and operand in wanted
                if on_the_way or Partial(node.target, operand) in self.asked:
                    self._local(node, slot, operand)
        local = self._steps()
        if not (nodes or local):
            return None
        operands = dict.fromkeys(
            operand for node in nodes for operand in operands_of(node).values() if operand in wanted
        )
        by_array: dict[str, list[Symbol]] = {}
        for operand in operands:
            by_array.setdefault(operand.stem, []).append(operand)
        for operand in (one for entries in by_array.values() for one in entries):
            if self.built.first_user[operand] is stage and operand not in self.known:
                self._sum(operand)
        return Back(stage, local, self._steps())

    def _unconnected(self) -> Back | None:
        """The gradients with respect to what does not lead to what is differentiated: 0."""
        problem = self.built.problem
        for name in dict.fromkeys((*problem.wrt, *problem.asked_wrt)):
            for symbol in entries_of(name, problem.shapes[name]):
                if symbol not in self.known:
                    self._write(symbol, (Form(number(0)),))
        steps = self._steps()
        return Back(None, (), steps) if steps else None

    def _direct(self, node: Node) -> bool:
        """Whether the node finds what is differentiated, so that its derivatives are gradients themselves."""
        return node.target == self.of

    def _local(self, node: Node, slot: str, operand: Symbol) -> None:
        if self._direct(node):
            return
        formula = self.built.local(node, slot)
        target = Partial(node.target, operand)
        try:
            if node.target.at:
                self.recorder.derive(target, formula)
            else:
                self.recorder.write(Rule.NODE_DERIVATIVE, target, forms(formula))
        except DomainError as error:
            raise _in_equation(error, target, node) from None

    def _sum(self, operand: Symbol) -> None:
        """∂f/∂p over all that is computed from p."""
        chain: list[Expr] = []
        factors: list[Expr] = []
        for node, slot in self.built.users(operand):
            local = self.built.local(node, slot)
            upstream = Quantity(self._gradient(node.target))
            if self._direct(node):
                chain.append(local)
                factors.append(local)
                continue
            named = Quantity(Partial(node.target, operand))
            chain.append(product(upstream, named))
            # what stands on a line of its own is used as it was found there
            factors.append(_through(upstream, local) if node.target.at else product(upstream, named))
        found = forms(total(*chain), total(*factors), reasons=(Reason.CHAIN_RULE, Reason.FACTORS))
        try:
            self._write(operand, found)
        except DomainError as error:
            (node, _), *others = self.built.users(operand)
            raise _in_equation(error, self._gradient(operand), None if others else node) from None


def _through(upstream: Expr, local: Expr) -> Expr:
    """g · ∂q/∂p with the sign of a product in front: −g p q, not g (−p q)."""
    match local:
        case Negation((Product(factors),)):
            return Negation((product(upstream, *factors),))
    return times(upstream, local)


def _in_equation(error: DomainError, target: Atom, node: Node | None) -> DomainError:
    """The error with the quantity that has no value, and the equation in which that is."""
    equation = None if node is None else node.operation.name
    if isinstance(error, TooLarge):  # it names its quantity itself
        error.equation = equation
        return error
    named = error.within(canonical(target))
    named.equation = equation
    return named
