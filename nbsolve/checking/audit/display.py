"""A displayed formula as chains: `target = … ≈ … ≈ box`, spread over lines, with their marks and reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from nbsolve.checking.audit.commands import RELATIONS
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.parser import read_tokens

Texts = tuple[str, ...]
BEGIN = ("\\begin", "{", *"aligned", "}")
END = ("\\end", "{", *"aligned", "}")
OPENS, CLOSES = {"{", "(", "[", "\\begin"}, {"}", ")", "]", "\\end"}


@dataclass
class Chain:
    """`items` are (relation, formula) after the target; `notes` stand at the right of its lines."""

    target: Texts
    items: list[tuple[str, Texts]] = field(default_factory=list)
    notes: list[Texts] = field(default_factory=list)
    lines: int = 0


def split(texts: Texts, marks: set[str]) -> Iterator[tuple[str, Texts]]:
    """The parts between `marks` outside all brackets, each with the mark before it ('' for the first)."""
    depth, start, before = 0, 0, ""
    for at, text in enumerate(texts):
        if depth == 0 and text in marks:
            yield before, texts[start:at]
            before, start = text, at + 1
        depth += (text in OPENS) - (text in CLOSES)
        if depth < 0:
            raise Unreadable("a bracket closes that was never opened")
    if depth:
        raise Unreadable("a bracket stays open")
    yield before, texts[start:]


def relation_chain(texts: Texts) -> Chain:
    """An inline formula: a target and what it equals."""
    parts = list(split(texts, set(RELATIONS)))
    return Chain(parts[0][1], [(RELATIONS[mark], part) for mark, part in parts[1:]], [], 1)


def pieces(note: Texts) -> Iterator[tuple[str, Texts]]:
    r"""Words of a note, each with the formula after it: `\text{where }a = σ(z)`; '' where a formula is first."""
    words, start, at = "", 0, 0
    while at < len(note):
        if note[at] != "\\text":
            at += 1
            continue
        if at:
            yield words, note[start:at]
        start = note.index("}", at) + 1 if note[at + 1] == "{" else at + 2
        words, at = "".join(note[at + 1 : start]).strip("{ }"), start
    yield words, note[start:]


def read_display(latex: str) -> list[Chain]:
    """All chains of an `aligned` environment."""
    texts = read_tokens(latex)
    if texts[: len(BEGIN)] != BEGIN or texts[-len(END) :] != END:
        raise Unreadable("a display that is not aligned")
    chains: list[Chain] = []
    for _, row in split(texts[len(BEGIN) : -len(END)], {"\\\\"}):
        columns = [part for _, part in split(row, {"&"})]
        if len(columns) not in (2, 4) or (len(columns) == 4 and columns[2]):
            raise Unreadable(f"a line of {len(columns)} columns")
        if columns[0]:
            chains.append(Chain(columns[0]))
        if not chains:
            raise Unreadable("a line without a target")
        parts = list(split(columns[1], set(RELATIONS)))
        if parts[0][1] or len(parts) == 1:
            raise Unreadable(f"a line that does not start with a relation: {' '.join(columns[1])}")
        chains[-1].items += [(RELATIONS[mark], part) for mark, part in parts[1:]]
        chains[-1].lines += 1
        if len(columns) == 4:
            chains[-1].notes.append(columns[3])
    return chains
