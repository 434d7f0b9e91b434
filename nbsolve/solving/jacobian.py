"""The way back from one output, or from the loss of one: ∂a_k/∂a_i and ∂a_k/∂x_i, the rows of a Jacobian J.

∂a_k/∂a_i = Σ_j ∂a_k/∂a_j · ∂a_j/∂z_j · w_ji from one layer to the one before, by the same rule as the gradients of
the whole loss and whatever the way of explaining. It begins with ∂a_k/∂a_k = 1. Vectors that the problem gives are
multiplied by J: p = J v, with p_k = Σ_i ∂a_k/∂x_i v_i, and q = Jᵀ u, with q_i = Σ_k ∂a_k/∂x_i u_k, which is uᵀ J.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from nbsolve.blocks.network import network_graph
from nbsolve.expr import (
    Array,
    Atom,
    Expr,
    MatrixProduct,
    Operand,
    Quantity,
    Transpose,
    number,
    product,
    total,
)
from nbsolve.graph import Graph
from nbsolve.problem import wiring
from nbsolve.recorder import Recorder, forms
from nbsolve.solving.chain_rule import Users, chain, entry_formula, through_function, whole_formula
from nbsolve.solving.gradient import Gradient, unit_of, written
from nbsolve.solving.solution import Solution
from nbsolve.step import Form, Reason, Rule
from nbsolve.symbol import Partial, Role, Symbol

__all__ = [
    "is_of_output",
    "is_product",
    "jacobian",
    "jacobian_of",
    "products",
    "rests_on_outputs",
    "write_back_from",
    "write_output_derivatives",
]


def is_of_output(atom: Atom) -> bool:
    """Whether it is the derivative of an activation with respect to an earlier one, or to an input."""
    return (
        isinstance(atom, Partial)
        and atom.of.role is Role.ACTIVATION
        and atom.wrt.role in (Role.ACTIVATION, Role.INPUT)
    )


def is_product(atom: Atom) -> bool:
    """Whether it is an entry of J v or of uᵀ J, or one of them as a whole."""
    return isinstance(atom, Symbol) and atom.role in (Role.JACOBIAN_VECTOR, Role.VECTOR_JACOBIAN)


def rests_on_outputs(atom: Atom) -> bool:
    """Whether it is found from the derivatives of single outputs, or is one."""
    return is_of_output(atom) or is_product(atom)


def jacobian_of(solution: Solution, label: int | None) -> Partial:
    """∂a/∂x of one sample, the whole matrix."""
    return Partial(solution.output.a(None, label), Symbol(Role.INPUT, sample=label))


def products(role: Role, solution: Solution, label: int | None) -> Iterator[Symbol]:
    """The entries of J v (one for each output) or of uᵀ J (one for each input), of one sample."""
    outputs, inputs = solution.output.units, range(1, solution.problem.network.inputs + 1)
    for place in outputs if role is Role.JACOBIAN_VECTOR else inputs:
        yield Symbol(role, to=place, sample=label)


def jacobian(solution: Solution, label: int | None) -> Iterator[Partial]:
    """∂a_k/∂x_i of one sample, output by output."""
    output, inputs = solution.output, range(1, solution.problem.network.inputs + 1)
    for k in output.units:
        yield from (Partial(output.a(k, label), Symbol.input(i, sample=label)) for i in inputs)


def write_output_derivatives(recorder: Recorder, solution: Solution, labels: Sequence[int | None]) -> None:
    """Write down ∂a_k/∂a of every layer and ∂a_k/∂x, for every output k."""
    graph, output = network_graph(solution.layers, labels), solution.output
    for label in labels:
        for k in output.units:
            a = output.a(k, label)
            recorder.write_units(
                Rule.LOCAL_DERIVATIVE,
                [Partial(a, output.a(j, label)) for j in output.units],
                lambda atom, k=k: forms(number(int(unit_of(atom) == k))),  # type: ignore[misc]
                label,
            )

            def alone(entry: Symbol, a: Symbol = a) -> Expr:
                return number(int(entry == a))

            seed = Gradient(Quantity(Partial(a, output.a(None, label))), alone, alone)
            write_back_from(recorder, solution, graph, a, seed, label, inputs=True)
        _write_products(recorder, solution, label)


def _write_products(recorder: Recorder, solution: Solution, label: int | None) -> None:
    """Write down what J gives with the vectors that the problem gives."""
    vectors, whole = solution.problem.jacobian, jacobian_of(solution, label)
    if not (vectors.right or vectors.left):
        return
    entries = list(jacobian(solution, label))
    width = solution.problem.network.inputs
    rows = [tuple(map(Quantity, entries[at : at + width])) for at in range(0, len(entries), width)]
    recorder.derive_value(whole, lambda of: _array([of.values[entry] for entry in entries], width))
    if vectors.right:
        v = Symbol(Role.RIGHT_VECTOR)
        body = MatrixProduct((Quantity(whole), Quantity(v)))
        _write_product(recorder, solution, Role.JACOBIAN_VECTOR, body, rows, v, label)
    if vectors.left:
        u = Symbol(Role.LEFT_VECTOR)
        body = MatrixProduct((Transpose((Quantity(whole),)), Quantity(u)))
        columns = list(zip(*rows, strict=True))
        _write_product(recorder, solution, Role.VECTOR_JACOBIAN, body, columns, u, label)


def _array(values: Sequence[Operand], width: int) -> Array:
    """The values as a matrix with so many columns."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array.reshape(-1, width)


def _write_product(
    recorder: Recorder,
    solution: Solution,
    role: Role,
    body: Expr,
    rows: Sequence[tuple[Expr, ...]],
    vector: Symbol,
    label: int | None,
) -> None:
    def unit_forms(atom: Atom) -> tuple[Form, ...]:
        row = rows[unit_of(atom) - 1]
        factors = (Quantity(vector._replace(to=place)) for place in range(1, len(row) + 1))
        return forms(total(*(product(*pair) for pair in zip(row, factors, strict=True))))

    members = list(products(role, solution, label))
    target = Symbol(role, sample=label)
    recorder.write(Rule.JACOBIAN_PRODUCT, target, forms(body), members, unit_forms, label)


def write_back_from(
    recorder: Recorder,
    solution: Solution,
    graph: Graph,
    of: Symbol,
    seed: Gradient,
    label: int | None,
    inputs: bool = False,
) -> None:
    """Write down ∂of/∂a of every layer before the last, and with respect to the `inputs`.

    `seed` is the derivative with respect to the outputs.
    """
    output = solution.output
    found = {output.a(None, label): seed}
    for node in reversed([node for node in graph.nodes if node.sample == label]):
        array = node.target
        users: Users = [(user, slot, found[user.target]) for user, slot in graph.users(array)]
        if not users:
            continue
        if array.role is Role.ACTIVATION:
            _write(recorder, solution, graph, array, users, of)
            found[array] = written(array, of)
        else:
            found[array] = through_function(graph, users, solution.how.way == "local_derivatives")
    if inputs:
        x = Symbol.input(sample=label)
        _write_sum(
            recorder, graph, x, [(node, slot, found[node.target]) for node, slot in graph.users(x)], of
        )


def _write(
    recorder: Recorder, solution: Solution, graph: Graph, array: Symbol, users: Users, of: Symbol
) -> None:
    output = solution.output
    alone = wiring.users(solution.problem.network, array.layer or 0) == [output.index] and not output.joint
    shared = Symbol(Role.SHARE, array.layer, sample=array.sample) in recorder.values.stored
    if alone and shared and of.role is Role.OUTPUT_LOSS:
        _write_shares(recorder, graph, array, of)
    else:
        _write_sum(recorder, graph, array, users, of)


def _write_shares(recorder: Recorder, graph: Graph, array: Symbol, loss: Symbol) -> None:
    """∂L_k/∂a where it is the share of one path: a share that was written down keeps its rounding."""
    share = Symbol(Role.SHARE, array.layer, from_=loss.to, sample=array.sample)
    recorder.write_units(
        Rule.PATH_SUM,
        [Partial(loss, entry) for entry in graph.entries(array)],
        lambda atom: forms(Quantity(share._replace(to=unit_of(atom)))),
        array.sample,
    )


def _write_sum(recorder: Recorder, graph: Graph, array: Symbol, users: Users, loss: Symbol) -> None:
    members = [Partial(loss, entry) for entry in graph.entries(array)]

    def unit_forms(atom: Atom) -> tuple[Form, ...]:
        assert isinstance(atom, Partial)
        return forms(
            total(*chain(graph, users, atom.wrt)),
            total(*entry_formula(graph, users, atom.wrt, graph.local)),
            reasons=(Reason.CHAIN_RULE, Reason.LOCAL_DERIVATIVES),
        )

    recorder.write(
        Rule.PATH_SUM,
        Partial(loss, array),
        forms(total(*whole_formula(graph, array, users))),
        members,
        unit_forms,
        array.sample,
    )
