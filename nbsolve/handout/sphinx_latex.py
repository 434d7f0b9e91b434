r"""What LaTeX needs of the book that HTML does not: drawings as PDF, an engine that knows Unicode, and `bbm.sty`.

A Sphinx extension; it does nothing while the site is built.
"""

from __future__ import annotations

import hashlib
import re
from html import unescape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from nbsolve import __version__

_DESCRIPTION = re.compile(r"<desc\b[^>]*>(.*?)</desc>", re.DOTALL)
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_BBM = "\\ProvidesPackage{bbm}\n\\newcommand{\\mathbbm}[1]{\\mathbb{#1}}\n"
"""Jupyter Book asks for bbm.sty, which Debian has in another gigabyte; blackboard letters do as well."""
_POINTS = 0.58
"""The points that a drawing's pixel measures, where the paper is wide enough."""
_TEXT_WIDTH = 430.0
"""The width of the text on the book's pages, in points."""
_PREAMBLE = r"""
\usepackage{newunicodechar}
""" + "\n".join(rf"\newunicodechar{{{chr(0x2460 + n)}}}{{\textcircled{{\tiny {n + 1}}}}}" for n in range(20))


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx for `nbsolve.handout.sphinx_latex` in the list of extensions."""
    app.connect("config-inited", _configure, priority=900)
    app.connect("builder-inited", _write_stub)
    app.connect("doctree-resolved", _draw)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}


def _configure(app: Sphinx, config: Config) -> None:
    config.latex_engine = "xelatex"
    elements = dict(config.latex_elements)
    elements["preamble"] = str(elements.get("preamble", "")) + _PREAMBLE
    elements.setdefault("classoptions", ",openany,oneside")
    config.latex_elements = elements


def _write_stub(app: Sphinx) -> None:
    if app.builder.format == "latex":
        Path(app.outdir).mkdir(parents=True, exist_ok=True)
        (Path(app.outdir) / "bbm.sty").write_text(_BBM, encoding="utf-8")


def _draw(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Drawings, which stand in the pages as HTML (some as a title and several pictures), become a PDF each."""
    if app.builder.format != "latex":
        return
    for node in list(doctree.findall(nodes.raw)):
        pictures = _SVG.findall(node.astext()) if "html" in node.get("format", "").split() else []
        if pictures:
            title, *others = (_graphics(picture, Path(app.outdir)) for picture in pictures)
            shown = title + (r"\\" + " ".join(others) if others else "")
            node.replace_self(nodes.raw("", rf"\begin{{center}}{shown}\end{{center}}", format="latex"))


def _graphics(picture: str, folder: Path) -> str:
    """LaTeX for a picture, whose PDF is written into the folder."""
    from nbsolve.render.typst.picture import picture_pdf, size_of

    description = _DESCRIPTION.search(picture)
    data = picture_pdf(picture, unescape(description[1]) if description else "drawing")
    file = f"drawing-{hashlib.sha256(data).hexdigest()[:16]}.pdf"
    (folder / file).write_bytes(data)
    across = (size_of(picture) or (800.0, 0.0))[0] * _POINTS
    width = r"\linewidth" if across > _TEXT_WIDTH else f"{across:.0f}bp"
    return rf"\includegraphics[width={width}]{{{file}}}"
