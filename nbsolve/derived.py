"""Quantities that no step writes down but that can be asked for: errors, losses and gradients per output."""

from __future__ import annotations

import flint
import numpy as np

from nbsolve.arithmetic import Value, settled
from nbsolve.evaluate import dot_product, elementwise, evaluate
from nbsolve.expr import Array, Expr, Negation, Operand, Quantity, Sum
from nbsolve.objective import Objective
from nbsolve.problem.functions import loss_of
from nbsolve.recorder import forms
from nbsolve.rounding import write
from nbsolve.solution import Iteration, Solution
from nbsolve.step import Rule, Step
from nbsolve.symbol import Partial, Role, Symbol
from nbsolve.values import Values


def derive(solution: Solution, iteration: Iteration) -> Values:
    """Errors e_k = y_k − a_k, the outputs' shares L_k of the loss and ∂L_k/∂a of every unit.

    L_k is output k's contribution to the batch's loss; there are none where a loss does not split into outputs.
    """
    problem, arithmetic = solution.problem, solution.arithmetic
    extra = Values()
    if not problem.losses:
        return extra
    objective = Objective(problem, iteration.labels)
    output = solution.layers[-1]
    for label in iteration.labels:
        targets = iteration.values[Symbol(Role.TARGET, sample=label)]
        outputs = iteration.values[output.a(None, label)]
        _put(extra, solution, Symbol(Role.ERROR, sample=label), targets - outputs)
        if not all(loss_of(term).separable for term in problem.losses):
            continue
        losses = []
        for k in output.units:
            formula = objective.output_loss(k, label)
            assert formula is not None
            losses.append(evaluate(formula, iteration.values, arithmetic))
            slope = evaluate(objective.derivative(k, label), iteration.values, arithmetic)
            _backwards(extra, solution, iteration, k, label, slope)  # type: ignore[arg-type]
        _put(extra, solution, Symbol(Role.OUTPUT_LOSS, sample=label), _array(losses))
    return extra


def derived_steps(solution: Solution, iteration: Iteration) -> list[Step]:
    """Steps for the errors, the outputs' losses and their gradients in the outputs."""
    problem = solution.problem
    if not problem.losses:
        return []
    values = Values()
    derived = derive(solution, iteration)
    for own, more in ((iteration.values, derived), (derived, Values())):
        values.stored.update(own.stored | more.stored)
        values.unrounded.update(own.unrounded | more.unrounded)
        values.givens.update(own.givens)
    objective = Objective(problem, iteration.labels)
    output = solution.layers[-1]
    steps: list[Step] = []

    def add(rule: Rule, target: Symbol | Partial, formula: Expr, label: int | None) -> None:
        if target in values:
            steps.append(Step(rule, target, forms(formula), values, iteration.number, label))

    for label in iteration.labels:
        for k in output.units:
            y, a = Symbol(Role.TARGET, to=k, sample=label), output.a(k, label)
            add(
                Rule.ERROR,
                Symbol(Role.ERROR, to=k, sample=label),
                Sum((Quantity(y), Negation((Quantity(a),)))),
                label,
            )
            formula = objective.output_loss(k, label)
            if formula is not None:
                loss = Symbol(Role.OUTPUT_LOSS, to=k, sample=label)
                add(Rule.OUTPUT_LOSS, loss, formula, label)
                add(Rule.LOSS_DERIVATIVE, Partial(loss, a), objective.derivative(k, label), label)
    return steps


def _backwards(
    extra: Values, solution: Solution, iteration: Iteration, k: int, label: int | None, slope: Value
) -> None:
    """∂L_k/∂a of every layer, from the last to the first."""
    values, arithmetic = iteration.values, solution.arithmetic
    loss = Symbol(Role.OUTPUT_LOSS, to=k, sample=label)
    gradient = _array([slope if j == k else flint.fmpq(0) for j in solution.layers[-1].units])
    for layer in reversed(solution.layers):
        _put(extra, solution, Partial(loss, layer.a(None, label)), gradient)
        if layer.index == 1:
            return
        if layer.activation.vector:
            p: Array = values[layer.a(None, label)]  # type: ignore[assignment]
            signal = p * (gradient - dot_product(p, gradient))
        else:
            local = evaluate(layer.derivative(None, label), values, arithmetic)
            signal = elementwise(settled, gradient * local)
        weights: Array = values[layer.w()]  # type: ignore[assignment]
        gradient = dot_product(weights.T, signal)
        share = Symbol(Role.SHARE, layer.index - 1, sample=label)
        if layer is solution.layers[-1] and not layer.activation.vector and share in values.stored:
            # Shares that were written down keep the rounding they were written with.
            gradient = values.stored[share][:, k - 1]  # type: ignore[index]


def _put(extra: Values, solution: Solution, atom: Symbol | Partial, value: Operand) -> None:
    rounding, arithmetic = solution.problem.rounding, solution.arithmetic
    if rounding.apply == "each_step" and solution.rounded:

        def rounded(entry: Value) -> Value:
            return write(entry, rounding.intermediates, arithmetic).value

        assert isinstance(value, np.ndarray)
        extra.put(atom, elementwise(rounded, value), value)
    else:
        extra.put(atom, value)


def _array(entries: list[Operand]) -> Array:
    result = np.empty(len(entries), dtype=object)
    for place, entry in enumerate(entries):
        result[place] = entry
    return result
