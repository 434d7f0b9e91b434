"""Every line of every shipped derivation: read, true at random points, proved by SymPy; every change noticed."""

from __future__ import annotations

import pytest

from tests.algebra.checker import Checker
from tests.algebra.derivations import Segment, topics
from tests.algebra.kill_rate import excused
from tests.algebra.killing import Tally, run
from tests.algebra.page import answers, lines_in, texts
from tests.algebra.proofs import proved
from tests.algebra.shipped import DERIVATIONS, TEXTS, derivation_segments, markdown
from tests.algebra.tree import Remainder, walk
from tests.reference.random_problems import HIDDEN

SEGMENTS = list(derivation_segments())
STEP = 7
"""Every seventh change, others for each derivation; all of them: `python -m tests.algebra.kill_rate`."""


def by_name(segment: Segment) -> str:
    return segment.name


@pytest.mark.parametrize("segment", SEGMENTS, ids=by_name)
def test_every_line_is_true(segment: Segment) -> None:
    for length in (3, 2, 4):
        report = Checker(segment.world(length)).check(segment.pages)
        assert not report.faults, report.faults
        assert report.lines == lines_in(segment.markdown) >= 3


@pytest.mark.parametrize("segment", SEGMENTS, ids=by_name)
def test_computer_algebra_proves_it(segment: Segment) -> None:
    checker = Checker(segment.world(2))
    done, whole = proved(checker, segment.pages)
    sides = [
        (chain.items[n - 1], chain.items[n])
        for display in segment.pages
        for chain in display.chains
        for n in range(1, len(chain.items))
    ]
    to_first_order = sum(
        any(isinstance(part, Remainder) for item in pair for part in walk(checker.node(item.tokens)))
        for pair in sides
    )
    assert whole == len(sides)
    assert done == whole - to_first_order


@pytest.mark.sampled(11)
@pytest.mark.parametrize("number", range(len(SEGMENTS)), ids=[segment.name for segment in SEGMENTS])
def test_changes_are_noticed(number: int) -> None:
    segment = SEGMENTS[number]
    checker, tally = Checker(segment.world()), Tally()
    lines = checker.check(segment.pages).lines
    run(checker, segment.pages, tally, STEP if lines > 5 else 1, number)
    excused(segment.name, tally)
    print(f"{segment.name}: {sum(tally.killed.values())} of {sum(tally.made.values())} changes rejected")
    assert [mutant.change for mutant in tally.survivors] == []
    assert tally.rate == 1


@pytest.mark.parametrize("name", DERIVATIONS)
def test_answers_are_the_results(name: str) -> None:
    """The table at the end says what the derivations ended with."""
    page = markdown(TEXTS[name])
    ends = [
        (texts(chain.items[0].tokens), texts(chain.items[-1].tokens))
        for segment in segments_of(name)
        for chain in segment.pages[-1].chains[-1:]
    ]
    rows = [(texts(row[0]), texts(row[1])) for row in answers(page)]
    assert rows == ends


def segments_of(name: str) -> list[Segment]:
    from tests.algebra.derivations import segments

    return list(segments(TEXTS[name], markdown(TEXTS[name])))


def test_all_of_the_catalogue_are_there() -> None:
    """The list of the issue, and every activation and loss of the tables."""
    found = {(topic.name, topic.through) for name in DERIVATIONS for topic in topics(TEXTS[name])}
    activations = {*HIDDEN, "softmax"}
    losses = {"squared_error", "absolute_error", "huber", "hinge", "cosine_similarity", "cosine_loss"}
    entropies = [("binary_cross_entropy", "sigmoid"), ("categorical_cross_entropy", "softmax")]
    wanted = {(name, None) for name in (*activations, *losses)} | {(name, None) for name, _ in entropies}
    assert found >= wanted | set(entropies)
