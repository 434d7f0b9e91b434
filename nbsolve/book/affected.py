"""Which pages are read or written anew: those whose content, or whose neighbours or links, have changed.

Sphinx goes by dates and looks at each page alone. Here contents are compared, so that an older file that is put
back counts too, and pages are written again where what they say about other pages may no longer hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docutils import nodes  # type: ignore[import-untyped, unused-ignore]
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

_ANY = "*"


def setup(app: Sphinx) -> None:
    """Called by the extension."""
    app.connect("builder-inited", _prepare)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-before-read-docs", _about_to_read)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("doctree-read", _note_links)
    app.connect("env-updated", _also_written)


def _prepare(app: Sphinx) -> None:
    """Set up what Sphinx's environment remembers from run to run."""
    for name in ("nbsolve_links", "nbsolve_contents", "nbsolve_around"):
        if not hasattr(app.env, name):
            setattr(app.env, name, {})


def _outdated(app: Sphinx, env: Any, added: set[str], changed: set[str], removed: set[str]) -> Iterable[str]:
    """Pages of which the file, or a file that they include, has another content than when they were read."""
    known: dict[str, str] = env.nbsolve_contents
    return [doc for doc in env.found_docs if doc in known and known[doc] != _content(env, doc)]


def _about_to_read(app: Sphinx, env: Any, docs: list[str]) -> None:
    env.nbsolve_reading = set(docs)
    env.nbsolve_removed = set(env.nbsolve_contents) - env.found_docs


def _purge(app: Sphinx, env: Any, doc: str) -> None:
    for remembered in (env.nbsolve_links, env.nbsolve_contents):
        remembered.pop(doc, None)


def _merge(app: Sphinx, env: Any, docs: Iterable[str], other: Any) -> None:
    env.nbsolve_links.update({doc: other.nbsolve_links[doc] for doc in docs if doc in other.nbsolve_links})


def _note_links(app: Sphinx, doctree: nodes.document) -> None:
    """Which pages a page links to; any where it takes a title, number or label from elsewhere."""
    env: Any = app.env
    targets = set()
    for link in doctree.findall(addnodes.pending_xref):
        plain = link.get("refdomain") == "doc" and link.get("refexplicit") and not link.get("reftargetid")
        targets.add(str(link["reftarget"]) if plain else _ANY)
    env.nbsolve_links[env.docname] = targets


def _also_written(app: Sphinx, env: Any) -> list[str]:
    """Pages that were not read, but tell of other pages what may have changed."""
    known: dict[str, str] = env.nbsolve_contents  # without those that were read now
    env.nbsolve_contents = {doc: known.get(doc) or _content(env, doc) for doc in env.found_docs}
    around = {
        doc: tuple(f"{other}: {env.titles[other].astext()}" for other in near if other in env.titles)
        for doc, near in env.collect_relations().items()
    }
    before, env.nbsolve_around = env.nbsolve_around, around
    written = {doc for doc, seen in around.items() if before.get(doc) != seen}
    if env.nbsolve_reading or env.nbsolve_removed or written:
        for doc, targets in env.nbsolve_links.items():
            if _ANY in targets or targets - env.found_docs:
                written.add(doc)
    if not app.config.nbsolve_shared_sidebar and written:
        return sorted(env.found_docs)
    # one page at least, else Sphinx would leave out all that is not a page: style sheets, the search, the index
    return sorted({app.config.root_doc, *written} & env.found_docs)


def _content(env: BuildEnvironment, doc: str) -> str:
    digest = hashlib.sha256()
    source = Path(str(env.srcdir))
    for path in [Path(str(env.doc2path(doc))), *(source / name for name in sorted(env.dependencies[doc]))]:
        digest.update(path.read_bytes() if path.is_file() else b"absent")
        digest.update(b"\0")
    return digest.hexdigest()
