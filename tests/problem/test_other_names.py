"""Names of other libraries and books lead to those of a problem file, and to nothing that nbsolve has itself."""

from __future__ import annotations

import json

import pytest

from nbsolve import ProblemError
from nbsolve.problem.cursor import suggestion
from nbsolve.problem.other_names import OTHER_NAMES
from nbsolve.problem.parts import WORDS
from nbsolve.problem.schema import schema
from tests.loading import parse_problem

FILE = """title: Names of other libraries
network:
  inputs: 1
  layers:
    - {neurons: 1, activation: identity, weights: [[0]]}
samples: [{input: [1], target: [2]}]
loss: mean squared error
training: {optimiser: {sgd: {lr: 0.1}}}
parts: [{label: a, ask: [update]}]
"""


def test_an_error_names_what_is_meant() -> None:
    with pytest.raises(ProblemError) as caught:
        parse_problem(FILE)
    said = str(caught.value)
    for meant in ("units", "linear", "mse", "learning_rate", "updated_parameters"):
        assert f"did you mean {meant}?" in said, meant


def test_each_name_that_is_meant_exists() -> None:
    known = set(WORDS) | set(json.dumps(schema()).replace('"', " ").split())
    assert [
        (other, name) for other, meant in OTHER_NAMES.items() for name in meant if name not in known
    ] == []


def test_two_meanings_are_both_named_and_only_those_that_can_stand() -> None:
    assert suggestion("cross_entropy", ["binary_cross_entropy", "mse", "categorical_cross_entropy"]) == (
        "did you mean categorical_cross_entropy or binary_cross_entropy?"
    )
    assert (
        suggestion("Cross-Entropy", ["mse", "binary_cross_entropy"]) == "did you mean binary_cross_entropy?"
    )
    assert suggestion("identity", ["sigmoid"]) is None
