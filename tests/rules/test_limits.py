"""Trainings by a rule that would go on for too long: what is listed of them, and where they are refused."""

from __future__ import annotations

import io
import json

import pytest

from nbsolve import solve
from nbsolve.compose.rules.answers import MOST_CHANGES
from nbsolve.errors import ProblemError, TooMuchWork
from nbsolve.problem import parse_problem
from nbsolve.worked.rule import WorkedRule

ENDLESS = """\
kind: rule
rule: perceptron
samples: [{input: [1, -1], target: [0]}, {input: [1, 1], target: [1]}, {input: [1, -1], target: [1]}]
"""


def test_the_answers_list_the_first_changes_and_what_follows_them() -> None:
    worked = solve(parse_problem(f"{ENDLESS}epochs: 150\nparts: [{{label: a, ask: [changes, mistakes]}}]\n"))
    assert isinstance(worked, WorkedRule)
    page = str(worked.answers())
    assert page.count("Epoch") == MOST_CHANGES
    assert "Mistakes" in page
    assert f"The first {MOST_CHANGES} changes are listed" in page
    stream = io.StringIO()
    worked.write_json(stream)
    assert len(json.loads(stream.getvalue())["answers"]) > 3 * MOST_CHANGES


def test_few_changes_are_all_listed() -> None:
    worked = solve(parse_problem(f"{ENDLESS}epochs: 20\nparts: [{{label: a, ask: [changes]}}]\n"))
    assert "are listed" not in str(worked.answers())


def test_exact_numbers_that_grow_without_end_are_refused() -> None:
    text = ENDLESS.replace("perceptron", "{adaline: {learning_rate: 0.123456789012345678901234567890}}")
    problem = parse_problem(f"{text}epochs: 300\n")
    with pytest.raises(
        TooMuchWork, match=r"epoch \d+, sample \d: .* more than 4,000 digits; give fewer epochs"
    ):
        solve(problem)


def test_rounded_at_each_step_they_do_not_grow() -> None:
    text = ENDLESS.replace("perceptron", "{adaline: {learning_rate: 0.123456789012345678901234567890}}")
    worked = solve(parse_problem(f"{text}epochs: 300\nrounding: {{apply: each_step, decimals: 4}}\n"))
    assert isinstance(worked, WorkedRule)
    assert len(worked.trained.epochs) == 300


@pytest.mark.parametrize(("inputs", "most"), [(1, "10,000"), (9, "4,000")])
def test_epochs_are_limited_by_what_is_kept(inputs: int, most: str) -> None:
    sample = f"{{input: {[1] * inputs}, target: [1]}}"
    text = f"kind: rule\nrule: adaline\nsamples: [{sample}]\nepochs: 10001\n"
    with pytest.raises(ProblemError, match=f"a whole number from 1 to {most}"):
        parse_problem(text)
