"""Every line of every page in letters: read, true of the network that the problem means; every change noticed."""

from __future__ import annotations

import pytest

from tests.algebra.documents import OTHERS
from tests.algebra.kill_rate import excused
from tests.algebra.killing import Tally
from tests.algebra.page import lines_in
from tests.algebra.proofs import proved
from tests.algebra.shipped import SYMBOLIC, symbolic_pages

PAGES = symbolic_pages()
CHANGED = [*SYMBOLIC, "001-B squared error", "004", *OTHERS]
"""The other documents are among the shipped problems."""
STEP = 97
"""Every fortieth change, others for each page; all of them: `python -m tests.algebra.kill_rate`."""


@pytest.mark.parametrize("name", PAGES)
def test_every_line_is_true(name: str) -> None:
    page = PAGES[name]
    report = page.check()
    assert not report.faults, report.faults
    assert report.lines == lines_in(page.markdown) > 25


@pytest.mark.parametrize("name", PAGES)
def test_answers_are_true(name: str) -> None:
    """Each row of the table at the end: a quantity and what it comes to."""
    page = PAGES[name]
    rows = page.answers
    assert len(rows) > 5
    for row in rows:
        page.given.equal(*row)


@pytest.mark.parametrize("number", range(len(CHANGED)), ids=list(CHANGED))
def test_changes_are_noticed(number: int) -> None:
    name, page = CHANGED[number], PAGES[CHANGED[number]]
    tally = Tally()
    page.mutate(tally, STEP, number)
    excused(name, tally)
    print(f"{name}: {sum(tally.killed.values())} of {sum(tally.made.values())} changes rejected")
    assert [mutant.change for mutant in tally.survivors] == []
    assert tally.rate == 1
    assert sum(tally.made.values()) > 20


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ["004", "003"])
def test_computer_algebra_proves_it(name: str) -> None:
    """With the weights, inputs and targets as the only letters, everything else put in."""
    page = PAGES[name]
    done, whole = proved(page.letters, [display for display in page.displays if display.letters], branches=1)
    assert done == whole > 40


def test_the_documents_are_shipped() -> None:
    assert {name[:5] for name in SYMBOLIC} >= {"000-s", "001-a", "001-b"}
