"""The last batch of an epoch may be a single sample: its lines are about that one, not about an earlier batch."""

from __future__ import annotations

from tests.audit.pages import markdown

TEXT = """
title: Three samples in batches of two
network:
  inputs: 1
  layers:
    - {units: 2, activation: tanh, weights: [[0.5], [-0.3]], bias: [0.1, 0.2]}
    - {units: 1, activation: linear, weights: [[1.2, -0.7]]}
samples: [{input: [1], target: [0]}, {input: [2], target: [1]}, {input: [-1], target: [0.5]}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.1}}, batch: 2, iterations: 2}
explain: local_derivatives
parts: [{label: a, ask: [gradients]}]
"""


def test_a_last_batch_of_one_sample() -> None:
    audit = markdown(TEXT)
    assert not audit.report().faults
    sources = [block.source for block in audit.blocks]
    second = next(n for n, source in enumerate(sources) if "Iteration 2" in source)
    lines = [source for source in sources[second:] if source.startswith(r"\begin{aligned}")]
    assert any(r"\frac{\partial L}{\partial w" in line for line in lines)
    assert not any("[1]" in line for line in lines)
