"""All formulae of a document as a page shows them, found by the LaTeX that stands for them in its Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from html import escape
from typing import Any

from nbsolve.document import Derivation, Document, Mark, Math
from nbsolve.expr import Expr
from nbsolve.render import latex_math
from nbsolve.render.mathml.formulas import inline, mark
from nbsolve.render.mathml.lines import derivation
from nbsolve.render.mathml.pieces import pieces
from nbsolve.render.mathml.tree import authored, authored_rows, elements
from nbsolve.render.myst import BAR

__all__ = ["Formulas", "authored_block", "authored_inline", "formulas", "kept", "key", "opening", "parted"]

_PUNCTUATION = re.compile(r"[,.;:!?)\]’”]*")
_OPENING = re.compile(r"[(\[“‘]*\Z")
_KEPT, _END = '<span class="nbsolve-kept">', "</math>"
_WIDE = re.compile(r'<mspace width="[1-9]')


def key(latex: str, display: bool) -> str:
    """The formula without its spaces, which Markdown may change, and with bars as they are outside tables."""
    return f"{'$$' if display else '$'}{''.join(latex.replace(BAR, '|').split())}"


def formulas(document: Document) -> dict[str, list[str]]:
    """HTML by `key`: grids for derivations, `math` elements for formulae in lines of text.

    Derivations that look alike may be about two iterations: there is one for each time that it stands in the
    document, in this order.
    """
    names = document.names
    found: dict[str, list[str]] = {}
    for item in _within(document.blocks):
        if isinstance(item, Mark):
            found[key(latex_math.mark(item), False)] = [mark(item.number)]
        elif isinstance(item, Derivation):
            latex = latex_math.derivation(item, names, lambda text: latex_math.note_words(text, names))
            found.setdefault(key(latex, True), []).append(derivation(item, names))
        elif isinstance(item, Math):
            at = key(latex_math.inline(item, names), False)
            if at not in found:
                found[at] = [pieces(inline(item, names), False)]
    return found


class Formulas:
    """The formulae of a page's documents, for a writer of its Markdown, who goes through it from the top down."""

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        self._found: dict[str, list[str]] = {}
        for document in documents:
            for at, markups in formulas(document).items():
                self._found.setdefault(at, []).extend(markups)

    def next(self, latex: str, display: bool) -> str | None:
        """The next formula of this LaTeX, the last of them for all that follow; None for one of an author's own."""
        found = self._found.get(key(latex, display))
        return None if found is None else found.pop(0) if len(found) > 1 else found[0]


def authored_inline(latex: str) -> str:
    """`math` elements for an author's formula in a line of text. Raises: BrokenMathematics."""
    return pieces(authored(latex), False)


def authored_block(latex: str) -> str:
    """The grid of an author's formula on lines of its own. Raises: BrokenMathematics."""
    rows = authored_rows(latex) or (("", authored(latex, True)),)
    return f'<div class="nbsolve-math">{"".join(_authored_row(row) for row in rows)}</div>'


def parted(text: str) -> tuple[str, str]:
    """The punctuation that words after a formula begin with, and the rest of them."""
    end = len(_PUNCTUATION.match(text)[0])  # type: ignore[index]
    return text[:end], text[end:]


def opening(text: str) -> tuple[str, str]:
    """Words before a formula, and the brackets and quotation marks that they end with."""
    start = _OPENING.search(text).start()  # type: ignore[union-attr]
    return text[:start], text[start:]


def kept(shown: str, after: str, before: str = "") -> str:
    """A formula with the punctuation around it: browsers would begin or end a line with that."""
    if after:
        start, end = shown.rindex("<math"), shown.rindex(_END) + len(_END)
        shown = f"{shown[:start]}{_KEPT}{shown[start:end]}{escape(after)}</span>{shown[end:]}"
    if before:
        start, end = shown.index("<math"), shown.index(_END) + len(_END)
        shown = f"{shown[:start]}{_KEPT}{escape(before)}{shown[start:end]}</span>{shown[end:]}"
    return shown


def _authored_row(cells: tuple[str, ...]) -> str:
    """Left sides and right sides alternate; a second left side of a line begins another pair."""
    first, *rest = [" " + cell if cell.startswith("<mo>") else cell for cell in cells]
    pairs = [*rest[:1], *("".join(rest[at : at + 2]) for at in range(1, len(rest), 2))]
    found = [equation for pair in pairs for equation in _apart(pair)] or [""]
    right = "<wbr>".join(
        f'<span class="pair">{pieces(each, True)}</span>' if at else pieces(each, True)
        for at, each in enumerate(found)
    )
    return f'<div class="left">{pieces(first, True) if first else ""}</div><div class="right">{right}</div>'


def _apart(markup: str) -> Iterator[str]:
    r"""The equations that stand on one line with a wide space (`\quad`) between them, without it."""
    equation = ""
    for element, spaced in elements(markup):
        if _WIDE.match(element):
            if equation:
                yield equation
            equation = ""
        else:
            equation += f" {element}" if spaced else element
    if equation:
        yield equation


def _within(item: Any) -> Iterator[Derivation | Math | Mark]:
    """Every derivation, and every formula and number of a line in the words of blocks."""
    if isinstance(item, Derivation | Math | Mark):
        yield item
    elif isinstance(item, tuple):
        for part in item:
            yield from _within(part)
    elif is_dataclass(item) and not isinstance(item, Expr):
        for field in fields(item):
            yield from _within(getattr(item, field.name))
