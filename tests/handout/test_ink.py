"""Every page of a handout is painted and its ink measured: none beyond the margins, and no half-empty page."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from random import Random

import numpy as np
import pypdfium2
import pytest

from nbsolve import load_problem, solve
from nbsolve.handout import CourseData, Handout, Solutions, collection, typeset
from nbsolve.handout.kinds import sheet_of
from nbsolve.handout.paper import MARGIN, PAPERS
from tests.handout.givens import wide_problem
from tests.handout.made import PROBLEMS, handout, pdf

POINTS = 72 / 25.4
SLACK = 3.0
"""Points by which a frame or a rounded letter may stand over the edge of the text."""
KINDS = ("question", "solution", "compact", "key")

LONG = """\
title: Many inputs with long numbers
network:
  inputs: 12
  layers:
    - {units: 2, activation: sigmoid, weights: [%s, %s], bias: [0.1, -0.2]}
    - {units: 3, activation: softmax, weights: [[0.1, -0.2], [0.3, 0.4], [-0.5, 0.6]], bias: [0, 0.1, 0.2]}
samples: [{input: [1.5, -2.25, 3.125, -4.0625, 5.5, -6.75, 7.125, -8.875, 9.0625, -10.5, 11.25, -12.125],
           target: [0, 1, 0]}]
loss: [categorical_cross_entropy, {squared_error: {weight: 0.25, over_outputs: mean}}]
regulariser: {l2: {strength: 0.01}}
detail: units
explain: paths
training: {optimiser: {sgd: {learning_rate: 0.05}}, iterations: 1}
""" % (([0.123456789, -0.987654321] * 6,) * 2)

WORDS = "Backpropagation by hand through a network of two sigmoid layers with one bias per layer, "
TINY = """\
network: {inputs: 1, layers: [{units: 1, activation: tanh, weights: [[0.5]]}]}
samples: [{x: [1], y: [1]}]
loss: squared_error
"""


@lru_cache(maxsize=1)
def painted(data: bytes) -> list[np.ndarray]:
    """The pages of a PDF, a number from black to white for each point."""
    pages = pypdfium2.PdfDocument(data)
    return [np.asarray(page.render(scale=1, grayscale=True).to_numpy()).squeeze() for page in pages]


def faults(data: bytes, cover: bool = False) -> list[str]:
    """Pages whose ink leaves the margins; `cover`: the first has a band of colour across, with light words."""
    found = []
    for number, page in enumerate(painted(data), 1):
        height, width = page.shape
        ink = page < 200
        if cover and number == 1:
            end = int(np.argmin(ink[:, 0]))
            assert end > 300, "no band"
            ink[:end] = page[:end] > 120
            ink[end - 1 : end + 1] = False  # its edge
        rows, columns = np.nonzero(ink)
        if not len(rows):
            continue
        side = MARGIN * POINTS - SLACK
        box = (columns.min(), rows.min(), columns.max(), rows.max())
        if box[0] < side or box[2] > width - side or box[1] < 20 or box[3] > height - 20:
            found.append(f"page {number}: ink from {box[:2]} to {box[2:]} on {width} × {height}")
    return found


MOST_EMPTY = 1 / 3
"""The part of a page between two lines, or below the last one, on any page but the last."""


def gaps(data: bytes, first: int = 1) -> list[str]:
    """Pages but the last that are emptier than they may be, from the `first` on."""
    pages = painted(data)
    found = []
    for number, page in enumerate(pages[first - 1 : -1], first):
        top, bottom = 24 * POINTS, page.shape[0] - 22 * POINTS
        rows = np.nonzero((page[int(top) : int(bottom)] < 215).any(axis=1))[0]
        widest = np.diff([0, *rows, bottom - top]).max() / (bottom - top)
        if widest > MOST_EMPTY:
            found.append(f"page {number} of {len(pages)}: {widest:.0%} empty")
    return found


def all_kinds(source: str | Path, paper: str = "a4") -> list[str]:
    return [f"{kind}, {fault}" for kind in KINDS for fault in faults(pdf(source, kind, paper=paper).bytes)]


@pytest.mark.sampled(13)
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_shipped_problems(path: Path) -> None:
    for kind in KINDS:
        data = pdf(path, kind).bytes
        assert not faults(data), kind
        assert not gaps(data), kind


@pytest.mark.parametrize("solutions", Solutions)
def test_no_page_of_a_booklet_is_half_empty(solutions: Solutions) -> None:
    """Every fifth problem: networks, symbols and derivations, each with what follows it on the same page."""
    handouts = [handout(path) for path in PROBLEMS[::5]]
    found = gaps(typeset(collection(handouts, solutions)), first=3)
    assert [gap for gap in found if int(gap.split(": ")[1].partition("%")[0]) >= 50] == []


def test_drawings_that_wait_leave_a_page_half_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The drawing of the backward pass of document 001 is higher than half of a page."""
    monkeypatch.setattr("nbsolve.handout.figures._LARGE", 1.0)
    path = next(path for path in PROBLEMS if path.stem == "001-a-squared-error")
    assert gaps(typeset(Handout(handout(path).worked).solution()))


def test_no_drawing_stands_above_what_leads_to_it() -> None:
    """On its first page that of the network has room above the title, as Typst sees it."""
    path = next(path for path in PROBLEMS if path.stem == "published-2-2-2-biases-held")
    pages = list(pypdfium2.PdfDocument(pdf(path, "solution").bytes))
    found: dict[str, tuple[int, float]] = {}
    for number, page in enumerate(pages[:6]):
        words = page.get_textpage().get_text_range()
        for title in ("The problem", "Network 2-2-2", "Loss\r\n", "above: value"):
            if title in words:
                height = page.get_height() - page.get_textpage().get_charbox(words.index(title))[1]
                found.setdefault(title, (number, height))
    assert found["The problem"] < found["Network 2-2-2"]
    assert found["Loss\r\n"] < found["above: value"]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("paper", PAPERS)
def test_long_sums_and_long_numbers(paper: str) -> None:
    assert not all_kinds(LONG, paper)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("seed", range(1, 4))
def test_wide_problems(seed: int) -> None:
    text = wide_problem(Random(f"ink {seed}"))
    assert not all_kinds(text), text


@pytest.mark.parametrize("terms", [9, 40])
def test_long_formulas_of_an_author(terms: int) -> None:
    long = " + ".join(f"(a_{{{n}}} - y_{{{n}}})^2" for n in range(terms))
    texts = [
        f"See $$L = {long}$$",
        f"- $$L = \\frac{{1}}{{2}}\\left[{long}\\right]$$",
        f"$$\\frac{{{long}}}{{2}}$$",
    ]
    for text in texts[: 3 if terms < 20 else 2]:
        source = f"statement: |\n  {text}\n{TINY}"
        assert not faults(typeset(Handout(solve(load_problem(source))).question())), text


def test_long_titles() -> None:
    course = CourseData("Neural networks", "Winter 2026/27")
    long_course = CourseData(
        "Neural networks and much else " * 4, "Winter " * 12, institution="A University " * 5
    )
    handouts = []
    for title in (WORDS[:75], (WORDS * 2)[:105], (WORDS * 2)[:120], (WORDS * 4)[:300], "Donaudampf" * 30):
        problem = solve(load_problem(f'title: "{title}"\n{TINY}'))
        for one in (course, long_course):
            handouts.append(Handout(problem, one))
            for kind in KINDS:
                assert not faults(typeset(sheet_of(handouts[-1], kind))), title
    for solutions in Solutions:
        assert not faults(typeset(collection(handouts, solutions, course=long_course)), cover=True)


@pytest.mark.parametrize(
    "title", ["Exam questions", (WORDS * 4)[:300], (WORDS * 11)[:900], "Donaudampf" * 30]
)
@pytest.mark.parametrize("word", ["A University ", "Donaudampf"])
def test_covers(title: str, word: str) -> None:
    course = CourseData(word * 30, "Winter " * 12, institution=word * 25)
    booklet = typeset(collection([Handout(solve(load_problem(TINY)))], title=title, course=course))
    assert not faults(booklet, cover=True)
    first, second = (pypdfium2.PdfDocument(booklet)[n].get_textpage().get_text_range() for n in (0, 1))
    assert "".join(title.split()) in "".join(first.replace("\u200b", "").split())
    assert "One problem, with its solution" in first
    assert "Contents" in second


@pytest.mark.parametrize("label", ["W" * 120, "M " * 106])
def test_long_labels(label: str) -> None:
    """They are whole on the site, and cut where a sheet has no room."""
    parts = f'[{{label: "{label}", ask: [loss, gradients], marks: 3}}, {{label: b, ask: [loss]}}]'
    assert not all_kinds(f"{TINY}parts: {parts}\n")


@pytest.mark.parametrize("length", [20, 75, 105, 120, 300])
def test_running_heads_share_the_line(length: int) -> None:
    """Course and term whole, the title with … where it has no room, the kind of handout always, on one line."""
    title = (WORDS * 4)[:length].strip()
    one = Handout(
        solve(load_problem(f'title: "{title}"\n{TINY}')), CourseData("Neural networks", "Winter 2026/27")
    )
    page = pypdfium2.PdfDocument(typeset(one.solution()))[1]
    head = page.get_textpage().get_text_bounded(bottom=page.get_height() - 45)
    assert head.startswith("Neural networks · Winter 2026/27")
    assert head.rstrip().endswith("· Solution")
    assert len(head.strip().splitlines()) == 1
    assert ("…" in head) == (length > 70)
    assert title[:20] in head


def test_ink_beyond_the_margin_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pieces and without smaller type the long sum leaves the paper."""
    from nbsolve.render.typst import lines as typst_lines

    monkeypatch.setattr(typst_lines, "pieces", lambda formula, room: [formula])
    monkeypatch.setattr(typst_lines, "STEP", -400.0)
    one = Handout(solve(load_problem(LONG)))
    assert faults(typeset(one.solution()))


def test_no_page_ends_with_the_first_rows_of_a_table() -> None:
    path = next(path for path in PROBLEMS if path.stem == "custom-mish")
    sheet = sheet_of(Handout(solve(load_problem(path))), "solution")
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(typeset(sheet))]
    (table,) = (words for words in pages if "Before" in words)
    for new in ("0.5609", "−0.5464", "0.5740"):  # the first three
        assert new in table[table.index("Before") :]


def test_no_page_has_the_last_rows_of_a_table_alone() -> None:
    """A table that is a little too long is set closer, and one that goes on has rows enough there."""
    path = next(path for path in PROBLEMS if path.stem == "pencil-relu-and-softmax")
    *_, last = pypdfium2.PdfDocument(typeset(sheet_of(Handout(solve(load_problem(path))), "solution")))
    words = last.get_textpage().get_text_range()
    check = words[words.index("Check it yourself") :]
    assert check.index("−0.060000000") < check.index("0.12000000") < check.index("0.40000000 8")
    longer = [f"  - {{input: [{n}, 1], target: [{n % 2}]}}" for n in range(1, 61)]
    source = f"""\
title: Many samples
network:
  inputs: 2
  layers: [{{units: 1, activation: sigmoid, weights: [[0.1, 0.2]], bias: [0.1]}}]
samples:
{chr(10).join(longer)}
loss: squared_error
training: {{optimiser: {{sgd: {{learning_rate: 0.5}}}}, batch: all}}
parts: [{{label: a, ask: [loss]}}]
"""
    first, second, *_ = pypdfium2.PdfDocument(typeset(Handout(solve(load_problem(source))).question()))
    numbers = [
        re.findall(r"(?m)^(\d+) \1 1 ", page.get_textpage().get_text_range()) for page in (first, second)
    ]
    assert numbers[0] + numbers[1] == [str(n) for n in range(1, 61)]
    assert len(numbers[1]) >= 8
