"""A rendered page as chains of equations: left = … = …, line by line, each with the case for which it is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from nbsolve.checking.audit.identities import BOX
from nbsolve.checking.audit.page import Block, cells, read_markdown, split_inline
from tests.algebra.reader import RELATIONS, Alphabet, Reader
from tests.algebra.scanning import Row, Token, Unreadable, rows_of, scan
from tests.algebra.tree import Compared, Node

CIRCLED = re.compile(r"\\text\{([①-⑳㉑-㊿]|\(\d+\))\}")
RANGE = re.compile(r"([a-z]'?)=(\d+)((?:\\text\{,(?:…,)?\}\d+)*)")
Tokens = tuple[Token, ...]


@dataclass(frozen=True)
class Item:
    """One side of an equation; `row` is the number of its line in the display."""

    relation: str
    tokens: Tokens
    row: int


@dataclass
class Chain:
    """first relation second relation …; `notes` are the words beside each line, `mark` its circled number."""

    items: list[Item]
    notes: dict[int, str] = field(default_factory=dict)
    mark: str | None = None


@dataclass(frozen=True)
class Display:
    """The chains of one displayed block; `conditions` say for which case it is meant; `heading` where it stands."""

    source: str
    chains: tuple[Chain, ...]
    conditions: tuple[Tokens, ...]
    heading: str
    rows: int
    kind: str = "any"
    letters: bool = False
    of_one_sample: bool = False
    is_identity: bool = False


ONE_SAMPLE = "These formulae hold for a single sample and its own loss"
SAMPLE = re.compile(r"\[\d+\]")
LETTERS = {
    "Solution in symbols": True,
    "With the given numbers": False,
    "Solution in numbers": False,
    "Answers": False,
}
"""Headings after which everything is said in letters, whatever is given, and those where that ends."""

WORDS = {"Where the targets add up to 1": "targets add up to 1"}
"""How a sentence before a display begins that restricts what the display is said for."""


def displays(markdown: str) -> Iterator[Display]:
    """Every display of a page, in order. Raises Unreadable for one that is no chain of equations."""
    conditions: tuple[Tokens, ...] = ()
    heading, kind, letters, one_sample = "", "any", False, False
    for block in read_markdown(markdown):
        if block.kind == "display" and block.box == BOX:
            yield Display(block.source, (), (), BOX, 1, is_identity=True)
        elif block.kind == "display":
            one = one_sample or (heading == "Local derivatives" and SAMPLE.search(block.source) is None)
            read = read_display(block.source, conditions, heading, kind)
            yield replace(read, letters=letters, of_one_sample=one)
            conditions, kind = (), "any"
        elif block.box == BOX:
            continue
        elif block.kind == "heading":
            heading = block.source
            letters, one_sample = LETTERS.get(heading, letters), False
            conditions = ()
        else:
            conditions = tuple(_conditions(block))
            one_sample = one_sample or ONE_SAMPLE in block.source
            kind = next((said for words, said in WORDS.items() if block.source.startswith(words)), "any")


def _conditions(block: Block) -> Iterator[Tokens]:
    """`For $z > 0$ and $k = j$:` says for which case the next display is meant."""
    if block.kind != "text" or not block.source.startswith("For $") or not block.source.endswith("$:"):
        return
    for formula, part in split_inline(block.source.removeprefix("For").removesuffix(":")):
        if formula:
            yield tuple(scan(part))
        elif part.strip() not in ("", "and"):
            raise Unreadable(f"a case that says {part!r}")


def read_display(
    source: str, conditions: tuple[Tokens, ...] = (), heading: str = "", kind: str = "any"
) -> Display:
    """The chains of an `aligned` environment."""
    chains: list[Chain] = []
    rows = rows_of(source)
    for number, row in enumerate(rows):
        _read_row(row, number, chains)
    return Display(source, tuple(chains), conditions, heading, len(rows), kind)


def _read_row(row: Row, number: int, chains: list[Chain]) -> None:
    columns = row.columns
    if len(columns) not in (2, 4) or (len(columns) == 4 and columns[2]):
        raise Unreadable(f"a line of {len(columns)} columns: {row.source}")
    parts = list(_sides(columns[1]))
    if parts[0][1] or len(parts) < 2:
        raise Unreadable(f"a line that does not begin with a relation: {row.source}")
    if columns[0]:
        chains.append(Chain([Item("", columns[0], number)]))
    if not chains:
        raise Unreadable(f"a line without a left side: {row.source}")
    chain = chains[-1]
    chain.items += [Item(RELATIONS[relation], _unboxed(side), number) for relation, side in parts[1:]]
    if len(columns) == 4:
        words = "".join(token.text for token in columns[3])
        mark = CIRCLED.search(words)
        if mark is not None:
            chain.mark = mark[1]
        chain.notes[number] = words


def _sides(tokens: Sequence[Token]) -> Iterator[tuple[str, Tokens]]:
    """The parts between the relations outside all brackets, each with the relation before it."""
    depth, start, before = 0, 0, ""
    for at, token in enumerate(tokens):
        if depth == 0 and token.text in RELATIONS:
            yield before, tuple(tokens[start:at])
            before, start = token.text, at + 1
        depth += (token.text in ("{", "(", "[", r"\begin")) - (token.text in ("}", ")", "]", r"\end"))
    yield before, tuple(tokens[start:])


def _unboxed(tokens: Tokens) -> Tokens:
    if not tokens or tokens[0].text != r"\boxed":
        return tokens
    depth = 0
    for at, token in enumerate(tokens[1:], 1):
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0:
            if at != len(tokens) - 1:
                raise Unreadable("something after a box")
            break
    return tokens[2:-1]


def answers(markdown: str) -> Iterator[tuple[Tokens, Tokens]]:
    """The rows of the table of answers: what is asked for, and what it is.

    Either one cell says both (left = right), or two cells beside each other say one each.
    """
    heading = ""
    for block in read_markdown(markdown):
        heading = block.source if block.kind == "heading" else heading
        if block.kind == "table" and heading == "Answers":
            for row in cells(block.source)[1:]:
                formulas = [cell.strip("$").replace(r"\vert ", "|") for cell in row if cell.startswith("$")]
                sides = [side for formula in formulas for _, side in _sides(scan(formula))]
                if len(sides) != 2:
                    raise Unreadable(f"an answer of {len(sides)} formulas: {row}")
                yield sides[0], sides[1]


def texts(tokens: Sequence[Token]) -> tuple[str, ...]:
    """What the tokens say, wherever they stand."""
    return tuple(token.text for token in tokens)


def read(tokens: Sequence[Token], alphabet: Alphabet) -> Node:
    """A formula, read to its end."""
    return Reader(tokens, alphabet).whole()


def read_condition(tokens: Sequence[Token], alphabet: Alphabet) -> Compared:
    """A condition, read to its end."""
    reader = Reader(tokens, alphabet)
    condition = reader.condition()
    if reader.at != len(reader.texts):
        raise Unreadable(f"unread: {' '.join(reader.texts[reader.at :])}")
    return condition


def ranges(note: str) -> dict[str, frozenset[int]]:
    """`i = 1, 2; j = 3, …, 9` beside a line: which numbers its index variables stand for. Raises Unreadable."""
    out: dict[str, frozenset[int]] = {}
    for index, first, rest in RANGE.findall(note):
        numbers = [int(first), *(int(one) for one in re.findall(r"\d+", rest))]
        whole = range(numbers[0], numbers[-1] + 1)
        if "…" not in rest and list(whole) != numbers:
            raise Unreadable(f"a range with gaps: {note}")
        out[index] = frozenset(whole)
    return out


def lines_in(markdown: str) -> int:
    """How many lines the displays of a page have, counted without reading them."""
    inside = re.findall(r"^\$\$\n(.*?)\n\$\$$", markdown, re.M | re.S)
    return sum(len(text.splitlines()) - 2 for text in inside)
