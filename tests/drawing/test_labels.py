"""No label can be taken for that of another line: the rule of `labels`, on shipped and on random networks."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pypdfium2
import pytest

from nbsolve import solve
from nbsolve.drawing.placing import Margins, Wire, place_on_wires
from nbsolve.handout.tikz import tikz
from nbsolve.render.typst_picture import picture_pdf
from tests.drawing.labels import read, violations
from tests.drawing.networks import PROBLEMS, random_problem, small_problem
from tests.drawing.test_network import SHOWS, shows
from tests.loading import files, load_problem

SAMPLE = 24


@pytest.mark.parametrize("path", [*PROBLEMS, *files("letters")], ids=lambda path: path.stem)
def test_labels_of_shipped_problems_stand_on_their_lines(path: Path) -> None:
    problem = load_problem(path)
    worked = solve(problem)
    parameter = worked.names.plain(next(worked.names.parameters(1)))
    wanted = (
        ["network", "forward", "backward", "paths"] if problem.symbolic else [*shows(path), "paths", "step"]
    )
    for show in wanted:
        svg = worked.draw(show, quantity=parameter, step=1).svg
        assert violations(svg) == [], show
        assert len(read(svg)[1]) == len(read(svg)[0]) - worked.names.outputs * bool(problem.losses), show


@pytest.mark.parametrize("seed", range(SAMPLE))
def test_labels_of_random_networks_stand_on_their_lines(seed: int) -> None:
    """A sample of the 300 that `python -m tests.drawing` tries."""
    worked = solve(load_problem(small_problem(seed)))
    for show in SHOWS:
        assert violations(worked.draw(show).svg) == [], show


@pytest.mark.parametrize("sizes", [[3, 3], [3, 3, 3], [3, 3, 3, 3], [3, 1, 3, 2]])
@pytest.mark.parametrize("seed", range(2))
def test_three_units_a_layer_need_no_table(sizes: list[int], seed: int) -> None:
    worked = solve(load_problem(random_problem(seed, sizes)))
    for show in SHOWS:
        svg = worked.draw(show).svg
        assert violations(svg) == []
        assert read(svg)[1], show


def test_few_strips_are_tried_for_a_drawing() -> None:
    """What a first drawing costs; three times as many were tried before those of other rows told where to begin."""
    worked = solve(load_problem(next(path for path in PROBLEMS if path.stem == "001-a-squared-error")))
    for show in ("network", "forward", "backward"):
        place_on_wires.cache_clear()
        worked.draw(show)
        assert 0 < place_on_wires.cache_info().misses < 350, show


def test_labels_without_places_have_none_in_a_narrower_strip() -> None:
    """What the search for the narrowest strip rests on."""
    size, margins = (70.0, 24.0), Margins(4.0, 12.0, 12.0, 5.0)
    for pitch in range(75, 240, 30):
        ends = [(a * pitch + b * 8.0, b * pitch + a * 8.0) for a in range(3) for b in range(3)]
        wires = tuple(Wire(start, end, (size,)) for start, end in ends)
        found = [place_on_wires(wires, float(width), margins) is not None for width in range(80, 900, 40)]
        assert found == sorted(found), pitch


def test_where_labels_have_no_room_their_numbers_stand_in_a_table() -> None:
    worked = solve(load_problem(random_problem(0, [4, 4, 4, 4])))
    drawing = worked.draw("backward")
    assert read(drawing.svg)[1] == {}
    texts = [row.text for row in drawing.scene.rows]
    for about in ("W[2][3][1]", "dL/dW[2][3][1]"):
        assert sum(row.about == about for row in drawing.scene.rows) == 1
    assert sum("→" in text for text in texts if text.startswith(("x", "a"))) == 48


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda x, y: (x + 30, y - 30), "is not on its line"),
        (lambda x, y: (x + 3, y), None),
    ],
)
def test_the_rule_is_measured(change: object, fault: str | None) -> None:
    svg = (
        solve(load_problem(next(path for path in PROBLEMS if path.stem.startswith("002"))))
        .draw("backward")
        .svg
    )

    def moved(match: re.Match[str]) -> str:
        x, y = change(float(match[2]), float(match[3]))  # type: ignore[operator]
        return f'{match[1]}<rect x="{x}" y="{y}"'

    wrong = re.sub(
        r'(<g data-part="label" data-quantity="W\[1\]\[2\]\[1\]">)<rect x="([^"]+)" y="([^"]+)"', moved, svg
    )
    assert wrong != svg
    found = violations(wrong)
    assert any(fault in one for one in found) if fault else "W[1][2][1] is not on its line" in found


def test_a_foreign_line_under_a_label_is_found() -> None:
    svg = (
        solve(load_problem(next(path for path in PROBLEMS if path.stem.startswith("002"))))
        .draw("backward")
        .svg
    )
    box = read(svg)[1]["W[1][2][1]"]
    (x, y) = box.centre
    line = f'<line data-part="line" data-quantity="W[9][1][1]" x1="{x - 80}" y1="{y}" x2="{x + 80}" y2="{y}" '
    wrong = svg.replace("</svg>", f'{line} stroke="#000000" stroke-width="1"/></svg>')
    assert "W[9][1][1] passes under W[1][2][1]" in violations(wrong)


def test_labels_stand_at_the_same_places_on_paper() -> None:
    """In the PDF the words of a label stand within its box; in TikZ the box has the places of the scene."""
    drawing = solve(load_problem(next(path for path in PROBLEMS if path.stem.startswith("002")))).draw(
        "backward"
    )
    page = pypdfium2.PdfDocument(picture_pdf(drawing.svg, drawing.words))[0]
    letters = page.get_textpage()
    plates = [label for label in drawing.scene.labels if label.plate]
    found: dict[str, list[str]] = {}
    for number in range(letters.count_chars()):
        a, b, c, d = letters.get_charbox(number)
        sign = letters.get_text_range(number, 1)
        top, low = drawing.scene.height - d / 0.75, drawing.scene.height - b / 0.75
        for label in plates:
            corner, _, end, _ = label.corners()
            within = corner[0] <= a / 0.75 and c / 0.75 <= end[0] and corner[1] <= top and low <= end[1]
            if within and sign.strip():
                found.setdefault(label.about, []).append(sign)
    for label in plates:
        written = sorted("".join(row.text for row in label.rows).replace(" ", ""))
        assert sorted(unicodedata.normalize("NFKC", "".join(found[label.about]))) == written
    source = tikz(drawing.scene, 160.0)
    for label in plates:
        (left, top), _, (right, low), _ = label.corners()
        assert f"({left:.1f},{top:.1f}) rectangle ({right:.1f},{low:.1f})" in source
