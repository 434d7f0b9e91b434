"""A scene as SVG, written directly: real text, an opaque ground that also works on a dark page."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping
from html import escape

from nbsolve.drawing.ink import FILLS, GROUND, MARKS, WIRES, tone
from nbsolve.drawing.metrics import FAMILY
from nbsolve.drawing.scene import Arrow, Box, Label, Line, Mark, Picture, Point, Polyline, Row, Scene

__all__ = ["png", "write_svg"]


def write_svg(scene: Scene, title: str, description: str, data: Mapping[str, object] | None = None) -> str:
    """The SVG text of a scene with its title and its description for those who do not see it.

    `data` says to scripts what is drawn: `{"drawing": "backward", "iteration": 1}` is `data-drawing="backward" …`.
    """
    width, height = _number(scene.width), _number(scene.height)
    body = [f'<rect width="{width}" height="{height}" rx="10" fill="{GROUND}"/>', *_body(scene), "</svg>"]
    tag = f"nb{zlib.crc32(''.join([title, description, *body]).encode()):08x}"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{tag}" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" style="max-width:100%;height:auto" font-family="{FAMILY}" role="img" '
        f'aria-labelledby="{tag}-t" aria-describedby="{tag}-d"'
        + "".join(f' data-{name}="{escape(str(value))}"' for name, value in (data or {}).items())
        + ">"
    )
    words = [
        f'<title id="{tag}-t">{escape(title)}</title>',
        f'<desc id="{tag}-d">{escape(description)}</desc>',
    ]
    return "\n".join([head, *words, *body]) + "\n"


def _body(scene: Scene) -> list[str]:
    if scene.panels:
        return [
            *_body(scene.only(lambda at: not any(_holds(panel, at) for panel in scene.panels))),
            *(_panel(panel, scene.only(lambda at, panel=panel: _holds(panel, at))) for panel in scene.panels),  # type: ignore[misc]
        ]
    return [
        *(_line(line) for line in scene.lines if line.kind != "divider"),
        *(_polyline(line) for line in scene.polylines),
        *(_mark(mark) for mark in scene.marks),
        *(_arrow(arrow) for arrow in scene.arrows),
        *(_box(box) for box in scene.boxes if box.kind != "frame"),
        *(_line(line) for line in scene.lines if line.kind == "divider"),
        *(_picture(picture) for picture in scene.pictures),
        *(_box(box) for box in scene.boxes if box.kind == "frame"),
        *(_label(label) for label in scene.labels),
        *(_line(line) for line in scene.underlines),
    ]


def _panel(panel: tuple[float, float, float, float], scene: Scene) -> str:
    box = " ".join(map(_number, panel))
    return "\n".join([f'<g data-part="panel" data-box="{box}">', *_body(scene), "</g>"])


def _holds(panel: tuple[float, float, float, float], at: Point) -> bool:
    left, top, width, height = panel
    return left <= at[0] < left + width and top <= at[1] < top + height


def _line(line: Line) -> str:
    (ax, ay), (bx, by) = line.start, line.end
    ink = WIRES[line.kind]
    dash = f' stroke-dasharray="{ink.dash}"' if ink.dash else ""
    data = _data("line", line.about)
    return (
        f'<line{data} x1="{_number(ax)}" y1="{_number(ay)}" x2="{_number(bx)}" y2="{_number(by)}" '
        f'stroke="{ink.colour}" stroke-width="{_number(line.width)}"{dash}/>'
    )


def _polyline(line: Polyline) -> str:
    points = " ".join(f"{_fine(x)},{_fine(y)}" for x, y in line.points)
    ink = WIRES[line.kind]
    dash = f' stroke-dasharray="{ink.dash}"' if ink.dash else ""
    return (
        f'<polyline points="{points}" fill="none" stroke="{ink.colour}" stroke-width="{_number(line.width)}" '
        f'stroke-linejoin="round"{dash}/>'
    )


def _mark(mark: Mark) -> str:
    ink = MARKS[mark.kind]
    look = f'fill="{ink.fill}" stroke="{ink.stroke}" stroke-width="{_number(ink.width)}"'
    if mark.diamond:
        points = " ".join(f"{_fine(x)},{_fine(y)}" for x, y in mark.corners)
        return f'<polygon points="{points}" {look}/>'
    (x, y) = mark.at
    return f'<circle cx="{_fine(x)}" cy="{_fine(y)}" r="{_number(mark.size)}" {look}/>'


def _arrow(arrow: Arrow) -> str:
    points = " ".join(f"{_number(x)},{_number(y)}" for x, y in arrow.corners)
    return f'<polygon points="{points}" fill="{WIRES[arrow.kind].head}"/>'


def _box(box: Box) -> str:
    (x, y), ink = box.centre, FILLS[box.kind]
    dash = f' stroke-dasharray="{ink.dash}"' if ink.dash else ""
    data = _data("unit", "" if box.kind == "frame" else box.about)
    return (
        f'<rect{data} x="{_number(x - box.width / 2)}" y="{_number(y - box.height / 2)}" '
        f'width="{_number(box.width)}" height="{_number(box.height)}" rx="{_number(box.rounding)}" '
        f'fill="{ink.fill}" stroke="{ink.stroke}" stroke-width="{_number(ink.width)}"{dash}/>'
    )


def _label(label: Label) -> str:
    """Text on its plate; a baseline stands 0.35 of the size below the middle of its line."""
    x, y = label.centre
    parts = []
    if label.plate:
        width, height = label.width, label.height
        parts.append(
            f'<rect x="{_number(x - width / 2)}" y="{_number(y - height / 2)}" width="{_number(width)}" '
            f'height="{_number(height)}" rx="4" fill="{GROUND}" stroke="{WIRES[label.wire].colour}" '
            f'stroke-width="0.8"/>'
        )
    parts += [_text(line, x, y + dy) for dy, line in label.lines() if line.spans]
    text = "\n".join(parts)
    return f"<g{_data('label', label.about)}>{text}</g>" if label.plate else text


def _text(row: Row, x: float, y: float) -> str:
    size, low = _number(row.size), _number(y + row.size * 0.35)
    return (
        f'<text{_data("", row.quantity)} x="{_number(x)}" y="{low}" font-size="{size}" text-anchor="middle" '
        f'fill="{tone(row.tone)}" xml:space="preserve">{_spans(row)}</text>'
    )


def _data(part: str, quantity: str) -> str:
    """What scripts find it by: the canonical name of its quantity, and whether it is a line, a label or a unit."""
    if not quantity:
        return ""
    return (f' data-part="{part}"' if part else "") + f' data-quantity="{escape(quantity)}"'


def _spans(row: Row) -> str:
    parts, line = [], 0.0
    for span in row.spans:
        marks = ""
        if span.shift != line:
            marks += f' dy="{_number((span.shift - line) * row.size)}"'
            line = span.shift
        if span.scale != 1:
            marks += f' font-size="{_number(span.scale * row.size)}"'
        if span.italic:
            marks += ' font-style="italic"'
        text = escape(span.text)
        parts.append(f"<tspan{marks}>{text}</tspan>" if marks else text)
    return "".join(parts)


def _picture(picture: Picture) -> str:
    x, y = picture.corner
    data = base64.b64encode(png(picture)).decode()
    return (
        f'<image x="{_number(x)}" y="{_number(y)}" width="{_number(picture.width)}" '
        f'height="{_number(picture.height)}" preserveAspectRatio="none" style="image-rendering:pixelated" '
        f'href="data:image/png;base64,{data}"/>'
    )


def png(picture: Picture) -> bytes:
    """The cells as a PNG file, one pixel a cell, by the numbers of their colours where 256 are enough."""
    cells = picture.cells
    pixels = [[line[k : k + 3] for k in range(0, len(line), 3)] for line in cells]
    palette = sorted({pixel for line in pixels for pixel in line})
    few = len(palette) <= 256
    numbers = {pixel: number for number, pixel in enumerate(palette)}
    lines = [bytes(numbers[pixel] for pixel in line) for line in pixels] if few else list(cells)
    header = struct.pack(">IIBBBBB", len(pixels[0]), len(cells), 8, 3 if few else 2, 0, 0, 0)
    raw = b"".join(b"\0" + line for line in lines)
    chunks = [
        (b"IHDR", header),
        (b"PLTE", b"".join(palette)),
        (b"IDAT", zlib.compress(raw, 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
        if few or name != b"PLTE"
    )


def _fine(value: float) -> str:
    """Curves are seen enlarged, too."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _number(value: float) -> str:
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text
