"""`{drawing}` and `{function-plot}` for the pages of a course: pictures drawn while the site is built.

A page is read again where one of its many problems has changed; the pictures of the others are kept from before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docutils import nodes  # type: ignore[import-untyped, unused-ignore]
from docutils.parsers.rst import directives  # type: ignore[import-untyped, unused-ignore]
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from nbsolve.errors import NbsolveError
from nbsolve.phrases import phrase

__all__ = ["add_directives"]

Asked = tuple[str, ...]
"""What a picture was asked for by: directive, argument, options."""
Picture = tuple[dict[str, str], str]
"""A picture: the hash of each file that it was drawn from, and its HTML."""


def add_directives(app: Sphinx) -> None:
    """Called by the extension."""
    app.add_directive("drawing", DrawingDirective)
    app.add_directive("function-plot", FunctionPlotDirective)
    app.connect("builder-inited", _prepare)
    app.connect("doctree-read", _keep)
    app.connect("env-merge-info", _merge)


def _prepare(app: Sphinx) -> None:
    if not hasattr(app.env, "nbsolve_pictures"):
        app.env.nbsolve_pictures = {}  # type: ignore[attr-defined]


def _keep(app: Sphinx, doctree: nodes.document) -> None:
    env: Any = app.env
    env.nbsolve_pictures[env.docname] = env.temp_data.get("nbsolve_pictures", {})


def _merge(app: Sphinx, env: Any, docs: Iterable[str], other: Any) -> None:
    env.nbsolve_pictures.update({doc: other.nbsolve_pictures.get(doc, {}) for doc in docs})


class _PictureDirective(SphinxDirective):
    """Draws unless it has drawn the same from the same files when the page was last read."""

    def run(self) -> list[nodes.Node]:
        """The picture, as HTML in the page."""
        env: Any = self.env
        drawn: dict[Asked, Picture] = env.temp_data.setdefault("nbsolve_pictures", {})
        if self.config.nbsolve_withheld and self.tells_the_solution():
            return [nodes.paragraph("", "", nodes.emphasis("", phrase("withheld.drawing")))]
        try:
            argument = self.argument()
            asked = (self.name, argument, *(f"{name}: {value}" for name, value in self.options.items()))
            picture = env.nbsolve_pictures.get(env.docname, {}).get(asked)
            if picture is None or picture[0] != _hashes(picture[0]):
                picture = self.picture(argument)
        except NbsolveError as error:
            raise self.error(str(error)) from None
        drawn[asked] = picture
        for file in picture[0]:
            self.env.note_dependency(file)
        return [nodes.raw("", picture[1], format="html")]

    def tells_the_solution(self) -> bool:
        """Whether the picture has to wait for the solutions."""
        return False

    def argument(self) -> str:
        """What is drawn."""
        return str(self.arguments[0])

    def picture(self, argument: str) -> Picture:
        """Draw it. Raises `NbsolveError`."""
        raise NotImplementedError


class DrawingDirective(_PictureDirective):
    """A drawing of a problem: its file, in the book's folder or beside it, and the arguments of `draw` as options.

    `set` changes the problem before it is solved: `training.iterations=200; explain=paths`.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {  # noqa: RUF012 - docutils reads it so
        "show": directives.unchanged_required,
        "quantity": directives.unchanged_required,
        "step": directives.positive_int,
        "iteration": directives.positive_int,
        "sample": directives.positive_int,
        "set": directives.unchanged_required,
    }

    def tells_the_solution(self) -> bool:
        """All drawings do but that of the network with what is given."""
        return bool(set(self.options) - {"show"}) or self.options.get("show", "network") != "network"

    def argument(self) -> str:
        """The problem's file."""
        source = Path(str(self.env.srcdir))
        found = [folder / str(self.arguments[0]) for folder in (source, source.parent)]
        for path in found:
            if path.is_file():
                return str(path)
        raise NbsolveError(f"there is no problem {self.arguments[0]} in {source.parent}")

    def picture(self, argument: str) -> Picture:
        """Solve the problem, once for all of its pictures in a page, and draw."""
        from nbsolve.book.pictures import files_of, picture_of, solved

        files = _hashes(files_of(argument))
        changed = str(self.options.get("set", ""))
        known: dict[Asked, Any] = self.env.temp_data.setdefault("nbsolve_solved", {})
        if (argument, changed) not in known:
            known[argument, changed] = solved(argument, changed)
        options = {name: value for name, value in self.options.items() if name != "set"}
        return files, picture_of(known[argument, changed], options)


class FunctionPlotDirective(_PictureDirective):
    """An activation of the catalogue and its derivative, with tangents at `points`."""

    required_arguments = 1
    option_spec = {  # noqa: RUF012
        "points": directives.unchanged_required,
        "domain": directives.unchanged_required,
    }

    def picture(self, argument: str) -> Picture:
        """Draw."""
        from nbsolve.book.pictures import plot_of

        domain, points = self.options.get("domain", "-5, 5"), self.options.get("points", "")
        return {}, plot_of(argument, domain, points)


def _hashes(files: Iterable[str]) -> dict[str, str]:
    return {file: _hash(Path(file)) for file in files}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "absent"
