"""Every printed line of the handouts is calculated again, from the alternative texts, and matches what is seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from nbsolve.checking.audit.audit import Audit
from nbsolve.checking.audit.page import in_numbers
from nbsolve.variants.judging import whole_letters
from tests.handout.linear import Unlinear, display
from tests.handout.made import PROBLEMS, handout, has_numbers, pdf, solution
from tests.handout.reading import Reading, digits, formulas, read_blocks
from tests.loading import for_a_pencil

NUMBERS = [path for path in PROBLEMS if has_numbers(path)]


def test_most_problems_are_in_numbers() -> None:
    assert len(NUMBERS) >= 6


@pytest.mark.sampled(9)
@pytest.mark.parametrize("path", NUMBERS, ids=lambda p: p.stem)
def test_every_line_reproduces(path: Path) -> None:
    one, worked = handout(path), solution(path)
    reading = Reading.of(one.whole, worked)
    blocks = in_numbers(read_blocks(pdf(path).tree, reading))
    report = Audit(
        worked.problem.text, list(worked.entries(everything=True)), blocks, whole_letters(worked)
    ).report()
    assert not report.faults, "\n".join(report.faults[:10])
    assert report.lines > (50 if for_a_pencil(path) else 100)
    print(
        f"{path.stem}: {report.lines} lines, {report.numbers} numbers, {report.digits} digits: all reproduce"
    )


@pytest.mark.sampled(17)
@pytest.mark.parametrize("kind", ["question", "solution", "compact", "key"])
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
def test_what_is_said_is_what_is_seen(path: Path, kind: str) -> None:
    found = list(formulas(pdf(path, kind).tree))
    assert all(node.alt for node in found)
    wrong = [(node.alt, node.seen) for node in found if digits(node.alt or "") != digits(node.seen)]
    assert not wrong
    assert found or kind == "question"


def _faults_with(changed: Callable[[str], str], path: Path = NUMBERS[0]) -> list[str]:
    """What the audit says where the first formula that `changed` changes is said so."""
    one, worked = handout(path), solution(path)
    tree = pdf(path).tree
    equation = next(node for node in formulas(tree) if node.alt and changed(node.alt) != node.alt)
    right = equation.alt or ""
    equation.alt = changed(right)
    try:
        blocks = in_numbers(read_blocks(tree, Reading.of(one.whole, worked)))
    finally:
        equation.alt = right
    entries = list(worked.entries(everything=True))
    return Audit(worked.problem.text, entries, blocks, whole_letters(worked)).report().faults


def _next_digit(alt: str) -> str:
    if "[ " not in alt or "≈ 0." not in alt:
        return alt
    place = alt.index("≈ 0.") + len("≈ 0.")
    return alt[:place] + str((int(alt[place]) + 1) % 10) + alt[place + 1 :]


def _other_reason(alt: str) -> str:
    return re.sub(r"(since .*) > 0", r"\1 < 0", alt)


def _other_quantity(alt: str) -> str:
    return alt.replace("z₃ with more digits", "z₁⁽¹⁾ with more digits")


def _other_derivative(alt: str) -> str:
    return re.sub(r"^(σ′\(z\) = .*)1 − a", r"\1 2 − a", alt)


def _other_columns(alt: str) -> str:
    return alt.replace("[:,2:3]", "[:,1:2]")


def _other_meaning(alt: str) -> str:
    return alt.replace("where a = σ(z)", "where a = 1 − σ(z)")


@pytest.mark.parametrize(
    "changed", [_next_digit, _other_reason, _other_quantity, _other_derivative, _other_meaning]
)
def test_what_is_wrong_in_a_line_or_a_note_is_found(changed: Callable[[str], str]) -> None:
    found = _faults_with(changed)
    assert found
    assert not any("Unreadable" in fault for fault in found)


def test_other_columns_of_a_matrix_are_found() -> None:
    path = next(path for path in NUMBERS if path.stem == "bias-in-the-weights")
    found = _faults_with(_other_columns, path)
    assert found
    assert not any("Unreadable" in fault for fault in found)


def test_a_wrong_digit_is_not_what_is_seen() -> None:
    equation = next(
        node for node in formulas(pdf(NUMBERS[0]).tree) if _next_digit(node.alt or "") != (node.alt or "")
    )
    assert digits(_next_digit(equation.alt or "")) != digits(equation.seen)


def test_what_is_not_a_formula_is_not_read() -> None:
    for wrong in ("z = ", "= )1(", "a = 1 +", "a = [1, 2", "a b"):
        with pytest.raises(Unlinear):
            display(wrong, {"a": "a"})
