"""Functions as they are called in a formula: of numbers, of vectors entry by entry, with primes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.algebra import functions
from tests.algebra.matrices import Matrix, Value
from tests.algebra.model import Model
from tests.algebra.scalars import (
    Scalar,
    atan,
    cos,
    cosh,
    derivative,
    erf,
    exp,
    ln,
    sign,
    sin,
    sinh,
    size,
    sqrt,
    tanh,
)  # fmt: skip
from tests.algebra.scanning import Unreadable
from tests.algebra.tree import Call

ELEMENTARY: dict[str, Callable[[Scalar], Scalar]] = {
    "exp": exp, "ln": ln, "sqrt": sqrt, "tanh": tanh, "abs": size, "sign": sign, "erf": erf,
    "sinh": sinh, "cosh": cosh, "sin": sin, "cos": cos, "arctan": atan,
}  # fmt: skip
Own = Mapping[str, Callable[[Model], Callable[[Scalar], Scalar]]]
"""A user's own functions by name; their parameters are quantities of the model."""


def function_of(
    node: Call, parameters: Callable[[], Mapping[str, Scalar]], own: Own, model: Model
) -> Callable[[Value], Value]:
    """The function that a call names. Raises Unreadable for one that is not known."""
    if node.name in VECTORS and not node.primes:
        return VECTORS[node.name]
    if node.name in functions.WRITTEN:
        kind = functions.ACTIVATIONS[functions.WRITTEN[node.name]]
        given = parameters()
        return _entrywise(lambda x: derivative(lambda z: kind(z, given), x, node.primes))
    if node.name in own:
        function = own[node.name](model)
        return _entrywise(lambda x: derivative(function, x, node.primes))
    if node.name in ELEMENTARY:
        return _entrywise(lambda x: derivative(ELEMENTARY[node.name], x, node.primes))
    raise Unreadable(f"function {node.name}")


def _entrywise(function: Callable[[Scalar], Scalar]) -> Callable[[Value], Value]:
    return lambda value: value.each(function) if isinstance(value, Matrix) else function(value)


def _norm(value: Value) -> Scalar:
    return functions.norm(value.entries) if isinstance(value, Matrix) else size(value)


def _sum(value: Value) -> Scalar:
    return sum(value.entries[1:], value.entries[0]) if isinstance(value, Matrix) else value


def _softmax(value: Value) -> Value:
    if not isinstance(value, Matrix):
        raise Unreadable("softmax of a number")
    found = iter(functions.softmax(value.entries))
    return value.each(lambda _: next(found))


VECTORS: dict[str, Callable[[Value], Value]] = {"norm": _norm, "sum": _sum, "softmax": _softmax}
"""Functions of a whole vector."""
