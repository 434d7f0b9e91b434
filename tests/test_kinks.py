"""Kinks of the catalogue's functions: each is named, and the derivative there is the convention."""

from __future__ import annotations

import mpmath
import pytest

from nbsolve.catalogue import ACTIVATIONS, LOSSES, Activation
from nbsolve.expr import (
    Cases,
    Expr,
    Function,
    number,
    walk,
)
from tests.test_catalogue import SCALAR_ACTIVATIONS, close, parameters, value


def has_kink(formula: Expr) -> bool:
    return any(
        isinstance(node, Cases) or (isinstance(node, Function) and node.name in ("max", "abs", "sign"))
        for node in walk(formula)
    )


@pytest.mark.parametrize("record", SCALAR_ACTIVATIONS, ids=lambda record: record.name)
def test_every_kink_of_an_activation_is_named(record: Activation) -> None:
    assert (record.kink is not None) == has_kink(record.definition)


def test_every_kink_of_a_loss_is_named() -> None:
    # Huber's two branches meet without a kink: value and slope agree where they meet.
    smooth = {"huber"}
    for record in LOSSES.values():
        assert (record.kink is not None) == (has_kink(record.definition) and record.name not in smooth)
    huber = LOSSES["huber"]
    on_the_seam: dict[str, Expr] = parameters(huber) | {"a": number(1), "y": number(0)}
    assert value(huber.derivative, on_the_seam) == 1


@pytest.mark.parametrize(
    ("name", "derivative"), [("relu", 0), ("leaky_relu", "0.01"), ("elu", 1), ("step", 0)]
)
def test_the_derivative_at_the_kink_is_the_convention(name: str, derivative: object) -> None:
    record = ACTIVATIONS[name]
    at_zero: dict[str, Expr] = parameters(record) | {"z": number(0)}
    with mpmath.workdps(90):
        assert close(value(record.derivative, at_zero), mpmath.mpf(str(derivative)))
