"""Every record of an operation is sound; a record with one thing wrong in it is found out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import flint
import pytest

from nbsolve.catalogue import ACTIVATIONS
from nbsolve.catalogue.operations import ADD, BiasKind, elementwise, weighted_sum
from nbsolve.catalogue.softmaxes import SOFTMAX, Softmax
from nbsolve.expr import Negation, Number, number
from nbsolve.graph import Local, Operation, Slot
from nbsolve.graph.operation import UPSTREAM
from tests.graph.records import faults
from tests.graph.test_networks import RECURRENT

WARM = Softmax("softmax_with_temperature", Number(flint.fmpq(5, 2))).operation
RAISED = Softmax("softmax_with_base", base=Number(flint.fmpq(3))).operation
LOG_SOFTMAX = Softmax("log_softmax", logarithm=True).operation
KINDS: tuple[BiasKind, ...] = ("units", "absent", "shared", "threshold")
OPERATIONS = [
    *(pytest.param(weighted_sum(kind), id=f"weighted_sum-{kind}") for kind in KINDS),
    *(
        pytest.param(
            elementwise(record, {name: Number(given.rational) for name, given in record.parameters.items()}),
            id=name,
        )
        for name, record in ACTIVATIONS.items()
        if not record.vector
    ),
    pytest.param(SOFTMAX, id="softmax"),
    pytest.param(WARM, id="softmax_with_temperature"),
    pytest.param(RAISED, id="softmax_with_base"),
    pytest.param(LOG_SOFTMAX, id="log_softmax"),
    pytest.param(ADD, id="add"),
    pytest.param(RECURRENT, id="recurrent"),
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_record_is_sound(operation: Operation) -> None:
    for seed in range(4):
        assert list(faults(operation, seed)) == []


def with_local(operation: Operation, slot: str, **changes: Any) -> Operation:
    return replace(operation, local={**operation.local, slot: replace(operation.local[slot], **changes)})


WRONG = {
    "a derivative": with_local(weighted_sum("threshold"), "b", entry=number(1)),
    "a derivative of softmax": with_local(SOFTMAX, "z", same=number(0)),
    "the whole array": replace(weighted_sum("units"), whole=weighted_sum("absent").whole),
    "the way back": with_local(
        weighted_sum("units"), "x", back=Negation((weighted_sum("units").local["x"].back,))
    ),
    "the way back of softmax": with_local(SOFTMAX, "z", back=Slot(UPSTREAM)),
    "a forgotten temperature": with_local(WARM, "z", same=SOFTMAX.local["z"].same),
    "a forgotten ln b": with_local(RAISED, "z", same=SOFTMAX.local["z"].same),
    "the way back of log-softmax": with_local(LOG_SOFTMAX, "z", back=SOFTMAX.local["z"].back),
    "a forgotten operand": replace(ADD, local={"x": Local(number(1), Slot(UPSTREAM))}),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_record_is_found_out(wrong: Operation) -> None:
    assert list(faults(wrong))


def test_operands_that_do_not_fit_are_refused() -> None:
    from tests.graph.networks import Made
    from tests.graph.test_networks import W, a, x, z

    made = Made()
    weights, inputs = made.array(W(1), 3, 2), made.array(x(), 4)
    with pytest.raises(ValueError, match="lengths"):
        made.graph.node(weighted_sum("absent"), z(1), W=weights, x=inputs)
    with pytest.raises(ValueError, match="takes"):
        made.graph.node(ADD, a(1), x=inputs)
    with pytest.raises(ValueError, match="no operand"):
        Operation(**{**ADD.__dict__, "local": {"q": ADD.local["x"]}})
