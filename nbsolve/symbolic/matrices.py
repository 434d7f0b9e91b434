"""The matrix form: δ^(l) = (W^(l+1))ᵀ δ^(l+1) ⊙ f′(z^(l)), ∂L/∂W = δ aᵀ, ∂L/∂b = δ.

Shapes: W (units, inputs), z, a, b and δ (units,).
Source: M. A. Nielsen, "Neural Networks and Deep Learning", 2015, chapter 2, equations BP1 to BP4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nbsolve.expr import Expr, Hadamard, MatrixProduct, Negation, Quantity, Sum, Total, Transpose, number
from nbsolve.layers.dense import LOSS, Dense
from nbsolve.objective import penalty_gradient
from nbsolve.recorder import forms
from nbsolve.solution import Solution
from nbsolve.step import Rule, Step
from nbsolve.symbol import Partial, Role, Symbol
from nbsolve.symbolic.output import Output
from nbsolve.symbolic.recorder import LetterRecorder
from nbsolve.values import Values


def matrix_steps(solution: Solution, values: Values, output: Output | None = None) -> Iterator[Step]:
    """The forward pass with matrices and, where there is a loss, the backward pass."""
    recorder = LetterRecorder(1, solution.arithmetic, None, values=values)
    for layer in solution.layers:
        layer.forward(recorder)
    yield from recorder.steps
    if output is None:
        return
    for layer in reversed(solution.layers):
        yield _signal(solution, layer, output, values)
        yield from _gradients(solution, layer, values)


def _delta(layer: Dense) -> Symbol:
    return Symbol(Role.DELTA, layer.index)


def _signal(solution: Solution, layer: Dense, output: Output, values: Values) -> Step:
    """δ of a layer, with the sign that the problem gives it."""
    sign = solution.problem.notation.delta == "-dL/dz"
    slope = layer.derivative(None, None)
    if layer.index < len(solution.layers):
        after = solution.layers[layer.index]
        upstream: Expr = MatrixProduct((Transpose((Quantity(after.w()),)), Quantity(_delta(after))))
        body = (
            upstream
            if slope == number(1) or layer.activation.name == "linear"
            else Hadamard((upstream, slope))
        )
        return Step(Rule.DELTA, _delta(layer), forms(body), values, 1)
    body = _output_signal(layer, output, slope)
    return Step(Rule.DELTA, _delta(layer), forms(Negation((body,)) if sign else body), values, 1)


def _output_signal(layer: Dense, output: Output, slope: Expr) -> Expr:
    cancelled = output.objective.cancelled(None, None, output.values)
    if cancelled is not None:
        return cancelled
    upstream = Quantity(Partial(LOSS, layer.a()))
    if layer.activation.vector:
        jacobian = Quantity(Partial(layer.a(), layer.z()))
        return MatrixProduct((Transpose((jacobian,)), upstream))
    return upstream if layer.activation.name == "linear" else Hadamard((upstream, slope))


def _gradients(solution: Solution, layer: Dense, values: Values) -> Iterator[Step]:
    minus = solution.problem.notation.delta == "-dL/dz"
    delta: Expr = Quantity(_delta(layer))

    def step(wrt: Symbol, body: Expr, negative: bool) -> Step:
        expression = Negation((body,)) if negative else body
        return Step(Rule.PARAMETER_GRADIENT, Partial(LOSS, wrt), forms(expression), values, 1)

    weights = step(layer.w(), MatrixProduct((delta, Transpose((Quantity(layer.source()),)))), minus)
    if solution.problem.regulariser is not None:
        penalty = penalty_gradient(solution.problem, 1, layer.w())
        weights = replace(weights, forms=forms(Sum((weights.formula, penalty))))
    yield weights
    constant = layer.constant()
    if constant is not None:
        body = Total((delta,)) if constant.shared else delta
        yield step(constant, body, minus != (constant.role is Role.THRESHOLD))
