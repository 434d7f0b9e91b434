"""The compact solution: what is asked alone, in two columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nbsolve.asking.asked_letters import AskedInLetters
from nbsolve.asking.listing import asked
from nbsolve.document import Block, Derivation, Document, Heading, Paragraph, Table, blocks_within
from nbsolve.handout.sheets import Handout
from nbsolve.handout.typesetting import Sheet
from nbsolve.phrases import phrase
from nbsolve.render.circled import circled
from nbsolve.render.typst.document import Piece, Writer
from nbsolve.render.typst.lines import chains
from nbsolve.render.typst.math import CIRCLES, Formulas
from nbsolve.symbol import anchor
from nbsolve.worked.network import WorkedSolution
from nbsolve.worked.pictured import Worked

__all__ = ["compact"]

_GUTTER = 2.0
"""Between the columns, in the font's size (as in handout.typ)."""
_SMALLEST = 0.85
"""A formula that a column would set smaller than so much stands across both."""
_LONG = 9
"""A formula of more lines than this stands across both columns: it would need twice as many in one."""
_LEFT_OUT = [(phrase("sections.statement"),), (phrase("sections.answers"),), (phrase("check.section"),)]
"""The sections that find nothing."""
_BROAD = 6
"""A table of more columns than this stands across both columns of the sheet."""
_SMALLER = re.compile(r", smaller: ([0-9.]+)")


def compact(handout: Handout) -> Sheet:
    """The derivations of what is asked, and of the numbered factors that these refer to."""
    blocks = tuple(_kept(handout.worked, handout.whole))
    document = replace(handout.whole, blocks=blocks)
    half = (handout.paper.room - _GUTTER) / 2
    narrow, wide = Writer(document, half), Writer(document, handout.paper.room)
    items = [item for block in blocks for item in _items(block, narrow, wide)]
    shown = [_in_columns(items, "\n".join(piece.latex() for piece in wide.pieces(blocks)))] if items else []
    return handout.sheet(shown, phrase("handout.compact"))


def _items(block: Block, narrow: Writer, wide: Writer) -> Iterator[tuple[Block, str, str]]:
    """What no column parts, as narrow as a column and as wide as the sheet: each chain of a derivation is one."""
    if isinstance(block, Derivation):
        pairs = zip(narrow.chains(block), wide.chains(block), strict=True)
        yield from ((block, *pair) for pair in pairs)
    else:
        yield block, narrow.piece(block).typst, wide.piece(block).typst


def _in_columns(found: Sequence[tuple[Block, str, str]], written: str) -> Piece:
    """All items as one piece; what is too wide for a column spans both. Headings, and words that announce what
    follows, stay with it.
    """
    items: list[str] = []
    before, headed = "", False
    for block, narrow, wide in found:
        if isinstance(block, Heading | Paragraph):
            headed = headed or (isinstance(block, Heading) and not before)
            before += f"{narrow}\n\n"
            continue
        small = any(float(size) < _SMALLEST for size in _SMALLER.findall(narrow))
        lines = _lines(narrow)
        broad = isinstance(block, Table) and len(block.header) > _BROAD
        spans = small or broad or (lines > _LONG and lines >= 2 * _lines(wide))
        body = f"{before}{wide if spans else narrow}"
        items.append(f"(spans: {_said(spans)}, headed: {_said(headed)}, body: [{body}\n])")
        before, headed = "", False
    shown = ",\n".join(items)
    return Piece(
        f"#in-two-columns((\n{shown},\n))",
        "compact solution",
        lambda: f"\\begin{{multicols}}{{2}}\n{written}\n\\end{{multicols}}\n",
    )


def _said(true: bool) -> str:
    return str(true).lower()


def _lines(typst: str) -> int:
    return typst.count(" \\ &")


def _kept(worked: Worked, whole: Document) -> Iterator[Block]:
    """What finds the answers, each derivation and each table of them under its headings and, where a page is
    no network's, below the words that lead to it: of which case it is, whose path.
    """
    wanted = _wanted(worked, whole)
    plain = Writer(whole, 0.0).plain
    pending: list[Heading] = []
    words: Paragraph | None = None
    for block in blocks_within(whole.blocks):
        if isinstance(block, Heading):
            if block.level == 1:
                continue  # the sheet has its title
            pending = [*(heading for heading in pending if heading.level < block.level), block]
        elif id(block) in wanted and not any(heading.text in _LEFT_OUT for heading in pending):
            yield from pending
            if words is not None:
                yield words
            yield block
            pending = []
        leads = isinstance(block, Paragraph) and not isinstance(worked, WorkedSolution)
        words = (
            block if isinstance(block, Paragraph) and leads and not plain(block.text).endswith(".") else None
        )


def _wanted(worked: Worked, whole: Document) -> set[int]:
    """The derivations to be kept, by identity; of what is no network all, and the tables."""
    if not isinstance(worked, WorkedSolution):
        return {id(block) for block in blocks_within(whole.blocks) if isinstance(block, Derivation | Table)}
    blocks = [block for block in blocks_within(whole.blocks) if isinstance(block, Derivation)]
    ids = frozenset(_anchors(worked))
    formulas = Formulas(worked.names)
    wanted = [n for n, block in enumerate(blocks) if not ids.isdisjoint(block.anchors)]
    numbered = {n: {line.tag for line in block.lines if line.tag} for n, block in enumerate(blocks)}
    todo = list(wanted)
    while todo:
        place = todo.pop()
        said = "\n".join(chain.linear for chain in chains(blocks[place], formulas))
        called = {tag for tags in numbered.values() for tag in tags if circled(tag, CIRCLES) in said}
        for tag in called - numbered[place]:
            found = next((n for n in range(place - 1, -1, -1) if tag in numbered[n]), None)
            if found is not None and found not in wanted:
                wanted.append(found)
                todo.append(found)
    return {id(blocks[n]) for n in wanted}


def _anchors(worked: WorkedSolution) -> Iterator[str]:
    """The ids of the asked quantities."""
    if worked.problem.symbolic:
        letters = worked.letters_of(worked.solution)
        assert letters is not None
        for _, step in AskedInLetters.of(letters, worked.names).places:
            yield f"letters-{anchor(step.target)}"
        return
    for place in asked(worked.problem, worked.solution, worked.names):
        yield f"it{place.iteration}-{anchor(place.holder)}"
