r"""LaTeX read once, by math-core, into a tree: MathML, from which every output is written.

MathML is the tree because it is a standard, is what browsers show, and keeps what Typst needs: rows, scripts,
limits, stretching brackets, tables with their rules. `Formula.mathml` is the markup for pages, `Formula.tree` the
same without the empty elements that only browsers need.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree

from math_core import LatexError, LatexToMathML

from nbsolve.authored.rewriting import rewritten
from nbsolve.authored.spelling import BrokenMathematics

__all__ = ["Element", "Formula", "read"]

Element = ElementTree.Element

_DEEPEST = 120
_MESSAGE = re.compile(r"(\d+): (.*)", re.DOTALL)
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;|quot;|apos;|#)\w+;")
_ENDS = {
    "Expected closing token": "a closing brace is missing",
    "Duplicate subscript or superscript": "two subscripts or two superscripts stand on one letter",
    "Expected argument": "an argument is missing",
    "Unmatched closing token": "there is one closing brace too many",
    "There must be a parenthesis": "a bracket has to follow",
}


@dataclass(frozen=True)
class Formula:
    r"""A formula as its author wrote it, as pages and notebooks read it, as MathML, and as a tree.

    `written` has one spelling for what LaTeX can say in several (`\bm` is `\boldsymbol`), `mathml` is a whole
    `math` element, `tree` its content. The tree is shared: nobody changes it.
    """

    latex: str
    display: bool
    written: str
    mathml: str
    tree: Element


@lru_cache(maxsize=8192)
def read(latex: str, display: bool = False) -> Formula:
    """The formula (without its dollar signs); `display`: on lines of its own.

    Raises: BrokenMathematics, with the place in the formula, for what some output could not show.
    """
    both = rewritten(latex, display)
    try:
        mathml = _converter().convert_with_local_state(both.read, displaystyle=display)
    except LatexError as error:
        found = _MESSAGE.fullmatch(str(error))
        at, why = (int(found[1]), found[2]) if found else (0, str(error))
        raise BrokenMathematics(_reason(why), latex, min(both.place(at), len(latex))) from None
    tree = _cleaned(ElementTree.fromstring(_ENTITY.sub(lambda name: html.unescape(name[0]), mathml)))
    if _depth(tree) > _DEEPEST:
        raise BrokenMathematics("the formula is nested too deeply", latex)
    return Formula(latex, display, _trimmed(both.written), mathml, tree)


def _trimmed(written: str) -> str:
    r"""Without spaces at its ends, between which and a dollar sign there would be no mathematics."""
    trimmed = written.strip()
    return trimmed + " {}" if written.endswith("\\ ") and not written.endswith("\\\\ ") else trimmed


@lru_cache(maxsize=1)
def _converter() -> LatexToMathML:
    # \widehat and \widetilde are "unreliable" in some browsers only
    return LatexToMathML(allow_unreliable_rendering=True, fancy_error=False, max_expansions=100)


def _reason(why: str) -> str:
    """What math-core says, in the words of an author where that can be done."""
    for start, words in _ENDS.items():
        if why.startswith(start):
            return words
    return why[:1].lower() + why[1:].rstrip(".")


def _depth(tree: Element) -> int:
    depth, level = 0, [tree]
    while level and depth <= _DEEPEST:
        depth, level = depth + 1, [child for element in level for child in element]
    return depth


def _cleaned(element: Element) -> Element:
    """The tree without what only browsers need: empty spaces, rows around a single element."""
    if _depth(element) > _DEEPEST:
        return element
    clean = Element(element.tag, element.attrib)
    clean.text = element.text
    for child in element:
        if child.tag == "mspace" and not child.attrib:
            continue
        inner = _cleaned(child)
        while inner.tag == "mrow" and len(inner) == 1 and not inner.attrib:
            inner = inner[0]
        clean.append(inner)
    return clean
