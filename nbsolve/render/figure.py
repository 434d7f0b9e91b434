"""A drawing in a page: the picture itself, and its words."""

from __future__ import annotations

import math
import re
from html import escape, unescape

from nbsolve.drawing.legend import TITLE
from nbsolve.drawing.metrics import text_width
from nbsolve.phrases import phrase
from nbsolve.render.typst.picture import size_of

_DESCRIPTION = re.compile(r"<desc\b[^>]*>(.*?)</desc>", re.DOTALL)


_PANEL = re.compile(r'<g data-part="panel" data-box="([^"]*)">(.*?)</g>\n', re.DOTALL)
_SIZE = re.compile(r'viewBox="[^"]*" width="[^"]*" height="[^"]*"')
_TITLE = re.compile(r"<title\b[^>]*>(.*?)</title>", re.DOTALL)
_FAMILY = re.compile(r' font-family="[^"]*"')


def figure(svg: str) -> str:
    """The drawing itself in the page (not a file beside it), so that its text can be found and read aloud.

    Panels become pictures of their own, which stand below one another where there is little room. A box above
    them shows the drawing larger than the page has room for. Below, folded, stands the long description: every
    value in words.
    """
    element = svg[svg.index("<svg") :].strip()
    words = _DESCRIPTION.search(element)
    drawn = _apart(element) or _enlarged(element) + element
    figure = f'<figure class="nbsolve-drawing">\n{drawn}\n</figure>'
    if words is None:
        return figure
    summary = escape(phrase("drawing.in_words"))
    said = f"<summary>{summary}</summary>\n<p>{words[1]}</p>"
    return f'{figure}\n<details class="nbsolve-words">{said}</details>'


_PHONE, _NARROW = 300.0, 480.0
"""The width of a drawing that every page has room for, and of one that all but phones have room for."""


def _enlarged(element: str) -> str:
    """The box that shows a drawing larger, where a page may be narrower than the drawing."""
    size = size_of(element)
    width = math.inf if size is None else size[0]
    if width <= _PHONE:
        return ""
    kind = ' class="narrow"' if width <= _NARROW else ""
    return f'<label{kind}><input type="checkbox"> {escape(phrase("drawing.enlarge"))}</label>\n'


def _title_width(element: str) -> float:
    title = _TITLE.search(element)
    return math.ceil(text_width(unescape(title[1]), TITLE) + 16) if title else 600.0


def _apart(element: str) -> str:
    """A picture with panels as several: what stands above them with the words, then each panel. "" without any."""
    panels = _PANEL.findall(element)
    if not panels:
        return ""
    family = _FAMILY.search(element)
    look = f'style="max-width:100%;height:auto"{family[0] if family else ""} aria-hidden="true"'
    boxes = [[float(number) for number in box.split()] for box, _ in panels]
    width, height = _title_width(element), min(box[1] for box in boxes)
    whole = size_of(element)
    left = 0.0 if whole is None else (whole[0] - width) / 2
    size = f'viewBox="{left:g} 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    above = _SIZE.sub(size, _PANEL.sub("", element), count=1)
    return "\n".join(
        [
            above,
            *(
                f'<svg viewBox="{box}" width="{edges[2]:g}" height="{edges[3]:g}" {look}>{inside}</svg>'
                for (box, inside), edges in zip(panels, boxes, strict=True)
            ),
        ]
    )
