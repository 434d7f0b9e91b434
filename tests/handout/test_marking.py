"""Keys: marks for method and values that add up to those of each part, every answer, in type that can be read."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pypdfium2
import pytest

from nbsolve.asking.answers import Answer
from nbsolve.handout.key_cells import Cell
from nbsolve.handout.keys import in_rows
from nbsolve.handout.marking import groups_of
from tests.handout.made import PROBLEMS, SMALL, handout, pdf


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
def test_every_answer_is_in_one_group_and_the_marks_of_a_part_are_shared_out(path: Path) -> None:
    worked = handout(path).worked
    groups = groups_of(worked)
    assert sorted(map(repr, worked.entries())) == sorted(repr(e) for group in groups for e in group.entries)
    assert all(group.words for group in groups)
    assert all((group.method > 0, group.accuracy > 0) == (not group.given,) * 2 for group in groups)
    for part in worked.problem.parts:
        own = [group for group in groups if group.part == part.label and not group.given]
        given = 2 * len(own) if part.marks is None else Fraction(part.marks.text)
        assert sum(group.method + group.accuracy for group in own) == given


@pytest.mark.parametrize("marks", ["1", "2.5", "4", "7", "10", "1/3", "0"])
def test_marks_come_in_wholes_or_in_halves_of_them(marks: str) -> None:
    groups = groups_of(handout(SMALL.replace("marks: 4", f"marks: {marks}")).worked)
    own = [group for group in groups if group.part == "a"]
    assert [group.words for group in own] == ["weighted sum of a unit", "activation function", "loss"]
    shares = [share for group in own for share in (group.method, group.accuracy)]
    assert sum(shares) == Fraction(marks)
    assert Fraction(marks) == 0 or all(share > 0 for share in shares)
    if marks == "10":
        assert all(share.denominator == 1 for share in shares)


def test_the_method_is_the_step_that_finds_the_quantity() -> None:
    said = [node.alt or "" for node in pdf(SMALL, "key").tree if node.kind == "Formula"]
    assert "z₁⁽¹⁾ = w₁₁⁽¹⁾·x₁ + w₂₁⁽¹⁾·x₂ + b⁽¹⁾" in said
    assert any(alt.startswith("∂L/∂w₁₁⁽¹⁾ = ∂L/∂z") for alt in said) or any("∂L/∂" in alt for alt in said)
    seen = pdf(SMALL, "key").tree.seen
    assert "Total: 6.5" in seen
    assert "shared out" in seen


@pytest.mark.parametrize("stem", ["001-a-cross-entropy", "derivation-softmax", "000-softmax-two-losses"])
def test_keys_are_set_in_the_size_of_the_text(stem: str) -> None:
    document = pypdfium2.PdfDocument(pdf(PROBLEMS[0].with_name(f"{stem}.yaml"), "key").bytes)
    text = document[0].get_textpage()
    sizes = {
        round(pypdfium2.raw.FPDFText_GetFontSize(text, n), 1)
        for n in range(text.count_chars())
        if text.get_text_range(n, 1).strip()
    }
    # the text, indices and what stands in fractions of a line, the title
    assert sizes - {5.0, 7.0} == {10.0, 20.4}


def test_an_answer_in_letters_may_begin_and_end_with_a_fraction_s_braces() -> None:
    """(∂L/∂z) a + λ w is a sum: not one derivative, to be written with a slash."""
    text = """\
title: A softmax in letters
network:
  inputs: 1
  layers: [{units: 2, activation: softmax, weights: symbolic}]
samples: [{input: symbolic, target: symbolic}]
loss: categorical_cross_entropy
regulariser: {l2: {strength: 0.1}}
notation: {preset: indexed}
explain: local_derivatives
parts: [{label: a, ask: [gradients]}]
"""
    answers = [entry.latex or "" for entry in handout(text).worked.entries()]  # type: ignore[union-attr]
    assert any(answer.startswith(r"\frac{\partial") and answer.endswith("}") for answer in answers)
    assert pdf(text, "key").pages


def test_what_is_given_earns_no_marks() -> None:
    path = PROBLEMS[0].with_name("published-2-2-2-biases-held.yaml")
    (held,) = (group for group in groups_of(handout(path).worked) if group.given)
    assert len(held.entries) == 2
    assert "Total: 12" in pdf(path, "key").tree.seen


def test_a_few_answers_stay_with_their_method() -> None:
    document = pypdfium2.PdfDocument(pdf(PROBLEMS[0].with_name("001-a-cross-entropy.yaml"), "key").bytes)
    first, second = (page.get_textpage().get_text_range() for page in document)
    for answer in (
        "9.296",
        "1.609",
    ):  # the first and the last of the sums, which begin at the foot of the page
        assert answer not in first
        assert second.index("Weighted sum") < second.index(answer)


def test_answers_that_are_called_the_same_have_the_number_of_their_iteration() -> None:
    path = PROBLEMS[0].with_name("graph-momentum-and-nesterov.yaml")
    groups = [group for group in groups_of(handout(path).worked) if group.part == "b"]
    assert [group.iteration for group in groups] == [1, 2, 3]
    assert sum(group.method + group.accuracy for group in groups) == 6
    assert "It." in pdf(path, "key").tree.seen


def test_many_changes_stand_beside_each_other() -> None:
    """A wide answer that is alone in its kind, the boundary, has a row for itself, and leaves the others theirs."""
    assert pdf(next(path for path in PROBLEMS if path.stem == "rule-perceptron-and"), "key").pages == 1


def test_the_method_of_a_derivation_are_its_rules() -> None:
    words = {group.words for path in PROBLEMS if path.stem.startswith(("003-", "derivation-s"))
             for group in groups_of(handout(path).worked)}  # fmt: skip
    assert "power and chain rule, differentiate each term, split the fraction" in words
    assert not [said for said in words if not said or "found above" in said or "simplify" in said]


def test_the_total_is_not_alone_on_its_page() -> None:
    document = pypdfium2.PdfDocument(pdf(PROBLEMS[0].with_name("rule-perceptron-xor.yaml"), "key").bytes)
    last = document[len(document) - 1].get_textpage().get_text_range()
    assert len(document) == 2
    assert last.index("accuracy") < last.index("Total")


def test_another_sample_begins_another_row() -> None:
    """Three parameters after each change: two beside each other, and one below them."""
    cells = [[Cell(str(number), 1.0, "")] for number in range(6)]
    entries = [Answer("w", "w", 1, sample, 0.0, 0.0, "0") for sample in (1, 2) for _ in range(3)]
    assert [len(row) for row in in_rows(entries, cells, 2)] == [2, 1, 2, 1]
    assert [len(row) for row in in_rows(entries, cells, 1)] == [1] * 6
    assert [len(row) for row in in_rows(entries[:3], cells[:3], 2)] == [2, 1]
    single = [entry for entry in entries if entry is not entries[1] and entry is not entries[2]]
    assert [len(row) for row in in_rows(single, cells[:4], 2)] == [2, 2]
