"""Matrices as heat maps, one for each layer: for networks with more connections than labels can be read.

The colours grow lighter from the most negative to the most positive value, with 0 in the middle: the order is
the same in grey.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nbsolve.arithmetic.nearest import to_floats
from nbsolve.drawing.charts.borders import Floats
from nbsolve.drawing.charts.curves import number_text
from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.network import sizes_text
from nbsolve.drawing.readings import Readings
from nbsolve.drawing.scene import Box, Label, Picture, Row, Scene, Span, plain, row, written
from nbsolve.drawing.svg import write_svg
from nbsolve.notation import Names
from nbsolve.phrases import phrase
from nbsolve.problem import wiring
from nbsolve.symbol import LOSS, Partial, Symbol

__all__ = ["heatmaps"]

_MARGIN, _TEXT, _TITLE = 16.0, 14.0, 16.0
_WIDE, _HIGH, _LARGEST, _LEAST = 540.0, 240.0, 26.0, 12.0
"""The room for one matrix; the largest cell, and the least extent of a matrix."""
_LEVELS = 33
_STOPS = np.array([[0, 34, 78], [124, 123, 120], [253, 231, 55]], dtype=np.float64)
"""The lowest, the middle and the highest colour of the cividis map (J. Nuñez et al., PLOS ONE 13(7), 2018)."""


@dataclass(frozen=True)
class _Matrix:
    layer: int
    name: tuple[Span, ...]
    words: str
    values: Floats

    @property
    def largest(self) -> float:
        """The largest magnitude: the scale ends there on both sides."""
        return float(np.abs(self.values).max())


def heatmaps(readings: Readings, names: Names) -> Drawing:
    """Draw each layer's weights and the derivatives of the loss with respect to them as colours, a row per unit."""
    matrices = list(_matrices(readings, names))
    title = phrase("drawing.titles.heatmaps", sizes=sizes_text(names))
    scene = _placed(matrices, title)
    alt = " ".join([f"{title}.", *map(_said, matrices), phrase("drawing.notes.heatmaps")])
    return Drawing(write_svg(scene, title, alt), title, alt, scene)


def _matrices(readings: Readings, names: Names) -> Iterator[_Matrix]:
    values, arithmetic = readings.values, readings.solution.arithmetic
    assert values is not None
    for layer in range(1, len(names.sizes)):
        symbol = Symbol.weight(layer)
        if symbol not in values:  # tied to another layer's
            continue
        slots = {
            "layer": str(layer),
            "rows": str(names.sizes[layer]),
            "columns": str(wiring.width(names.network, layer)),
        }
        words = phrase("drawing.notes.weights_of", **slots)
        yield _Matrix(layer, written(names.name(symbol)), words, to_floats(values[symbol], arithmetic))
        gradient = Partial(LOSS, symbol)
        if gradient in readings:
            words = phrase("drawing.notes.gradients_of", loss=plain(names, LOSS), **slots)
            name = (Span("∂"), *written(names.name(LOSS)), Span("/∂"), *written(names.name(symbol)))
            yield _Matrix(layer, name, words, to_floats(values[gradient], arithmetic))


def _placed(matrices: list[_Matrix], title: str) -> Scene:
    """Below one another: what it is, the matrix, its scale."""
    labels: list[Label] = []
    boxes: list[Box] = []
    pictures: list[Picture] = []
    width = _WIDE + 2 * _MARGIN
    y = _MARGIN
    for line in (row((Span(title),), _TITLE, "ink", "title"), _words(phrase("drawing.notes.heatmaps"))):
        labels.append(Label((width / 2, y + line.height / 2), (line,)))
        y += line.height + 4
    for number, matrix in enumerate(matrices):
        y += 16
        head = row((*matrix.name, Span(": "), Span(matrix.words)), _TEXT, "ink", f"matrix {number}")
        labels.append(Label((_MARGIN + head.width / 2, y + head.height / 2), (head,)))
        y += head.height + 4
        rows, columns = matrix.values.shape
        cell = min(_WIDE / columns, _HIGH / rows, _LARGEST)
        size = max(cell * columns, _LEAST), max(cell * rows, _LEAST)
        pictures.append(Picture((_MARGIN, y), *size, _cells(matrix)))
        boxes.append(Box((_MARGIN + size[0] / 2, y + size[1] / 2), *size, "frame", f"matrix {number}"))
        y += size[1] + 8
        found, scale, y = _scale(matrix, y)
        labels += found
        pictures.append(scale)
    return Scene(width, y + _MARGIN, boxes=tuple(boxes), labels=tuple(labels), pictures=tuple(pictures))


def _scale(matrix: _Matrix, y: float) -> tuple[list[Label], Picture, float]:
    """The colours from −largest to largest."""
    ends = [_words(number_text(end)) for end in (-matrix.largest, 0.0, matrix.largest)]
    bar, high = 180.0, 10.0
    x = _MARGIN + ends[0].width + 8
    colours = b"".join(bytes(colour) for colour in _colours(np.linspace(-1, 1, _LEVELS)))
    picture = Picture((x, y + (ends[0].height - high) / 2), bar, high, (colours,))
    middle = y + ends[0].height / 2
    labels = [
        Label((_MARGIN + ends[0].width / 2, middle), (ends[0],)),
        Label((x + bar + 8 + ends[2].width / 2, middle), (ends[2],)),
    ]
    return labels, picture, y + ends[0].height


def _words(text: str) -> Row:
    return row((Span(text),), _TEXT, "quiet", "words")


def _cells(matrix: _Matrix) -> tuple[bytes, ...]:
    parts = matrix.values / matrix.largest if matrix.largest else matrix.values
    return tuple(line.tobytes() for line in _colours(parts))


def _colours(parts: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Map numbers from −1 to 1 to RGB colours, in a limited number of levels."""
    half = (_LEVELS - 1) / 2
    levels = np.round(parts * half) / half
    channels = [np.interp(levels, [-1.0, 0.0, 1.0], _STOPS[:, channel]) for channel in range(3)]
    return np.round(np.stack(channels, axis=-1)).astype(np.uint8)


def _said(matrix: _Matrix) -> str:
    """Shape, range and where the ends are."""
    values = matrix.values
    ends = []
    for place in (int(values.argmin()), int(values.argmax())):
        unit, source = np.unravel_index(place, values.shape)
        ends.append((number_text(float(values[unit, source])), str(int(unit) + 1), str(int(source) + 1)))
    (least, low_unit, low_input), (most, high_unit, high_input) = ends
    return phrase(
        "drawing.alt.matrix", name="".join(span.text for span in matrix.name), words=matrix.words, least=least,
        low_unit=low_unit, low_input=low_input, most=most, high_unit=high_unit, high_input=high_input,
        negative=number_text(100 * float((values < 0).mean())),
    )  # fmt: skip
