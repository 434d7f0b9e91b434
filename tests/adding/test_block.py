"""A kind of layer is one file in `blocks/`, and what `docs/architecture.md` names: here the mean of two layers.

It is read as a layer that adds, so that the problem file needs no kind of its own.
"""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import pytest
from autograd import grad

from nbsolve import solution, solve
from nbsolve.blocks.addition import Addition
from nbsolve.expr import Expr, Product, Sum, number
from nbsolve.given import Given
from nbsolve.graph import UPSTREAM, Entry, Graph, Local, Operation, Slot
from nbsolve.indices import Index
from nbsolve.loss_alone import Batch
from nbsolve.programs.computation import Computation
from nbsolve.step import Rule, verify
from tests.adding.everywhere import outputs, words
from tests.loading import load_problem

PROBLEM = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.5, -0.25], [0.1, 0.4]], bias: [0.1, -0.2]}
    - {kind: add, from: [1, input], activation: sigmoid}
    - {units: 1, activation: linear, weights: [[1.5, -0.5]], bias: [0.3]}
samples: [{input: [1, 2], target: [1]}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.1}}, iterations: 1}
explain: EXPLAIN
parts: [{label: a, ask: [forward, loss]}, {label: b, ask: [gradients]}, {label: c, ask: [updated_parameters]}]
"""
_j = Index("j")
HALF = number(Given.read("1/2").rational)
MEAN = Operation(
    "mean",
    Rule.PRE_ACTIVATION,
    {"x": (_j,), "y": (_j,)},
    (_j,),
    Product((HALF, Sum((Entry("x", (_j,)), Entry("y", (_j,)))))),
    Product((HALF, Sum((Slot("x"), Slot("y"))))),
    {name: Local(HALF, Product((HALF, Slot(UPSTREAM)))) for name in ("x", "y")},
)
"""z[j] = (x[j] + y[j])/2."""


class Mean(Addition):
    """The file in `blocks/`: what comes in, halved and added up."""

    def add(self, graph: Graph, sample: int | None = None, new: bool = False) -> None:
        one, other = (graph.array(source, self.layer.units) for source in self.sources(sample, new))
        z = graph.node(MEAN, self.z(None, sample, new), sample, x=one, y=other)
        graph.node(self.change(self.activate), self.a(None, sample, new), sample, z=z)


@pytest.fixture(autouse=True)
def _added(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the table of `docs/architecture.md` names for a layer kind: here three lines of a mean."""
    monkeypatch.setitem(solution.LAYERS, "add", Mean)
    summed, added, share = Batch.summed, Computation._sum, Computation._share

    def halved(self: Batch, parameters: Any, layer: int, a: Any, arithmetic: Any) -> Any:
        z = summed(self, parameters, layer, a, arithmetic)
        return z * HALF.value if layer == 1 else z

    def half_of(found: Expr, where: bool) -> Expr:
        return Product((HALF, found)) if where else found

    monkeypatch.setattr(Batch, "summed", halved)
    monkeypatch.setattr(Computation, "_sum", lambda self, n: half_of(added(self, n), n == 2))
    monkeypatch.setattr(Computation, "_share", lambda self, n, user: half_of(share(self, n, user), user == 2))


def loss(W: Any) -> Any:
    x = anp.array([1.0, 2.0])
    first = anp.tanh(W @ x + anp.array([0.1, -0.2]))
    second = 1 / (1 + anp.exp(-(first + x) / 2))
    return (anp.array([1.5, -0.5]) @ second + 0.3 - 1) ** 2


@pytest.mark.parametrize("way", ["delta", "local_derivatives", "paths"])
def test_every_step_verifies_and_gradients_are_those_of_automatic_differentiation(way: str) -> None:
    found = solve(load_problem(PROBLEM.replace("EXPLAIN", way)))
    for step in found.solution.iterations[0].steps:
        verify(step, found.solution.arithmetic)
    (iteration,) = found.iterations
    assert iteration.gradients.W[1] == pytest.approx(
        grad(loss)(anp.array([[0.5, -0.25], [0.1, 0.4]])), rel=1e-12
    )


def test_it_is_in_every_output() -> None:
    told = "Each unit takes the mean of the units of the same number"
    with (
        words("passages", forward_add=f"{told}."),
        words("statement", adds="Layer {layer}: mean of {sources}."),
    ):
        said = {
            name: " ".join(text.split())
            for name, text in outputs(PROBLEM.replace("EXPLAIN", "delta")).items()
        }
    for name in ("text", "markdown", "latex", "typst"):
        assert told in said[name], name
        assert "mean of layer 1 and the inputs" in said[name], name
    assert "z₁⁽²⁾ = 1/2·(a₁⁽¹⁾ + x₁)" in said["text"]
    assert "z2 = 0.5 * (a1 + x)" in said["text"], "the program in NumPy"
    assert r"z_1^{(2)} &= \frac{1}{2}" in said["markdown"]
    assert r"\frac{1}{2}" in said["latex"]
    assert '"z[2][1]"' in said["json"]
    for name in ("mathml", "typst", "drawings"):
        assert said[name]
