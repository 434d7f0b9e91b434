"""The page of a problem without Sphinx: the site's words, formulae and drawings, in plain clothes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any

from nbsolve.authored.spelling import BrokenMathematics
from nbsolve.document import Document
from nbsolve.errors import Fault
from nbsolve.markdown.myst import line
from nbsolve.markdown.reading import new_parser
from nbsolve.notebook.shown import shown_on_page
from nbsolve.render import myst
from nbsolve.render.figure import figure
from nbsolve.render.mathml.page import Formulas, authored_block, authored_inline, kept, opening, parted
from nbsolve.worked.network import WorkedSolution
from nbsolve.worked.page import WorkedPage

__all__ = ["error_page", "page_of", "standing_page"]

_ADMONITION = re.compile(r"\{admonition\} (?P<title>.*)")
_CLASS = re.compile(r":class: (?P<classes>[\w -]+)\n\n")
_TITLE = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")


def page_of(worked: WorkedSolution | WorkedPage) -> str:
    """The body of the page, as HTML: what the cells of the problem's notebook show, one after the other.

    Raises: NbsolveError.
    """
    problem = worked.problem
    written = [_Writer().html(f"# {line(problem.title, language=problem.language)}")]
    for method, arguments in shown_on_page(problem):
        shown = getattr(worked, method)(**arguments)
        if isinstance(shown, Document):
            written.append(_Writer(shown).html(myst.render(shown)))
        else:
            written.append(figure(shown.svg))
    return "\n".join(written)


def error_page(faults: Sequence[Fault], texts: dict[str, str], before: str = "") -> str:
    """The body of a page that says what is wrong, each fault with its line of the file, above the page `before`.

    `texts` are the files of which lines can be shown.
    """
    said = "\n".join(_fault(fault, texts) for fault in faults)
    kept = f'<div class="before" inert>{before}</div>' if before else ""
    return f'<div class="faults" role="alert">\n{said}\n</div>\n{kept}'


def standing_page(body: str) -> str:
    """A page that stands for itself, in one file."""
    return _page(body, ("static/nbsolve.js",), "")


def whole_page(body: str, version: str) -> str:
    """A page that can be shown, and is loaded again when there is another version than this."""
    return _page(body, ("static/nbsolve.js", "preview.js"), f' data-version="{escape(version)}"')


def _page(body: str, programs: Sequence[str], attributes: str) -> str:
    found = _TITLE.search(body)
    title = (
        _TAGS.sub("", re.sub(r"<annotation.*?</annotation>", "", found[1])) if found else "nbsolve preview"
    )
    static = files("nbsolve") / "templates"
    styles = [(static / place).read_text(encoding="utf-8") for place in ("preview.css", "static/nbsolve.css")]
    scripts = [(static / place).read_text(encoding="utf-8") for place in programs]
    return f"""<!DOCTYPE html>
<html lang="en"{attributes}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{"".join(styles)}</style>
</head>
<body>
<main class="bd-article">
{body}
</main>
<script type="module">{"".join(scripts)}</script>
</body>
</html>
"""


def _fault(fault: Fault, texts: dict[str, str]) -> str:
    """One fault: place, message, what was expected, what to do, and the line that it is about."""
    path = f"<code>{escape(fault.path)}</code>: " if fault.path else ""
    rows = [f'<p><strong class="place">{escape(fault.place)}</strong> {path}{escape(fault.message)}</p>']
    lines = texts.get(fault.file or "", "").splitlines()
    if fault.line is not None and fault.line <= len(lines):
        rows.append(f"<pre>{fault.line} | {escape(lines[fault.line - 1])}</pre>")
    rows += [
        f"<p>{name}: {escape(words)}</p>"
        for name, words in (("expected", fault.expected), ("hint", fault.hint))
        if words
    ]
    return "\n".join(rows)


class _Writer:
    """Markdown as the site's pages have it, as HTML; formulae of a document are written from its expressions."""

    def __init__(self, *documents: Document) -> None:
        self._formulas = Formulas(documents)
        parser = new_parser()
        rules: dict[str, Any] = parser.renderer.rules  # type: ignore[attr-defined]
        for kind in ("math_inline", "math_inline_double"):
            rules[kind] = self._inline
        rules["text"] = self._text
        for kind in ("math_block", "math_block_label", "amsmath"):
            rules[kind] = self._block
        rules["colon_fence"] = self._box
        self._parser = parser

    def html(self, markdown: str) -> str:
        """The text as HTML."""
        return str(self._parser.render(markdown))

    def _formula(self, latex: str, display: bool) -> str:
        found = self._formulas.next(latex, display)
        if found is not None:
            return found
        try:
            return authored_block(latex) if display else authored_inline(latex)
        except BrokenMathematics as error:
            return f"<code>{escape(latex)}</code> <em>{escape(str(error))}</em>"

    def _text(self, tokens: Any, at: int, *_: Any) -> str:
        words = tokens[at].content
        if at + 1 < len(tokens) and tokens[at + 1].type.startswith("math_inline"):
            words, tokens[at + 1].meta["before"] = opening(words)
        return escape(words)

    def _inline(self, tokens: Any, at: int, *_: Any) -> str:
        formula, after, before = (
            self._formula(tokens[at].content, False),
            "",
            tokens[at].meta.get("before", ""),
        )
        if at + 1 < len(tokens) and tokens[at + 1].type == "text":
            after, tokens[at + 1].content = parted(tokens[at + 1].content)
        if formula.startswith(("<a ", "<code>")):  # the number of a line, or what cannot be read
            return escape(before) + formula + escape(after)
        return f'<span class="nbsolve-inline">{kept(formula, after, before)}</span>'

    def _block(self, tokens: Any, at: int, *_: Any) -> str:
        return f'<div class="nbsolve-equation">{self._formula(tokens[at].content, True)}</div>\n'

    def _box(self, tokens: Any, at: int, *_: Any) -> str:
        """A box under a title: `:::{admonition} Title`."""
        title, body = _ADMONITION.fullmatch(tokens[at].info.strip()), tokens[at].content
        if title is None:
            return f"<pre>{escape(body)}</pre>\n"
        found = _CLASS.match(body)
        classes, inside = ("", body) if found is None else (found["classes"], body[found.end() :])
        heading = self._parser.renderInline(title["title"])
        return (
            f'<div class="admonition {classes}">\n<p class="admonition-title">{heading}</p>\n'
            f"{self.html(inside)}</div>\n"
        )
