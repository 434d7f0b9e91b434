"""nbsolve against oracles that share no code with it, over random networks.

The oracles: automatic differentiation (HIPS autograd, in doubles; PyTorch too where it is installed) and a
hand-written reference at 60 digits. The two are compared with each other too, and the reference with
central differences, so that a disagreement points at nbsolve.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from nbsolve import load_problem, solve
from tests.reference import autograd_oracle, differences, network
from tests.reference.compare import mismatches
from tests.reference.numbers import big
from tests.reference.random_problems import problem, to_text
from tests.reference.spec import load

CHUNKS = 10
NETWORKS = 50  # a chunk: 500 in all
PRECISE = 10  # of them against 60 digits: 100 in all


def texts(chunk: int) -> Iterator[str]:
    rng = Random(f"oracle {chunk}")
    for _ in range(NETWORKS):
        yield to_text(problem(rng))


def answers(text: str) -> list[Any]:
    return list(solve(load_problem(text)).entries(everything=True))


def wrong_by_autograd(text: str) -> list[str]:
    spec = load(text)
    oracle = spec.shown_only(autograd_oracle.solve(spec))
    return mismatches(answers(text), spec, oracle, relative=1e-9, absolute=1e-12)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_against_automatic_differentiation(chunk: int) -> None:
    for text in texts(chunk):
        wrong = wrong_by_autograd(text)
        assert not wrong, text + "\n".join(wrong[:10])


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_against_sixty_digits(chunk: int) -> None:
    for _, text in zip(range(PRECISE), texts(chunk), strict=False):
        spec = load(text)
        oracle = spec.shown_only(network.solve(spec))
        wrong = mismatches(answers(text), spec, oracle, relative=1e-14, absolute=0)
        assert not wrong, text + "\n".join(wrong[:10])


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_oracles_agree(chunk: int) -> None:
    for _, text in zip(range(PRECISE), texts(chunk), strict=False):
        spec = load(text)
        ours, theirs = network.solve(spec), autograd_oracle.solve(spec)
        assert ours.keys() == theirs.keys()
        for key, value in theirs.items():
            assert float(ours[key]) == pytest.approx(value, rel=1e-9, abs=1e-12), (key, text)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_reference_against_central_differences(chunk: int) -> None:
    for _, text in zip(range(2), texts(chunk), strict=False):
        spec = load(text)
        values = network.solve(spec, digits=90)
        for name, slope in differences.gradients(spec).items():
            assert abs(big(values[name, 1, None]) - slope) < 1e-35, (name, text)
