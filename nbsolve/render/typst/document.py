"""Blocks as Typst, for handouts: what they look like on paper is in nbsolve/handout/handout.typ."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from nbsolve.document import (
    Block,
    Bullets,
    Code,
    Derivation,
    Document,
    Fold,
    Heading,
    Inline,
    Link,
    Mark,
    Markdown,
    Math,
    Note,
    Paragraph,
    Strong,
    Table,
    Text,
    blocks_within,
)
from nbsolve.render import latex
from nbsolve.render.circled import circled
from nbsolve.render.typst.columns import bare_number, narrowed
from nbsolve.render.typst.lines import abreast, derivation
from nbsolve.render.typst.markdown import blocks_of, equation, escaped, in_language, inline_of, one_paragraph
from nbsolve.render.typst.math import CIRCLES, Formulas, slashed
from nbsolve.render.typst.width import math_width, words_width
from nbsolve.render.typst.words import quoted, short_label

__all__ = ["Piece", "Writer"]

Lines = Callable[[Derivation, Formulas, float], Iterator[str]]

_INSET = 2.2
"""What a box takes from the width of its text on both sides, in the font's size."""

_BOLD = 1.2
"""Bold words are so much wider at most."""
_BETWEEN = 1.5
"""What lies between two columns of a table, in the font's size."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The Typst of one block, what an error message calls it, how its LaTeX is made."""

    typst: str
    about: str
    latex: Callable[[], str] = str


@dataclass(frozen=True)
class Writer:
    """Writes the blocks of one document.

    `room` is the width of the text in the font's size. `raised` moves headings up (1: level 2 becomes the
    highest). `prefix` goes before the anchors, where several documents share one paper.
    """

    document: Document
    room: float
    raised: int = 1
    prefix: str = ""
    formulas: Formulas = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "formulas", Formulas(self.document.names))

    @cached_property
    def linked(self) -> frozenset[str]:
        """The anchors that some link of the document leads to."""
        return frozenset(_anchors(self.document.blocks))

    @cached_property
    def anchored(self) -> frozenset[str]:
        """The anchors that stand somewhere in the document."""
        blocks = blocks_within(self.document.blocks)
        return frozenset(
            a for block in blocks if isinstance(block, Derivation | Table) for a in block.anchors
        )

    def pieces(self, blocks: Sequence[Block], beside: bool = False) -> Iterator[Piece]:
        """Yield one piece of Typst for each block; `beside`: short chains stand abreast.

        Raises: BrokenMathematics, UnknownMarkdown.
        """
        for position, block in enumerate(blocks):
            yield self.piece(block, _leads(blocks, position), beside)

    def piece(self, block: Block, leads: bool = False, beside: bool = False) -> Piece:
        """A block by itself; `leads`: it stays on the page of what follows."""
        if beside and isinstance(block, Derivation):
            typst = self._derivation(block, self.room, abreast)
        else:
            typst = self._block(block, self.room, leads)
        return Piece(typst, self.about(block), lambda: self._latex(block))

    def _latex(self, block: Block) -> str:
        if isinstance(block, Heading):
            block = Heading(max(1, block.level - self.raised), block.text)
        return latex.render(Document((block,), self.document.names))

    def about(self, block: Block) -> str:
        """A block in words, for an error message: its kind and how it begins."""
        kind = type(block).__name__.lower()
        match block:
            case Heading(_, text) | Paragraph(text):
                words = self.plain(text)
            case Bullets(items):
                words = self.plain(items[0]) if items else ""
            case Derivation(lines):
                left = lines[0].left if lines else None
                words = self.formulas.linear.print(left) if left is not None else ""
            case Table(header):
                words = ", ".join(self.plain(cell) for cell in header)
            case Note(_, title) | Fold(title):
                words = title
            case Code(words):
                pass
            case _:
                raise TypeError(f"{type(block).__name__} cannot be rendered")
        return f"{kind} {' '.join(words.split())[:60]!r}"

    def plain(self, text: Text) -> str:
        """Words and the linear form of mathematics, without markup."""
        said = []
        for part in text:
            match part:
                case Math():
                    said.append(self.formulas.inline(part)[1])
                case Mark(called):
                    said.append(circled(called, CIRCLES))
                case Link(inner, _):
                    said.append(self.plain((inner,)))
                case Strong(words) | Markdown(words):
                    said.append(words)
                case str():
                    said.append(part)
        return "".join(said)

    # ------------------------------------------------------------------ blocks

    def _block(self, block: Block, room: float, leads: bool = False) -> str:
        match block:
            case Heading(level, text):
                return f"#heading(level: {max(1, level - self.raised)})[{self.text(text)}]"
            case Paragraph((Markdown(words, _, language),)):
                only = one_paragraph(words) if leads else None
                if only is None:
                    return in_language(blocks_of(words), language)
                return f"#block(sticky: true, par[{in_language(only, language)}])"
            case Paragraph(text):
                words = _full_size(self.text(text))
                return f"#block(sticky: true, par[{words}])" if leads else words
            case Bullets(items, labels):
                rows = "".join(f"[{self.text(item)}], " for item in items)
                if not labels:
                    spacing = "spacing: 1.1em, " if "frac(" in rows else ""
                    return _full_size(f"#list({spacing}{rows})")
                marks = "".join(f"{quoted(f'({short_label(label)})')}, " for label in labels)
                numbered = f"numbering: n => ({marks}).at(n - 1), {rows}"
                if "frac(" not in rows:
                    return f"#enum({numbered})"
                # what is asked is as large as what is said of it
                return f"#[#show math.frac: math.display\n#enum(spacing: 1.2em, {numbered})]"
            case Derivation():
                return self._derivation(block, room)
            case Table():
                return self._table(block, room)
            case Note(kind, title, blocks):
                inner = "\n\n".join(self._block(one, room - _INSET) for one in blocks)
                return f"#note({quoted(kind)}, {quoted(title)})[\n{inner}\n]"
            case Code(_, text):
                return f'#listing("code", {quoted(text)})'
            case Fold(title, blocks):
                inner = "\n\n".join(
                    f"#block(sticky: true, emph[{self.text(one.text)}])"  # below the title
                    if isinstance(one, Heading)
                    else self._block(one, room, _leads(blocks, position))
                    for position, one in enumerate(blocks)
                )
                return f"#block(sticky: true, strong({quoted(title)}))\n\n{inner}"
        raise TypeError(f"{type(block).__name__} cannot be rendered")

    def chains(self, block: Derivation) -> Iterator[str]:
        """The Typst of each chain of a derivation. Raises: BrokenMathematics."""
        first, *rest = derivation(block, self.formulas, self.room)
        yield "\n".join([*self._marks(block), first])
        yield from rest

    def _derivation(self, block: Derivation, room: float, written: Lines = derivation) -> str:
        return "\n".join([*self._marks(block), *written(block, self.formulas, room)])

    def _marks(self, block: Derivation | Table) -> list[str]:
        """What the links to its anchors lead to."""
        return [
            f"#metadata(none)#label({quoted(self.prefix + anchor)})"
            for anchor in block.anchors
            if anchor in self.linked
        ]

    def _table(self, block: Table, room: float) -> str:
        count = len(block.header)
        sides = ", ".join("right" if n in block.numeric else "left" for n in range(count))
        widths = [0.0] * count
        cells: list[str] = []
        rows_ = (block.header, *block.rows)
        # ∂L/∂w is written on one line, but not beside fractions
        one_line = not any(
            "frac(" in slashed(typst) for row in rows_ for cell in row for typst in self._within(cell)
        )
        for number, row in enumerate(rows_):
            for column, cell in enumerate(row):
                typst, width = self._cell(cell, one_line)
                widths[column] = max(widths[column], width * (_BOLD if number == 0 else 1.0))
                cells.append(f"strong({typst})" if number == 0 else typst)
        most = room - 0.2 - _BETWEEN * count
        if sum(widths) > most:
            widths = narrowed(widths, most)
        columns = ", ".join(f"{width + _BETWEEN:.2f}em" for width in widths)
        header = ", ".join(cells[:count])
        rows = "\n".join(", ".join(cells[n : n + count]) + "," for n in range(count, len(cells), count))
        marks = "".join(f"{mark}\n" for mark in self._marks(block))
        return f"{marks}#data(({columns},), ({sides},), ({header},),\n{rows}\n)"

    def _within(self, text: Text) -> Iterator[str]:
        """The formulae of a text."""
        for part in text:
            inner = part.text if isinstance(part, Link) else part
            if isinstance(inner, Math):
                yield self.formulas.inline(inner)[0]

    def _cell(self, text: Text, one_line: bool = True) -> tuple[str, float]:
        """A cell and the width it needs. A bare number is set as text, which is faster and looks the same."""
        bare = bare_number(text)
        if bare is not None:
            return quoted(bare), words_width(bare)
        if len(text) == 1 and isinstance(text[0], Math):
            typst, plain = self.formulas.inline(text[0])
            typst = slashed(typst) if one_line else typst
            return f"[{_full_size(equation(typst, plain))}]", math_width(typst)
        width = 0.0
        for part in text:
            match part:
                case Math():
                    width += math_width(self.formulas.inline(part)[0])
                case Mark(called):
                    width += words_width(circled(called, CIRCLES))
                case Link(inner, _):
                    width += self._cell((inner,))[1]
                case Strong(words) | Markdown(words):
                    width += words_width(words)
                case str():
                    width += words_width(part)
        return f"[{_full_size(self.text(text))}]", width

    # ------------------------------------------------------------------ text

    def text(self, text: Text) -> str:
        """Text inside a line."""
        return "".join(self._inline(part) for part in text)

    def _inline(self, part: Inline) -> str:
        match part:
            case str():
                return escaped(part)
            case Math():
                return equation(*self.formulas.inline(part))
            case Strong(words):
                return f"#strong[{escaped(words)}]"
            case Mark(called):
                return escaped(circled(called, CIRCLES))
            case Markdown(words, _, language):
                return in_language(inline_of(words), language)
            case Link(words, anchor):
                bare = bare_number((words,))
                inner = self._inline(words) if bare is None else escaped(bare)
                if anchor not in self.anchored:
                    return inner
                return f"#link(label({quoted(self.prefix + anchor)}))[{inner}]"
        raise TypeError(f"{type(part).__name__} cannot be rendered")


_RAISED = re.compile(r"\^\((?:[^()]|\([^()]*\))*frac\(")
"""A fraction in an exponent, which is to be small."""


def _full_size(typst: str) -> str:
    """Text whose fractions are as large as in a derivation."""
    if "frac(" not in typst or _RAISED.search(typst):
        return typst
    return f"#[#show math.frac: math.display\n{typst}]"


def _anchors(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks_within(blocks):
        match block:
            case Heading(_, text) | Paragraph(text):
                texts: tuple[Text, ...] = (text,)
            case Bullets(items):
                texts = items
            case Table(header, rows):
                texts = (*header, *(cell for row in rows for cell in row))
            case _:
                continue
        yield from (part.anchor for text in texts for part in text if isinstance(part, Link))


def _leads(blocks: Sequence[Block], position: int) -> bool:
    """Whether no page parts a block from what follows: an equation, a table, of two headings the second."""
    following = next((b for b in blocks[position + 1 : position + 3] if not isinstance(b, Paragraph)), None)
    if isinstance(following, Heading):
        return position > 0 and isinstance(blocks[position - 1], Heading)
    return isinstance(following, Derivation | Table)
