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
_SVG = re.compile(r"<svg\b.*</svg>", re.DOTALL)
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
    """Drawings, which stand in the pages as HTML, become pictures of one PDF each."""
    if app.builder.format != "latex":
        return
    from nbsolve.render.typst_picture import picture_pdf, size_of

    for node in list(doctree.findall(nodes.raw)):
        found = _SVG.search(node.astext()) if "html" in node.get("format", "").split() else None
        if found is None:
            continue
        description = _DESCRIPTION.search(found[0])
        words = unescape(description[1]) if description else "drawing"
        data = picture_pdf(found[0], words)
        file = f"drawing-{hashlib.sha256(data).hexdigest()[:16]}.pdf"
        (Path(app.outdir) / file).write_bytes(data)
        across = (size_of(found[0]) or (800.0, 0.0))[0] * _POINTS
        width = r"\linewidth" if across > _TEXT_WIDTH else f"{across:.0f}bp"
        picture = rf"\includegraphics[width={width}]{{{file}}}"
        latex = rf"\begin{{center}}{picture}\end{{center}}"
        node.replace_self(nodes.raw("", latex, format="latex"))
