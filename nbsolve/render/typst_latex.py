r"""LaTeX mathematics as Typst: the letters of a problem (`\hat O_1`, `w_{11}^{(1)}`) and what its author writes.

A formula becomes two texts: Typst's markup, and the linear form that is read aloud. What is not among the
mathematics known here raises `BrokenMathematics` with the formula and the place; nothing is dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from nbsolve.errors import NbsolveError
from nbsolve.render.typst_signs import (
    ACCENTS,
    ALPHABETS,
    BRACKETS,
    ESCAPED,
    FUNCTIONS,
    LIMITS,
    SIGNS,
    SPACES,
    TEXTS,
)

__all__ = ["BrokenMathematics", "Formula", "from_latex", "quoted", "spaced"]

_TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|.)|\d+(?:\.\d+)?|\.\d+|\s+|.", re.DOTALL)
_ENVIRONMENTS = {
    "matrix": "#none", "smallmatrix": "#none", "pmatrix": '"("', "bmatrix": '"["', "Bmatrix": '"{"',
    "vmatrix": '"|"', "Vmatrix": '"||"',
}  # fmt: skip
_ROWS = frozenset({"aligned", "align", "align*", "split", "gathered", "gather", "gather*"})
_SUB = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_SUP = str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾")


class BrokenMathematics(NbsolveError):
    """A formula that cannot be set; the message holds the formula."""


@dataclass(frozen=True, slots=True)
class Formula:
    """Typst's markup (without dollar signs), the linear form, and whether that is one sign, name or bracket."""

    typst: str
    plain: str
    single: bool = True


@lru_cache(maxsize=8192)
def from_latex(latex: str) -> Formula:
    """The formula. Raises: BrokenMathematics."""
    return _Reader(latex).whole()


def quoted(words: str) -> str:
    """Words as a string of Typst."""
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _Reader:
    def __init__(self, latex: str) -> None:
        self.latex = latex
        self.tokens = [t for t in _TOKEN.findall(latex.strip()) if not t.isspace()]
        self.raw = _TOKEN.findall(latex.strip())
        self.at = 0

    def fail(self, why: str) -> BrokenMathematics:
        return BrokenMathematics(f"mathematics that cannot be set: {why}, in ${self.latex.strip()}$")

    def whole(self) -> Formula:
        formula = self.row(frozenset())
        if self.at < len(self.tokens):
            raise self.fail(f"{self.tokens[self.at]!r} closes nothing")
        return formula

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise self.fail(f"{expected or 'something'!r} is missing before {token or 'the end'!r}")
        self.at += 1
        return token

    # ------------------------------------------------------------------ rows of atoms

    def row(self, ends: frozenset[str]) -> Formula:
        """Atoms up to a closing brace, one of `ends`, or the end."""
        typst: list[str] = []
        plain: list[str] = []
        count = 0
        while self.peek() and self.peek() not in ends and self.peek() not in ("}", r"\right", r"\end"):
            atom = self.scripted()
            typst.append(atom.typst)
            plain.append(atom.plain)
            count += bool(atom.plain)
        return Formula(spaced(typst), _joined(plain), count <= 1)

    def scripted(self) -> Formula:
        """An atom with its subscript, superscript and primes."""
        base = Formula('""', "") if self.peek() in ("_", "^", "'") else self.atom()
        scripts: dict[str, Formula] = {}
        primes = 0
        while self.peek() in ("_", "^", "'"):
            sign = self.take()
            if sign == "'":
                primes += 1
                continue
            if sign in scripts:
                raise self.fail(
                    "two subscripts on one letter" if sign == "_" else "two superscripts on one letter"
                )
            scripts[sign] = self.argument()
        if not scripts and not primes:
            return base
        typst, plain = base.typst, base.plain
        if "_" in scripts:
            typst += f"_({scripts['_'].typst})"
            plain += _script("_", scripts["_"].plain, _SUB)
        above = " ".join(["′" * primes] * bool(primes) + ([scripts["^"].typst] if "^" in scripts else []))
        if above:
            typst += f"^({above})"
            plain += "′" * primes + (_script("^", scripts["^"].plain, _SUP) if "^" in scripts else "")
        return Formula(typst, plain)

    def argument(self) -> Formula:
        """A group in braces, or one atom."""
        if self.peek() == "{":
            self.take()
            inner = self.row(frozenset())
            self.take("}")
            return inner
        token = self.peek()
        if len(token) > 1 and token.isdigit():
            # one digit is an argument: \tfrac12, x^10
            self.tokens[self.at] = token[1:]
            return Formula(token[0], token[0])
        return self.atom()

    def atom(self) -> Formula:
        token = self.take()
        if token == "{":
            inner = self.row(frozenset())
            self.take("}")
            return inner
        if token.startswith("\\"):
            return self.command(token[1:])
        if token[0].isdigit() or (token[0] == "." and len(token) > 1):
            return Formula(token, token)
        if token in BRACKETS:
            return Formula(BRACKETS[token], token)
        if token in '&#$%~"`\\':
            raise self.fail(f"{token!r} has no meaning there")
        named = {
            "*": "∗", ":": "colon", "/": "slash", ";": "semi", ",": "comma", "!": "excl", ".": "dot.basic",
            "?": "quest", "@": quoted("@"),
        }  # fmt: skip
        if token.isalpha() and len(token) == 1 and not token.isascii() and unmathematical(token):
            return Formula(quoted(token), token)
        return Formula(named.get(token, token), "−" if token == "-" else token)

    # ------------------------------------------------------------------ commands

    def command(self, name: str) -> Formula:
        if name in SIGNS:
            sign = SIGNS[name]
            return Formula(BRACKETS.get(sign, sign), sign)
        if name in ESCAPED:
            sign = ESCAPED[name]
            return Formula(BRACKETS.get(sign, f"\\{sign}"), sign)
        if name in SPACES:
            return Formula(SPACES[name], " " if name in ("quad", "qquad") else "")
        if name in FUNCTIONS or name in LIMITS:
            limits = ", limits: #true" if name in LIMITS else ""
            return Formula(f"op({quoted(name)}{limits})", name)
        if name in ACCENTS:
            accent, mark = ACCENTS[name]
            inner = self.argument()
            said = unicodedata.normalize("NFC", inner.plain[:1] + mark + inner.plain[1:])
            return Formula(f"accent({inner.typst}, {accent})", said)
        if name.rstrip("*") in ALPHABETS:
            return self.alphabet(name.rstrip("*"))
        if name in TEXTS:
            words = self.words()
            return Formula(quoted(words), words)
        rule = _RULES.get(name)
        if rule is None:
            raise self.fail(f"\\{name} is not known here")
        return rule(self)

    def alphabet(self, name: str) -> Formula:
        function = ALPHABETS[name]
        inner = self.argument()
        bare = inner.plain.replace(" ", "")
        typst = quoted(bare) if len(bare) > 1 and bare.isalnum() else inner.typst
        if function == "op":
            return Formula(f"op({quoted(bare)})", bare)
        return Formula(f"{function}({typst}{')' * function.count('(')})", bare)

    def words(self) -> str:
        r"""The argument of \text, spaces kept."""
        position = _raw_position(self.raw, self.at)
        depth, found = 0, []
        if self.peek() != "{":
            raise self.fail("words without braces")
        for token in self.raw[position:]:
            depth += (token == "{") - (token == "}")
            self.at += not token.isspace()
            if depth == 0:
                break
            found.append(ESCAPED.get(token[1:], " ") if token.startswith("\\") else token)
        else:
            raise self.fail("'}' is missing before the end")
        return "".join(found[1:]).replace("{", "").replace("~", " ")

    def fraction(self) -> Formula:
        top = self.argument()
        bottom = self.argument()
        return Formula(
            f"frac({top.typst}, {bottom.typst})", f"{_bracketed(top)}/{_bracketed(bottom)}", single=False
        )

    def root(self) -> Formula:
        if self.peek() == "[":
            self.take()
            index = self.row(frozenset("]"))
            self.take("]")
            inner = self.argument()
            return Formula(f"root({index.typst}, {inner.typst})", f"root({index.plain}, {inner.plain})")
        inner = self.argument()
        return Formula(f"sqrt({inner.typst})", f"√({inner.plain})")

    def binomial(self) -> Formula:
        top, bottom = self.argument(), self.argument()
        return Formula(f"binom({top.typst}, {bottom.typst})", f"binom({top.plain}, {bottom.plain})")

    def boxed(self) -> Formula:
        inner = self.argument()
        return Formula(f"#boxed($display({inner.typst})$)", inner.plain)

    def overline(self) -> Formula:
        inner = self.argument()
        return Formula(f"overline({inner.typst})", f"overline({inner.plain})")

    def underline(self) -> Formula:
        inner = self.argument()
        return Formula(f"underline({inner.typst})", inner.plain)

    def underbrace(self) -> Formula:
        inner = self.argument()
        if self.peek() == "_":
            self.take()
            note = self.argument()
            return Formula(
                f"underbrace({inner.typst}, {note.typst})", f"{inner.plain} ⟨{note.plain}⟩", single=False
            )
        return Formula(f"underbrace({inner.typst})", inner.plain, single=False)

    def fitting(self) -> Formula:
        left = self.delimiter()
        inner = self.row(frozenset())
        if self.peek() != r"\right":
            raise self.fail(r"\left without its \right")
        self.take()
        right = self.delimiter()
        return Formula(f"lr({left[0]} {inner.typst} {right[0]})", f"{left[1]}{inner.plain}{right[1]}")

    def delimiter(self) -> tuple[str, str]:
        token = self.take()
        sign = token
        if token.startswith("\\"):
            sign = SIGNS.get(token[1:], ESCAPED.get(token[1:], ""))
        if sign == ".":
            return "", ""
        if sign not in BRACKETS:
            raise self.fail(f"{token} is no bracket")
        return BRACKETS[sign], sign

    def begin(self) -> Formula:
        name = self.environment()
        if name == "cases":
            rows = self.cells(name)
            typst = ", ".join(" & quad ".join(cell.typst for cell in row) for row in rows)
            plain = "; ".join(" ".join(cell.plain for cell in row) for row in rows)
            return Formula(f"display(cases({typst}))", "{" + plain + "}")
        if name in _ENVIRONMENTS:
            rows = self.cells(name)
            typst = "; ".join(", ".join(cell.typst or '""' for cell in row) for row in rows)
            plain = "; ".join(", ".join(cell.plain for cell in row) for row in rows)
            return Formula(f"mat(delim: {_ENVIRONMENTS[name]}, {typst})", f"[{plain}]")
        if name in _ROWS:
            rows = self.cells(name)
            typst = " \\ ".join(" & ".join(cell.typst for cell in row) for row in rows)
            return Formula(
                typst, "; ".join("".join(cell.plain for cell in row) for row in rows), single=False
            )
        raise self.fail(f"\\begin{{{name}}} is not known here")

    def environment(self) -> str:
        self.take("{")
        name = ""
        while self.peek() not in ("}", ""):
            name += self.take()
        self.take("}")
        return name

    def cells(self, name: str) -> list[list[Formula]]:
        """Rows of cells up to the environment's end; a last empty row is none."""
        rows: list[list[Formula]] = [[]]
        while True:
            rows[-1].append(self.row(frozenset({"&", "\\\\"})))
            token = self.take()
            if token == "\\\\":
                rows.append([])
            elif token == r"\end":
                if self.environment() != name:
                    raise self.fail(f"\\begin{{{name}}} without its end")
                break
            elif token != "&":
                raise self.fail(f"{token!r} stands in {name}")
        if len(rows) > 1 and all(not cell.typst for cell in rows[-1]):
            rows.pop()
        return rows


_RULES: dict[str, Callable[[_Reader], Formula]] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac"), _Reader.fraction),
    **dict.fromkeys(
        ("displaystyle", "textstyle", "limits", "nolimits", "big", "Big", "bigl", "bigr", "Bigl", "Bigr"),
        lambda reader: Formula("", ""),
    ),
    "sqrt": _Reader.root,
    "binom": _Reader.binomial,
    "boxed": _Reader.boxed,
    "overline": _Reader.overline,
    "underline": _Reader.underline,
    "underbrace": _Reader.underbrace,
    "left": _Reader.fitting,
    "begin": _Reader.begin,
}
"""Commands with arguments; those about size alone are left to Typst."""


_WORDS_BEGIN = re.compile(r'(?:upright\(|bold\(|italic\(|sans\(|mono\()*"')
_WORDS_END = re.compile(r'"\)*$')


def spaced(parts: Iterable[str]) -> str:
    """Parts of a formula beside each other: with a space, but for words, beside which Typst would print it."""
    text = ""
    for part in parts:
        if text and part and not _WORDS_END.search(text):
            # the empty string parts two names, and Typst prints no space beside it
            text += ('""' if text[-1].isalnum() else "") if _WORDS_BEGIN.match(part) else " "
        text += part
    return text


def unmathematical(letter: str) -> bool:
    """Whether a letter is of a script that mathematics does not use: it is set with the words."""
    return not ("\u0370" <= letter <= "\u03ff" or "\u2100" <= letter <= "\u214f" or letter >= "\U0001d400")


def _raw_position(raw: list[str], at: int) -> int:
    """Where among all tokens the one stands that is number `at` without the spaces."""
    seen = -1
    for position, token in enumerate(raw):
        seen += not token.isspace()
        if seen == at:
            return position
    return len(raw)


def _script(sign: str, plain: str, table: dict[int, int]) -> str:
    """A script as Unicode has it, else in braces: x₁, w₁₂⁽¹⁾, w_{hid}."""
    moved = plain.replace("−", "-").replace(" ", "")
    if moved and all(ord(letter) in table for letter in moved):
        return moved.translate(table)
    return f"{sign}{moved}" if len(moved) == 1 else f"{sign}{{{plain}}}"


def _bracketed(formula: Formula) -> str:
    if formula.single or re.fullmatch(r"[∂\wⁿ₀-₉⁰-⁹⁽⁾_^{}]+", formula.plain):
        return formula.plain
    return f"({formula.plain})"


_RELATIONS = frozenset("=≈<>≤≥≠←→≡∼⇒")


def _joined(parts: list[str]) -> str:
    """Signs beside each other, relations and signs between terms with spaces around them."""
    text = ""
    for part in parts:
        binary = part in ("+", "−") and text and text.rstrip()[-1:] not in ("(", "[", "", *_RELATIONS)
        if part in _RELATIONS or binary:
            text = f"{text.rstrip()} {part} "
        elif part == ",":
            text += ", "
        elif part == "⋅":
            text = f"{text.rstrip()} · "
        else:
            text += part
    return text.strip() if len(parts) > 1 else text
