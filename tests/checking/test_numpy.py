"""The NumPy programs print the digits of the page: of all shipped problems, of random ones, and at the edges."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbsolve import Problem, WorkedSolution, solve
from tests.audit.pages import PROBLEMS, ROUNDINGS
from tests.checking.edges import EDGES
from tests.checking.running import CHUNKS, faults, first, programs, run, texts
from tests.loading import load_problem


def all_right(worked: WorkedSolution) -> None:
    made = programs(worked)
    text = made.texts["NumPy"]
    found = list(faults(worked, run(text, first(worked))))
    assert bool(found) == bool(made.differing), "\n".join([*found[:10], text, worked.problem.text])


@pytest.mark.sampled(7)
@pytest.mark.parametrize("rounding", list(ROUNDINGS))
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_shipped(path: Path, rounding: str) -> None:
    worked = solve(load_problem(path, overrides=ROUNDINGS[rounding]))
    assert not programs(worked).differing
    all_right(worked)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random(chunk: int) -> None:
    differing = 0
    for text in texts(chunk):
        loaded = load_problem(text)
        assert isinstance(loaded, Problem)
        worked = solve(loaded)
        all_right(worked)
        differing += bool(programs(worked).differing)
    assert differing <= 1


@pytest.mark.parametrize("rounding", list(ROUNDINGS))
@pytest.mark.parametrize("name", EDGES)
def test_at_the_edges(name: str, rounding: str) -> None:
    worked = solve(load_problem(EDGES[name], overrides=ROUNDINGS[rounding] if name != "large" else None))
    # 3·10⁻¹² beside ties: doubles do not hold both, and the page says so
    assert bool(programs(worked).differing) == ((name, rounding) == ("kinks", "5 digits"))
    all_right(worked)


JACOBIAN = """
title: The Jacobian of a network with softmax, a connection past a layer and functions of units
network:
  inputs: 3
  layers:
    - {units: 2, activation: [tanh, relu], weights: [[0.5, -0.3, 0.2], [0.8, null, -0.1]], bias: [0.1, 0.2]}
    - units: 3
      from: [1, input]
      activation: softmax
      weights: [[1, 0.5, -0.2, 0.3, 0.1], [0.2, -0.4, 0.6, 0.1, 0.9], [0, 0.3, 0.7, -0.5, 0.4]]
samples: [{input: [1, 0.5, -0.7]}]
jacobian: {right: [1, 0, -2], left: [0.5, 1, -1]}
parts: [{label: a, ask: [jacobian, jacobian_vector_product, vector_jacobian_product]}]
"""


@pytest.mark.parametrize("rounding", list(ROUNDINGS))
@pytest.mark.parametrize("rest", ["", "upstream: [1, -1, 0.5]\n"])
def test_the_jacobian_and_its_products(rest: str, rounding: str) -> None:
    worked = solve(load_problem(JACOBIAN + rest, overrides=ROUNDINGS[rounding]))
    all_right(worked)
    text = programs(worked).texts["NumPy"]
    assert bool(list(faults(worked, run(text.replace("J @ v", "v @ J"), 1))))
