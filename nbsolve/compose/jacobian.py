"""The Jacobian of the outputs with respect to the inputs: as a product of matrices, its entries, J v and uᵀ J."""

from __future__ import annotations

from nbsolve.asking.writing import scalar
from nbsolve.blocks.network import network_graph
from nbsolve.compose.iteration import IterationBlocks
from nbsolve.compose.layout import LIMIT, Layout
from nbsolve.compose.sentences import set_in
from nbsolve.compose.written_numbers import literal
from nbsolve.document import Derivation, Line, Math, Result, Text
from nbsolve.expr import Expr, Function, Matrix, MatrixProduct, Quantity, Transpose
from nbsolve.phrases import PhraseId, phrase
from nbsolve.solving.jacobian import jacobian, jacobian_of
from nbsolve.solving.solution import Solution
from nbsolve.symbol import Partial, Role, Symbol
from nbsolve.values import Values

__all__ = ["jacobian_entries", "jacobian_product", "jacobian_words", "product_words"]


def jacobian_words(solution: Solution) -> str:
    """What the Jacobian is, and what its factors are."""
    layers = solution.layers
    functions = {choice.name for one in layers if not one.joint for choice, _ in one.functions}
    diagonal = phrase("passages.jacobian_diagonal") if functions - {"linear"} else ""
    joint = phrase("passages.jacobian_joint") if any(one.joint for one in layers) else ""
    return phrase("passages.jacobian", diagonal=diagonal, joint=joint)


def product_words(solution: Solution, role: Role) -> Text:
    """What J v is, or uᵀ J, written as the column Jᵀ u."""
    whole = Quantity(jacobian_of(solution, None))
    left = role is Role.VECTOR_JACOBIAN
    vector = Quantity(Symbol(Role.LEFT_VECTOR if left else Role.RIGHT_VECTOR))
    columns = MatrixProduct((Transpose((whole,)) if left else whole, vector))
    product = Layout.of(solution.problem).turned(columns)
    key: PhraseId = "passages.vector_jacobian" if left else "passages.jacobian_vector"
    return set_in(key, product=Math(Quantity(Symbol(role)), "=", product), vector=Math(vector))


def jacobian_product(solution: Solution, label: int | None) -> Derivation | None:
    """∂a/∂x as a product over the layers, the last one first: diag(f′(z)) W, or ∂a/∂z W through a softmax.

    None where the network is no chain of layers.
    """
    graph = network_graph(solution.layers, (label,))
    rows_are_inputs = solution.problem.network.layout == "x W + b"
    factors: list[Expr] = []
    below = Symbol.input(sample=label)
    for node in graph.nodes:
        slot = "x" if node.target.role is Role.PRE_ACTIVATION else "z"
        if node.operands.get(slot) != (below,):
            return None
        below = node.target
        if slot == "x":
            (weights,) = map(Quantity, node.operands["W"])
            factors.append(Transpose((weights,)) if rows_are_inputs else weights)
        elif node.operation.name != "linear":
            by_name = Quantity(Partial(node.target, node.operands[slot][0]))
            slope = graph.slope(node, slot)
            joint = solution.layer(node.target.layer or 1).joint
            factors.append(by_name if joint else Function("diag", (slope or by_name,)))
    body = factors[0] if len(factors) == 1 else MatrixProduct(tuple(reversed(factors)))
    return Derivation((Line((("=", body),), Quantity(jacobian_of(solution, label))),))


def jacobian_entries(blocks: IterationBlocks, values: Values, label: int | None) -> Derivation | None:
    """∂a/∂x with its entries, a row for each output; None where it is too large to be shown."""
    inputs = blocks.solution.problem.network.inputs
    entries = list(jacobian(blocks.solution, label))
    if max(inputs, len(entries) // inputs) > LIMIT:
        return None
    writer = blocks.lines.writer
    written = {
        # where each step is rounded, what was written down is the number from then on
        entry: writer.result(scalar(values[entry])) if writer.each_step else writer.answer(values, entry)
        for entry in entries
    }
    rows = [entries[start : start + inputs] for start in range(0, len(entries), inputs)]
    exact = writer.each_step or all(written[entry].exact for entry in entries)
    numbers = Matrix(tuple(tuple(literal(written[entry]) for entry in row) for row in rows))
    letters = Matrix(tuple(tuple(map(Quantity, row)) for row in rows))
    parts = (("=", letters), ("=" if exact else "≈", Result(numbers, boxed=not writer.each_step)))
    return Derivation((Line(parts, Quantity(jacobian_of(blocks.solution, label))),))
