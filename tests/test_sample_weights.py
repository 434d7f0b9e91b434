"""Weights of the samples in the loss: against automatic differentiation and 60 digits."""

from __future__ import annotations

from random import Random

import pytest

from nbsolve import ProblemError, solve
from nbsolve.checking.oracle import autograd_oracle, network
from nbsolve.checking.oracle.compare import mismatches
from nbsolve.checking.oracle.reading import load
from tests.audit.pages import ROUNDINGS, markdown
from tests.loading import load_problem
from tests.reference.random_problems import to_text, with_sample_weights

SMALL = """
title: Weights of samples
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.5, -1], [1, 0.5]], bias: [0.1, -0.2]}
    - {units: 1, activation: sigmoid, weights: [[1, -0.5]], bias: [0.1]}
samples: [{input: [1, 0.5], target: [1]}, {input: [-1, 0.5], target: [0]}, {input: [0.5, 2], target: [0]}]
sample_weights: [3, 1, 0.5]
loss: binary_cross_entropy
training: {optimiser: {sgd: {learning_rate: 0.5}}, batch: all}
"""


def test_random_networks() -> None:
    for number in range(12):
        text = to_text(with_sample_weights(Random(f"weights {number}")))
        spec, ours = load(text), list(solve(load_problem(text)).entries(everything=True))
        doubles, precise = autograd_oracle.solve(spec), network.solve(spec)
        wrong = mismatches(ours, spec, spec.shown_only(doubles), relative=1e-12, absolute=1e-13)
        wrong += mismatches(ours, spec, spec.shown_only(precise), relative=1e-14, absolute=1e-40)
        assert not wrong, text + "\n".join(wrong[:5])


@pytest.mark.parametrize("batch", ["1", "2", "all"])
def test_a_weight_belongs_to_its_sample_in_every_batch(batch: str) -> None:
    text = SMALL.replace("batch: all", f"batch: {batch}")
    spec, ours = load(text), list(solve(load_problem(text)).entries(everything=True))
    assert not mismatches(ours, spec, spec.shown_only(network.solve(spec)), relative=1e-14, absolute=1e-40)


def test_a_sample_of_weight_3_counts_as_three_samples() -> None:
    once = load_problem(SMALL, overrides={"loss": {"binary_cross_entropy": {"over_samples": "sum"}}})
    twice = SMALL.replace(
        "samples: [", "samples: [{input: [1, 0.5], target: [1]}, {input: [1, 0.5], target: [1]}, "
    )
    twice = twice.replace("[3, 1, 0.5]", "[1, 1, 1, 1, 0.5]").replace(
        "loss: binary_cross_entropy", "loss: {binary_cross_entropy: {over_samples: sum}}"
    )
    found = {
        e.quantity: e.exact for e in solve(once).entries(everything=True) if e.quantity.startswith("dL/dW")
    }
    wanted = {e.quantity: e.exact for e in solve(load_problem(twice)).entries(everything=True)}
    assert all(wanted[name] == pytest.approx(value, rel=1e-15) for name, value in found.items())


@pytest.mark.parametrize(("batch", "rounding"), [("all", "at_end"), ("1", "4 decimals")])
def test_every_line_of_the_page_reproduces(batch: str, rounding: str) -> None:
    report = markdown(SMALL.replace("batch: all", f"batch: {batch}"), ROUNDINGS[rounding]).report()
    assert not report.faults, "\n".join(report.faults[:10])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[3, 1, 0.5]", "[3, 1]", "sample_weights has 2 numbers\n    expected: 3, one for each sample"),
        ("[3, 1, 0.5]", "[3, 1, -1]", "the weight of a sample is -1"),
        ("[3, 1, 0.5]", "[0, 0, 0]", "there is no loss left"),
        ("[3, 1, 0.5]", "3", "sample_weights is not a list"),
        ("[3, 1, 0.5]", "[3, 1, 0.5]\nletters: true", "solved in symbols"),
    ],
)
def test_weights_that_are_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(ProblemError) as caught:
        load_problem(SMALL.replace(old, new))
    assert message in str(caught.value)
    assert "problem:9:" in str(caught.value)
