"""Held parameters, shared biases, thresholds: what is trained and what is not."""

from __future__ import annotations

import flint
import numpy as np
import pytest

from nbsolve.blocks.dense import LOSS
from nbsolve.given import Given
from nbsolve.problem.model import Digits, Problem, Regulariser, Rounding
from nbsolve.solving.solution import Iteration
from nbsolve.symbol import Role, Symbol
from tests.building import (
    document_002,
    layer,
    problem,
    training,
    varied,
)
from tests.test_engine import b, first, grad, numbers, solved, w


def held_problem(iterations: int = 3, rounding: Rounding | None = None) -> Problem:
    return problem(
        [
            layer(
                [["0.10", "0.20"], ["0.30", "0.40"]],
                bias=["0.123456789", "0.2"],
                weights_trainable=((True, False), (False, True)),
                bias_trainable=(False, True),
            ),
            layer([["0.5", "0.6"]], shared="0.70", bias_trainable=False, weights_trainable=False),
        ],
        [(["1", "2"], ["0"])],
        trained=training("0.5", iterations=iterations),
        rounding=rounding,
    )


@pytest.mark.parametrize(
    "rounding",
    [None, Rounding(apply="each_step", intermediates=Digits(decimals=4), answers=Digits(decimals=4))],
    ids=["at_end", "each_step"],
)
def test_what_is_held_stays_as_it_is_to_the_bit(rounding: Rounding | None) -> None:
    for iteration in solved(held_problem(rounding=rounding)).iterations:
        for new in (False, True):
            weights, biases = iteration.values[w(1, new)], iteration.values[b(1, new)]
            assert weights[0, 1] == flint.fmpq(1, 5)  # type: ignore[index]
            assert weights[1, 0] == flint.fmpq(3, 10)  # type: ignore[index]
            assert biases[0] == flint.fmpq(123456789, 10**9)  # type: ignore[index]
            assert np.all(iteration.values[w(2, new)] == np.array([[flint.fmpq(1, 2), flint.fmpq(3, 5)]]))
            assert iteration.values[b(2, new, shared=True)] == flint.fmpq(7, 10)
            # What is held is still printed as it was given; what was trained is no longer given.
            assert iteration.values.given(Symbol(Role.BIAS, 1, 1, new=new)) == Given.read("0.123456789")
            assert iteration.values.given(Symbol(Role.BIAS, 2, new=new, shared=True)) == Given.read("0.70")
        assert iteration.values.given(Symbol(Role.WEIGHT, 1, 1, 1, new=True)) is None
        # A held parameter has a gradient all the same.
        assert np.all(numbers(iteration, grad(w(2))) != 0)


def test_what_is_trained_moves() -> None:
    before, after = numbers(first(held_problem()), w(1)), numbers(first(held_problem()), w(1, new=True))
    assert before[0, 0] != after[0, 0]
    assert before[1, 1] != after[1, 1]


def test_a_shared_bias_is_one_parameter_whose_gradient_is_the_sum() -> None:
    weights = [["0.1", "-0.2"], ["0.3", "0.4"], ["0.5", "0.6"]]
    output = layer([["0.2", "0.1", "-0.3"]], bias=["0.1"])
    samples = [(["1", "2"], ["0"]), (["-1", "1"], ["1"])]
    shared = first(problem([layer(weights, shared="0.25"), output], samples))
    units = first(problem([layer(weights, bias=["0.25"] * 3), output], samples))
    total = numbers(units, grad(b(1))).sum()
    assert float(numbers(shared, grad(b(1, shared=True)))) == pytest.approx(total, rel=1e-14)


def test_a_threshold_is_a_bias_with_the_opposite_sign() -> None:
    weights = [["0.5", "0.9"], ["0.4", "1.0"]]
    samples = [(["1", "1"], ["0", "1"])]
    theta = first(problem([layer(weights, threshold=["0.8", "-0.1"])], samples, trained=training("0.1")))
    bias = first(problem([layer(weights, bias=["-0.8", "0.1"])], samples, trained=training("0.1")))
    thresholds = Symbol(Role.THRESHOLD, 1)
    assert numbers(theta, LOSS) == numbers(bias, LOSS)
    assert np.all(numbers(theta, grad(thresholds)) == -numbers(bias, grad(b(1))))
    assert np.all(numbers(theta, Symbol(Role.THRESHOLD, 1, new=True)) == -numbers(bias, b(1, new=True)))


def test_the_penalty_counts_weights_and_leaves_biases_out() -> None:
    def run(regulariser: Regulariser | None) -> Iteration:
        return first(varied(document_002(), {"regulariser": regulariser}))

    l2 = Regulariser(strength=Given.read("0.1"), scale=Given.read("1/2"))
    plain, with_penalty = run(None), run(l2)
    squares = float((numbers(plain, w(1)) ** 2).sum() + (numbers(plain, w(2)) ** 2).sum())
    assert float(numbers(with_penalty, LOSS)) == pytest.approx(float(numbers(plain, LOSS)) + 0.05 * squares)
    for depth in (1, 2):
        expected = numbers(plain, grad(w(depth))) + 0.1 * numbers(plain, w(depth))
        assert numbers(with_penalty, grad(w(depth))) == pytest.approx(expected, rel=1e-13)
        bias = b(depth, shared=True)
        assert numbers(with_penalty, grad(bias)) == numbers(plain, grad(bias))
