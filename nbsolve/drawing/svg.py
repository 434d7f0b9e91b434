"""A scene as SVG, written directly: real text, an opaque ground that also works on a dark page."""

from __future__ import annotations

import zlib
from html import escape

from nbsolve.drawing.metrics import FAMILY
from nbsolve.drawing.scene import Circle, Label, Line, Scene

__all__ = ["write_svg"]

_TONES = {"ink": "#111827", "quiet": "#4b5563", "value": "#14532d"}
"""Text colours, each of contrast 7 : 1 or more on white."""
_LINES = {"edge": "#6b7280", "held": "#6b7280", "arrow": "#374151"}
_FILLS = {"input": "#f3f4f6", "unit": "#ffffff"}


def write_svg(scene: Scene, title: str, description: str) -> str:
    """The SVG text of a scene with its title and its description for those who do not see it."""
    tag = f"nb{zlib.crc32(repr((scene, title, description)).encode()):08x}"
    width, height = _number(scene.width), _number(scene.height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" style="max-width:100%;height:auto" font-family="{FAMILY}" role="img" '
        f'aria-labelledby="{tag}-t {tag}-d">'
    )
    parts = [
        head,
        f'<title id="{tag}-t">{escape(title)}</title>',
        f'<desc id="{tag}-d">{escape(description)}</desc>',
        f'<rect width="{width}" height="{height}" rx="10" fill="#ffffff"/>',
        *(_line(line) for line in scene.lines),
        *(_circle(circle) for circle in scene.circles),
        *(_label(label) for label in scene.labels),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _line(line: Line) -> str:
    (ax, ay), (bx, by) = line.start, line.end
    dash = ' stroke-dasharray="5 4"' if line.kind == "held" else ""
    return (
        f'<line x1="{_number(ax)}" y1="{_number(ay)}" x2="{_number(bx)}" y2="{_number(by)}" '
        f'stroke="{_LINES[line.kind]}" stroke-width="1.4"{dash}/>'
    )


def _circle(circle: Circle) -> str:
    x, y = circle.centre
    return (
        f'<circle cx="{_number(x)}" cy="{_number(y)}" r="{_number(circle.radius)}" '
        f'fill="{_FILLS[circle.kind]}" stroke="#1f2937" stroke-width="1.8"/>'
    )


def _label(label: Label) -> str:
    """Text on its plate; the baseline stands 0.35 of the size below the centre, as digits are 0.7 high."""
    x, y = label.centre
    place = f'transform="translate({_number(x)} {_number(y)})'
    place += f' rotate({_number(label.angle)})"' if abs(label.angle) > 0.05 else '"'
    plate = ""
    if label.plate:
        width, height = label.width + 8, label.size * 1.32
        plate = (
            f'<rect x="{_number(-width / 2)}" y="{_number(-height / 2)}" width="{_number(width)}" '
            f'height="{_number(height)}" rx="4" fill="#ffffff"/>'
        )
    size = _number(label.size)
    text = (
        f'<text y="{_number(label.size * 0.35)}" font-size="{size}" text-anchor="middle" '
        f'fill="{_TONES[label.tone]}" xml:space="preserve">{_spans(label)}</text>'
    )
    return f'<g {place} data-about="{escape(label.about)}">{plate}{text}</g>'


def _spans(label: Label) -> str:
    parts, line = [], 0.0
    for span in label.spans:
        marks = ""
        if span.shift != line:
            marks += f' dy="{_number((span.shift - line) * label.size)}"'
            line = span.shift
        if span.scale != 1:
            marks += f' font-size="{_number(span.scale * label.size)}"'
        if span.italic:
            marks += ' font-style="italic"'
        parts.append(f"<tspan{marks}>{escape(span.text)}</tspan>")
    return "".join(parts)


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
