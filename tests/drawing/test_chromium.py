"""What a browser makes of the drawings: how wide it sets the text, and that nothing overlaps where it sets it."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pytest

from nbsolve import solve
from nbsolve.drawing.metrics import FAMILY
from nbsolve.drawing.pictures import kinds_of
from nbsolve.drawing.rows import TEXT
from nbsolve.notation.network_symbols import parameters
from tests.book.browser import rendered
from tests.drawing.networks import PROBLEMS, random_problem
from tests.loading import files, load_problem
from tests.programs import BROWSER, needs

pytestmark = needs(BROWSER)

_MEASURE = """
<script>
const found = [];
for (const svg of document.querySelectorAll("body > svg")) {
  const boxes = [];
  for (const text of svg.querySelectorAll("text")) {
    const box = text.getBBox();
    boxes.push([text.textContent, text.getComputedTextLength(), box.x, box.y, box.width, box.height]);
  }
  found.push(boxes);
}
document.body.innerHTML = "";
const out = document.createElement("pre");
out.id = "measured";
out.textContent = JSON.stringify(found);
document.body.append(out);
</script>
"""


def measured(tmp_path: Path, svgs: list[str]) -> list[list[Any]]:
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><meta charset=utf-8><body>{''.join(svgs)}{_MEASURE}", encoding="utf-8")
    (told,) = rendered(page).select("#measured")
    found: list[list[Any]] = json.loads(told.text)
    return found


def drawings() -> list[Any]:
    found = []
    for path in [*PROBLEMS, *files("letters")]:
        worked = solve(load_problem(path))
        parameter = worked.names.plain(next(parameters(worked.names.network, 1)))
        for kind in kinds_of(worked.problem):
            found.append(worked.draw(kind, quantity=parameter, step=5))
    for seed in range(40):
        found.append(solve(load_problem(random_problem(5000 + seed))).draw("backward"))
    return found


def test_text_is_as_wide_as_it_was_measured_and_overlaps_nothing(tmp_path: Path) -> None:
    every = drawings()
    found = measured(tmp_path, [drawing.svg for drawing in every])
    assert len(found) == len(every)
    for drawing, boxes in zip(every, found, strict=True):
        rows = [(label, row) for label in drawing.scene.labels for row in label.rows if row.spans]
        assert len(rows) == len(boxes)
        # panels are written one after the other: the same text goes with the same text, narrow with narrow
        rows.sort(key=lambda one: (one[1].text, one[1].width))
        boxes.sort(key=lambda one: (one[0], one[1]))
        placed: list[tuple[str, float, float, float, float]] = []
        for (_, row), (text, length, x, y, width, height) in zip(rows, boxes, strict=True):
            assert text == row.text
            # kerning, which is not counted, only brings letters together
            assert 0.95 * row.width - 0.6 <= length <= row.width + 0.6, (drawing.title, text)
            assert x >= 0
            assert x + width <= drawing.scene.width
            assert y >= 0
            assert y + height <= drawing.scene.height
            # the browser's box is as high as the font's tallest sign; the letters themselves fill its middle
            inside = 0.14 * height
            placed.append((text, x, x + width, y + inside, y + height - inside))
        for k, (one, left, right, top, low) in enumerate(placed):
            for other, x, end, y, bottom in placed[k + 1 :]:
                apart = right <= x + 0.6 or end <= left + 0.6 or low <= y + 0.6 or bottom <= top + 0.6
                assert apart, f"{drawing.title}: {one} on {other}"


def test_every_sign_has_the_width_that_the_browser_gives_it(tmp_path: Path) -> None:
    from nbsolve.drawing.metrics import _WIDTHS, text_width

    signs = [sign for sign in sorted(_WIDTHS) if sign.strip()]
    size = 10 * TEXT
    texts = "".join(
        f'<text xml:space="preserve" y="{size}" font-size="{size}">{html.escape(sign)}</text>'
        for sign in signs
    )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" font-family="{FAMILY}">{texts}</svg>'
    (found,) = measured(tmp_path, [svg])
    wrong = {
        text: (length, text_width(text, size))
        for text, length, *_ in found
        if length != pytest.approx(text_width(text, size), abs=0.006 * size)
    }
    assert wrong == {}
