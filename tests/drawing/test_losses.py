"""The picture of the losses says what the sentences of the solution say."""

from __future__ import annotations

import re

import pytest

from nbsolve import solve
from tests.drawing.networks import PROBLEMS
from tests.loading import load_problem

SENTENCE = re.compile(r"The loss(?: on samples? ([\d to]+))? (?:falls|rises) from ([\d.]*\d) to ([\d.]*\d)")
SINGLE = [path for path in PROBLEMS if path.stem.startswith("001-a")]
MANY = """
title: Many samples
network: {inputs: 1, layers: [{units: 1, activation: sigmoid, weights: [[0.5]], bias: [0.1]}]}
samples: [%s]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.5}}, batch: %s, iterations: 3}
parts: [{label: a, ask: [forward_after, loss_after]}]
"""


def problem(count: int, batch: object) -> str:
    return MANY % (", ".join(f"{{input: [{n}], target: [{n % 2}]}}" for n in range(1, count + 1)), batch)


def said(sentence: str) -> list[tuple[str, float, float]]:
    """Sample, and the loss before and after each update, as the solution says it."""
    return [(name, float(old), float(new)) for name, old, new in SENTENCE.findall(sentence)]


def drawn(alt: str, sample: str) -> list[float]:
    """The heights of a sample's line, as the picture's words say them."""
    own = re.search(rf"sample {sample}: (.*?updates?\.)", alt) if sample else re.search(r": (.*)", alt)
    assert own is not None
    return [float(number) for number in re.findall(r"([\d.]+) after \d+ update", own[1])]


@pytest.mark.parametrize(
    "text", [*SINGLE, problem(4, 1), problem(3, 2), problem(2, "all")], ids=lambda text: str(text)[-40:]
)
def test_picture_and_sentence_agree(text: str) -> None:
    worked = solve(load_problem(text))
    sentences = said(str(worked.worked()))
    alt = worked.draw("loss").alt
    assert len(sentences) == len(worked.iterations)
    for number, (sample, old, new) in enumerate(sentences):
        if " to " not in sample or worked.problem.training.batch == "all":  # type: ignore[union-attr]
            line = drawn(alt, sample if " to " not in sample else "")
            assert line[number] == pytest.approx(old, rel=1e-3)
            assert line[number + 1] == pytest.approx(new, rel=1e-3)


def test_many_samples_are_drawn_by_their_mean() -> None:
    many, few = (solve(load_problem(problem(count, 1))) for count in (6, 3))
    drawing = many.draw("loss")
    assert drawing.title == "Mean of L over all samples"
    assert len(drawing.scene.polylines) == 1
    lines = few.draw("loss").scene
    assert [line.kind for line in lines.polylines] == ["curve", "slope", "third"]
    singles = [drawn(few.draw("loss").alt, str(sample))[0] for sample in (1, 2, 3)]
    repeated = solve(load_problem(problem(6, 1))).draw("loss").alt
    assert drawn(repeated, "")[0] == pytest.approx((sum(singles) + sum(first_losses(4, 6))) / 6, rel=1e-3)


def first_losses(start: int, end: int) -> list[float]:
    """(σ(0.5 n + 0.1) − y)² by hand."""
    from math import exp

    return [(1 / (1 + exp(-0.5 * n - 0.1)) - n % 2) ** 2 for n in range(start, end + 1)]
