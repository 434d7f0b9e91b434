"""The shipped problems against the numbers of the documents they come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nbsolve import solve
from tests.loading import load_problem

HERE = Path(__file__).parent
PROBLEMS = HERE.parent / "problems"
TRUTH: dict[str, Any] = json.loads((HERE / "reference" / "truth.json").read_text(encoding="utf-8"))


def entries(file: str, overrides: dict[str, object] | None = None) -> dict[tuple[str, int], Any]:
    """The answers by quantity and iteration; a given counts for every iteration."""
    problem = load_problem(PROBLEMS / file, overrides=overrides)
    return {(e.quantity, e.iteration or 1): e for e in solve(problem).entries(everything=True)}


@pytest.mark.parametrize("name", TRUTH["runs"])
def test_ten_digits(name: str) -> None:
    run = TRUTH["runs"][name]
    answers = entries(run["file"])
    for iteration, values in run["iterations"].items():
        for quantity, value in values.items():
            got = float(answers[quantity, int(iteration)].exact)
            assert got == pytest.approx(value, rel=5e-11, abs=1e-15), (quantity, iteration)


@pytest.mark.parametrize("name", TRUTH["carried"])
def test_carried_by_hand_digit_for_digit(name: str) -> None:
    chain = TRUTH["carried"][name]
    answers = entries(chain["file"], {"rounding": chain["rounding"], "explain": chain["explain"]})
    wrong = {}
    for quantity, value in chain["values"].items():
        got = answers[quantity, 1].printed
        if float(got) != value:
            wrong[quantity] = (got, value)
    assert not wrong
