"""A kind of layer without weights is one record and its words: here the mean of two layers.

What a page, a program, a drawing and the check of the gradients make of it, they take from the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import autograd.numpy as anp
import pytest
from autograd import grad

from nbsolve import solve
from nbsolve.catalogue import COMBINATIONS, Combination
from nbsolve.errors import ProblemError
from nbsolve.expr import Product, Sum, number
from nbsolve.given import Given
from nbsolve.graph import UPSTREAM, Entry, Local, Operation, Slot
from nbsolve.indices import Index
from nbsolve.step import Rule, verify
from tests.adding.everywhere import outputs, words
from tests.loading import load_problem

PROBLEM = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.5, -0.25], [0.1, 0.4]], bias: [0.1, -0.2]}
    - {kind: mean, from: [1, input], activation: sigmoid}
    - {units: 1, activation: linear, weights: [[1.5, -0.5]], bias: [0.3]}
samples: [{input: [1, 2], target: [1]}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.1}}, iterations: 1}
explain: EXPLAIN
parts: [{label: a, ask: [forward, loss]}, {label: b, ask: [gradients]}, {label: c, ask: [updated_parameters]}]
"""
_j = Index("j")
HALF = number(Given.read("1/2").rational)


def mean(count: int) -> Operation:
    """z[j] = (x1[j] + x2[j] + …)/n, for n = 2."""
    assert count == 2
    names = ("x1", "x2")
    return Operation(
        "mean",
        Rule.PRE_ACTIVATION,
        dict.fromkeys(names, (_j,)),
        (_j,),
        Product((HALF, Sum(tuple(Entry(name, (_j,)) for name in names)))),
        Product((HALF, Sum(tuple(map(Slot, names))))),
        {name: Local(HALF, Product((HALF, Slot(UPSTREAM)))) for name in names},
    )


WORDS = {
    "statement": "Layer {layer}: mean of {sources}.",
    "forward": "Each unit takes the mean of the units of the same number.",
    "legend": "½: halved",
    "line": "Edge {ends}: halved.",
}


@pytest.fixture(autouse=True)
def _added(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the table of `docs/architecture.md` names: a record and its words."""
    told = ("a layer that takes the mean", "averaged", "averaged with", "their mean")
    monkeypatch.setitem(COMBINATIONS, "mean", Combination("mean", mean, "½", *told))
    with words("combinations", mean=WORDS):
        yield


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
    said = {
        name: " ".join(text.split()) for name, text in outputs(PROBLEM.replace("EXPLAIN", "delta")).items()
    }
    for name in ("text", "markdown", "latex", "typst"):
        assert WORDS["forward"].rstrip(".") in said[name], name
        assert "mean of layer 1 and the inputs" in said[name], name
    assert "z₁⁽²⁾ = 1/2·(a₁⁽¹⁾ + x₁)" in said["text"]
    assert r"z_1^{(2)} &= \frac{1}{2}" in said["markdown"]
    assert r"\frac{1}{2}" in said["latex"]
    assert '"z[2][1]"' in said["json"]
    assert WORDS["legend"] in said["drawings"], said["drawings"][:2000]
    for name in ("mathml", "typst"):
        assert said[name]


def test_programs_compute_it() -> None:
    said = outputs(PROBLEM.replace("EXPLAIN", "delta"))["text"]
    assert "z2 = 0.5 * (a1 + x)" in said
    assert "da1 = dz2 * 0.5" in said


def test_what_comes_in_has_one_width() -> None:
    text = PROBLEM.replace("EXPLAIN", "delta").replace(
        "units: 2, activation: tanh, weights: [[0.5, -0.25], [0.1, 0.4]], bias: [0.1, -0.2]",
        "units: 1, activation: tanh, weights: [[0.5, -0.25]]",
    )
    with pytest.raises(ProblemError, match="layers of different widths are averaged"):
        load_problem(text)
