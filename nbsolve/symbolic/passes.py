"""One pass over the network in letters: forward, loss, local derivatives, gradients, general formulae, matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from nbsolve.arithmetic import Arithmetic
from nbsolve.blocks.dense import Dense
from nbsolve.blocks.network import network_graph
from nbsolve.expr import Atom, Quantity, walk
from nbsolve.objective import Objective, penalty_gradient, write_loss
from nbsolve.problem import wiring
from nbsolve.problem.model import Problem
from nbsolve.solving.schedule import batches
from nbsolve.solving.solution import Solution, explanation_of, layers_of
from nbsolve.step import Step
from nbsolve.symbol import LOSS, Partial, Role
from nbsolve.symbolic.backward import Backward
from nbsolve.symbolic.general import General, general_formulae
from nbsolve.symbolic.known import evaluate_steps, known_values
from nbsolve.symbolic.matrices import matrix_steps
from nbsolve.symbolic.output import Output
from nbsolve.symbolic.steps import Steps
from nbsolve.symbolic.summing import named_signals, term_by_term
from nbsolve.values import Values

MOST_PARAMETERS = 120
"""A network with more has its general formulae and matrices written out, not every instance."""


MOST_TERMS = 12
"""A loss of more terms is not written out."""
MOST_FACTORS = 24
"""A sum over the units of a layer with more letters than this is written with names for its error signals."""


@dataclass(frozen=True)
class LetterPass:
    """The solution in letters. `solution` has the problem and its layers; it may have no iterations.

    `values` holds what is a number: what is given, and what follows from it. Steps are those of single units,
    except for `matrices`, whose steps are those of layers, and `general`, whose quantities have index variables.
    """

    solution: Solution
    labels: tuple[int | None, ...]
    values: Values
    forward: tuple[Step, ...]
    loss: tuple[Step, ...] = ()
    factors: tuple[Step, ...] = ()
    signals: tuple[Step, ...] = ()
    one_hot: tuple[Step, ...] = ()
    gradients: tuple[Step, ...] = ()
    general: General | None = None
    matrices: tuple[Step, ...] = ()
    update: tuple[Step, ...] = ()
    backward: tuple[Backward, ...] = ()

    @property
    def steps(self) -> Iterator[Step]:
        """Every step of single units, in order."""
        for part in (self.forward, self.loss, self.factors, self.signals, self.gradients, self.update):
            yield from part

    @property
    def instances(self) -> bool:
        """Whether every unit and every parameter is written out."""
        return bool(self.forward)

    def step_of(self, target: Atom) -> Step | None:
        """The step that finds a quantity; made where no other step needs it (∂L/∂a, ∂L/∂z, ∂L/∂x)."""
        for step in self.steps:
            if step.target == target:
                return step
        if not (isinstance(target, Partial) and target.of == LOSS) or target.wrt.to is None:
            return None
        if target.wrt.role not in (Role.INPUT, Role.ACTIVATION, Role.PRE_ACTIVATION):
            return None
        for backward in self.backward:
            if backward.sample == target.wrt.sample:
                return Steps(self.values).on_demand(backward, target.wrt)
        return None


def solve_in_letters(solution: Solution) -> LetterPass:
    """Solve the first batch in letters, and put in what is given in numbers.

    Raises: Undecided (more bits are needed), DomainError (a number outside a loss's domain).
    """
    problem, layers = solution.problem, solution.layers
    samples = next(iter(batches(problem)))
    labels: tuple[int | None, ...] = samples if len(samples) > 1 else (None,)
    values = known_values(problem, layers, samples, labels)
    values.graph = graph = network_graph(layers, labels)
    steps = Steps(values)
    count = sum(len(parameter.members) for layer in layers for parameter in layer.parameters)
    instances = count * len(labels) <= MOST_PARAMETERS and problem.detail != "matrix"
    forward = tuple(steps.forward(solution, labels)) if instances else ()
    evaluate_steps(solution, forward, values)
    if not problem.differentiated:
        return LetterPass(solution, labels, values, forward, matrices=tuple(matrix_steps(solution, values)))
    objective = Objective(problem, labels)
    outputs = {
        label: tuple(
            Output(graph, solution.layer(head.depth), head, label, values) for head in objective.heads
        )
        for label in labels
    }

    def backward_of(label: int | None, named: frozenset[int]) -> Backward:
        return Backward(graph, layers, outputs[label], label, named, term_by_term)

    named = with_long_sums(layers, lambda found: backward_of(labels[0], found))
    backward = tuple(backward_of(label, named) for label in labels)
    # a batch's general formulae and matrices are those of any one sample
    ends = backward[0].outputs
    if len(labels) > 1:
        heads, alone = Objective(problem, (None,)).heads, network_graph(layers)
        ends = tuple(Output(alone, solution.layer(head.depth), head, None, Values()) for head in heads)
    # a formula for all units at once holds where all of them are connected alike, by weights of their own
    general = general_formulae(solution, ends[0], named) if wiring.is_chain(problem.network) else None
    matrices = tuple(matrix_steps(solution, values, ends))
    short = sum(len(end.layer.units) for end in ends) * len(labels) <= MOST_TERMS
    valued = bool(problem.losses) and (instances or short)
    loss = tuple(steps.recorded(solution, partial(write_loss, objective))) if valued else ()
    if not instances:
        return LetterPass(
            solution, labels, values, (), loss, general=general, matrices=matrices, backward=backward
        )
    factors = tuple(step for one in backward for step in steps.factors(one))
    signals = tuple(step for one in backward for step in steps.signals(one))
    one_hot = tuple(step for one in backward for step in steps.one_hot(one))
    gradients = tuple(steps.gradients(layers, backward, partial(penalty_gradient, problem, len(labels))))
    evaluate_steps(solution, (*loss, *factors, *signals, *gradients), values)
    return LetterPass(
        solution,
        labels,
        values,
        forward,
        loss,
        factors,
        signals,
        one_hot,
        gradients,
        general,
        matrices,
        tuple(steps.update(solution)),
        backward,
    )


def without_iterations(problem: Problem, arithmetic: Arithmetic, rounded: bool = True) -> Solution:
    """The frame of a problem that has no solution in numbers: its layers, and no iterations."""
    return Solution(problem, arithmetic, layers_of(problem), explanation_of(problem), (), rounded)


def with_long_sums(
    layers: Sequence[Dense], backward_of: Callable[[frozenset[int]], Backward]
) -> frozenset[int]:
    """The layers whose error signals get a name: too many paths, or a shared bias whose sum would be too long."""
    named = named_signals(layers)
    for layer in reversed(layers):
        if not layer.layer.bias.shared or layer.layer.units == 1:
            continue
        backward = backward_of(named)
        length = sum(
            isinstance(node, Quantity)
            for j in layer.units
            for node in walk(backward.closed(layer.z(j, backward.sample)))
        )
        if length > MOST_FACTORS:
            named |= {layer.index}
    return named
