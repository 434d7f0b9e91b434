"""The Jacobian J = ∂a/∂x of the outputs in a program, and its products with vectors: J v and uᵀ J.

All its rows are one way back, from the identity: row k begins with 1 at output k and 0 at the others. The values of
the one sample are a row, which NumPy repeats beside the rows of J.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from nbsolve.expr import Expr, Function, MatrixProduct, Variable, number
from nbsolve.given import Entry
from nbsolve.problem import wiring
from nbsolve.problem.jacobian_vectors import PRODUCTS, JacobianProduct
from nbsolve.problem.model import Problem
from nbsolve.programs.arrays import Objects
from nbsolve.programs.computation import Computation
from nbsolve.programs.doubles import Doubles, compiled
from nbsolve.programs.python import Dialect, written
from nbsolve.programs.updating import Assignment
from nbsolve.symbol import Partial, Symbol

__all__ = [
    "entries_of_jacobian",
    "is_printed",
    "jacobian",
    "jacobian_in_doubles",
    "jacobian_lines",
    "vectors",
]
J = Variable("J")


def is_printed(problem: Problem) -> bool:
    """Whether the program of a problem prints J: a part asks for it, of a single sample, without updates."""
    asked = {ask for part in problem.parts for ask in part.ask}
    alone = len(problem.samples) == 1 and problem.training is None and not problem.weighted
    return alone and bool(asked & {"jacobian", *PRODUCTS})


def vectors(problem: Problem) -> Iterator[tuple[JacobianProduct, tuple[Entry, ...]]]:
    """The products of J that are printed, each with its vector: J v, uᵀ J."""
    for product in PRODUCTS.values():
        if entries := product.given(problem.jacobian):
            yield product, entries


def entries_of_jacobian(problem: Problem) -> Iterator[tuple[str, Expr, Objects]]:
    """What is printed: its name, what it is, and its quantities in the same shape."""
    depth, inputs = len(problem.network.layers), problem.network.inputs
    outputs = wiring.width_of(problem.network, depth)
    whole: Objects = np.empty((outputs, inputs), dtype=object)
    for k, i in np.ndindex(outputs, inputs):
        whole[k, i] = Partial(Symbol.activation(depth, k + 1), Symbol.input(i + 1))
    yield "J", J, whole
    for product, _ in vectors(problem):
        right = product.side == "right"
        count = outputs if right else inputs
        entries: Objects = np.empty(count, dtype=object)
        entries[:] = [Symbol(product.product, to=place) for place in range(1, count + 1)]
        vector = Variable(product.letter)
        body = (J, vector) if right else (vector, J)
        yield " ".join(one.name for one in body), MatrixProduct(body), entries


def jacobian(computation: Computation) -> Iterator[Assignment]:
    """The way back from every output at once, as assignments; the last one is J."""
    depth = computation.depth
    outputs = wiring.width_of(computation.problem.network, depth)
    for n in range(depth, 0, -1):
        first = Function("eye", (number(outputs),)) if n == depth else computation.upstream(n)
        yield f"da{n}", first
        yield f"dz{n}", computation.activations.signal(n)
    yield "J", computation.upstream(0)


def jacobian_lines(computation: Computation, dialect: Dialect) -> Iterator[str]:
    """The lines of a program that find J and print it and its products."""
    problem, depth = computation.problem, computation.depth
    if dialect.torch:
        rows = f"torch.autograd.grad(a, x, retain_graph=True)[0][0] for a in a{depth}[0]"
        yield f"J = torch.stack([{rows}])  # a row for each output"
    else:
        yield "# a row for each output: the way back from all of them at once"
        for name, expression in jacobian(computation):
            yield f"{name} = {written(expression, dialect)}"
    for label, expression, _ in entries_of_jacobian(problem):
        yield f'show("{label}", {written(expression, dialect)})'


def jacobian_in_doubles(
    computation: Computation, forward: Mapping[str, Doubles]
) -> Iterator[tuple[str, Objects, Doubles]]:
    """J and its products from the values of the forward pass: name, quantities, values."""
    variables = dict(forward)
    for product, entries in vectors(computation.problem):
        variables[product.letter] = as_row(entries).astype(float)
    for name, expression in jacobian(computation):
        variables[name] = compiled(expression)(variables)
    for label, expression, atoms in entries_of_jacobian(computation.problem):
        yield label, atoms, compiled(expression)(variables)


def as_row(entries: Sequence[Entry]) -> Objects:
    """The entries of a vector."""
    found: Objects = np.empty(len(entries), dtype=object)
    found[:] = entries
    return found
