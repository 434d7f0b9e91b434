"""What nbsolve adds to the site while Sphinx builds it: style, version, offline mathematics, sidebars."""

from __future__ import annotations

import hashlib
import logging
import os
from dataclasses import dataclass, field
from functools import partial
from gettext import NullTranslations
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from sphinx import locale
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.logging import NAMESPACE, WarningLogRecordTranslator, WarningSuppressor

from nbsolve import __version__
from nbsolve.book import (
    affected,
    downloads,
    figure_numbers,
    lettered,
    mathematics,
    page_files,
    search_index,
    sharing,
)
from nbsolve.book.drawing_directive import add_directives
from nbsolve.book.math_fonts import write_fonts
from nbsolve.book.sidebar import TEMPLATE_PAGE, fill_sidebars
from nbsolve.markdown.languages import attributes, is_english

_SAFE_BUT_SILENT = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")
"""Jupyter Book's own: the first works when all is read, the second only for LaTeX."""


_REDIRECT = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={root}.html">
<link rel="icon" href="{icon}">
</head>
<body><p><a href="{root}.html">{title}</a></p></body>
</html>
"""


@dataclass
class Outcome:
    """What a run has to say beside its files: warnings with their place, and every file that pages depend on.

    `read` are the pages whose content has changed, `written` those that were written, `rendered` what this process
    wrote of them, and of pages that are not the book's.
    """

    complaints: list[tuple[str | None, str]] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    rendered: set[str] = field(default_factory=set)
    always: bool = False


OUTCOME = Outcome()
"""The outcome of the one run in this process."""


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx for `nbsolve.book.sphinx_extension` in the list of extensions."""
    app.connect("config-inited", _configure)
    app.connect("builder-inited", _allow_parallel_reading)
    app.connect("html-page-context", _leave_out_sidebar, priority=100)
    app.connect("html-page-context", _offer_no_notebook, priority=100)
    app.connect("html-page-context", _escape_title, priority=900)
    app.connect("html-page-context", _in_authors_language, priority=900)
    app.connect("doctree-resolved", _note_written)
    app.connect("build-finished", _finish)
    _collect_warnings(app)
    affected.setup(app)
    figure_numbers.setup(app)
    page_files.setup(app)
    downloads.setup(app)
    lettered.setup(app)
    mathematics.setup(app)
    search_index.setup()
    sharing.setup(app)
    add_directives(app)
    # with another style sheet or script every page is written anew; else Sphinx would keep the old ones
    app.add_config_value("nbsolve_language", "en", "html", str)
    app.add_config_value("nbsolve_style", _style(), "html", str)
    app.add_config_value("nbsolve_withheld", False, "env", bool)
    app.add_config_value("nbsolve_shared_sidebar", True, "html", bool)
    app.add_css_file("nbsolve-icons.css")
    app.add_css_file("math-fonts.css")
    app.add_css_file("nbsolve.css")
    app.add_js_file("nbsolve.js")
    app.add_js_file("nbsolve-stepping.js")
    app.add_js_file("nbsolve-search.js")
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}


def _style() -> str:
    """A hash of what stands in the folder of style sheets and scripts."""
    digest = hashlib.sha256()
    for file in sorted(files("nbsolve").joinpath("templates", "static").iterdir(), key=lambda one: one.name):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _configure(app: Sphinx, config: Config) -> None:
    static = str(files("nbsolve") / "templates" / "static")
    config.html_static_path.append(static)
    config.html_favicon = config.html_favicon or f"{static}/favicon.svg"
    collapsed = bool(config.html_theme_options.get("collapse_navbar"))
    config.nbsolve_shared_sidebar = config.html_theme == "sphinx_book_theme" and not collapsed
    config.suppress_warnings.append("misc.highlighting_failure")  # code of an author's that is not code
    # what nbsolve and the theme say is in English, whatever language the course's authors write in
    config.nbsolve_language = (config.language or "en").replace("_", "-")
    config.language = "en"
    if not is_english(config.nbsolve_language):
        for catalog in locale.translators:  # the theme's too, which were read before
            locale.translators[catalog] = NullTranslations()
    fonts = Path(app.doctreedir).with_name("fonts")
    fonts.mkdir(parents=True, exist_ok=True)  # Sphinx looks whether it is there
    written = sharing.beside(partial(write_fonts, fonts))
    app.connect("write-started", lambda app, builder: written())
    config.html_static_path.append(str(fonts))
    # "Costs $5 and $10" has no mathematics, on pages written by hand as in problems
    config.myst_dmath_allow_space = False
    config.myst_dmath_double_inline = True  # $$ in the middle of a line, as in notebooks
    config.html_theme_options.setdefault("show_toc_level", 2)  # iterations, and what is in them
    foot = f"<p class='nbsolve-version'>Worked out by nbsolve {__version__}.</p>"
    config.html_theme_options["extra_footer"] = foot + str(config.html_theme_options.get("extra_footer", ""))


def _allow_parallel_reading(app: Sphinx) -> None:
    """Read in parallel unless an author's extension is not made for it, about which Sphinx would complain."""
    for extension in app.extensions.values():
        if extension.name in _SAFE_BUT_SILENT:
            extension.parallel_read_safe = True
        elif not (extension.parallel_read_safe and extension.parallel_write_safe):
            app.parallel = 1


class _Collector(logging.Handler):
    """Keeps every warning: its place, as `file:line`, and what it says."""

    def emit(self, record: logging.LogRecord) -> None:
        """Called by `logging`; Sphinx's own filter has made a text of the place."""
        place = getattr(record, "location", None)
        message = logging.LogRecord.getMessage(record)  # Sphinx's own would put the place before it
        OUTCOME.complaints.append((place if isinstance(place, str) else None, message))


def _collect_warnings(app: Sphinx) -> None:
    collector = _Collector(logging.WARNING)
    collector.addFilter(WarningSuppressor(app))
    collector.addFilter(WarningLogRecordTranslator(app))
    logging.getLogger(NAMESPACE).addHandler(collector)


def _note_written(app: Sphinx, doctree: object, page: str) -> None:
    """Called in Sphinx's own process for each page, even where others write it."""
    OUTCOME.written.add(page)


def _leave_out_sidebar(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Pages get their sidebar when all are written, see `nbsolve.book.sidebar`."""
    OUTCOME.rendered.add(page)
    if app.config.nbsolve_shared_sidebar and page != TEMPLATE_PAGE:
        context["toctree"] = lambda **_: ""


def _offer_no_notebook(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Where solutions are withheld no notebook is published: no button leads to one."""
    if app.config.nbsolve_withheld and str(context.get("sourcename", "")).endswith(".ipynb"):
        context.update(page_source_suffix="", sourcename="", ipynb_source="")


def _in_authors_language(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """A page of the book is its author's, in the language of `_config.yml`; generated pages mark it themselves."""
    language = app.config.nbsolve_language
    if doctree is not None and not is_english(language) and not page.startswith("problems/"):
        context["body"] = f"<div {attributes(language)}>{context['body']}</div>"


def _escape_title(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """The theme writes a page's title once more, for paper, as plain text where HTML stands."""
    if isinstance(context.get("pagetitle"), str):
        context["pagetitle"] = escape(context["pagetitle"])


def _finish(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.name != "html":
        return
    env: Any = app.env
    html = Path(app.outdir)
    if app.config.nbsolve_shared_sidebar:
        kept = Path(app.doctreedir).with_name("sidebar.html")
        pages = {*env.found_docs, *OUTCOME.rendered} - {TEMPLATE_PAGE}
        fill_sidebars(html, sorted(pages), OUTCOME.written | OUTCOME.rendered, kept)
    root = app.config.root_doc
    if root != "index":
        (html / "index.html").write_text(_redirect(app), encoding="utf-8")
    _remove_what_is_no_longer_made(app, html)
    OUTCOME.read.update(env.nbsolve_reading)
    OUTCOME.always = bool(env.reread_always)
    for names in env.dependencies.values():
        OUTCOME.files.update(os.path.normpath(Path(app.srcdir) / name) for name in names)


def _redirect(app: Sphinx) -> str:
    """A page that leads to the first one, with the site's icon, which browsers would ask for elsewhere."""
    icon = str(getattr(app.builder, "globalcontext", {}).get("favicon_url") or "")
    icon = icon if not icon or "://" in icon else f"_static/{icon}"
    return _REDIRECT.format(root=app.config.root_doc, title=escape(app.config.html_title or ""), icon=icon)


def _remove_what_is_no_longer_made(app: Sphinx, html: Path) -> None:
    """Pages, their sources, pictures and downloads that an earlier run wrote and this one would not."""
    env = app.env
    pages = {*env.found_docs, *OUTCOME.rendered, "index"}
    sources = {f"{doc}{Path(env.doc2path(doc)).suffix}" for doc in env.found_docs}
    pictures = {name for _, name in env.images.values()}
    downloads = {name for _, name in env.dlfiles.values()}
    for path in html.rglob("*"):
        if path.is_dir():
            continue
        place = path.relative_to(html)
        top, below = place.parts[0], "/".join(place.parts[1:])
        if (
            (top == "_sources" and below.removesuffix(app.config.html_sourcelink_suffix) not in sources)
            or (top == "_images" and below not in pictures)
            or (top == "_downloads" and below not in downloads)
            or (
                not top.startswith("_")
                and path.suffix == ".html"
                and place.with_suffix("").as_posix() not in pages
            )
        ):
            path.unlink()
