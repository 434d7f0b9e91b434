"""Every line of random small problems reproduces, with values on ties and kinks among them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.audit.pages import ROUNDINGS, markdown
from tests.reference.random_problems import problem, to_text
from tests.reference.small_problems import small_problem

CHUNKS = 6
PAGES = 10  # a chunk: 60 in all, every third of any depth and width
LARGEST = 40  # parameters


def texts(chunk: int) -> Iterator[str]:
    rng = Random(f"audit {chunk}")
    for n in range(PAGES):
        if n % 3:
            yield to_text(small_problem(rng, edge=n % 5 == 1))
        else:
            yield to_text(_not_too_large(rng)) + "detail: units\n"


def _not_too_large(rng: Random) -> dict[str, Any]:
    while True:
        made = problem(rng)
        layers = [int(layer["units"]) for layer in made["network"]["layers"]]
        before = [int(made["network"]["inputs"]), *layers]
        if sum((n + 1) * units for n, units in zip(before, layers, strict=False)) <= LARGEST:
            return made


@pytest.mark.sampled(6)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_line_reproduces(chunk: int) -> None:
    for text in texts(chunk):
        report = markdown(text).report()
        assert not report.faults, text + "\n".join(report.faults[:10])


@pytest.mark.sampled(11)
@pytest.mark.parametrize("rounding", ["4 decimals", "5 digits"])
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_line_follows_on_paper(chunk: int, rounding: str) -> None:
    for n, text in enumerate(texts(chunk)):
        if n % 2:
            report = markdown(text, ROUNDINGS[rounding]).report()
            assert not report.faults, text + "\n".join(report.faults[:10])


MINUS_ZERO = """
network:
  inputs: 2
  layers: [{units: 1, activation: sigmoid, weights: [[-0, 0.5]], bias: [-0.0]}]
samples: [{input: [-0, 2], target: [1]}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.1}}, iterations: 1}
"""


@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_a_given_minus_zero_is_printed_as_written(rounding: str) -> None:
    audit = markdown(MINUS_ZERO, ROUNDINGS[rounding])
    report = audit.report()
    assert not report.faults, "\n".join(report.faults[:10])
    at = next(n for n, block in enumerate(audit.blocks) if "-0 \\cdot (-0) + " in block.source)
    changed = audit.blocks[at].source.replace("-0 \\cdot (-0) + ", "0 \\cdot (-0) + ")
    assert audit.check(at, changed).faults
