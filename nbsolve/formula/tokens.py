"""A formula taken apart into numbers, names and signs, each with its column."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nbsolve.errors import NbsolveError

MOST_CHARACTERS = 1000
"""Longer formulae are refused."""


class FormulaError(NbsolveError):
    """A formula that cannot be read: what is wrong, in which column (from 1), what was expected, what to do."""

    def __init__(
        self, message: str, column: int, expected: str | None = None, hint: str | None = None
    ) -> None:
        self.message, self.column, self.expected, self.hint = message, column, expected, hint
        text = f"column {column}: {message}"
        text += f"\n    expected: {expected}" if expected else ""
        super().__init__(text + (f"\n    hint: {hint}" if hint else ""))


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is number, name, sign or end; `column` counts from 1."""

    kind: str
    text: str
    column: int

    @property
    def shown(self) -> str:
        """The token as a message shows it."""
        return "the end of the formula" if self.kind == "end" else repr(self.text)


SIGNS = ("**", "<=", ">=", "==", "!=", "+", "-", "*", "/", "^", "(", ")", ",", "<", ">", "=", "≤", "≥", "≠")
_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*", re.ASCII)
_INSTEAD = {
    "−": "type a plain -", "–": "type a plain -", "—": "type a plain -", "×": "type *", "·": "type *",
    "÷": "type /", "∕": "type /", "²": "type ^2", "³": "type ^3", "√": "type sqrt(…)", "π": "type pi",
    "|": "type abs(…)", "[": "type ( and )", "]": "type ( and )", "{": "type ( and )", "}": "type ( and )",
    "%": "write 0.01*… for percent", "!": "write != for ≠", "&": "nest one where(…) in another",
    "'": "a formula holds no texts", '"': "a formula holds no texts", ";": "one formula only",
    ".": "a name has no parts; a number starts with a digit", "\\": "LaTeX goes to latex:, a formula is typed",
    "α": "type alpha", "β": "type beta", "γ": "type gamma", "δ": "type delta", "λ": "type a name such as lam",
    "σ": "type sigmoid(…)", "@": "a product of arrays is a sum: sum(i, W[j,i]*x[i])",
    "′": "a derivative is asked for, df/dx", "∞": "only finite numbers can be computed with",
}  # fmt: skip


def tokens(text: str, name: re.Pattern[str] = _NAME, signs: Sequence[str] = SIGNS) -> list[Token]:
    """The tokens, with an end at the end; `name` is what a name looks like. Raises: FormulaError."""
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(
            f"a formula of {len(text):,} characters is too long", 1, f"at most {MOST_CHARACTERS:,} characters"
        )
    found: list[Token] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        token = _token(text, place, name, signs)
        found.append(token)
        place += len(token.text)
    return [*found, Token("end", "", len(text) + 1)]


def _token(text: str, place: int, name: re.Pattern[str], signs: Sequence[str]) -> Token:
    for kind, pattern in (("number", _NUMBER), ("name", name)):
        match = pattern.match(text, place)
        if match:
            return Token(kind, match[0], place + 1)
    for sign in signs:
        if text.startswith(sign, place):
            return Token("sign", sign, place + 1)
    sign = text[place]
    shown = repr(sign) if sign.isprintable() else f"the sign with the code {ord(sign)}"
    raise FormulaError(
        f"{shown} does not belong in a formula",
        place + 1,
        "numbers, names, + - * / ^ ( ) , and comparisons",
        _INSTEAD.get(sign),
    )


def near(word: str, known: Iterable[str]) -> str | None:
    """`did you mean …?` where one of the known names is near."""
    names = [*known]
    found = difflib.get_close_matches(word[:60].lower(), names, 1, 0.6)
    return f"did you mean {found[0]}?" if found else None
