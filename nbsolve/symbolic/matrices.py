"""The matrix form: δ^(l) = (W^(l+1))ᵀ δ^(l+1) ⊙ f′(z^(l)), ∂L/∂W = δ aᵀ, ∂L/∂b = δ.

Shapes: W (units, inputs), z, a, b and δ (units,).
Source: M. A. Nielsen, "Neural Networks and Deep Learning", 2015, chapter 2, equations BP1 to BP4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nbsolve.blocks.dense import Dense
from nbsolve.blocks.network import network_graph
from nbsolve.expr import Expr, MatrixProduct, Negation, Quantity, Sum, Transpose, number, total
from nbsolve.graph import Graph, Node
from nbsolve.objective import cancelled, penalty_gradient
from nbsolve.recorder import forms
from nbsolve.solving.chain_rule import times
from nbsolve.solving.forward import write_forward
from nbsolve.solving.solution import Solution
from nbsolve.step import Rule, Step
from nbsolve.symbol import LOSS, Partial, Symbol
from nbsolve.symbolic.output import Output
from nbsolve.symbolic.recorder import LetterRecorder
from nbsolve.values import Values


def matrix_steps(solution: Solution, values: Values, outputs: Sequence[Output] = ()) -> Iterator[Step]:
    """The forward pass with matrices and, where there is a loss, the backward pass."""
    graph = network_graph(solution.layers)
    recorder = LetterRecorder(1, solution.arithmetic, None, values=values)
    write_forward(recorder, graph)
    yield from recorder.steps
    for layer in reversed(solution.layers) if outputs else ():
        yield _signal(solution, graph, layer, outputs, values)
        yield from _gradients(solution, graph, layer, values)


def _delta(layer: int | None) -> Expr:
    return Quantity(Symbol.delta(layer))


def _signal(
    solution: Solution, graph: Graph, layer: Dense, outputs: Sequence[Output], values: Values
) -> Step:
    """δ of a layer, with the sign that the problem gives it."""
    target = Symbol.delta(layer.index)
    ((node, slot),) = graph.users(layer.z())
    output = next((one for one in outputs if one.layer.index == layer.index), None)
    if output is None:
        upstream = total(
            *(
                graph.back(*user, _delta(user[0].target.layer), array=layer.a())
                for user in graph.users(layer.a())
            )
        )
        return Step(Rule.DELTA, target, forms(_through(graph, node, slot, upstream)), values, 1)
    body = cancelled(output.objective, None, None, output.values)
    if body is None:
        body = _through(graph, node, slot, Quantity(Partial(LOSS, layer.a())))
    minus = solution.problem.notation.delta == "-dL/dz"
    return Step(Rule.DELTA, target, forms(Negation((body,)) if minus else body), values, 1)


def _through(graph: Graph, node: Node, slot: str, upstream: Expr) -> Expr:
    """The gradient before a function: through its slopes, or through its Jacobian by name."""
    if graph.slope(node, slot) is None:
        jacobian = Quantity(Partial(node.target, node.operand(slot)))
        return MatrixProduct((Transpose((jacobian,)), upstream))
    return upstream if node.operation.name == "linear" else graph.back(node, slot, upstream)


def _gradients(solution: Solution, graph: Graph, layer: Dense, values: Values) -> Iterator[Step]:
    minus = solution.problem.notation.delta == "-dL/dz"
    for parameter in layer.parameters:
        array = parameter.symbol
        body = total(*(graph.back(*user, _delta(user[0].target.layer)) for user in graph.users(array)))
        expression = times(body, number(-1)) if minus else body
        penalty = penalty_gradient(solution.problem, 1, array)
        if penalty is not None:
            expression = Sum((expression, penalty))
        yield Step(Rule.PARAMETER_GRADIENT, Partial(LOSS, array), forms(expression), values, 1)
