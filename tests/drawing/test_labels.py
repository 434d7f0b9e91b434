"""No label can be taken for that of another line: the rule of `labels`, on shipped and on random networks."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from nbsolve import solve
from nbsolve.drawing import searching
from nbsolve.drawing.clearance import Clearance, Margins
from nbsolve.drawing.placing import Place, place_labels
from nbsolve.handout.tikz import tikz
from nbsolve.notation.network_symbols import of_outputs, parameters
from nbsolve.phrases import PhraseId, phrase
from nbsolve.render.typst.picture import picture_pdf
from nbsolve.symbol import Role
from tests.drawing.labels import read, violations
from tests.drawing.networks import PROBLEMS, random_problem, small_problem
from tests.drawing.test_network import SHOWS, shows
from tests.loading import files, load_problem

SAMPLE = 24


@pytest.mark.parametrize("path", [*PROBLEMS, *files("letters")], ids=lambda path: path.stem)
def test_labels_of_shipped_problems_stand_on_their_lines(path: Path) -> None:
    problem = load_problem(path)
    worked = solve(problem)
    parameter = worked.names.plain(next(parameters(worked.names.network, 1)))
    wanted = (
        ["network", "forward", "backward", "paths"] if problem.symbolic else [*shows(path), "paths", "step"]
    )
    for show in wanted:
        svg = worked.draw(show, quantity=parameter, step=1).svg
        assert violations(svg) == [], show
        ends = bool(problem.losses) or (problem.given_gradient and show not in ("network", "forward"))
        assert (
            len(read(svg)[1])
            == len(read(svg)[0]) - sum(1 for _ in of_outputs(worked.names.network, Role.TARGET)) * ends
        ), show


@pytest.mark.parametrize("seed", range(SAMPLE))
def test_labels_of_random_networks_stand_on_their_lines(seed: int) -> None:
    """A sample of the 300 that `python -m tests.drawing` tries."""
    worked = solve(load_problem(small_problem(seed)))
    for show in SHOWS:
        assert violations(worked.draw(show).svg) == [], show


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "sizes",
    [
        [3, 3],
        [3, 3, 3],
        [3, 3, 3, 3],
        [3, 1, 3, 2],
        [3, 3, 2, 2, 1],
        [3, 2, 3, 3, 2],
        [2, 3, 3, 3, 1],
        [3] * 5,
    ],
)
@pytest.mark.parametrize("seed", range(2))
def test_three_units_a_layer_need_no_table(sizes: list[int], seed: int) -> None:
    worked = solve(load_problem(random_problem(seed, sizes)))
    for show in [*SHOWS, "step"]:
        svg = worked.draw(show, step=1).svg
        assert violations(svg) == []
        assert read(svg)[1], show


def test_few_strips_are_tried_for_a_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a first drawing costs: ten times as many were tried before the least widths were known beforehand."""
    tried: list[float] = []

    def counted(strip: Clearance, arrangement: int, width: float) -> tuple[Place, ...] | None:
        tried.append(width)
        return place_labels(strip, arrangement, width)

    monkeypatch.setattr(searching, "place_labels", counted)
    worked = solve(load_problem(next(path for path in PROBLEMS if path.stem == "001-a-squared-error")))
    for show in ("network", "forward", "backward"):
        worked.draw(show)
        assert 0 < len(tried) < 100, show
        tried.clear()


def strip(pitch: float, apart: float = 5.0) -> Clearance:
    """The nine lines between three units and three others."""
    starts = [a * pitch + b * 8.0 for a in range(3) for b in range(3)]
    ends = [b * pitch + a * 8.0 for a in range(3) for b in range(3)]
    shapes = [((70.0, 24.0), (50.0, 40.0))] * 9
    return Clearance(np.array([starts]), np.array([ends]), shapes, Margins(4.0, 12.0, 12.0, apart))


@pytest.mark.parametrize("pitch", range(75, 300, 45))
def test_labels_without_places_have_none_in_a_narrower_strip(pitch: int) -> None:
    """What the search for the narrowest strip rests on."""
    found = [place_labels(strip(pitch), 0, float(width)) is not None for width in range(80, 900, 20)]
    assert found == sorted(found)


@pytest.mark.parametrize("pitch", range(110, 260, 30))
def test_a_strip_is_wide_enough_at_its_least_width_and_not_below(pitch: int) -> None:
    """Where labels do not mind one another: their places keep the rule, measured at points along the lines."""
    lines = strip(float(pitch), apart=-1000.0)
    least = float(lines.least[0])
    assert place_labels(lines, 0, 0.999 * least) is None
    width = 1.001 * least
    places = place_labels(lines, 0, width)
    assert places is not None
    for k, place in enumerate(places):
        half, high = (size / 2 for size in lines.shapes[k][place.shape])
        for other, (start, end) in enumerate(zip(lines.starts[0], lines.ends[0], strict=True)):
            along = np.linspace(0, width, 4000)
            across = start + (end - start) * along / width
            beside = np.maximum(0, np.abs(along - place.along) - half)
            above = np.maximum(0, np.abs(across - place.across) - high)
            own = np.hypot(along - place.along, across - place.across)
            assert own.min() < 0.5 if other == k else np.hypot(beside, above).min() >= 4.0 - 0.01


def test_where_labels_have_no_room_their_numbers_stand_in_a_table() -> None:
    worked = solve(load_problem(random_problem(0, [4, 4, 4, 4])))
    drawing = worked.draw("network")
    assert read(drawing.svg)[1] == {}
    texts = [row.text for row in drawing.scene.rows]
    assert sum(row.about == "W[2][3][1]" for row in drawing.scene.rows) == 1
    assert sum("→" in text for text in texts if text.startswith(("x", "a"))) == 48


@pytest.mark.parametrize(
    ("show", "note", "about"),
    [
        ("forward", "drawing.notes.numbers_alone", "W[{}"),
        ("backward", "drawing.notes.gradients_alone", "dL/dW[{}"),
        ("update", "drawing.notes.new_alone", "W_new[{}"),
    ],
)
def test_where_there_is_little_room_labels_are_shorter_and_a_note_says_so(
    show: str, note: PhraseId, about: str
) -> None:
    worked = solve(load_problem(random_problem(0, [2, 4, 4])))
    drawing = worked.draw(show)
    notes = " ".join(row.text for row in drawing.scene.rows if row.about == "note")
    assert phrase(note) in notes
    assert violations(drawing.svg) == []
    assert len(read(drawing.svg)[1]) == 24
    rows = [row for label in drawing.scene.labels if label.plate for row in label.rows]
    assert len(rows) == 24
    assert not any(sign in row.text for row in rows for sign in "=∂→")
    assert {row.about for row in rows} == {about.format(row.about.partition("[")[2]) for row in rows}


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


def test_no_line_of_text_is_wider_in_latex_than_it_was_measured() -> None:
    """Some letters of its font are wider: such a line is set narrower, or it would leave its box."""
    scene = solve(load_problem(random_problem(1, [3, 3, 2, 2, 1]))).draw("backward").scene
    source = tikz(scene, 170.0)
    bounds = re.findall(r"\\row\{([0-9.]+)mm\}", source)
    rows = [row for label in scene.labels for row in label.rows if row.spans]
    assert bounds == [f"{row.width * 170.0 / scene.width:.3f}" for row in rows]
    assert any("W" in row.text for row in rows)
    assert r"\ifdim\wd0>#1\relax\resizebox{#1}" in source
