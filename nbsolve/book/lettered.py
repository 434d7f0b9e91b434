"""Lists whose items have labels, `**(a)** …`: no bullet stands before these."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx

CLASS = "nbsolve-parts"
"""What the style sheet knows them by."""
_LABEL = re.compile(r"\(.+\)")


def setup(app: Sphinx) -> None:
    """Give each of these lists its class when its page is written."""
    app.connect("doctree-resolved", _name)


def _name(app: Sphinx, document: nodes.document, page: str) -> None:
    for bullets in document.findall(nodes.bullet_list):
        if all(map(_labelled, bullets.children)):
            bullets["classes"].append(CLASS)


def _labelled(item: nodes.Node) -> bool:
    """Whether what an item begins with is its label."""
    paragraph = next(iter(item.children), None)
    words = paragraph.children if isinstance(paragraph, nodes.paragraph) else []
    first = next(
        (each for each in words if each.astext()), None
    )  # a reader of Markdown puts "" before bold type
    return isinstance(first, nodes.strong) and bool(_LABEL.fullmatch(first.astext()))
