"""A drawing in a page: the picture itself, and its words."""

from __future__ import annotations

import re
from html import escape

from nbsolve.phrases import phrase

_DESCRIPTION = re.compile(r"<desc\b[^>]*>(.*?)</desc>", re.DOTALL)


def figure(svg: str) -> str:
    """The drawing itself in the page (not a file beside it), so that its text can be found and read aloud.

    Below it, folded, stands its long description: every value in words.
    """
    element = svg[svg.index("<svg") :].strip()
    words = _DESCRIPTION.search(element)
    figure = f'<figure class="nbsolve-drawing">\n{element}\n</figure>'
    if words is None:
        return figure
    summary = escape(phrase("drawing.in_words"))
    said = f"<summary>{summary}</summary>\n<p>{words[1]}</p>"
    return f'{figure}\n<details class="nbsolve-words">{said}</details>'
