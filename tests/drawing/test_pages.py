"""Drawings in a page: in the dark, and where there is little room."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from importlib.resources import files as resources

import pytest

from nbsolve import solve
from nbsolve.drawing.ink import FILLS, GROUND, MARKS, WIRES, tone
from nbsolve.render.figure import figure
from tests.drawing.networks import PROBLEMS
from tests.drawing.test_network import luminance
from tests.loading import load_problem

CSS = (resources("nbsolve") / "templates" / "static" / "nbsolve.css").read_text(encoding="utf-8")
DARK_GROUND = re.search(r'html\[data-theme="dark"\] {\n  --pst-color-background: (#\w+);', CSS)
TONES = ["ink", "quiet", "value", "positive", "negative", "zero", "faded", "active"]


def dark(name: str) -> dict[str, str]:
    """What the style sheet says of each colour in the dark: of a ground (fill) or of a line (stroke)."""
    assert DARK_GROUND is not None
    pattern = rf'html\[data-theme="dark"\] figure\.nbsolve-drawing \[{name}="(#\w+)"\] {{ {name}: (\S+); }}'
    found = dict(re.findall(pattern, CSS))
    return {
        colour: DARK_GROUND[1] if other == "var(--pst-color-background)" else other
        for colour, other in found.items()
    }


def test_every_colour_has_another_in_the_dark() -> None:
    fills = {GROUND, *map(tone, TONES), *(ink.head for ink in WIRES.values())}
    fills |= {fill.fill for fill in (*FILLS.values(), *MARKS.values())} - {"none"}
    strokes = {ink.colour for ink in WIRES.values()}
    strokes |= {fill.stroke for fill in (*FILLS.values(), *MARKS.values())}
    assert fills | strokes == set(dark("fill"))
    assert dark("fill") == dark("stroke")


@pytest.mark.parametrize("name", TONES)
def test_every_tone_has_contrast_on_every_dark_ground(name: str) -> None:
    grounds = {GROUND, *(fill.fill for kind, fill in FILLS.items() if kind != "frame")}
    if name == "faded":  # what is in the background stands on these only
        grounds = {GROUND, FILLS["faded"].fill, FILLS["active"].fill}
    for ground in grounds:
        one, two = sorted(luminance(dark("fill")[colour]) for colour in (tone(name), ground))
        assert (two + 0.05) / (one + 0.05) >= 4.5, ground


def test_panels_are_pictures_of_their_own_in_a_page() -> None:
    worked = solve(load_problem(next(path for path in PROBLEMS if path.stem.startswith("002"))))
    drawing = worked.draw("activations")
    page = figure(drawing.svg)
    pictures = re.findall(r"<svg\b.*?</svg>", page, re.DOTALL)
    assert len(pictures) == 1 + 4
    texts = [
        "".join(text.itertext())
        for picture in pictures
        for text in ElementTree.fromstring(picture).iter()
        if text.tag.endswith("text")
    ]
    assert sorted(texts) == sorted(row.text for row in drawing.scene.rows)
    widths = [float(width) for width in re.findall(r'viewBox="\S+ \S+ (\S+) ', page)]
    assert all(width <= 360 for width in widths[1:])
    assert "checkbox" not in page


def test_a_drawing_can_be_enlarged_without_scripts() -> None:
    worked = solve(load_problem(PROBLEMS[0]))
    assert figure(worked.draw().svg).count('<label><input type="checkbox"> Enlarge the drawing</label>') == 1
    box = '<label class="narrow"><input'
    assert [
        figure(f'<svg viewBox="0 0 {w} 9" width="{w}" height="9"></svg>').count(box) for w in (299, 301, 481)
    ] == [0, 1, 0]
    assert "figure.nbsolve-drawing:has(> label > :checked) > svg { max-width: none !important; }" in CSS
