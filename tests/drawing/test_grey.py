"""Nothing rests on colour alone: what differs in meaning differs in black and white; paper is legible."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from nbsolve import solve
from nbsolve.drawing.charts.heatmaps import _colours
from nbsolve.drawing.ink import FILLS, GROUND, WIRES, tone
from nbsolve.drawing.pictures import kinds_of
from nbsolve.notation.network_symbols import parameters
from nbsolve.render.typst.picture import LARGER
from tests.drawing.networks import PROBLEMS
from tests.drawing.test_network import luminance
from tests.loading import files, load_problem

TEXT_WIDTH = 178 / 25.4 * 72
"""The width of the site's pages on A4 paper, in points."""
KINDS_OF_WIRES = ["positive", "negative", "zero", "path", "faded"]


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(KINDS_OF_WIRES, 2)))
def test_wires_differ_in_dashes_or_in_grey(one: str, other: str) -> None:
    first, second = WIRES[one], WIRES[other]
    pair = sorted((luminance(first.colour), luminance(second.colour)))
    assert first.dash != second.dash or (pair[1] + 0.05) / (pair[0] + 0.05) > 1.5


def test_a_function_and_its_derivative_differ_in_dashes() -> None:
    assert (WIRES["curve"].dash, WIRES["slope"].dash) == ("", "7 3.5")


@pytest.mark.parametrize(("one", "other"), [("unit", "dead"), ("unit", "active"), ("unit", "faded")])
def test_units_differ_in_their_border_or_in_grey(one: str, other: str) -> None:
    first, second = FILLS[one], FILLS[other]
    lines = luminance(first.stroke), luminance(second.stroke)
    assert first.dash != second.dash or first.width != second.width or abs(lines[0] - lines[1]) > 0.3


def test_signs_are_written() -> None:
    worked = solve(load_problem(next(path for path in PROBLEMS if path.stem.startswith("002"))))
    for row in worked.draw("backward").scene.rows:
        if row.tone == "negative":
            assert "−" in row.text
        elif row.tone == "positive":
            assert "−" not in row.text


@pytest.mark.parametrize("name", ["ink", "quiet", "value", "positive", "negative", "zero", "faded", "active"])
def test_every_tone_has_contrast_on_every_ground(name: str) -> None:
    grounds = {GROUND, *(fill.fill for kind, fill in FILLS.items() if kind != "frame")}
    if name == "faded":  # what is in the background stands on white only
        grounds = {GROUND, FILLS["faded"].fill, FILLS["active"].fill}
    for ground in grounds:
        one, two = sorted((luminance(tone(name)), luminance(ground)))
        assert (two + 0.05) / (one + 0.05) >= 4.5, ground


def test_heat_maps_grow_lighter_with_the_value() -> None:
    colours = _colours(np.linspace(-1, 1, 33))
    light = [luminance("#" + "".join(f"{channel:02x}" for channel in colour)) for colour in colours.tolist()]
    assert light == sorted(light)
    assert all(after - before > 0.004 for before, after in itertools.pairwise(light))


@pytest.mark.parametrize("path", [*PROBLEMS, *files("letters")], ids=lambda path: path.stem)
def test_text_is_legible_on_paper(path: Path) -> None:
    """8 points and more in the paper's letters, where a picture is set as wide as the text of a page."""
    worked = solve(load_problem(path))
    parameter = worked.names.plain(next(parameters(worked.names.network, 1)))
    for kind in kinds_of(worked.problem):
        if kind == "step":
            continue
        drawing = worked.draw(kind, quantity=parameter)
        scale = min(0.75, TEXT_WIDTH / drawing.scene.width)
        assert min(row.size for row in drawing.scene.rows) * LARGER * scale >= 8, kind
