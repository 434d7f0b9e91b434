"""Figures are numbered by an outline of each page: Sphinx would read every page of the book anew, in every run.

An outline has what the numbers follow from, in its order: sections, tables of contents, and what has a caption.
Sphinx keeps it in its environment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.toctree import TocTreeCollector

__all__ = ["setup"]

_number = TocTreeCollector.assign_figure_numbers


def setup(app: Sphinx) -> None:
    """Called by the extension."""
    TocTreeCollector.assign_figure_numbers = _numbered  # type: ignore[method-assign]
    app.connect("builder-inited", _prepare)
    app.connect("doctree-read", _keep)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)


def _prepare(app: Sphinx) -> None:
    if not hasattr(app.env, "nbsolve_outlines"):
        app.env.nbsolve_outlines = {}  # type: ignore[attr-defined]


def _purge(app: Sphinx, env: Any, doc: str) -> None:
    env.nbsolve_outlines.pop(doc, None)


def _merge(app: Sphinx, env: Any, docs: Iterable[str], other: Any) -> None:
    env.nbsolve_outlines.update({doc: other.nbsolve_outlines[doc] for doc in docs})


def _keep(app: Sphinx, doctree: nodes.document) -> None:
    env: Any = app.env
    env.nbsolve_outlines[env.docname] = nodes.Element("", *_outline(env, doctree))


def _outline(env: BuildEnvironment, around: nodes.Element) -> Iterator[nodes.Element]:
    """What the numbers of figures follow from, of what stands in an element."""
    for node in around.children:
        if not isinstance(node, nodes.Element):
            continue
        if isinstance(node, nodes.section):
            yield nodes.section("", *_outline(env, node), ids=node["ids"])
        elif isinstance(node, addnodes.toctree) or _has_number(env, node):
            yield _alone(node)
        else:
            yield from _outline(env, node)


def _alone(node: nodes.Element) -> nodes.Element:
    """A copy that does not hold on to its page."""
    copy = node.deepcopy()
    for inner in copy.findall():
        inner.document = None
    return copy


def _has_number(env: BuildEnvironment, node: nodes.Element) -> bool:
    """Whether it is a figure, table or listing with a caption, an equation with a label, or an extension's own."""
    standard = env.domains["std"]
    return bool(node["ids"]) and any(
        domain.get_enumerable_node_type(node) and (domain is not standard or standard.get_numfig_title(node))
        for domain in env.domains.values()
    )


def _numbered(self: TocTreeCollector, env: Any) -> list[str]:
    """Sphinx's own numbering, which looks at the outlines in the place of the pages."""
    env.get_doctree = env.nbsolve_outlines.__getitem__
    try:
        return _number(self, env)
    finally:
        del env.get_doctree
