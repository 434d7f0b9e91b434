"""Quantities that no step of a pass writes down but that can be asked for, each with the step that finds it.

e_k = y_k − a_k. L_k is output k's contribution to the batch's loss; where a loss splits into outputs,
∂L_k/∂a_i = Σ_j ∂L_k/∂a_j · ∂a_j/∂z_j · w_ji from one layer to the one before, whatever the way of explaining.
δ = ±∂L/∂z where the explanation has no δ; the loss of one sample; L − L_new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nbsolve.blocks.dense import Dense
from nbsolve.blocks.network import network_graph
from nbsolve.expr import (
    Cases,
    Comparison,
    Expr,
    Negation,
    Quantity,
    Sum,
    number,
)
from nbsolve.graph import Graph
from nbsolve.objective import Objective, output_derivative, output_loss, sample_loss
from nbsolve.problem import wiring
from nbsolve.recorder import Recorder, forms
from nbsolve.solving.gradient import Gradient, unit_of
from nbsolve.solving.jacobian import write_back_from, write_output_derivatives
from nbsolve.solving.missing import write_local_derivatives
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.solving.update import change_of
from nbsolve.step import Form, Reason, Rule, Step
from nbsolve.symbol import LOSS, LOSS_DECREASE, Partial, Role, Symbol
from nbsolve.values import Values

__all__ = ["Derived", "derive", "known_step", "write_derived"]


_THROUGH_Z = (Reason.DEFINITION, Reason.SATURATED)


@dataclass(frozen=True)
class Derived:
    """The values of an iteration together with those derived from them, and the steps that find these."""

    values: Values
    steps: tuple[Step, ...]


def derive(solution: Solution, iteration: Iteration, outputs: bool = False) -> Derived:
    """Compute the quantities that follow from an iteration's values but are no part of its steps.

    `outputs`: the derivatives of single outputs as well.
    """
    rounding = solution.problem.rounding
    each_step = rounding.apply == "each_step" and solution.rounded
    digits = rounding.intermediates if each_step else None
    values = iteration.values.copied()
    recorder = Recorder(iteration.number, solution.arithmetic, digits, True, values)
    write_derived(recorder, solution, iteration.labels, iteration.samples[0])
    if outputs:
        write_output_derivatives(recorder, solution, iteration.labels)
    return Derived(values, tuple(recorder.steps))


def write_derived(
    recorder: Recorder, solution: Solution, labels: Sequence[int | None], first: int | None = None
) -> None:
    """Write down what the passes did not; `first` is the number of the first sample."""
    problem = solution.problem
    output = solution.output
    graph = network_graph(solution.layers, labels)
    several = len(wiring.ends(problem.network)) > 1
    objective = Objective(problem, labels, number=first).meeting(recorder.values)
    seeing = objective.seeing(recorder.values, recorder.arithmetic) if problem.losses else objective
    for label in labels:
        if problem.samples[0].target is not None:
            for end in wiring.ends(problem.network):
                _errors(recorder, solution.layer(end), end if several else None, label)
        if not problem.differentiated:
            write_local_derivatives(recorder, graph, [node for node in graph.nodes if node.sample == label])
            continue
        _signals(recorder, solution, label)
        if problem.losses and output_loss(objective, 1, label) is not None:
            _output_losses(recorder, (objective, seeing), output, label)
            for k in output.units:
                _backwards(recorder, solution, graph, seeing, k, label)
    after = Symbol(Role.LOSS, new=True) in recorder.values.stored
    if problem.losses and tuple(labels) == (None,):
        for new in (False, True) if after else (False,):
            alone = forms(
                sample_loss(objective, None, new), sample_loss(seeing, None, new), reasons=_THROUGH_Z
            )
            recorder.write(Rule.SAMPLE_LOSS, Symbol(Role.SAMPLE_LOSS, new=new), alone)
    if after:
        fall = Sum((Quantity(LOSS), Negation((Quantity(Symbol(Role.LOSS, new=True)),))))
        recorder.write(Rule.LOSS_DECREASE, LOSS_DECREASE, forms(fall))


def _errors(recorder: Recorder, output: Dense, head: int | None, label: int | None) -> None:
    def error(k: int | None) -> Expr:
        y, a = Symbol.target(k, head, sample=label), output.a(k, label)
        return Sum((Quantity(y), Negation((Quantity(a),))))

    recorder.write(
        Rule.ERROR,
        Symbol.error(layer=head, sample=label),
        forms(error(None)),
        [Symbol.error(k, head, sample=label) for k in output.units],
        lambda atom: forms(error(unit_of(atom))),
        label,
    )


def _signals(recorder: Recorder, solution: Solution, label: int | None) -> None:
    """δ in terms of ∂L/∂z."""
    for layer in solution.layers:
        whole = Symbol.delta(layer.index, sample=label)
        if whole in recorder.values.stored:
            continue

        def signal(j: int | None, layer: Dense = layer) -> Expr:
            gradient = Quantity(Partial(LOSS, layer.z(j, label)))
            return Negation((gradient,)) if solution.how.sign < 0 else gradient

        recorder.write(
            Rule.DELTA,
            whole,
            forms(signal(None)),
            [Symbol.delta(layer.index, j, sample=label) for j in layer.units],
            lambda atom, signal=signal: forms(signal(unit_of(atom))),  # type: ignore[misc]
            label,
        )


def _output_losses(
    recorder: Recorder, objectives: tuple[Objective, Objective], output: Dense, label: int | None
) -> None:
    def loss(k: int) -> tuple[Form, ...]:
        plain, seeing = (output_loss(objective, k, label) for objective in objectives)
        assert plain is not None
        assert seeing is not None
        return forms(plain, seeing, reasons=_THROUGH_Z)

    members = [Symbol(Role.OUTPUT_LOSS, to=k, sample=label) for k in output.units]
    recorder.write_units(Rule.OUTPUT_LOSS, members, lambda atom: loss(unit_of(atom)), label)


def _backwards(
    recorder: Recorder, solution: Solution, graph: Graph, objective: Objective, k: int, label: int | None
) -> None:
    """∂L_k/∂a of every layer, from the last to the first."""
    output = solution.output
    loss = Symbol(Role.OUTPUT_LOSS, to=k, sample=label)
    recorder.write_units(
        Rule.LOSS_DERIVATIVE,
        [Partial(loss, output.a(j, label)) for j in output.units],
        lambda atom: forms(output_derivative(objective, k, label) if unit_of(atom) == k else number(0)),
        label,
    )

    def alone(entry: Symbol) -> Expr:
        return Quantity(Partial(loss, entry)) if entry.to == k else number(0)

    seed = Gradient(Quantity(Partial(loss, output.a(None, label))), alone, alone)
    write_back_from(recorder, solution, graph, loss, seed, label)


def known_step(atom: Symbol | Partial, solution: Solution, values: Values, iteration: int) -> Step:
    """The step of a quantity that needs none: what is given or carried over, ∂z/∂w = a, an entry of a Jacobian."""
    formula: Expr = Quantity(atom)
    if isinstance(atom, Symbol) and (atom.change or atom.new):
        formula = _update(atom, solution)
    elif isinstance(atom, Partial):
        graph = network_graph(solution.layers, (atom.of.sample,))
        formula = _alone(graph.derivative(atom.of, atom.wrt) or formula)
    return Step(Rule.GIVEN, atom, forms(formula), values, iteration, atom.sample)


def _update(atom: Symbol, solution: Solution) -> Expr:
    """Δw by the optimiser's rule; 0 where w is held, and then w_new = w."""
    old = atom._replace(new=False, change=False)
    training = solution.problem.training
    held_ones = [one for one in solution.layer(atom.layer or 1).held if one.role is atom.role]
    if held_ones and atom.to is None and not atom.shared:
        return Quantity(atom)  # of a matrix of which some are held there is no formula in one piece
    held = training is None or old in held_ones
    if held or atom.new or training is None:
        return Quantity(old) if atom.new else number(0)
    return change_of(training, old)


def _alone(formula: Expr) -> Expr:
    """A formula as it stands alone: 1 or 0 by a condition are cases."""
    if isinstance(formula, Comparison):
        return Cases(((number(1), formula), (number(0), None)))
    return formula
