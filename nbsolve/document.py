"""The document: blocks that renderers turn into Markdown, LaTeX or text. Mathematics stays expression trees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nbsolve.expr import Expr
from nbsolve.notation import Names


@dataclass(frozen=True, slots=True)
class Math:
    """An expression inside a line of text; `relation` and `right` make it an equation."""

    left: Expr
    relation: str | None = None
    right: Expr | None = None


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that stand out."""

    text: str


@dataclass(frozen=True, slots=True)
class Markdown:
    """Text in Markdown with $mathematics$: what the problem's author wrote, or a phrase that has some.

    `level` is that of its highest headings, where it may have any; `language` that of an author's words, where
    it is not English; `trust` lets raw HTML through.
    """

    text: str
    level: int | None = None
    language: str | None = None
    trust: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Words, or a formula, that lead to an anchor of the same page."""

    text: str | Math
    anchor: str


@dataclass(frozen=True, slots=True)
class Mark:
    """The circled number of a line, where it is called by its number."""

    number: int


Inline = str | Math | Strong | Markdown | Link | Mark
Text = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the page's title."""

    level: int
    text: Text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text."""

    text: Text


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; `labels` (a, b, …) instead of bullets where the problem has them."""

    items: tuple[Text, ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A value at the end of a line, in a box where it was asked for."""

    value: Expr
    boxed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a derivation: left, then (relation, right) once or several times, a note, a number."""

    parts: tuple[tuple[str, Expr | Result], ...]
    left: Expr | None = None
    note: Text = ()
    tag: int | None = None


@dataclass(frozen=True, slots=True)
class Derivation:
    """Lines aligned at their relations; `anchors` are the ids of the quantities found in them."""

    lines: tuple[Line, ...]
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `numeric` columns are aligned to the right, `anchors` are the ids of what is found in it."""

    header: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    numeric: frozenset[int] = frozenset()
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A box: `kind` is conventions, pitfall or remark."""

    kind: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A program, to be copied as it is; `language` as syntax highlighters call it."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks under a title that are one click away, where a reader can click."""

    title: str
    blocks: tuple[Block, ...]


Block = Heading | Paragraph | Bullets | Derivation | Table | Note | Code | Fold


@dataclass(frozen=True)
class Document:
    """Blocks and the names their symbols are written with."""

    blocks: tuple[Block, ...]
    names: Names


def blocks_within(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Yield every block of a document, those in boxes and folds too."""
    for block in blocks:
        yield block
        if isinstance(block, Note | Fold):
            yield from blocks_within(block.blocks)
