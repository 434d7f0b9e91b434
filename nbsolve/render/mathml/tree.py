"""MathML as markup: what authors write, tidied for browsers, and elements taken apart again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape

from nbsolve.authored.reading import Element, read

__all__ = ["APPLIED", "THIN", "authored", "authored_rows", "elements", "is_tall", "level", "one"]

THIN = '<mspace width=".167em"></mspace>'
"""The space between two factors."""
APPLIED = '<mspace width=".222em"></mspace>'
"""The space between an operator (Σ, d/dz) and what it acts on, where no line is broken."""
_ENCLOSED = {
    "box": "boxed",
    "updiagonalstrike": "struck",
    "downdiagonalstrike": "struck-down",
    "updiagonalstrike downdiagonalstrike": "struck struck-both",
}
_BETWEEN = frozenset("+−·⋅⊙×=≈<>≤≥≠≡∼→←")
_WITH_SCRIPTS = frozenset({"msub", "msup", "msubsup", "munder", "mover", "munderover"})
_TALL = ("<mfrac", "<mtable", "<munder", "<mover>")
_ROWS = frozenset({"math", "mrow", "mtd", "msqrt", "mstyle"})
_OPENING, _CLOSING = frozenset("([{|‖"), frozenset(")]}|‖")
_DEEP = frozenset("fgjpqyβζημξρφχψϕ")
"""Letters that reach below the line."""
_APPLIED = "\u2061"
"""The sign between a function and what it is applied to, which is not to be seen."""
_SPACED = re.compile(rf" ?<mo>([{''.join(sorted(_BETWEEN))}])</mo>")
_TAG = re.compile(r"<(/?)[a-z]+[^>]*?(/?)>")


@lru_cache(maxsize=16384)
def authored(latex: str, display: bool = False) -> str:
    """The content of a `math` element for an author's LaTeX. Raises: BrokenMathematics."""
    return _row(_tidied(read(latex, display).tree))


@lru_cache(maxsize=1024)
def authored_rows(latex: str) -> tuple[tuple[str, ...], ...]:
    r"""The cells of lines aligned at their relations (`aligned` and its like), each as `authored` has it.

    Empty where the formula is anything else. Raises: BrokenMathematics.
    """
    tree = read(latex, True).tree
    table = tree[0] if len(tree) == 1 else tree
    if (
        table.tag != "mtable"
        or table.get("displaystyle") != "true"
        or table.get("rowlines")
        or table.get("columnlines")
    ):
        return ()
    return tuple(tuple(_row(_tidied(cell)) for cell in row) for row in table)


def _row(row: Element) -> str:
    """The elements of a row, with a space before each operator that stands between two others."""
    found = []
    for at, element in enumerate(row):
        between = at > 0 and element.tag == "mo" and element.text in _BETWEEN and element.get("lspace") != "0"
        found.append(f"{' ' if between else ''}{_written(element)}")
    return "".join(found)


def _written(element: Element) -> str:
    """An element as markup, with no space between elements."""
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in element.attrib.items())
    inside = (
        escape(element.text or "", quote=False) if not len(element) else "".join(_written(e) for e in element)
    )
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"


def _tidied(element: Element) -> Element:
    """A copy in which browsers agree: boxes as rows with a class, primes as signs of their own.

    `menclose` is not in MathML Core, and a prime that is raised twice sits too low in Chromium. Fractions stand a
    little apart from what they multiply, as in TeX.
    """
    copied = Element(element.tag, dict(element.attrib))
    copied.text = element.text
    for child in element:
        copied.append(_tidied(child))
    if copied.tag in _ROWS:
        copied[:] = list(_spaced(_with_raised_brackets(_with_ellipses(copied))))
    if copied.tag in _WITH_SCRIPTS:
        copied[0] = _level(copied[0])
        copied[1:] = [_label(script) for script in copied[1:]]
        for sign in (sign for script in copied[1:] if script.tag == "mrow" for sign in script.iter("mo")):
            if sign.text in _BETWEEN:  # TeX has no space around operators in scripts, browsers do
                sign.attrib |= {"lspace": "0", "rspace": "0"}
    if copied.tag == "menclose":
        copied.tag, copied.attrib = "mrow", {"class": _ENCLOSED[copied.get("notation", "")]}
        for line in copied.findall("mrow[@class]"):  # what another reader of MathML would draw the line with
            if line.get("class", "").startswith("menclose"):
                copied.remove(line)
    if (
        copied.tag == "msup"
        and len(copied) == 2
        and copied[1].tag == "mo"
        and set(copied[1].text or "") <= {"′"}
    ):
        copied.tag = "mrow"
        copied[1].attrib = {"lspace": "0", "rspace": "0"}
    if copied.tag == "mtext" and copied.text:
        copied.text = re.sub(r"^ | $", "\u00a0", copied.text)  # spaces at the ends of an element are lost
    return copied


def _with_ellipses(row: Iterable[Element]) -> list[Element]:
    r"""`\ldots` as one sign instead of three full stops, each with a space of its own."""
    found: list[Element] = []
    for element in row:
        found.append(element)
        if [(one.tag, one.text) for one in found[-3:]] == [("mo", ".")] * 3:
            found[-3:] = [Element("mi")]
            found[-1].text = "…"
    return found


def _with_raised_brackets(row: Iterable[Element]) -> list[Element]:
    """Grown brackets that are raised to a power with what they enclose as one element, which has the power.

    Chromium draws a closing bracket that has a power of its own lower than the opening one.
    """
    found: list[Element] = []
    for element in row:
        found.append(element)
        if element.tag not in _WITH_SCRIPTS or not _is_grown(closing := element[0], _CLOSING):
            continue
        depth = 0
        for at in range(len(found) - 2, -1, -1):
            depth += _is_grown(found[at], _CLOSING) - _is_grown(found[at], _OPENING)
            if depth < 0:
                inside = Element("mrow")
                inside[:] = [*found[at:-1], closing]
                element[0] = inside
                found[at:] = [element]
                break
    return found


def _is_grown(element: Element, signs: frozenset[str]) -> bool:
    return element.tag == "mo" and element.text in signs and element.get("stretchy") != "false"


def _label(script: Element) -> Element:
    """A layer's number in parentheses as one element: a long page has a thousand of them."""
    if [element.tag for element in script] == ["mo", "mn", "mo"] and script[0].text == "(":
        label = Element("mtext")
        label.text = "".join(script.itertext())
        return label
    return script


def _spaced(row: Iterable[Element]) -> Iterator[Element]:
    """The elements of a row: a thin space beside a fraction that no operator parts from its neighbour, and the one
    that a function wants after its name, where Firefox would add another.
    """
    before = None
    for element in row:
        if element.tag == "mo" and element.text == _APPLIED:
            if element.get("lspace"):
                yield Element("mspace", {"width": element.get("lspace", "")})
            continue
        if before is not None and "mfrac" in (before.tag, element.tag):
            inner = element[0] if element.tag == "mrow" and len(element) else element
            apart = _is_sign(before, _CLOSING) or _is_sign(element, _OPENING)
            if not apart and inner.get("lspace", "0") == "0":
                yield Element("mspace", {"width": ".167em"})
        yield element
        before = element


def _is_sign(element: Element, but: frozenset[str]) -> bool:
    """Whether an element is a space, or a sign that has its own (∑ with its limits, too), but not one of these."""
    while element.tag in _WITH_SCRIPTS:
        element = element[0]
    return element.tag == "mspace" or (element.tag == "mo" and element.text not in but)


def _level(base: Element) -> Element:
    if level(_written(base)) == _written(base):
        return base
    padded = Element("mpadded", {"depth": "0"})
    padded.append(base)
    return padded


def level(base: str) -> str:
    """The letter that has an index, as if it did not reach below the line: Firefox would put the index lower."""
    deep = base.startswith("<mi>") and _DEEP.intersection(base[4:-5])
    return f'<mpadded depth="0">{base}</mpadded>' if deep else base


def is_tall(markup: str) -> bool:
    """Whether brackets around it have to grow."""
    return any(sign in markup for sign in _TALL)


def one(markup: str) -> str:
    """The markup as a single element, which a script or a fraction asks for."""
    parts = elements(markup)
    return markup.strip() if len(parts) == 1 else f"<mrow>{markup}</mrow>"


def script(markup: str) -> str:
    """The markup as a single element, with as little space around operators as TeX leaves in scripts."""
    return one(_SPACED.sub(r'<mo lspace="0" rspace="0">\1</mo>', markup))


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
