"""The question sheet has nothing of the solution: not in its text, metadata, attachments or alternative texts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nbsolve.answers import Answer
from nbsolve.handout.work import FEWEST, MOST
from nbsolve.phrases import phrase
from tests.handout.made import PROBLEMS, SMALL, handout, has_numbers, pdf

NUMBER = re.compile(r"\d+\.\d+")


def results(source: Path | str) -> set[str]:
    """Every number that only solving gives, with three digits or more."""
    entries = [e for e in handout(source).worked.entries(everything=True) if isinstance(e, Answer)]
    printed = {(e.printed or "").lstrip("-") for e in entries if e.quantity[:2] not in ("x[", "y[")}
    given = set(NUMBER.findall(handout(source).worked.problem.text))
    return {p for p in printed if NUMBER.fullmatch(p) and len(p.replace(".", "").lstrip("0")) > 2} - given


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
def test_nothing_of_the_solution(path: Path) -> None:
    everything = pdf(path, "question").everything().replace("−", "-")
    one = handout(path)
    if has_numbers(path):
        found = results(path)
        assert len(found) > 5
        shown = set(NUMBER.findall(everything))
        assert not found & shown
    for key in ("conventions", "pitfalls", "answers", "forward", "backward", "update"):
        assert phrase(f"sections.{key}") not in everything
    for pitfall in one.worked.problem.pitfalls:
        words = [word for word in re.split(r"\$[^$]*\$", pitfall) if len(word) > 25]
        assert not any(" ".join(word.split()) in " ".join(everything.split()) for word in words)


def test_the_test_would_find_a_solution() -> None:
    path = next(path for path in PROBLEMS if has_numbers(path))
    everything = pdf(path, "solution").everything().replace("−", "-")
    assert len(results(path) & set(NUMBER.findall(everything))) > 5
    assert phrase("sections.answers") in everything


def test_the_parts_stand_with_their_marks_and_room_for_answers() -> None:
    seen = pdf(SMALL, "question").tree.seen
    assert "(a)" in seen
    assert "4 marks" in seen
    assert "2.5 marks" in seen
    assert "Name:" in seen
    pieces = [piece.typst for piece in handout(SMALL).question_pieces()]
    lines = [int(re.findall(r"\d+", typst)[0]) for typst in pieces if typst.startswith("#answer-lines")]
    assert len(lines) == 2
    assert all(FEWEST <= count <= MOST for count in lines)
    assert lines[0] < lines[1] == MOST  # thirteen gradients take more room than seven sums


def test_nothing_is_attached() -> None:
    assert not list(pdf(SMALL, "question").file.attachments)


def test_what_no_author_has_stated_is_on_the_sheet() -> None:
    """The loss with its numbers, parameters of activations, batches, held parameters, how to round."""
    text = """\
title: A small network
network:
  inputs: 1
  layers:
    - units: 1
      activation: {leaky_relu: {slope: 0.37}}
      weights: [[0.5]]
      bias: {value: [0.1], trainable: false}
samples: [{x: [1], y: [1]}, {x: [2], y: [1]}, {x: [3], y: [1]}]
loss: {huber: {delta: 0.83, weight: 3, scale: 1/7}}
training: {optimiser: {sgd: {learning_rate: 0.01}}, batch: 2}
rounding: {apply: each_step, decimals: 5}
parts: [{label: a, ask: [loss]}]
"""
    seen = pdf(text, "question").tree
    said = seen.seen + " ".join(node.alt or "" for node in seen)
    for wanted in (
        "0.37",
        "0.83",
        "1/7",
        "Huber",
        "takes 2 samples",
        "5 decimals",
        "averaged over the samples",
    ):
        assert wanted in said, wanted
    own = pdf(text + "statement: All is said here.\n", "question").tree.seen
    assert "Huber" not in own


def test_a_derivation_says_what_is_to_be_derived_and_of_what() -> None:
    tree = pdf("kind: derivation\nfunctions: [softmax]\nlosses: [huber]\n", "question").tree
    said = [node.alt or "" for node in tree]
    assert "∂pₖ/∂zⱼ" in said
    assert any(alt.startswith("pₖ = ") for alt in said)
    assert {"∂L/∂a", "∂L/∂aₖ"} <= set(said)
    assert "summed" not in tree.seen  # the mean, as Huber's loss is taken
    assert "the mean over the outputs" in tree.seen
