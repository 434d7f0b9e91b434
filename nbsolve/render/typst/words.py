"""Signs and words of formulae in Typst's mathematics: nothing that is written here can be read as code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["length", "quoted", "short_label", "sign", "space", "spaced", "word"]

_BRACKETS = {
    "(": "paren.l", ")": "paren.r", "[": "bracket.l", "]": "bracket.r", "{": "brace.l", "}": "brace.r",
    "|": "bar.v", "‖": "bar.v.double", "⟨": "chevron.l", "⟩": "chevron.r", "⌊": "floor.l", "⌋": "floor.r",
    "⌈": "ceil.l", "⌉": "ceil.r",
}  # fmt: skip
"""Brackets by name: written as signs they would look for partners of their own."""
_NAMED = {
    "*": "∗", ":": "colon", "/": "slash", ";": "semi", ",": "comma", "!": "excl", ".": "dot.basic", "?": "quest",
}  # fmt: skip
_ROOTS = frozenset("√∛∜⌜⌝⌞⌟")
"""Signs that Typst reads as functions; it looks for a partner of any other bracket as well."""
_SCRIPTS = {"\ufe00": "cal", "\ufe01": "scr"}
"""Variation selectors that tell the two alphabets for scripts apart."""
_SPACES = {"0.1667em": "thin", "0.2222em": "med", "0.2778em": "thick", "1em": "quad", "2em": "wide"}
_LABEL = 40
_WORDS_BEGIN = re.compile(r'(?:upright\(|bold\(|italic\(|sans\(|mono\()*"')
_WORDS_END = re.compile(r'"\)*$')


def quoted(words: str) -> str:
    """Words as a string of Typst."""
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def short_label(label: str) -> str:
    """What a part is called, as long as a line of a sheet and a column of a key have room for it."""
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 1].rstrip()}…"


def sign(text: str) -> str:
    """An operator, relation, bracket or mark; several signs stand for one (⩽ with a stroke)."""
    if text in _BRACKETS:
        return _BRACKETS[text]
    if text in _NAMED:
        return _NAMED[text]
    if len(text) != 1 or text.isalnum():
        return word(text, True)
    if text in _ROOTS or not text.isprintable() or unicodedata.category(text) in ("Ps", "Pe"):
        return f"\\u{{{ord(text):x}}}"
    return f"\\{text}" if text.isascii() else text


def word(text: str, upright: bool) -> str:
    """A letter, a number or a name of several letters."""
    if text.isascii() and (text.isdigit() or re.fullmatch(r"[0-9]*\.[0-9]+|[0-9]+\.?", text)):
        return text if text.isdigit() or not text.endswith(".") else f"{text[:-1]} dot.basic"
    if text == "∅\ufe00":
        return "∅"
    bare = text.translate(dict.fromkeys(map(ord, _SCRIPTS)))
    if bare != text:
        letters = unicodedata.normalize("NFKC", bare)
        return spaced(f"{_SCRIPTS[text[-1]]}({letter})" for letter in letters)
    if len(text) == 1 and text.isalpha():
        if unmathematical(text):
            return quoted(text)
        # Typst sets capital Greek letters upright and all others in italics, as LaTeX does
        capital = "Α" <= text <= "Ω"
        if upright:
            return text if capital else f"upright({text})"
        return f"italic({text})" if capital else text
    if len(text) == 1:
        if text.isalnum():  # digits of other alphabets: 𝟏, ²
            return text if text >= "\U0001d400" else quoted(text)
        return sign(text)
    if not text:
        return '""'
    return quoted(text.replace("\u2009", "\u2006")) if _styled(text) else f"op({quoted(text)})"


def _styled(text: str) -> bool:
    """Whether letters carry their alphabet themselves: 𝐚𝐛𝐜."""
    return any("\U0001d400" <= letter <= "\U0001d7ff" for letter in text) or not any(map(str.isalpha, text))


def space(width: str) -> str:
    """A space as wide as MathML says. Raises ValueError as `length`."""
    wide = length(width)
    return _SPACES.get(wide) or f"#h({wide})"


def length(text: str) -> str:
    """A length as Typst has it; math-core writes points as tenths of a rem. Raises ValueError for any other."""
    found = re.fullmatch(r"(-?[0-9]*\.?[0-9]+)(em|rem|ex)", text)
    if found is None:
        raise ValueError(f"the length {text!r}")
    number, unit = float(found[1]), found[2]
    if unit == "rem":
        return f"{number * 10:g}pt"
    return f"{number * (0.43 if unit == 'ex' else 1):.4g}em"


def unmathematical(letter: str) -> bool:
    """Whether a letter is of a script that mathematics does not use: it is set with the words."""
    return not (
        letter.isascii()
        or "\u0370" <= letter <= "\u03ff"
        or "\u2100" <= letter <= "\u214f"
        or letter >= "\U0001d400"
        or letter in "ıȷ"
    )


def spaced(parts: Iterable[str]) -> str:
    """Parts of a formula beside each other: with a space, but for words, beside which Typst would print it."""
    text = ""
    for part in parts:
        if text and part and not _WORDS_END.search(text):
            # the empty string parts two names, and Typst prints no space beside it
            text += ('""' if text[-1].isalnum() else "") if _WORDS_BEGIN.match(part) else " "
        text += part
    return text
