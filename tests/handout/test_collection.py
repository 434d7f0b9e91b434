"""Collections: numbered problems, a table of contents with page numbers, running heads, solutions where wanted."""

from __future__ import annotations

import re

import pytest

from nbsolve.handout import Solutions, collection, typeset
from tests.handout.made import COURSE, ROOT, SMALL, handout
from tests.handout.pdf import Pdf

SOURCES = (SMALL, ROOT / "problems" / "002-two-sigmoid-layers.yaml")


def made(solutions: Solutions) -> Pdf:
    handouts = [handout(source) for source in SOURCES]
    return Pdf(typeset(collection(handouts, solutions, "Exam questions", COURSE)))


@pytest.mark.parametrize("solutions", list(Solutions))
def test_problems_are_numbered_and_listed_with_their_pages(solutions: Solutions) -> None:
    one = made(solutions)
    assert one.title == "Exam questions"
    first, second = "Problem 1: A small network", "Problem 2: Two sigmoid layers, one bias per layer"
    assert first in one.bookmarks
    assert second in one.bookmarks
    heads = {n.seen: next(iter(n.runs())).page + 1 for n in one.tree if n.kind in ("H1", "H2")}
    contents = next(node for node in one.tree if node.kind == "TOC").seen
    for title in (first, second):
        page = re.search(re.escape(title) + r"[\s.]*(\d+)", contents)
        assert page is not None
        assert int(page[1]) == heads[title]
    for words in ("Neural networks", "A University", "Winter 2026/27"):
        assert words in one.tree.seen


def test_where_solutions_stand() -> None:
    marks = {kind: made(kind).bookmarks for kind in Solutions}
    assert "Forward pass" not in marks[Solutions.NONE]
    assert marks[Solutions.INLINE].count("Solution") == 2
    assert marks[Solutions.INLINE].index("Forward pass") < marks[Solutions.INLINE].index(
        "Problem 2: Two sigmoid layers, one bias per layer"
    )
    assert marks[Solutions.APPENDIX].index("Solutions") > marks[Solutions.APPENDIX].index(
        "Problem 2: Two sigmoid layers, one bias per layer"
    )
    assert "Solution of problem 2: Two sigmoid layers, one bias per layer" in marks[Solutions.APPENDIX]


def test_the_contents_have_two_levels_where_the_problems_have_chapters() -> None:
    one = made(Solutions.INLINE)  # one problem in no group, one in one
    listed = [node.seen for node in one.tree if node.kind == "TOCI"]
    chapters = [
        n for n, entry in enumerate(listed) if re.match(r"(Problems|Forward and backward pass)[ .]*\d", entry)
    ]
    problems = [n for n, entry in enumerate(listed) if entry.startswith("Problem ")]
    assert len(chapters) == len(problems) == 2
    assert chapters[0] < problems[0] < chapters[1] < problems[1]
    assert not any(entry.startswith("Solution") for entry in listed)


def test_the_cover_says_what_the_booklet_is() -> None:
    one = made(Solutions.APPENDIX)
    first = " ".join(run.text for node in one.tree for run in node.runs() if run.page == 0)
    for words in ("Exam questions", "Neural networks", "A University", "Winter 2026/27", "with solutions"):
        assert words in first
    assert "1 of" not in first
