"""Formulas in one line of Unicode text: for terminals, for text alternatives, for titles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from nbsolve.authored.reading import Element

__all__ = ["linear"]

_SUB = str.maketrans("0123456789+−=()aehijklmnoprstuvx,", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ,")
_SUP = str.maketrans("0123456789+−=()Tnt⊤", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵀⁿᵗᵀ")
_SIGNS = {
    "∑": "Σ",
    "∏": "Π",
    "⋅": "·",
    "∗": "*",
    "ˆ": "",
    "\u2061": "",
    "\u2063": "",
    "\u2009": " ",
    "\xa0": " ",
}
_ACCENTS = {
    "ˆ": "\u0302", "\u0302": "\u0302", "¯": "\u0304", "˜": "\u0303", "~": "\u0303", "\u20d7": "\u20d7",
    "˙": "\u0307",
    "¨": "\u0308", "ˇ": "\u030c", "˘": "\u0306", "´": "\u0301", "`": "\u0300", "˚": "\u030a", "⃛": "\u20db",
    "\u0332": "\u0305",
}  # fmt: skip
_BRACES = {"⏞", "⏟"}
_RELATIONS = frozenset("=≈<>≤≥≠←→↔≡∼≃≅∝∈∉⊂⊆⊃⊇⇒⇐⇔⟹⟺⟶↦≪≫∣∥≔")
_OPEN = frozenset("([{⟨⌊⌈")


@dataclass(frozen=True, slots=True)
class _Part:
    """Text, and what it is: a relation, an operator, a fraction, the name of a function, or anything else."""

    text: str
    kind: str = ""


def linear(tree: Element) -> str:
    """The formula in one line: σ′(z) = a₁ − 1/2."""
    return " ".join(_text(tree).split())


def _text(element: Element) -> str:
    return _joined(_parts(element))


def _parts(element: Element) -> list[_Part]:
    """An element's parts; those of a row stand beside the row's neighbours."""
    tag = element.tag
    if tag in ("math", "mrow", "mtd", "mpadded", "menclose"):
        if (
            tag == "mrow"
            and len(element) == 3
            and element[1].tag == "mfrac"
            and "linethickness" in element[1].attrib
        ):
            return [_Part(f"binom({_text(element[1][0])}, {_text(element[1][1])})")]
        return [part for child in element for part in _parts(child)]
    if tag == "mi":
        words = _plain("".join(element.itertext()))
        return [_Part(words, "function" if len(words) > 1 else "")]
    if tag == "mo":
        sign = _plain(element.text or "")
        return [_Part(sign, "relation" if sign in _RELATIONS else "operator" if sign in ("+", "−") else "")]
    if tag == "mn":
        return [_Part(_plain(element.text or ""))]
    if tag == "mtext":
        return [_Part("".join(element.itertext()).replace("\xa0", " "))]
    if tag == "mspace":
        width = re.match(r"([0-9.]+)(r?em)", element.get("width", ""))
        return [_Part(" " if width and float(width[1]) > 0.25 else "")]
    if tag == "mphantom":
        return []
    return [_structure(element)]


def _structure(element: Element) -> _Part:
    tag, children = element.tag, [*element]
    if tag == "mfrac":
        return _Part(f"{_operand(children[0])}/{_operand(children[1])}", "fraction")
    if tag == "msqrt":
        return _Part("√" + _operand(element))
    if tag == "mroot":
        return _Part(_script("^", _text(children[1]), _SUP) + "√" + _operand(children[0]))
    if tag == "mtable":
        return _Part("; ".join(filter(None, map(_row, element))))
    base = _text(children[0])
    if "3.5em" in (children[-1][-1].get("width", "") if len(children[-1]) else ""):
        return _Part(f"{base} ", "relation")
    if tag in ("mover", "munder") and (element.get("accent") or element.get("accentunder")):
        mark = _ACCENTS.get(children[1].text or "")
        return _Part(
            unicodedata.normalize("NFC", base[:1] + mark + base[1:]) if tag == "mover" and mark else base
        )
    if tag in ("munder", "mover") and children[0].tag == tag and children[0][-1].text in _BRACES:
        return _Part(f"{base} ⟨{_text(children[1])}⟩ ")
    kind = "function" if children[0].tag == "mi" and len(base) > 1 else ""
    text = base
    if tag == "msub" and children[0].text == "𝟙":
        return _Part(text + _text(children[1]))
    if tag in ("msub", "msubsup", "munder", "munderover"):
        text += _script("_", _text(children[1]), _SUB)
    if tag in ("msup", "msubsup", "mover", "munderover"):
        above = _text(children[-1])
        primes = re.match(r"[′″‴⁗]*", above)
        assert primes is not None
        text += primes[0] + _script("^", above[primes.end() :], _SUP)
    return _Part(text, kind)


def _row(row: Element) -> str:
    """A row of a matrix with commas; one whose columns belong together (aligned, cases) without."""
    if any("padding" in cell.get("style", "") for cell in row):
        return _joined(part for cell in row for part in [*_parts(cell), _Part(" ")])
    return ", ".join(filter(None, map(_text, row)))


def _plain(text: str) -> str:
    text = "".join(_SIGNS.get(sign, sign) for sign in text)
    letters = "".join(sign for sign in text if not "\ufe00" <= sign <= "\ufe0f")
    return "".join(
        unicodedata.normalize("NFKC", sign) if "\U0001d400" <= sign <= "\U0001d7ff" else sign
        for sign in letters
    )


def _operand(element: Element) -> str:
    """The text of an operand, in parentheses where a fraction bar or a root would have held it together."""
    text = (
        _joined([part for child in element for part in _parts(child)])
        if element.tag == "msqrt"
        else _text(element)
    )
    return f"({text})" if re.search(r"[ +−·/(]|..\(", text[1:]) else text


def _script(sign: str, text: str, table: dict[int, int]) -> str:
    """A script as Unicode has it, else after its sign: x₁, w₁₂⁽¹⁾, E_(total)."""
    moved = re.sub(r" ?([+−=]) ?|, ", lambda found: found[1] or ",", text)
    if not moved:
        return ""
    if all(ord(letter) in table or ord(letter) in table.values() for letter in moved) and not re.search(
        r"[A-Za-z]{3}", moved
    ):
        return moved.translate(table)
    bare = len(moved) == 1 or moved[0] + moved[-1] in ("()", "[]")
    return f"{sign}{moved}" if bare else f"{sign}({moved})"


def _joined(parts: Iterable[_Part]) -> str:
    """Parts beside each other: relations and signs between terms with spaces around them."""
    text, last = "", _Part("")
    for part in parts:
        if not part.text:
            continue
        follows = bool(text.strip()) and last.kind not in ("relation", "operator") and last.text not in _OPEN
        if part.kind == "relation" or (part.kind == "operator" and follows) or part.text == "·":
            text = f"{text.rstrip()} {part.text} "
        elif part.text == ",":
            text += ", "
        else:
            first = part.text[0]
            if last.kind == "fraction" and (first.isalnum() or first in "∂(√"):
                text += "·"
            elif (last.kind == "function" and first not in "([{, ") or (
                part.kind == "function" and (text[-1:].isalnum() or text[-1:] == ")")
            ):
                text += " "
            text += part.text
        last = part
    return text.strip() if last.text != text else text
