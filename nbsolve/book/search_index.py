"""What the site's search finds: words, not formulae and pictures; a heading's formula is written in one line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from html import escape

import sphinx.search
from docutils import nodes
from sphinx.environment import BuildEnvironment

from nbsolve.authored.dollars import in_words

_NO_WORDS = re.compile(r"<(svg|math)\b.*?</\1>", re.DOTALL)


class WordIndex(sphinx.search.IndexBuilder):
    """Sphinx's index of words, of pages without their formulae."""

    def __init__(self, env: BuildEnvironment, lang: str, options: dict[str, str], scoring: str) -> None:
        """Made by Sphinx; a word that stands on many pages is stemmed once, soft hyphens are no part of it."""
        super().__init__(env, lang, options, scoring)
        self.lang.stem = cache(self.lang.stem)  # type: ignore[method-assign]
        split = self.lang.split
        self.lang.split = lambda text: split(text.replace("\u00ad", ""))  # type: ignore[assignment, method-assign]

    def feed(self, docname: str, filename: str, title: str, doctree: nodes.document) -> None:
        """Add a page; its title is HTML."""
        with _words_only(doctree):
            heading = next(doctree.findall(nodes.title), None)
            if "<" in title and heading is not None:
                title = escape(heading.astext())
            super().feed(docname, filename, title, doctree)


def setup() -> None:
    """Let Sphinx make this index in the place of its own."""
    sphinx.search.IndexBuilder = WordIndex  # type: ignore[misc]


@contextmanager
def _words_only(doctree: nodes.document) -> Iterator[None]:
    """The page without formulae and pictures for as long as this lasts: it is written after it has been indexed."""
    kinds = (nodes.math, nodes.math_block, nodes.raw)
    parents = {id(node.parent): node.parent for node in doctree.findall(lambda node: isinstance(node, kinds))}
    before = [(parent, parent.children) for parent in parents.values()]
    for parent, children in before:
        parent.children = [_in_words(node) if isinstance(node, kinds) else node for node in children]
    try:
        yield
    finally:
        for parent, children in before:
            parent.children = children


def _in_words(node: nodes.Element) -> nodes.Node:
    if isinstance(node, nodes.raw):
        return nodes.raw("", _NO_WORDS.sub("", node.astext()), **node.attributes)
    return nodes.Text(in_words(f"${node.astext()}$") if _is_heading(node) else "")


def _is_heading(node: nodes.Node) -> bool:
    parent = node.parent
    return parent is not None and (isinstance(parent, nodes.title) or _is_heading(parent))
