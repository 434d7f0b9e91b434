"""Every printed line of the handouts is calculated again, from the alternative texts, and matches what is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.audit import Audit
from tests.audit.pages import in_numbers, whole_letters
from tests.handout.linear import Unlinear, display
from tests.handout.made import PROBLEMS, handout, has_numbers, pdf, solution
from tests.handout.reading import Reading, digits, formulas, read_blocks

NUMBERS = [path for path in PROBLEMS if has_numbers(path)]


def test_most_problems_are_in_numbers() -> None:
    assert len(NUMBERS) >= 6


@pytest.mark.parametrize("path", NUMBERS, ids=lambda p: p.stem)
def test_every_line_reproduces(path: Path) -> None:
    one, worked = handout(path), solution(path)
    reading = Reading.of(one.whole, worked)
    blocks = in_numbers(read_blocks(pdf(path).tree, reading))
    report = Audit(
        worked.problem.text, list(worked.entries(everything=True)), blocks, whole_letters(worked)
    ).report()
    assert not report.faults, "\n".join(report.faults[:10])
    assert report.lines > 100
    print(
        f"{path.stem}: {report.lines} lines, {report.numbers} numbers, {report.digits} digits: all reproduce"
    )


@pytest.mark.parametrize("kind", ["question", "solution", "compact", "key"])
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
def test_what_is_said_is_what_is_seen(path: Path, kind: str) -> None:
    found = list(formulas(pdf(path, kind).tree))
    assert all(node.alt for node in found)
    wrong = [(node.alt, node.seen) for node in found if digits(node.alt or "") != digits(node.seen)]
    assert not wrong
    assert found or kind == "question"


def test_a_wrong_digit_is_found() -> None:
    path = NUMBERS[0]
    one, worked = handout(path), solution(path)
    reading = Reading.of(one.whole, worked)
    tree = pdf(path).tree
    equation = next(node for node in formulas(tree) if node.alt and "≈ 0." in node.alt and "[ " in node.alt)
    right = equation.alt or ""
    place = right.index("≈ 0.") + len("≈ 0.")
    equation.alt = right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]
    try:
        assert digits(equation.alt) != digits(equation.seen)
        blocks = in_numbers(read_blocks(tree, reading))
    finally:
        equation.alt = right
    entries = list(worked.entries(everything=True))
    assert Audit(worked.problem.text, entries, blocks, whole_letters(worked)).report().faults


def test_what_is_not_a_formula_is_not_read() -> None:
    for wrong in ("z = ", "= )1(", "a = 1 +", "a = [1, 2", "a b"):
        with pytest.raises(Unlinear):
            display(wrong, {"a": "a"})
