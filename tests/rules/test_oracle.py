"""Trainings by a rule, against a second interpreter of the YAML; published ones digit for digit."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from nbsolve import RuleProblem, WorkedRule, load_problem, solve
from nbsolve.checking.oracle import rules
from nbsolve.rules.boundary import boundary
from nbsolve.rules.separating import inseparable
from tests.reference.random_rules import rule_problem
from tests.sampling import OneIn

SHIPPED = sorted((Path(__file__).parents[2] / "problems").glob("rule-*.yaml"))
RANDOM = 400
"""Random problems; each is solved once."""


@cache
def worked(text: str | Path) -> WorkedRule:
    problem = load_problem(text)
    assert isinstance(problem, RuleProblem)
    return solve(problem)


def fraction(value: object) -> Fraction:
    return Fraction(str(value))


def agrees(text: str) -> None:
    """Every number of every sample of every epoch, and those in the end."""
    found, expected = worked(text).trained, rules.run(text)
    assert len(found.epochs) == expected.epochs
    rows = iter(expected.rows)
    for epoch in found.epochs:
        for turn in epoch.turns:
            for unit in range(len(turn.z)):
                row = next(rows)
                assert (epoch.number, turn.sample, unit + 1) == (row["epoch"], row["sample"], row["unit"])
                assert fraction(turn.z[unit]) == row["z"]
                assert fraction(turn.predictions[unit]) == row["a"]
                assert fraction(turn.signals[unit]) == row["e"]
                assert [fraction(w) for w in turn.changes.weights[unit]] == row["dw"]
                assert [fraction(w) for w in turn.after.weights[unit]] == row["w"]
                if row["b"] is not None:
                    assert fraction(turn.changes.constants[unit]) == row["db"]
                    assert fraction(turn.after.constants[unit]) == row["b"]
    assert [[fraction(w) for w in row] for row in found.last.weights] == expected.weights
    assert [fraction(b) for b in found.last.constants] == [b for b in expected.constants if b is not None]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_trainings_agree(path: Path) -> None:
    agrees(path.read_text(encoding="utf-8"))


def test_random_trainings_agree(one_in: OneIn) -> None:
    for seed in range(0, RANDOM, one_in(10)):
        agrees(rule_problem(seed))


def test_a_boundary_is_where_predictions_change(one_in: OneIn) -> None:
    for seed in range(0, RANDOM, one_in(10)):
        trained = worked(rule_problem(seed)).trained
        problem = rules.Problem(rule_problem(seed))
        for unit in range(problem.units):
            line = boundary(trained, unit + 1)
            for x in problem.inputs:
                own = trained.last.constants[unit] if trained.last.constants else 0
                z = sum(fraction(w) * one for w, one in zip(trained.last.weights[unit], x, strict=True))
                z += problem.sign * fraction(own)
                sum_ = sum(fraction(w) * one for w, one in zip(line.weights, x, strict=True))
                assert sum_ + fraction(line.constant) == z - problem.border


def test_what_cannot_be_separated_is_proved(one_in: OneIn) -> None:
    """With a bias that changes: against Kirchberger's theorem; each proof is checked by itself."""
    decided = {True: 0, False: 0}
    for seed in range(0, RANDOM, one_in(10)):
        problem = worked(rule_problem(seed)).problem
        bias = problem.network.layers[0].bias
        if bias.kind == "absent" or not bias.trainable:
            continue
        own = rules.Problem(rule_problem(seed))
        for unit in range(own.units):
            upper = [target[unit] == own.high for target in own.targets]
            proof = inseparable(problem, unit)
            assert (proof is None) == rules.separable(own.inputs, upper)
            decided[proof is None] += 1
            if proof is None:
                continue
            for side, wanted in ((proof.upper, True), (proof.lower, False)):
                assert all(share > 0 and upper[number - 1] is wanted for number, share in side)
                assert sum(fraction(share) for _, share in side) == 1
                point = [
                    sum(fraction(share) * own.inputs[number - 1][k] for number, share in side)
                    for k in range(len(own.inputs[0]))
                ]
                assert point == [fraction(value) for value in proof.point]
    assert min(decided.values()) > 2


def test_a_perceptron_that_ended_was_separable(one_in: OneIn) -> None:
    """Also with a bias that is held, or none: there is no proof against what was found."""
    ended = 0
    for seed in range(0, RANDOM, one_in(5)):
        one = worked(rule_problem(seed)).trained
        if one.problem.until_right and one.right:
            ended += 1
            assert all(inseparable(one.problem, unit) is None for unit in range(len(one.last.weights)))
    assert ended > 5
