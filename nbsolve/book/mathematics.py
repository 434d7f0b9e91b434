"""The site's mathematics, typeset when it is built: Sphinx's formulae written as MathML, no script needed.

What nbsolve worked out is written from its expressions, which the page's notebook carries; what authors wrote is
read from their LaTeX. Each formula keeps its LaTeX as an annotation. Each derivation has a link to itself, and the
number of a line leads to the line that it was given to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from nbsolve.authored.linear import linear
from nbsolve.authored.reading import read
from nbsolve.authored.spelling import BrokenMathematics
from nbsolve.document import Document
from nbsolve.phrases import phrase
from nbsolve.render import stored
from nbsolve.render.mathml.page import Formulas, authored_block, authored_inline, kept, opening, parted

NAME = "mathml"
_FIRST = re.compile(r"(<math[^>]*>)(.*?)</math>", re.DOTALL)
_MARK = re.compile(r'<a class="nbsolve-mark" data-(mark|marks)="(\d+)">')
_FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
_MARK_LINK = re.compile(r'<a class="nbsolve-mark" href="([^"]*)">(\d+)</a>')
_LINE, _LINK = 'class="right"', '<a class="nbsolve-mark" href'
_TABLE, _ROW = re.compile(r"<mtable.*?</mtable>", re.DOTALL), "<mtr>"
_log = logging.getLogger(__name__)


def setup(app: Sphinx) -> None:
    """Add the renderer; `config-inited` makes it the one in use."""
    app.add_html_math_renderer(NAME, (_visit_inline, None), (_visit_block, None))
    app.connect("config-inited", _configure)
    app.connect("html-page-context", _preload)
    app.connect("doctree-resolved", _keep_punctuation)


def _configure(app: Sphinx, config: Config) -> None:
    config.html_math_renderer = NAME


def _preload(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """The font of a page with mathematics comes with it: nothing moves when it is there."""
    if "<math" in context.get("body", ""):
        font = context["pathto"]("_static/math.woff2", resource=True)
        link = f'<link rel="preload" href="{font}" as="font" type="font/woff2" crossorigin>'
        context["metatags"] = context.get("metatags", "") + link


def _keep_punctuation(app: Sphinx, document: nodes.document, page: str) -> None:
    """Give formulas the punctuation around them."""
    for formula in list(document.findall(nodes.math)):
        siblings = formula.parent.children
        before = siblings[siblings.index(formula) - 1] if siblings[0] is not formula else None
        if isinstance(before, nodes.Text):
            rest, formula["before"] = opening(before.astext())
            formula.parent.replace(before, nodes.Text(rest))
        after = formula.next_node(descend=False, siblings=True)
        if isinstance(after, nodes.Text):
            formula["after"], rest = parted(after.astext())
            formula.parent.replace(after, nodes.Text(rest))


@dataclass
class _Page:
    """What is known of a page while it is written, from its top down."""

    formulas: Formulas
    equations: int = 0
    links: int = 0
    lines: dict[str, str] = field(default_factory=dict)
    """By the number of a line, the id of the last one that was given it."""

    def linked(self, markup: str) -> str:
        """The numbers of lines: an id where a line is given it, a link where it is called by it."""

        def one(found: re.Match[str]) -> str:
            kind, number = found.groups()
            if kind == "marks":
                self.lines[number] = f"line-{self.equations}-{number}"
                return f'<a class="nbsolve-mark" id="{self.lines[number]}">'
            place = self.lines.get(number)
            return f'<a class="nbsolve-mark" href="#{place}">' if place else '<a class="nbsolve-mark">'

        linked = _MARK.sub(one, markup)
        return _FORMULA.sub(self._apart, linked) if _LINK in linked else linked

    def _apart(self, formula: re.Match[str]) -> str:
        """A formula and, after it, the links that are in it: to what is read aloud, a formula is one thing.

        A style sheet lays each link over the number that it belongs to, by the name of that place.
        """
        over = []

        def place(link: re.Match[str]) -> str:
            self.links += 1
            name = f"--mark-{self.links}"
            words = escape(phrase("book.line", number=link[2]))
            over.append(
                f'<a class="nbsolve-over" href="{link[1]}" style="position-anchor:{name}">{words}</a>'
            )
            return f'<span class="nbsolve-mark" style="anchor-name:{name}">{link[2]}</span>'

        return _MARK_LINK.sub(place, formula[0]) + "".join(over)


def _page(translator: HTML5Translator) -> _Page:
    """The page that the translator writes."""
    page = getattr(translator, "nbsolve_page", None)
    if page is None:
        page = _Page(Formulas(_documents_of(Path(translator.builder.srcdir), translator.docnames[0])))
        translator.nbsolve_page = page
    return page


def _documents_of(book: Path, page: str) -> Iterator[Document]:
    """The documents that the page's notebook carries; none for a page that people write."""
    folder, _, name = page.partition("/")
    notebook = book / "_build" / "notebooks" / f"{name}.ipynb"
    if folder != "problems" or not notebook.is_file():
        return
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            document = output.get("data", {}).get(stored.MIME)
            if document is not None:
                yield stored.read(document)


def _visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    latex = node.astext()
    markup = _page(self).formulas.next(latex, False)
    if markup is None:
        markup = _authored(latex, node, authored_inline)
    name = _name(latex) if _names(node) else ""
    before, after = node.get("before", ""), node.get("after", "")
    shown = _annotated(_page(self).linked(markup), latex)
    if shown.startswith("<a "):  # the number of a line, which is no formula
        self.body.append(escape(before) + shown + escape(after))
        raise nodes.SkipNode
    self.body.append(f'<span class="nbsolve-inline"{name}>{kept(shown, after, before)}</span>')
    raise nodes.SkipNode


def _names(node: nodes.math) -> bool:
    """Whether the formula stands where its words are a name: in a heading, of a table too, and in a link."""
    around, siblings = node.parent, node.parent.children
    before = siblings[siblings.index(node) - 1] if siblings.index(node) else None
    if isinstance(before, nodes.raw) and before.astext().startswith("<a "):
        return True
    while around is not None:
        if isinstance(around, nodes.reference | nodes.title | nodes.thead):
            return True
        around = around.parent
    return False


def _name(latex: str) -> str:
    """The formula in words, for a link and a heading: what stands in them is their name, and MathML gives none."""
    try:
        return f' role="math" aria-label="{escape(linear(read(latex).tree))}"'
    except BrokenMathematics:
        return ""


def _visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    page, latex = _page(self), node.astext()
    page.equations += 1
    markup = page.formulas.next(latex, True)
    if markup is None:
        markup = _authored(latex, node, authored_block)
    identity = f"equation-{page.equations}"
    ids = "".join(f'<span id="{escape(each)}"></span>' for each in node.get("ids", ()))
    number = ""
    if node.get("number"):
        number = f'<span class="eqno">({get_node_equation_number(self, node)})</span>'
    link = f'<a class="headerlink" href="#{identity}" title="Link to this equation">#</a>'
    self.body.append(
        f'<div class="nbsolve-equation" id="{identity}" style="--lines: {_lines(markup)}">{ids}'
        f"{_annotated(page.linked(markup), latex)}{number}{link}</div>\n"
    )
    raise nodes.SkipNode


def _lines(markup: str) -> int:
    """About how many lines of text the equation is high: a line of it is as high as its tallest matrix."""
    lines = markup.split(_LINE)[1:] or [markup]
    return sum(max((table.count(_ROW) for table in _TABLE.findall(line)), default=1) for line in lines)


def _authored(latex: str, node: nodes.Element, write: Callable[[str], str]) -> str:
    """An author's formula; one that cannot be read is a warning, which stops the build."""
    try:
        return write(latex)
    except BrokenMathematics as error:
        _log.warning("the formula cannot be shown: %s", error, location=node)
        return f"<code>{escape(latex)}</code>"


def _annotated(markup: str, latex: str) -> str:
    """The LaTeX of the whole formula, in the first of its pieces, where scripts and programs look for it."""
    note = f'<annotation encoding="application/x-tex">{escape(latex.strip(), quote=False)}</annotation>'
    return _FIRST.sub(
        lambda first: f"{first[1]}<semantics><mrow>{first[2]}</mrow>{note}</semantics></math>",
        markup,
        count=1,
    )
