"""Networks that are no chain of layers: a few lines of Python each; gradients equal those of autograd."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from nbsolve.catalogue import ACTIVATIONS
from nbsolve.catalogue.operations import ADD, elementwise, weighted_sum
from nbsolve.catalogue.softmaxes import SOFTMAX
from nbsolve.expr import MatrixProduct, Product, Sum, Transpose, number
from nbsolve.expr.general import IndexedSum
from nbsolve.graph import UPSTREAM, Entry, Local, Operation, Slot
from nbsolve.solving.gradient import Way
from nbsolve.step import Rule
from nbsolve.symbol import Index, Partial, Role, Symbol
from tests.graph.networks import Made, doubles

TANH, SIGMOID = (elementwise(ACTIVATIONS[name], {}) for name in ("tanh", "sigmoid"))
WAYS = [("delta", 1), ("delta", -1), ("paths", 1), ("local_derivatives", 1)]


def x(sample: int | None = None) -> Symbol:
    return Symbol(Role.INPUT, sample=sample)


def W(layer: int) -> Symbol:
    return Symbol(Role.WEIGHT, layer)


def b(layer: int) -> Symbol:
    return Symbol(Role.BIAS, layer)


def z(layer: int, time: int | None = None) -> Symbol:
    return Symbol(Role.PRE_ACTIVATION, layer, sample=time)


def a(layer: int, time: int | None = None) -> Symbol:
    return Symbol(Role.ACTIVATION, layer, sample=time)


def same(made: Made, loss: Callable[[dict[Symbol, Any]], Any], way: Way, sign: int) -> None:
    """The gradients of the steps are those of autograd on the same network, written with arrays."""
    given, upstream = doubles(made.given), doubles(made.upstream)

    def scalar(given: dict[Symbol, Any]) -> Any:
        found = loss(given)
        return sum(anp.sum(value * upstream[symbol]) for symbol, value in found.items())

    expected = grad(scalar)(given)
    gradients = made.solved(way, sign).gradients
    assert gradients
    for symbol, gradient in gradients.items():
        np.testing.assert_allclose(gradient, expected[symbol], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("way", "sign"), WAYS)
def test_a_residual_block(way: Way, sign: int) -> None:
    made = Made()
    graph = made.graph
    graph.node(
        weighted_sum("units"), z(1), W=made.array(W(1), 3, 3), x=made.array(x(), 3), b=made.array(b(1), 3)
    )
    graph.node(TANH, a(1), z=z(1))
    graph.node(ADD, a(2), x=a(1), y=x())
    graph.node(weighted_sum("absent"), z(3), W=made.array(W(3), 2, 3), x=a(2))
    graph.node(SIGMOID, a(3), z=z(3))
    made.ends_with(a(3))

    def loss(v: dict[Symbol, Any]) -> dict[Symbol, Any]:
        residual = anp.tanh(v[W(1)] @ v[x()] + v[b(1)]) + v[x()]
        return {a(3): 1 / (1 + anp.exp(-(v[W(3)] @ residual)))}

    same(made, loss, way, sign)


@pytest.mark.parametrize(("way", "sign"), WAYS)
def test_an_activation_that_two_branches_take(way: Way, sign: int) -> None:
    """Its gradient is the sum of both: a connection round a hidden layer, and into the one after the next."""
    made = Made(rng=Random(5))
    graph = made.graph
    graph.node(
        weighted_sum("units"), z(1), W=made.array(W(1), 2, 3), x=made.array(x(), 3), b=made.array(b(1), 2)
    )
    graph.node(TANH, a(1), z=z(1))
    graph.node(weighted_sum("units"), z(2), W=made.array(W(2), 2, 2), x=a(1), b=made.array(b(2), 2))
    graph.node(SIGMOID, a(2), z=z(2))
    graph.node(ADD, a(3), x=a(2), y=a(1))
    graph.node(weighted_sum("absent"), z(4), W=made.array(W(4), 2, 2), x=a(3))
    graph.node(TANH, a(4), z=z(4))
    made.ends_with(a(4))

    def loss(v: dict[Symbol, Any]) -> dict[Symbol, Any]:
        first = anp.tanh(v[W(1)] @ v[x()] + v[b(1)])
        second = 1 / (1 + anp.exp(-(v[W(2)] @ first + v[b(2)])))
        return {a(4): anp.tanh(v[W(4)] @ (first + second))}

    same(made, loss, way, sign)


_i, _j, _k = Index("i"), Index("j"), Index("k")
RECURRENT = Operation(
    "recurrent",
    Rule.PRE_ACTIVATION,
    {"W": (_j, _i), "x": (_i,), "U": (_j, _k), "h": (_k,), "b": (_j,)},
    (_j,),
    Sum(
        (
            IndexedSum(Product((Entry("W", (_j, _i)), Entry("x", (_i,)))), _i),
            IndexedSum(Product((Entry("U", (_j, _k)), Entry("h", (_k,)))), _k),
            Entry("b", (_j,)),
        )
    ),
    Sum((MatrixProduct((Slot("W"), Slot("x"))), MatrixProduct((Slot("U"), Slot("h"))), Slot("b"))),
    {
        "W": Local(Entry("x", (_i,)), MatrixProduct((Slot(UPSTREAM), Transpose((Slot("x"),))))),
        "x": Local(Entry("W", (_j, _i)), MatrixProduct((Transpose((Slot("W"),)), Slot(UPSTREAM)))),
        "U": Local(Entry("h", (_k,)), MatrixProduct((Slot(UPSTREAM), Transpose((Slot("h"),))))),
        "h": Local(Entry("U", (_j, _k)), MatrixProduct((Transpose((Slot("U"),)), Slot(UPSTREAM)))),
        "b": Local(number(1), Slot(UPSTREAM)),
    },
)
"""z[j] = Σ_i W[j,i]·x[i] + Σ_k U[j,k]·h[k] + b[j]: all that a recurrent cell adds to the dense layer's records."""


@pytest.mark.parametrize(("way", "sign"), WAYS)
def test_a_recurrent_cell_whose_weights_every_time_step_uses(way: Way, sign: int) -> None:
    made, steps = Made(), range(1, 4)
    tied = {"W": made.array(W(1), 2, 3), "U": made.array(W(2), 2, 2), "b": made.array(b(1), 2)}
    made.array(a(1, 0), 2)
    for t in steps:
        made.graph.node(RECURRENT, z(1, t), t, **tied, x=made.array(x(t), 3), h=a(1, t - 1))
        made.graph.node(TANH, a(1, t), t, z=z(1, t))
    made.ends_with(a(1, 3))

    def loss(v: dict[Symbol, Any]) -> dict[Symbol, Any]:
        h = v[a(1, 0)]
        for t in steps:
            h = anp.tanh(v[W(1)] @ v[x(t)] + v[W(2)] @ h + v[b(1)])
        return {a(1, 3): h}

    same(made, loss, way, sign)
    bias = Partial(Symbol(Role.LOSS), b(1))
    chain = next(step for step in made.solved("paths").steps if step.target == bias)
    terms = next(iter(chain.units)).forms[0].expression
    assert isinstance(terms, Sum)
    assert len(terms.operands) == len(steps)


def test_softmax_in_the_middle_and_two_losses() -> None:
    made = Made(rng=Random(3))
    graph = made.graph
    graph.node(
        weighted_sum("shared"), z(1), W=made.array(W(1), 3, 2), x=made.array(x(), 2), b=made.array(b(1))
    )
    graph.node(SOFTMAX, a(1), z=z(1))
    graph.node(weighted_sum("threshold"), z(2), W=made.array(W(2), 2, 3), x=a(1), b=made.array(b(2), 2))
    graph.node(TANH, a(2), z=z(2))
    made.ends_with(a(2))

    def loss(v: dict[Symbol, Any]) -> dict[Symbol, Any]:
        e = anp.exp(v[W(1)] @ v[x()] + v[b(1)])
        return {a(2): anp.tanh(v[W(2)] @ (e / anp.sum(e)) - v[b(2)])}

    for way, sign in WAYS:
        same(made, loss, way, sign)  # type: ignore[arg-type]
