"""MathML as markup: what authors write, tidied for browsers, and elements taken apart again."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from nbsolve.authored.reading import Element, read

__all__ = ["authored", "elements", "is_tall", "one"]

_TALL = ("<mfrac", "<mtable", "<munder", "<mover>")
_TAG = re.compile(r"<(/?)[a-z]+[^>]*?(/?)>")


@lru_cache(maxsize=16384)
def authored(latex: str, display: bool = False) -> str:
    """The content of a `math` element for an author's LaTeX. Raises: BrokenMathematics."""
    tree = _tidied(read(latex, display).tree)
    return _inner(tree)


def _inner(tree: Element) -> str:
    return (escape(tree.text or "", quote=False) if tree.text and tree.text.strip() else "") + "".join(
        _written(child) for child in tree
    )


def _written(element: Element) -> str:
    """An element as markup, with no space between elements."""
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in element.attrib.items())
    inside = (
        escape(element.text or "", quote=False) if not len(element) else "".join(_written(e) for e in element)
    )
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"


def _tidied(element: Element) -> Element:
    """A copy in which browsers agree: boxes as rows with a class, primes as signs of their own.

    `menclose` is not in MathML Core, and a prime that is raised twice sits too low in Chromium.
    """
    copied = Element(element.tag, dict(element.attrib))
    copied.text = element.text
    for child in element:
        copied.append(_tidied(child))
    if copied.tag == "menclose" and copied.get("notation") == "box":
        copied.tag, copied.attrib = "mrow", {"class": "boxed"}
    if copied.tag == "msup" and len(copied) == 2 and copied[1].tag == "mo" and set(copied[1].text or "") <= {"′"}:
        copied.tag = "mrow"
        copied[1].attrib = {"lspace": "0", "rspace": "0"}
    if copied.tag == "mtext" and copied.text:
        copied.text = re.sub(r"^ | $", "\u00a0", copied.text)  # spaces at the ends of an element are lost
    return copied


def is_tall(markup: str) -> bool:
    """Whether brackets around it have to grow."""
    return any(sign in markup for sign in _TALL)


def one(markup: str) -> str:
    """The markup as a single element, which a script or a fraction asks for."""
    parts = elements(markup)
    return markup.strip() if len(parts) == 1 else f"<mrow>{markup}</mrow>"


@lru_cache(maxsize=16384)
def elements(markup: str) -> tuple[tuple[str, bool], ...]:
    """The outermost elements, each with whether a space stands before it (before operators between terms)."""
    found: list[tuple[str, bool]] = []
    depth, start = 0, 0
    for tag in _TAG.finditer(markup):
        closing, empty = tag.groups()
        if depth == 0 and not closing:
            start = tag.start()
        depth += 0 if empty else -1 if closing else 1
        if depth == 0:
            found.append((markup[start : tag.end()], markup[start - 1 : start] == " "))
    return tuple(found)
