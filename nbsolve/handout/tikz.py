"""A drawing's scene as TikZ, so that a handout's LaTeX is one file."""

from __future__ import annotations

import unicodedata

from nbsolve.drawing.ink import FILLS, GROUND, MARKS, WIRES, tone
from nbsolve.drawing.scene import Arrow, Box, Label, Line, Mark, Picture, Polyline, Row, Scene
from nbsolve.render.typst.picture import LARGER

__all__ = ["tikz", "tikz_words"]

_ACCENTS = {
    "\u0302": r"\^",
    "\u0303": r"\~",
    "\u0304": r"\=",
    "\u0307": r"\.",
    "\u0308": r"\"",
    "\u030c": r"\v",
}
_SIGNS = {
    "{": r"\{",
    "}": r"\}",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "$": r"\$",
    "\\": r"\textbackslash{}",
}


_ROW = r"\def\row#1#2{\sbox0{#2}\ifdim\wd0>#1\relax\resizebox{#1}{\height}{\usebox0}\else\usebox0\fi}"
"""A line of text no wider than it was measured for: some letters of LaTeX's font (W) are wider."""


def tikz(scene: Scene, width: float) -> str:
    """A centred `tikzpicture` of the given width in millimetres."""
    unit = width / scene.width
    body = [
        *(_line(line) for line in scene.lines if line.kind != "divider"),
        *(_polyline(line) for line in scene.polylines),
        *(_mark(mark) for mark in scene.marks),
        *(_arrow(arrow) for arrow in scene.arrows),
        *(_box(box) for box in scene.boxes),
        *(_line(line) for line in scene.lines if line.kind == "divider"),
        *(_picture(picture) for picture in scene.pictures),
        *(_label(label, unit) for label in scene.labels),
    ]
    size = f"x={unit:.4f}mm, y=-{unit:.4f}mm"
    return "\n".join(
        [
            r"\begin{center}",
            rf"\begin{{tikzpicture}}[{size}]",
            _ROW,
            *body,
            r"\end{tikzpicture}",
            r"\end{center}",
            "",
        ]
    )


def tikz_words(words: str) -> str:
    """Text in LaTeX; accents as commands, minus signs and arrows are declared in the preamble."""
    text: list[str] = []
    for sign in unicodedata.normalize("NFD", words):
        if sign in _ACCENTS and text:
            text[-1] = f"{_ACCENTS[sign]}{{{text[-1]}}}"
        else:
            text.append(_SIGNS.get(sign, sign))
    return "".join(text)


def _colour(hexadecimal: str) -> str:
    red, green, blue = (int(hexadecimal[n : n + 2], 16) for n in (1, 3, 5))
    return f"{{rgb,255:red,{red};green,{green};blue,{blue}}}"


def _dash(pattern: str) -> str:
    if not pattern:
        return ""
    lengths = pattern.split()
    return ", dash pattern=" + " ".join(
        f"{'on' if n % 2 == 0 else 'off'} {float(length) * 0.5:.1f}pt" for n, length in enumerate(lengths)
    )


def _at(x: float, y: float, digits: int = 1) -> str:
    return f"({x:.{digits}f},{y:.{digits}f})"


def _line(line: Line) -> str:
    ink = WIRES[line.kind]
    return (
        rf"\draw[draw={_colour(ink.colour)}, line width={line.width * 0.5:.2f}pt{_dash(ink.dash)}] "
        f"{_at(*line.start)} -- {_at(*line.end)};"
    )


def _polyline(line: Polyline) -> str:
    ink = WIRES[line.kind]
    return (
        rf"\draw[draw={_colour(ink.colour)}, line join=round, "
        rf"line width={line.width * 0.5:.2f}pt{_dash(ink.dash)}] "
        f"{' -- '.join(_at(*point, digits=2) for point in line.points)};"
    )


def _mark(mark: Mark) -> str:
    ink = MARKS[mark.kind]
    style = f"fill={_colour(ink.fill)}, draw={_colour(ink.stroke)}, line width={ink.width * 0.5:.2f}pt"
    if mark.diamond:
        return (
            rf"\filldraw[{style}] {' -- '.join(_at(*corner, digits=2) for corner in mark.corners)} -- cycle;"
        )
    return rf"\filldraw[{style}] {_at(*mark.at, digits=2)} circle [radius={mark.size:.1f}];"


def _arrow(arrow: Arrow) -> str:
    corners = " -- ".join(_at(x, y) for x, y in arrow.corners)
    return rf"\fill[fill={_colour(WIRES[arrow.kind].head)}] {corners} -- cycle;"


def _box(box: Box) -> str:
    (x, y), ink = box.centre, FILLS[box.kind]
    low, high = _at(x - box.width / 2, y - box.height / 2), _at(x + box.width / 2, y + box.height / 2)
    style = f"fill={_colour(ink.fill)}, draw={_colour(ink.stroke)}, line width={ink.width * 0.5:.2f}pt"
    if box.width == box.height:
        return rf"\filldraw[{style}{_dash(ink.dash)}] {_at(x, y)} circle [radius={box.width / 2:.1f}];"
    return rf"\filldraw[{style}{_dash(ink.dash)}, rounded corners=3pt] {low} rectangle {high};"


def _picture(picture: Picture) -> str:
    x, y = picture.corner
    rows = len(picture.cells)
    columns = len(picture.cells[0]) // 3
    across, down = picture.width / columns, picture.height / rows
    cells = []
    for i, row in enumerate(picture.cells):
        for j in range(columns):
            red, green, blue = row[3 * j : 3 * j + 3]
            corner, end = _at(x + j * across, y + i * down), _at(x + (j + 1) * across, y + (i + 1) * down)
            cells.append(
                rf"\fill[fill={{rgb,255:red,{red};green,{green};blue,{blue}}}] {corner} rectangle {end};"
            )
    return "\n".join(cells)


def _label(label: Label, unit: float) -> str:
    x, y = label.centre
    parts = []
    if label.plate:
        low = _at(x - label.width / 2, y - label.height / 2)
        high = _at(x + label.width / 2, y + label.height / 2)
        parts.append(
            rf"\filldraw[fill={_colour(GROUND)}, draw={_colour(WIRES[label.wire].colour)}, line width=0.4pt, "
            rf"rounded corners=1pt] {low} rectangle {high};"
        )
    parts += [_row(row, x, y + dy, unit) for dy, row in label.lines() if row.spans]
    return "\n".join(parts)


def _font(points: float) -> str:
    return rf"\fontsize{{{points:.2f}}}{{{points * 1.2:.2f}}}\selectfont "


def _row(row: Row, x: float, y: float, unit: float) -> str:
    points = LARGER * row.size * unit * 72.27 / 25.4
    text = ""
    for span in row.spans:
        words = tikz_words(span.text)
        words = rf"\textit{{{words}}}" if span.italic else words
        if span.shift:
            words = rf"\raisebox{{{-span.shift * points:.2f}pt}}{{{_font(span.scale * points)}{words}}}"
        text += words
    # all on one baseline, 0.35 of the size below the middle of the line
    place = _at(x, y + row.size * 0.35)
    style = f"anchor=base, inner sep=0pt, text={_colour(tone(row.tone))}, font={_font(points)}"
    return rf"\node[{style}] at {place} {{\row{{{row.width * unit:.3f}mm}}{{{text}}}}};"
