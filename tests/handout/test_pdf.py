"""What every handout has: title, language, bookmarks, tags, fonts; the same bytes for the same input."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nbsolve import load_problem, solve
from nbsolve.handout import PAPERS, CourseData, Handout, key, typeset
from tests.handout.made import PROBLEMS, ROOT, SMALL, handout, pdf
from tests.handout.pdf import Node, Pdf, faults

FIRST = ROOT / "problems" / "001-a-squared-error.yaml"


@pytest.mark.parametrize("kind", ["question", "solution", "compact", "key"])
def test_title_language_fonts(kind: str) -> None:
    one = pdf(FIRST, kind)
    assert one.title == "ReLU and two sigmoid layers, squared error, two iterations"
    assert one.language == "en"
    assert one.fonts()
    assert all(embedded for _, embedded in one.fonts())
    assert bool(one.file.Root.MarkInfo.Marked)
    assert "/CreationDate" not in one.file.docinfo


def test_bookmarks_are_the_headings() -> None:
    one = pdf(FIRST)
    headings = [node.seen for node in one.tree if node.kind.startswith("H") and node.kind[1:].isdigit()]
    assert one.bookmarks == headings
    assert "Backward pass" in headings


def test_pictures_have_words() -> None:
    figures = [node for node in pdf(FIRST).tree if node.kind == "Figure"]
    assert len(figures) == 3
    assert all(node.alt and len(node.alt) > 100 for node in figures)
    assert "w₁₁⁽¹⁾ = 0.42" in (figures[0].alt or "")


def test_course_data_at_the_top() -> None:
    seen = pdf(SMALL, "question").tree.seen
    for words in ("Neural networks", "Winter 2026/27", "21 November 2026", "A University"):
        assert words in seen


def test_a_logo(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    )
    one = replace(handout(SMALL), course=CourseData(institution="A University", logo=logo))
    figures = [node.alt for node in Pdf(typeset(one.question())).tree if node.kind == "Figure"]
    assert "Logo of A University" in figures


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_paper(paper: str, size: tuple[int, int]) -> None:
    one = replace(handout(SMALL), paper=PAPERS[paper])
    for sheet in (one.question(), one.solution(), key(one)):
        made = Pdf(typeset(sheet))
        box = made.file.pages[0].mediabox
        assert (round(float(box[2])), round(float(box[3]))) == size


def test_the_same_input_gives_the_same_bytes() -> None:
    code = (
        "import hashlib; from nbsolve import load_problem, solve\n"
        "from nbsolve.handout import Handout, key, typeset\n"
        f"h = Handout(solve(load_problem({SMALL!r})))\n"
        "print([hashlib.sha256(typeset(s)).hexdigest() for s in (h.question(), h.solution(), key(h))])"
    )
    runs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in (1, 2)
    }
    assert len(runs) == 1


def blocks(node: Node) -> list[Node]:
    """What stands below each other on the pages."""
    return [part for part in node.nodes if part.kind != "Span"]


@pytest.mark.sampled(17)
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
@pytest.mark.parametrize("paper", PAPERS)
def test_pages_end_where_they_may_and_nothing_leaves_the_margins(path: Path, paper: str) -> None:
    for kind in ("question", "solution", "compact", "key"):
        made = pdf(path, kind, paper=paper)
        if paper == "a4":
            assert faults(made.bytes) == []
        found = blocks(made.tree)
        check_headings(found)
        for node in found:
            if node.kind == "Formula":
                assert len({run.page for run in node.runs()}) == 1, node.alt
        width = float(made.file.pages[0].mediabox[2])
        for node in made.tree:
            for box in node.boxes:
                assert box[0] >= 40, node.alt
                assert box[2] <= width - 52, node.alt


def check_headings(found: list[Node]) -> None:
    """No heading is parted from what follows, nor the sentence between a heading and an equation from that."""
    for position, node in enumerate(found[:-1]):
        if not (node.kind.startswith("H") and node.kind[1:].isdigit()):
            continue
        following = found[position + 1]
        after = next(following.runs(), None)
        assert after is None or after.page == list(node.runs())[-1].page, node.seen
        beyond = found[position + 2] if position + 2 < len(found) else None
        if following.kind == "P" and beyond is not None and beyond.kind == "Formula":
            assert next(beyond.runs()).page == list(following.runs())[-1].page, following.seen


def test_a_solution_without_iterations() -> None:
    path = next(p for p in PROBLEMS if p.stem.startswith("derivation-"))
    assert "Derivation" in type(solve(load_problem(path))).__name__
    assert Pdf(typeset(Handout(solve(load_problem(path))).solution())).pages >= 1


def test_a_forked_child_compiles_too() -> None:
    code = (
        "import os, sys; from nbsolve.render.typst.compiler import compiled\n"
        "first = compiled('= A')\n"
        "child = os.fork()\n"
        "if child == 0: os._exit(0 if compiled('= A') == first else 1)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


def test_a_derivative_in_a_table_is_a_fraction_beside_fractions_and_on_one_line_elsewhere() -> None:
    def table(stem: str, part: str) -> str:
        pieces = handout(PROBLEMS[0].with_name(f"{stem}.yaml")).solution_pieces()
        return next(piece.typst for piece in pieces if part in piece.typst and "#data(" in piece.typst)

    assert "slash" not in table("000-softmax-two-losses", "Part iv")
    assert "slash" in table("002-two-sigmoid-layers", "Part Q2")
