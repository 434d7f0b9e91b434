"""How wide mathematics will be: an upper bound, so that lines are broken before Typst sees them.

Typst can measure, but laying every line out twice takes as long as everything else together. The bound reads
the Typst markup that the dialect writes; `tests/handout/test_width.py` holds it against Typst's own measure.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["math_width", "words_width"]

_GROUPS = {
    300: "l", 360: "iι", 380: "t", 420: "jϵ", 440: "bcIζξτ", 460: "qrδ", 480: "egszεθ", 500: "fovyην", 520: "dpγρ",
    540: "akυ∂", 580: "huxβκπσJμ", 600: "nTVYϑλϕ", 620: "SΓ", 640: "αχωΛ", 660: "FPφψΞ", 700: "LUZ",
    720: "wCΣΦΩ", 760: "ABREΠ", 800: "OGQΘΥΨ", 840: "DHXNΔ", 860: "K", 880: "m", 980: "MW",
}  # fmt: skip
_LETTERS = {letter: width / 1000 for width, letters in _GROUPS.items() for letter in letters}
_UPRIGHT_GROUPS = {
    280: "!',.:;[]il|’‘", 320: "fj", 340: " -ł", 380: '"I°', 400: "()rst", 460: "ceyzéçèê", 480: "?",
    500: "$*/0123456789\\`ago{}–äößąő“”", 520: "J", 540: "kqvx", 560: "S^bdhnpu~üñ", 600: "P", 620: "Z", 640: "L",
    660: "F", 680: "…", 700: "E", 720: "B", 740: "CRTw", 760: "AHNUVXY_", 780: "&+<=>@DKOQ−·×", 800: "G",
    840: "#%m", 920: "M", 1000: "—", 1040: "W",
}  # fmt: skip
_UPRIGHT = {letter: width / 1000 for width, letters in _UPRIGHT_GROUPS.items() for letter in letters}
_OTHER = 1.2
"""A letter of words that the table does not have, or a bold one."""
_BEFORE_WORDS = 0.25
"""Typst keeps a space between a sign and words."""
_DIGIT = 0.5
_SIGNS = {
    "\\": 0.0,
    "(": 0.39,
    ")": 0.39,
    "[": 0.28,
    "]": 0.28,
    "⋯": 0.78,
    "…": 0.84,
    "∑": 1.45,
    "′": 0.32,
    "⊤": 0.78,
    "$": 0.0,
}
_RELATIONS, _RELATION = frozenset("=≈<>≤≥≠←→"), 0.78 + 10 / 18
_BINARY, _BINARY_WIDTH = frozenset("+-−⊙"), 0.79 + 8 / 18
_NAMED = {
    "thin": 3 / 18, "med": 4 / 18, "thick": 5 / 18, "quad": 1.0, "wide": 2.0, "dot.c": 0.28 + 8 / 18, "comma": 0.45,
    "paren.l": 0.39, "paren.r": 0.39, "bracket.l": 0.28, "bracket.r": 0.28, "bar.v": 0.28, "semi": 0.45,
    "bar.v.double": 0.4, "display": 0.0, "colon": 0.84, "slash": 0.66, "dot.basic": 0.28,
}  # fmt: skip
_SCRIPT = 0.72
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?|\.\d+|#?[A-Za-z]+(?:\.[a-z]+)*|\s+|.', re.DOTALL)
_TALL = re.compile(r"frac\(|mat\(|cases\(|underbrace\(|∑|sqrt\(|\)\^\(|⁾")


def words_width(words: str) -> float:
    """Upper bound of the width of words, upright where their letters are not italic, in the font's size."""
    return sum(_UPRIGHT.get(letter) or _of_another_alphabet(letter) for letter in words)


def _of_another_alphabet(letter: str) -> float:
    """Italic letters are words of names (`𝑜𝑢𝑡`); others are as wide as bold ones."""
    if "𝐴" <= letter <= "𝑧" or letter == "ℎ":
        return _LETTERS[unicodedata.normalize("NFKC", letter)]
    return (
        _LETTERS.get(unicodedata.normalize("NFKC", letter), 1.0) * 1.2 if letter >= "\U0001d400" else _OTHER
    )


@lru_cache(maxsize=16384)
def math_width(typst: str) -> float:
    """Upper bound of the width of a formula in display style, in the font's size."""
    reader = _Reader(_TOKEN.findall(typst))
    width = 0.0
    while reader.at < len(reader.tokens):
        width += reader.row()
        reader.at += 1  # a bracket without a partner
    return width


@lru_cache(maxsize=4096)
def _alone(token: str) -> float:
    """Words, a number, a name or a sign, without what follows it."""
    if token.isspace():
        return 0.0
    if token[0] == '"':
        return words_width(token[1:-1])
    if token[0].isdigit() or (token[0] == "." and len(token) > 1):
        return _DIGIT * (len(token) - token.count(".")) + 0.28 * token.count(".") + 0.02
    if len(token) > 1:
        return _NAMED.get(token, 1.0)
    if token in _RELATIONS:
        return _RELATION
    if token in _BINARY:
        return _BINARY_WIDTH
    if token >= "\U0001d400":
        return _of_another_alphabet(token)
    return _LETTERS.get(token, _SIGNS.get(token, 0.85 if token.isascii() else 1.15))


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at = tokens, 0

    def row(self, end: str = "") -> float:
        """Signs up to the closing bracket, which is taken; commas and semicolons are not (see `arguments`)."""
        width, last, before = 0.0, 0.0, ""
        ends = {")": "),;&", "]": "]"}.get(end, "")
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token in ends:
                return width
            self.at += 1
            if token in "_^":
                added = self.script() * _SCRIPT + 0.06
                # below and above the same letter: the wider one counts
                width += max(0.0, added - last)
                last = max(last, added)
                continue
            last = 0.0
            if token.isspace():
                continue
            if token[0] == '"' and before and self.tokens[self.at - 2].isspace():
                width += _BEFORE_WORDS
            signed = token in "+-" and (before in _RELATIONS or before in _BINARY or not before)
            width += 0.79 if signed else self.one(token)
            before = token
        return width

    def script(self) -> float:
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        if self.at >= len(self.tokens):
            return 0.0
        token = self.tokens[self.at]
        self.at += 1
        return self.arguments()[0] if token == "(" else self.one(token)

    def one(self, token: str) -> float:
        """A sign, a name, or a function with its arguments."""
        if token in "([":
            start = self.at
            escaped = start > 1 and self.tokens[start - 2] == "\\"
            inner = self.row("]") if token == "[" else sum(self.arguments())
            if token == "[":
                self.at += 1
            # brackets grow with what they hold, unless they are escaped
            tall = not escaped and _TALL.search("".join(self.tokens[start : self.at]))
            return inner + (1.75 if tall else 2 * _SIGNS[token])
        if token[-1].isalpha() and len(token) > 1 and self.tokens[self.at : self.at + 1] == ["("]:
            return self.function(token)
        return _alone(token)

    def arguments(self) -> list[float]:
        """The arguments up to the closing bracket, which is taken; a semicolon or & ends one too."""
        widths = [self.argument()]
        while self.at < len(self.tokens) and self.tokens[self.at] in (",", ";", "&"):
            self.at += 1
            widths.append(self.argument())
        self.at += 1
        return widths

    def argument(self) -> float:
        """One argument, without its name (`b: …`); a size has no width."""
        at = self.at + (self.tokens[self.at : self.at + 1] == [" "])
        if self.tokens[at + 1 : at + 2] == [":"]:
            self.at = at + 2
            return self.row(")") * (self.tokens[at] != "size")
        return self.row(")")

    def function(self, name: str) -> float:
        self.at += 1
        start = self.at
        if name == "mat":
            return self.matrix(start)
        widths = self.arguments()
        if name == "#h":
            return float(self.tokens[start])
        if name in ("frac", "binom"):
            return max(widths) + 0.3
        if name == "underbrace":
            return max(widths[0], widths[-1] * _SCRIPT if len(widths) > 1 else 0.0) + 0.3
        if name == "accent":
            return widths[0] + 0.05
        if name == "sqrt":
            return sum(widths) + 1.0
        if name == "#boxed":
            return sum(widths) + 0.75
        if name == "cases":
            return max(widths[::2]) + max(widths[1::2], default=0.0) + 1.2
        if name == "class":
            return widths[-1]
        if name == "op":
            return widths[0] + 2 / 6
        if name == "lr":
            return sum(widths) + (0.1 if self.tokens[start].startswith("bar.v") else 0.9)
        if name == "attach":
            return widths[0] + sum(widths[1:]) * _SCRIPT + 0.06
        if name.startswith("bold") or name == "bb":
            return sum(widths) * 1.2
        if name == "upright":
            return sum(widths) * 1.1
        return sum(widths)

    def matrix(self, start: int) -> float:
        """Columns as wide as their widest entries, half a quad between them."""
        depth, end = 1, start
        while depth and end < len(self.tokens):
            depth += (self.tokens[end] == "(") - (self.tokens[end] == ")")
            end += 1
        inner = self.tokens[start : end - 1]
        self.at = end
        rows: list[list[list[str]]] = [[[]]]
        depth = 0
        for token in inner:
            depth += (token == "(") - (token == ")")
            if depth == 0 and token == ",":
                rows[-1].append([])
            elif depth == 0 and token == ";":
                rows.append([[]])
            else:
                rows[-1][-1].append(token)
        rows[0] = rows[0][1:]  # the first argument is the kind of bracket
        columns = [math_width("".join(cell).strip()) for row in rows for cell in row]
        count = max(len(row) for row in rows)
        widest = [max(columns[n::count], default=0.0) for n in range(count)]
        return sum(widest) + 0.55 * (count - 1) + 1.3
