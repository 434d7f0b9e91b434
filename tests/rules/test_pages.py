"""Pages of rules: what stands where."""

from __future__ import annotations

from pathlib import Path

from nbsolve import load_problem, solve
from nbsolve.notebook.shown import shown_on_page

PERCEPTRON = Path(__file__).parents[2] / "problems" / "rule-perceptron-and.yaml"


def test_the_picture_beside_the_question_has_no_boundary() -> None:
    problem = load_problem(PERCEPTRON)
    drawn = [arguments for method, arguments in shown_on_page(problem) if method == "draw"]
    assert drawn == [{"id": "samples"}, {"unit": 1}]
    assert "boundary" not in solve(problem).draw("samples").words
    assert "decision boundary z = 0" in solve(problem).draw().words


def test_each_part_has_its_own_table_and_changes_stand_side_by_side() -> None:
    answers = str(solve(load_problem(PERCEPTRON)).answers())
    assert [line.split()[:2] for line in answers.splitlines() if line.startswith("  Part ")] == [
        ["Part", label] for label in "abcd"
    ]
    assert "Part a (6\N{NO-BREAK SPACE}marks)   w₁  w₂   b" in answers
    assert "Epoch 5, sample 2   2   1  −3" in answers
