"""Single changes of displayed lines: a sign, factor, index, exponent, digit, function, letter or bracket."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.algebra.page import Display
from tests.algebra.reader import CLOSING, Alphabet, Reader
from tests.algebra.scanning import Token, Unreadable, rows_of

FUNCTIONS = {
    r"\sigma": r"\tanh",
    r"\tanh": r"\sigma",
    r"\ln": r"\tanh",
    r"\sqrt": "",
    r"\max": "",
    r"\sum": None,
}
TURNED = {">": "<", "<": ">", r"\le": ">", r"\ge": "<", r"\ne": "=", "=": r"\ne"}
INDEX = "ijkm"


@dataclass(frozen=True)
class Mutant:
    """A display with one change; `row` is the line that is changed."""

    kind: str
    source: str
    row: int
    change: str


@dataclass(frozen=True)
class Edit:
    """The text between two places replaced by another one."""

    kind: str
    start: int
    end: int
    text: str


def mutants(display: Display, alphabet: Alphabet) -> Iterator[Mutant]:
    """Every single change of every line of a display."""
    seen = {display.source}
    for number, row in enumerate(rows_of(display.source)):
        cores = sorted({t.text for column in row.columns[:2] for t in column if _is_letter(t)})
        for column in row.columns[:2]:
            for edit in _edits(column, alphabet, cores):
                start, end = row.start + edit.start, row.start + edit.end
                source = display.source[:start] + edit.text + display.source[end:]
                if source not in seen:
                    seen.add(source)
                    before, old = display.source[max(0, start - 30) : start], display.source[start:end]
                    near = f"…{before}⟨{old}→{edit.text}⟩{display.source[end : end + 20]}…"
                    yield Mutant(edit.kind, source, number, near.replace("\n", " "))


def _is_letter(token: Token) -> bool:
    return bool(re.fullmatch("[A-Za-z]", token.text))


def _edits(column: Sequence[Token], alphabet: Alphabet, cores: Sequence[str]) -> Iterator[Edit]:
    for at, token in enumerate(column):
        yield from _of_token(column, at, token, cores)
    yield from _brackets(column)
    for side in _sides(column):
        yield from _parts(side, alphabet)


def _of_token(column: Sequence[Token], at: int, token: Token, cores: Sequence[str]) -> Iterator[Edit]:
    start, end, text = token.start, token.start + _length(token), token.text
    before = column[at - 1].text if at else ""
    if token.kind == "number":
        for place, digit in enumerate(text):
            if digit.isdigit():
                for other in sorted({(int(digit) + 1) % 10, max(int(digit) - 1, 0)} - {int(digit)}):
                    yield Edit("digit", start + place, start + place + 1, str(other))
    elif text == "+":
        yield Edit("sign", start, end, "-")
    elif text == "-":
        leading = before in ("", "{", "(", "[", "⟦", "=", "&", r"\cdot", r"\lVert")
        yield Edit("sign", start, end, " " if leading else "+")
    elif text == "=" and before != "" and _depth(column, at) == 0:
        following = column[at + 1].text if at + 1 < len(column) else ""
        if following != "-":
            yield Edit("sign", end, end, "-")
    elif text in FUNCTIONS and FUNCTIONS[text] is not None:
        yield Edit("function", start, end, f"{FUNCTIONS[text]} ")
    elif text == "'":
        yield Edit("function", start, end, "")
    elif text in TURNED and text != "=":
        yield Edit("relation", start, end, f"{TURNED[text]} ")
    elif text == r"\odot":
        yield Edit("function", start, end, " ")
    elif _is_letter(token) and not _in_word(column, at):
        yield from _letter(column, at, token, cores)


def _letter(column: Sequence[Token], at: int, token: Token, cores: Sequence[str]) -> Iterator[Edit]:
    start, end, text = token.start, token.start + 1, token.text
    if text in INDEX:
        for other in INDEX:
            if other != text:
                yield Edit("index", start, end, other)
        yield Edit("index", start, end, "1")
        return
    others = [core for core in cores if core not in (text, *INDEX, "e", "d")]
    if others:
        after = [core for core in others if core > text]
        before = [core for core in others if core < text]
        for other in dict.fromkeys(((after or others)[0], (before or others)[-1])):
            yield Edit("letter", start, end, other)


def _in_word(column: Sequence[Token], at: int) -> bool:
    """Whether a letter belongs to a word such as \\mathrm{ReLU} or \\begin{cases}."""
    for back in range(at - 1, -1, -1):
        text = column[back].text
        if text == "{":
            return back > 0 and column[back - 1].text in (
                r"\mathrm", r"\operatorname", r"\text", r"\begin", r"\end", r"\mathit",
            )  # fmt: skip
        if not re.fullmatch("[A-Za-z]", text):
            return False
    return False


def _depth(column: Sequence[Token], at: int) -> int:
    opened = sum(token.text in ("{", "(", "[", r"\begin") for token in column[:at])
    return opened - sum(token.text in ("}", ")", "]", r"\end") for token in column[:at])


def _brackets(column: Sequence[Token]) -> Iterator[Edit]:
    """A pair taken away, its end moved over one token to the right or to the left."""
    opened: list[int] = []
    for at, token in enumerate(column):
        if token.text in CLOSING:
            opened.append(at)
        elif token.text in CLOSING.values() and opened:
            first = opened.pop()
            start, end = column[first].start, token.start + 1
            inside, opening = column[first + 1 : at], column[first].text
            yield Edit("bracket", start, end, f" {_text(inside)} ")
            following = column[at + 1] if at + 1 < len(column) else None
            if following is not None and following.text not in ("}", "&", r"\\", ")", "]"):
                text = f"{opening}{_text(inside)} {_text([following])}{token.text}"
                yield Edit("bracket", start, following.start + _length(following), text)
            if len(inside) > 1 and inside[-1].text not in ("}", ")", "]"):
                text = f"{opening}{_text(inside[:-1])}{token.text} {_text(inside[-1:])} "
                yield Edit("bracket", start, end, text)


def _length(token: Token) -> int:
    return {"⟦": len(r"\left|"), "⟧": len(r"\right|")}.get(token.text, len(token.text))


def _text(tokens: Sequence[Token]) -> str:
    """The tokens as text again, without spacing and sizes."""
    return " ".join(token.text for token in tokens)


def _sides(column: Sequence[Token]) -> Iterator[Sequence[Token]]:
    start = 0
    for at, token in enumerate(column):
        if token.text in ("=", r"\approx") and _depth(column, at) == 0:
            yield column[start:at]
            start = at + 1
    yield column[start:]


def _parts(side: Sequence[Token], alphabet: Alphabet) -> Iterator[Edit]:
    """Factors and terms taken away, factors doubled, exponents taken away."""
    inside = side[2:-1] if side and side[0].text == r"\boxed" else side
    if not inside:
        return
    reader = Reader(inside, alphabet)
    try:
        reader.whole()
    except Unreadable:
        return
    for kind, first, last in reader.spans:
        start, end = inside[first].start, inside[last - 1].start + _length(inside[last - 1])
        if kind == "exponent":
            yield Edit("exponent", start, end, " ")
            continue
        if kind == "factor":
            yield Edit("factor", end, end, f" {_text(inside[first:last])}")
            if last < len(inside) and inside[last].text == r"\cdot":
                end = inside[last].start + len(r"\cdot")
            elif first and inside[first - 1].text == r"\cdot":
                start = inside[first - 1].start
        yield Edit(kind, start, end, " ")
