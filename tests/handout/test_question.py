"""The question sheet has nothing of the solution: not in its text, metadata, attachments or alternative texts."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from nbsolve import load_problem
from nbsolve.asking.answers import Answer
from nbsolve.errors import ProblemError
from nbsolve.handout import CourseData, typeset
from nbsolve.handout.typesetting import _source
from nbsolve.handout.work import FEWEST, IN_ALL, answer_lines
from nbsolve.phrases import PhraseId, phrase
from tests.handout.made import PROBLEMS, SMALL, handout, has_numbers, pdf
from tests.loading import for_a_pencil
from tests.typst_here import typst_compiler

NUMBER = re.compile(r"\d+\.\d+")


def results(source: Path | str) -> set[str]:
    """Every number that only solving gives, with three digits or more."""
    entries = [e for e in handout(source).worked.entries(everything=True) if isinstance(e, Answer)]
    printed = {(e.printed or "").lstrip("-") for e in entries if e.quantity[:2] not in ("x[", "y[")}
    given = set(NUMBER.findall(handout(source).worked.problem.text))
    return {p for p in printed if NUMBER.fullmatch(p) and len(p.replace(".", "").lstrip("0")) > 2} - given


@pytest.mark.sampled(3)
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
def test_nothing_of_the_solution(path: Path) -> None:
    everything = pdf(path, "question").everything().replace("−", "-")
    one = handout(path)
    if has_numbers(path):
        found = results(path)
        assert len(found) > (1 if for_a_pencil(path) else 5)
        shown = set(NUMBER.findall(everything))
        assert not found & shown
    sections: tuple[PhraseId, ...] = (
        "sections.conventions",
        "sections.pitfalls",
        "sections.answers",
        "sections.forward",
        "sections.backward",
        "sections.update",
    )
    for key in (
        sections[:-1] if one.worked.problem.kind == "update" else sections
    ):  # there updates are numbered
        assert phrase(key) not in everything
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
    assert "4\N{NO-BREAK SPACE}marks" in seen
    assert "2.5\N{NO-BREAK SPACE}marks" in seen
    for box in ("Name", "Number", "Marks / 6.5", "/ 4", "/ 2.5"):
        assert box in seen
    assert seen.index("(a)") < seen.index("(b)") < seen.index("/ 4")  # the parts stand with the problem
    forward, gradients = answer_lines(handout(SMALL).worked, handout(SMALL).whole)
    assert FEWEST <= forward < gradients <= IN_ALL  # thirteen gradients take more room than seven sums


def rules(page: pypdfium2.PdfPage) -> list[float]:
    """The heights, in points from above, of the lines that reach over the whole width of the text."""
    painted = np.asarray(page.render(scale=2, grayscale=True).to_numpy()).squeeze() < 235
    rows = np.nonzero(painted.sum(axis=1) > 0.785 * painted.shape[1])[0] / 2
    return [float(row) for n, row in enumerate(rows) if n == 0 or row - rows[n - 1] > 1]


@pytest.mark.parametrize("stem", ["001-a-cross-entropy", "004-relu-cross-entropy", "003-2-loss-gradients"])
def test_every_page_is_ruled_to_its_end_and_no_rule_is_doubled(stem: str) -> None:
    document = pypdfium2.PdfDocument(pdf(PROBLEMS[0].with_name(f"{stem}.yaml"), "question").bytes)
    for number, page in enumerate(document, 1):
        lines = rules(page)
        if number == 1 and len(lines) == 1:
            continue  # the problem takes the page
        assert page.get_height() - lines[-1] < (22 + 9) / 25.4 * 72
        assert all(below - above > 20 for above, below in pairwise(lines))
        if number > 1:
            assert len(lines) > 24


def test_no_part_ends_with_the_first_lines_of_a_page() -> None:
    sheets = [handout(path) for path in PROBLEMS[3:6]]
    for one in (*sheets, *(replace(sheet, course=CourseData()) for sheet in sheets)):
        for page in list(pypdfium2.PdfDocument(typeset(one.question())))[1:]:
            text = page.get_textpage()
            label = re.search(r"\(\w+\)", text.get_text_range())
            if label is not None:
                height = page.get_height() - text.get_charbox(label.start())[1]
                above = sum(line < height for line in rules(page)[1:])
                assert above == 0 or above > 2, f"{one.title}: {label[0]} after {above}"


@pytest.mark.parametrize("stem", ["graph-used-three-times", "graph-momentum-and-nesterov"])
def test_no_part_is_named_at_the_foot_of_a_page(stem: str) -> None:
    for page in pypdfium2.PdfDocument(pdf(PROBLEMS[0].with_name(f"{stem}.yaml"), "question").bytes):
        text = page.get_textpage()
        for label in re.finditer(r"\(\w\) / \d", text.get_text_range()):
            height = page.get_height() - text.get_charbox(label.start())[1]
            assert sum(line > height for line in rules(page)) >= 2, label[0]


def test_all_parts_stand_on_the_page_of_the_question() -> None:
    first, second, *_ = pypdfium2.PdfDocument(
        pdf(PROBLEMS[0].with_name("003-2-loss-gradients.yaml"), "question").bytes
    )
    assert "(f) cosine similarity" in first.get_textpage().get_text_range()
    assert re.findall(r"\(\w\)", second.get_textpage().get_text_range())[0] == "(a)"


def test_the_room_of_a_part_can_be_set() -> None:
    text = SMALL.replace("marks: 4}", "marks: 4, space: 5}").replace("marks: 2.5}", "marks: 2.5, space: 0}")
    document = pypdfium2.PdfDocument(pdf(text, "question").bytes)
    assert [len(rules(page)) for page in document] == [1 + 5]  # one below the course
    with pytest.raises(ProblemError, match="space is '-1'"):
        load_problem(SMALL.replace("marks: 4}", "marks: 4, space: -1}"))


@pytest.mark.parametrize("path", PROBLEMS[::3], ids=lambda p: p.stem)
def test_the_layout_settles(path: Path) -> None:
    """Typst gives up after five attempts, with page numbers that are wrong: that is only a warning."""
    sheet = handout(path).question()
    source = _source(sheet)[0].replace("/*families*/", "")
    _, warnings = typst_compiler().compile_with_warnings(source.encode(), format="pdf")
    assert not [warning.message for warning in warnings]


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
    own = pdf(text + "statement: An author may leave that out.\n", "question").tree.seen
    assert "Huber" in own


def test_a_derivation_says_what_is_to_be_derived_and_of_what() -> None:
    tree = pdf("kind: derivation\nfunctions: [softmax]\nlosses: [huber]\n", "question").tree
    said = [node.alt or "" for node in tree]
    assert "∂pₖ/∂zⱼ" in said
    assert any(alt.startswith("pₖ = ") for alt in said)
    assert {"∂L/∂a", "∂L/∂aₖ"} <= set(said)
    assert "summed" not in tree.seen  # the mean, as Huber's loss is taken
    assert "the mean over the outputs" in tree.seen
