"""Variants with the formulae of the author's own problem: their numbers are found without writing these anew."""

from __future__ import annotations

from typing import Any

import flint
import numpy as np
import pytest

from nbsolve.problem.loading import parse_problem
from nbsolve.problem.model import Problem
from nbsolve.solving.alike import same_formulae
from nbsolve.variants.candidate import Candidate
from nbsolve.worked.network import WorkedSolution
from tests.variants.test_shipped import VARIED, shipped

NETWORKS = [path for path in VARIED if shipped(path).problem.kind == "network"]
TEXT = """
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.1, 0.2], [0.3, 0.4]], bias: [0, 0]}
    - {units: 1, activation: sigmoid, weights: [[0.5, 0.6]], bias: [0]}
samples: [{input: [1, 2], target: [1]}]
loss: squared_error
parts: [{ask: [gradients]}]
"""


def problem(**changes: tuple[str, str]) -> Problem:
    text = TEXT
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    parsed = parse_problem(text)
    assert isinstance(parsed, Problem)
    return parsed


def same(one: Any, other: Any) -> bool:
    pairs = zip(np.asarray(one).reshape(-1), np.asarray(other).reshape(-1), strict=True)
    return all(type(a) is type(b) and (a == b or str(flint.arb(a)) == str(flint.arb(b))) for a, b in pairs)


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_numbers_are_those_of_the_solution_with_steps(path: Any) -> None:
    candidate = shipped(path).variant("1").candidate
    numbers, worked = candidate.numbers, candidate.worked
    assert isinstance(numbers, WorkedSolution)
    assert isinstance(worked, WorkedSolution)
    for short, full in zip(numbers.solution.iterations, worked.solution.iterations, strict=True):
        assert [*short.values.stored] == [*full.values.stored]
        assert all(same(short.values.stored[atom], value) for atom, value in full.values.stored.items())
    assert [*numbers.entries()] == [*worked.entries()]


def test_formulae_are_not_written_anew() -> None:
    own = Candidate(problem())
    other = Candidate(problem(input=("[1, 2]", "[3, -4]"), weight=("0.3", "-0.7")), like=own.solution)
    assert same_formulae(own.problem, other.problem)  # type: ignore[arg-type]
    assert isinstance(other.numbers, WorkedSolution)
    assert not [*other.numbers.solution.iterations[0].steps]
    assert [*other.numbers.entries()] == [*other.worked.entries()]


@pytest.mark.parametrize(
    "change",
    [
        ("tanh", "sigmoid"),
        ("target: [1]", "target: [0]"),
        ("squared_error", "binary_cross_entropy"),
        ("[gradients]", "[loss]"),
    ],
    ids=lambda change: change[1],
)
def test_other_formulae_are_written_anew(change: tuple[str, str]) -> None:
    other = problem(change=change)
    assert not same_formulae(problem(), other)
    numbers = Candidate(other, like=Candidate(problem()).solution).numbers
    assert isinstance(numbers, WorkedSolution)
    assert [*numbers.solution.iterations[0].steps]


def test_what_depends_on_values_is_written_anew() -> None:
    entropy = problem(loss=("squared_error", "binary_cross_entropy"))
    assert not same_formulae(entropy, entropy)
    own = problem(activation=("tanh", '{custom: {name: f, formula: "z^2"}}'))
    assert not same_formulae(own, own)
