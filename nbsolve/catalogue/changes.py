"""Rules applied wrongly, as students apply them: one record each, for a solution to be worked out again with it.

A change replaces operations of the network by others, turns the derivative of the loss round, or takes its
logarithms to another base. Each has a phrase in `phrases/`, under `changes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from nbsolve.catalogue.activations import ACTIVATIONS
from nbsolve.catalogue.operations import elementwise, weighted_sum
from nbsolve.errors import UnknownChangeError
from nbsolve.expr import Expr, Hadamard, MatrixProduct, Product, Transpose, literals, substitute
from nbsolve.graph.operation import SLOPE, UPSTREAM, Entry, Local, Operation, Slot

__all__ = ["CHANGES", "UPDATED", "Change", "change_named"]

UPDATED = "W_new"
"""The slot of weights that have been updated."""


@dataclass(frozen=True)
class Change:
    """`operation` gives the operation that stands for another one, from it and from what the change is told.

    `takes` lists what it can be told (none: nothing); `square`: only layers with as many units as inputs can have
    it. `sign` multiplies the derivative of the loss; `log_base` is that of its logarithms.
    """

    name: str
    operation: Callable[[Operation, str], Operation] | None = None
    takes: tuple[str, ...] = ()
    sign: int = 1
    log_base: str | None = None
    square: bool = False


def _is_function(operation: Operation) -> bool:
    return any(local.slope is not None for local in operation.local.values())


def _without_derivative(operation: Operation, _: str) -> Operation:
    """∂a/∂z taken to be 1."""
    if not _is_function(operation):
        return operation
    return replace(operation, local={"z": _linear().local["z"]})


def _with_derivative_of(operation: Operation, other: str) -> Operation:
    """∂a/∂z taken to be that of another function."""
    if not _is_function(operation) or operation.name == "linear":
        return operation
    record = ACTIVATIONS[other]
    parameters = literals(record.parameters)
    return replace(operation, local=elementwise(record, parameters).local)


def _linear() -> Operation:
    return elementwise(ACTIVATIONS["linear"], {})


def _with_transposed_weights(operation: Operation, _: str) -> Operation:
    """∂L/∂x = W ∂L/∂z, with W where Wᵀ belongs."""
    if operation.name != "weighted_sum":
        return operation
    swapped = Local(Entry("W", operation.axes["W"][::-1]), MatrixProduct((Slot("W"), Slot(UPSTREAM))))
    return replace(operation, local={**operation.local, "x": swapped})


def _with_updated_weights(operation: Operation, _: str) -> Operation:
    """∂L/∂x = W_newᵀ ∂L/∂z: the weights are taken after their update, which therefore comes before going back."""
    if operation.name != "weighted_sum":
        return operation
    places = operation.axes["W"]
    updated = Local(Entry(UPDATED, places), MatrixProduct((Transpose((Slot(UPDATED),)), Slot(UPSTREAM))))
    return replace(
        operation, axes={**operation.axes, UPDATED: places}, local={**operation.local, "x": updated}
    )


def _without_bias(operation: Operation, _: str) -> Operation:
    """z = W x, although there is a bias."""
    if operation.name != "weighted_sum":
        return operation
    bare = weighted_sum("absent")
    return replace(operation, entry=bare.entry, whole=bare.whole)


def _with_diagonal_jacobian(operation: Operation, _: str) -> Operation:
    """∂p_k/∂z_k = p_k (1 − p_k), and 0 between different units."""
    own = operation.local["z"].same if set(operation.local) == {"z"} else None
    if own is None:
        return operation

    def of_all(node: Expr) -> Expr | None:
        if isinstance(node, Entry):
            return Slot(node.slot)
        if isinstance(node, Product):
            return Hadamard(tuple(substitute(factor, of_all) for factor in node.operands))
        return None

    local = Local(own, Hadamard((Slot(UPSTREAM), Slot(SLOPE))), slope=substitute(own, of_all))
    return replace(operation, local={"z": local})


_RECORDS = (
    Change("sign_lost", sign=-1),
    Change("derivative_forgotten", _without_derivative),
    Change(
        "derivative_of_another",
        _with_derivative_of,
        takes=tuple(name for name, record in ACTIVATIONS.items() if not record.vector),
    ),
    Change("weights_transposed", _with_transposed_weights, square=True),
    Change("common_logarithm", log_base="10"),
    Change("updated_weights", _with_updated_weights),
    Change("bias_forgotten", _without_bias),
    Change("jacobian_diagonal", _with_diagonal_jacobian),
)

CHANGES: Mapping[str, Change] = {record.name: record for record in _RECORDS}


def change_named(name: str, told: str | None) -> Change:
    """The record of this name. Raises: UnknownChangeError for another name, or for what it cannot be told."""
    record = CHANGES.get(name)
    if record is None:
        raise UnknownChangeError(f"{name} is no change of a rule; there are {', '.join(CHANGES)}")
    if bool(record.takes) != (told is not None) or (told is not None and told not in record.takes):
        expected = f"one of {', '.join(record.takes)}" if record.takes else "nothing"
        raise UnknownChangeError(f"{name} takes {expected}, not {told}")
    return record
