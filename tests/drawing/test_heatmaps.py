"""Heat maps: every weight is a cell, the scale is that of the values, wide networks are drawn quickly."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ElementTree
import zlib

import numpy as np
import pytest

from nbsolve import solve
from nbsolve.drawing.charts.heatmaps import _colours
from nbsolve.drawing.scene import Picture
from nbsolve.drawing.svg import png
from tests.drawing.networks import faults, wide_problem
from tests.loading import load_problem

SVG = "{http://www.w3.org/2000/svg}"


def test_every_weight_and_every_gradient_is_a_cell() -> None:
    worked = solve(load_problem(wide_problem(12, 9, 3).replace("relu", "tanh")))
    scene = worked.draw("heatmaps").scene
    pictures = [picture for picture in scene.pictures if len(picture.cells) > 1]
    iteration = worked.iterations[0]
    expected = [iteration.W[1], iteration.gradients.W[1], iteration.W[2], iteration.gradients.W[2]]
    for picture, values in zip(pictures, expected, strict=True):
        cells = np.array([np.frombuffer(line, dtype=np.uint8).reshape(-1, 3) for line in picture.cells])
        assert np.array_equal(cells, _colours(values / (np.abs(values).max() or 1.0)))
    assert faults(scene) == []


def test_the_words_say_where_the_ends_are() -> None:
    worked = solve(load_problem(wide_problem(12, 9, 3).replace("relu", "tanh")))
    weights = worked.iterations[0].W[1]
    unit, source = np.unravel_index(int(weights.argmax()), weights.shape)
    words = worked.draw("heatmaps").alt
    assert f"to {weights.max():.4g} (unit {unit + 1}, input {source + 1})" in words
    assert "weights of layer 2, 3 × 9" in words


def test_a_wide_network_is_drawn_in_two_seconds() -> None:
    worked = solve(load_problem(wide_problem(784, 128, 10)))
    for kind in ("network", "forward", "backward", "heatmaps"):
        worked.draw("network")
        start = time.process_time()
        drawing = worked.draw(kind)
        assert time.process_time() - start < 2, kind
        if kind != "heatmaps":
            assert any('draw("heatmaps")' in row.text for row in drawing.scene.rows)
    assert len(drawing.svg) < 250_000
    assert len(list(ElementTree.fromstring(drawing.svg).iter(f"{SVG}image"))) == 8


@pytest.mark.parametrize("colours", [3, 400])
def test_a_png_file_holds_the_cells(colours: int) -> None:
    pixels = [bytes((k % 256, k // 256, 7)) for k in range(colours)]
    data = png(Picture((0, 0), 10, 10, (b"".join(pixels),)))
    chunks, at = {}, 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        chunks[data[at + 4 : at + 8]] = data[at + 8 : at + 8 + length]
        at += 12 + length
    raw = zlib.decompress(chunks[b"IDAT"])[1:]
    palette = chunks.get(b"PLTE")
    if palette is None:
        assert colours > 256
        assert raw == b"".join(pixels)
    else:
        assert [palette[3 * k : 3 * k + 3] for k in raw] == pixels
