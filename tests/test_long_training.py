"""Long trainings: as many bits as they need, as plain doubles where these suffice, an error where they explode."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest

from nbsolve import solve
from nbsolve.arithmetic import Arithmetic
from nbsolve.arithmetic.ladder import LADDER, certified
from nbsolve.errors import NbsolveError
from nbsolve.problem.model import Digits, Problem
from nbsolve.rounding import write
from nbsolve.solving.engine import solve_problem
from nbsolve.solving.solution import Solution
from nbsolve.symbol import Role, Symbol
from tests.building import (
    layer,
    long_training,
    problem,
    training,
)
from tests.loading import load_problem, parse_problem
from tests.test_engine import NEW_LOSS, numbers, w


def float_training(iterations: int) -> tuple[list[list[float]], list[list[float]], float]:
    """A training in plain doubles, for comparison."""
    w1, w2 = [[0.1, 0.3], [0.2, 0.4]], [[0.5, 0.7], [0.6, 0.8]]
    x, y, rate = (0.2, 0.4), (0.01, 0.99), 0.5

    def forward() -> tuple[list[float], list[float]]:
        h = [1 / (1 + math.exp(-(row[0] * x[0] + row[1] * x[1] + 0.25))) for row in w1]
        return h, [1 / (1 + math.exp(-(row[0] * h[0] + row[1] * h[1] + 0.45))) for row in w2]

    for _ in range(iterations):
        h, o = forward()
        d2 = [(o[k] - y[k]) * o[k] * (1 - o[k]) for k in (0, 1)]
        d1 = [(d2[0] * w2[0][j] + d2[1] * w2[1][j]) * h[j] * (1 - h[j]) for j in (0, 1)]
        for k in (0, 1):
            for i in (0, 1):
                w2[k][i] -= rate * d2[k] * h[i]
                w1[k][i] -= rate * d1[k] * x[i]
    _, o = forward()
    return w1, w2, sum((o[k] - y[k]) ** 2 for k in (0, 1)) / 2


def test_ten_thousand_iterations_agree_with_a_loop_in_plain_doubles() -> None:
    with Arithmetic().working():
        run = solve_problem(long_training(10_000), Arithmetic())
    assert [iteration.number for iteration in run.iterations] == [1, 10_000]
    w1, w2, loss = float_training(10_000)
    last = run.iterations[-1]
    assert numbers(last, w(1, new=True)) == pytest.approx(np.array(w1), rel=1e-9)
    assert numbers(last, w(2, new=True)) == pytest.approx(np.array(w2), rel=1e-9)
    assert float(numbers(last, NEW_LOSS)) == pytest.approx(loss, rel=1e-9)
    # Few of the 256 bits are lost on the way.
    assert last.values[NEW_LOSS].rel_accuracy_bits() > 200  # type: ignore[union-attr]


def chaotic(iterations: int, rate: str = "0.9") -> Problem:
    """u and v of u·v, trained to 1 with a rate so large that u ← u (2.8 − 1.8 u²): errors double each time."""
    return problem(
        [layer([["0.3"]], "linear"), layer([["0.3"]], "linear")],
        [(["1"], ["1"])],
        trained=training(rate, iterations=iterations),
    )


@pytest.mark.parametrize("iterations", [50, 600])
def test_a_chaotic_training_gets_the_bits_that_it_needs(iterations: int) -> None:
    task = chaotic(iterations)

    def compute(arithmetic: Arithmetic) -> str:
        last = solve_problem(task, arithmetic).iterations[-1]
        return write(last.values[Symbol(Role.WEIGHT, 2, 1, 1, new=True)], EIGHT, arithmetic).text  # type: ignore[arg-type]

    with mpmath.workdps(1000):
        u = mpmath.mpf("0.3")
        for _ in range(iterations):
            u -= mpmath.mpf("0.9") * 2 * (u * u - 1) * u
        expected = mpmath.nstr(u, 8, strip_zeros=False)
    assert certified(compute) == expected


def test_a_training_that_explodes_is_an_error_and_not_a_number() -> None:
    task = chaotic(80, "100")

    def compute(arithmetic: Arithmetic) -> str:
        last = solve_problem(task, arithmetic).iterations[-1]
        return write(last.values[NEW_LOSS], EIGHT, arithmetic).text  # type: ignore[arg-type]

    with pytest.raises(NbsolveError, match=r"cannot be determined|too large"):
        certified(compute)


EIGHT = Digits(significant=8)


def test_what_an_exact_zero_multiplies_does_not_blur_a_sum() -> None:
    """A dead unit's gradient is the penalty's share alone: 0 · a + 0.1 · w, a rational, not an enclosure."""
    text = """
title: A dead unit behind a sigmoid
network:
  inputs: 1
  layers:
    - {units: 1, activation: sigmoid, weights: [[0.5]], bias: none}
    - {units: 1, activation: relu, weights: [[-1]], bias: none}
    - {units: 1, activation: linear, weights: [[1]], bias: none}
samples: [{input: [2], target: [3]}]
loss: squared_error
regulariser: {l2: {strength: 0.1}}
"""
    printed = {e.quantity: e.printed for e in solve(load_problem(text)).entries(everything=True)}
    gradients = {f"dL/dW[{depth}][1][1]": value for depth, value in ((1, "0.05"), (2, "-0.1"), (3, "0.1"))}
    assert {name: printed[name] for name in gradients} == gradients


def test_what_was_decided_is_not_solved_again_to_be_lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Arithmetic] = []

    def counted(problem: Problem, arithmetic: Arithmetic, *options: Any) -> Solution:
        tried.append(arithmetic)
        return solve_problem(problem, arithmetic, *options)

    monkeypatch.setattr("nbsolve.worked.network.solve_problem", counted)
    # GELU(−10⁶) is too small for any number of bits to tell it from 0.
    network = "network: {inputs: 1, layers: [{units: 1, activation: gelu, weights: [[1000000]]}]}\n"
    text = f"{network}samples: [{{input: [-1]}}]\n"
    assert "too small to be told from 0" in str(solve(parse_problem(text)).document())
    assert tried == [arithmetic for arithmetic in LADDER if not arithmetic.lenient]
