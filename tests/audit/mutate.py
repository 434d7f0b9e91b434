"""All single changes of a page: another digit, another sign, a bracket taken away or moved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbsolve.checking.audit.latex import SPACING
from nbsolve.checking.audit.page import LINK, Block, split_inline

MARKUP = re.compile(r"\\\\\[\d+pt\]|<a [^>]*>|^\|[-:| ]+\|$", re.M)
BRACKETS = re.compile(r"\\left\s*[(\[]|\\right\s*[)\]]|[()\[\]]")
ONE = "\\frac{1}{2} \\cdot 2\\,"
"""What changes nothing in front of a difference, with brackets around it or without."""
STEP = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S")


@dataclass(frozen=True)
class Mutant:
    """`kind` is digit, sign or bracket; `source` is the block with the change; `change` tells what it is."""

    kind: str
    source: str
    change: str


def mutants(block: Block, *, all_digits: bool = True) -> Iterator[Mutant]:
    """Every change of one block; with `all_digits` each digit becomes every other one, else the next one."""
    source = block.source
    markup = _markup(source)
    for at, char in enumerate(source):
        if char.isdigit() and char.isascii() and at not in markup:
            for other in "0123456789" if all_digits else str((int(char) + 1) % 10):
                if other != char:
                    yield _put(source, at, at + 1, other, "digit")
    for start, end in _formulas(block):
        for at in range(start, end):
            if at in markup:
                continue
            if source[at] == "+":
                yield _put(source, at, at + 1, "-", "sign")
            elif source[at] == "-":
                yield _put(source, at, at + 1, "+", "sign")
                yield _put(source, at, at + 1, "", "sign")
        yield from _brackets(source, start, end, markup)


def _put(source: str, start: int, end: int, text: str, kind: str) -> Mutant:
    near = f"…{source[max(0, start - 25) : start]}⟨{source[start:end]}→{text}⟩{source[end : end + 15]}…"
    return Mutant(kind, source[:start] + text + source[end:], near.replace("\n", " "))


def _markup(source: str) -> set[int]:
    """Positions that no reader sees: row spacing, links, the rule of a table."""
    return {at for match in MARKUP.finditer(source) for at in range(*match.span())}


def _formulas(block: Block) -> list[tuple[int, int]]:
    """Where the formulae of a block are."""
    if block.kind == "display":
        return [(0, len(block.source))]
    spans, at = [], 0
    for formula, part in split_inline(block.source):
        at = block.source.index(part, at)
        if formula:
            spans.append((at, at + len(part)))
        at += len(part)
    return spans


def _brackets(source: str, start: int, end: int, markup: set[int]) -> Iterator[Mutant]:
    """Each pair taken away; each bracket moved by one step to the left and to the right."""
    open_at: list[tuple[int, int]] = []
    for match in BRACKETS.finditer(source, start, end):
        if match.start() in markup:
            continue
        if match[0][-1] in "([":
            open_at.append(match.span())
            continue
        if not open_at:
            continue
        a, b = open_at.pop(), match.span()
        inner = source[a[1] : b[0]]
        without = source[: a[0]] + inner + source[b[1] :]
        if not source[: a[0]].endswith(ONE):
            yield Mutant("bracket", without, f"without the brackets of {inner[:40]}")
        yield from _moved(source, a, start, end)
        yield from _moved(source, b, start, end)


def _moved(source: str, span: tuple[int, int], start: int, end: int) -> Iterator[Mutant]:
    bracket = source[slice(*span)]
    after = STEP.match(source, _skip(source, span[1], end))
    if after is not None and after.end() <= end:
        text = source[: span[0]] + source[span[1] : after.end()] + bracket + source[after.end() :]
        if text != source and after[0].strip() not in SPACING:  # `))` either way, or a space
            yield Mutant("bracket", text, f"{bracket} moved right over {after[0]}")
    before = list(STEP.finditer(source, max(start, span[0] - 30), span[0]))
    if before:
        at = before[-1].start()
        text = source[:at] + bracket + source[at : span[0]] + source[span[1] :]
        if text != source and before[-1][0].strip() not in SPACING:
            yield Mutant("bracket", text, f"{bracket} moved left over {before[-1][0]}")


def _skip(source: str, at: int, end: int) -> int:
    while at < end and source[at].isspace():
        at += 1
    return at


__all__ = ["LINK", "Mutant", "mutants"]
