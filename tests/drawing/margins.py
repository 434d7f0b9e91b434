"""How much room text has within its box, measured in an SVG alone: by the outlines of the letters themselves."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font
from matplotlib.textpath import TextPath

from tests.drawing.labels import SVG

LEAST = 2.0
"""Pixels between a letter and the inner edge of the line around it."""


def cramped(svg: str, least: float = LEAST) -> list[str]:
    """The texts of a drawing that come nearer to the edge of the box that they stand in, and how near."""
    root = ElementTree.fromstring(svg)
    boxes = [box for box in root.iter(f"{SVG}rect") if "stroke" in box.attrib]
    found = []
    for text in root.iter(f"{SVG}text"):
        at = float(text.attrib["x"]), float(text.attrib["y"]) - 0.35 * float(text.attrib["font-size"])
        around = [box for box in boxes if _room(box, np.array([at])) > 0]
        if around:
            own = min(around, key=lambda box: float(box.attrib["width"]))
            room = min(_room(own, outline) for outline in _outlines(text))
            if room < least:
                found.append(f"{''.join(text.itertext())}: {room:.1f}")
    return found


def _room(box: ElementTree.Element, points: np.ndarray) -> float:
    """The least distance of points in a rectangle with round corners from the line around it, negative outside."""
    x, y, wide, high, line = (float(box.attrib[k]) for k in ("x", "y", "width", "height", "stroke-width"))
    round_ = min(float(box.get("rx", "0")), wide / 2, high / 2)
    middle = np.array([x + wide / 2, y + high / 2])
    beyond = np.abs(points - middle) - np.array([wide / 2 - round_, high / 2 - round_])
    outside = np.hypot(*np.maximum(beyond, 0).T) + np.minimum(beyond.max(axis=1), 0)
    return float((round_ - outside).min()) - line / 2


def _outlines(text: ElementTree.Element) -> Iterator[np.ndarray]:
    """The points of the letters of a text, where a browser draws them: centred, each part after the one before."""
    size = float(text.attrib["font-size"])
    parts = [(text.text or "", size, False, 0.0)]
    for span in text:
        italic = span.get("font-style") == "italic"
        parts.append(
            (span.text or "", float(span.get("font-size", size)), italic, float(span.get("dy", "0")))
        )
        parts.append((span.tail or "", size, False, 0.0))
    x, y = float(text.attrib["x"]) - sum(_width(*part[:3]) for part in parts) / 2, float(text.attrib["y"])
    for letters, high, italic, down in parts:
        y += down
        if letters.strip():
            yield _letters(letters, high, italic) * np.array([1, -1]) + np.array([x, y])
        x += _width(letters, high, italic)


@lru_cache(maxsize=4096)
def _letters(letters: str, size: float, italic: bool) -> np.ndarray:
    vertices: np.ndarray = TextPath((0, 0), letters, size=size, prop=_font(italic)).vertices
    return vertices


@lru_cache(maxsize=4096)
def _width(letters: str, size: float, italic: bool) -> float:
    font = FT2Font(findfont(_font(italic)))
    font.set_size(100.0, 72)
    return float(sum(font.load_char(ord(sign)).linearHoriAdvance for sign in letters)) / 65536 * size / 100.0


def _font(italic: bool) -> FontProperties:
    return FontProperties(family="DejaVu Sans", style="italic" if italic else "normal")
