"""Where a page has its drawings, and the page that says in words what they show, for formats without pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from nbsolve.document import Block, Bullets, Document, Fold, Heading, Paragraph
from nbsolve.errors import UnknownQuantityError
from nbsolve.phrases import phrase
from nbsolve.worked.network import WorkedSolution
from nbsolve.worked.page import WorkedPage

if TYPE_CHECKING:
    from nbsolve.drawing import Drawing

__all__ = ["Draw", "Worked", "after_headings", "described", "given_drawing", "parts_of"]

Worked = WorkedSolution | WorkedPage
Draw = Callable[[], "Drawing"]


def parts_of(worked: Worked, blocks: Sequence[Block]) -> int | None:
    """The position of the list of parts, which the drawing of the network precedes; None where there is none."""
    labels = tuple(part.label for part in worked.problem.parts)
    for position, block in enumerate(blocks):
        if labels and isinstance(block, Bullets) and block.labels == labels:
            return position
    return None


def after_headings(worked: Worked, blocks: Sequence[Block]) -> dict[int, Draw]:
    """Positions of the headings that a drawing follows: each backward pass, each derivation."""
    if isinstance(worked, WorkedPage):
        return worked.pictures(blocks)
    kind = "backward" if worked.problem.differentiated else "forward"
    title = (phrase("sections.backward" if kind == "backward" else "sections.forward"),)
    places = [n for n, b in enumerate(blocks) if isinstance(b, Heading) and b.text == title]
    numbers = [iteration.number for iteration in worked.solution.iterations]
    if len(places) == len(numbers) + 1:  # the solution in symbols has a heading of this name too
        places = places[1:]
    boundary = Heading(2, (phrase("rule.boundary"),))
    found: dict[int, Draw] = {}
    if boundary in blocks and worked.problem.network.inputs == 2:
        found[blocks.index(boundary)] = partial(worked.draw, "boundary")
    if len(places) == len(numbers):
        for place, number in zip(places, numbers, strict=True):
            found[place] = partial(worked.draw, kind, iteration=number)
    return found


def given_drawing(worked: Worked) -> Draw | None:
    """The drawing of what is given: of a network by itself; None where it has none, or would be the answer."""
    return worked.draw if isinstance(worked, WorkedSolution) else worked.question_picture()


def described(worked: Worked) -> Document:
    """The whole page, with each drawing in words where pages with pictures have it."""
    page = worked.document()
    return replace(page, blocks=tuple(_described(worked, page.blocks)))


def _described(worked: Worked, blocks: Sequence[Block]) -> Iterator[Block]:
    after = after_headings(worked, blocks)
    given = given_drawing(worked)
    before = parts_of(worked, blocks)
    if before is None:
        before = len(worked.statement().blocks) + 1  # below the page's title
    for position, block in enumerate(blocks):
        if position == before and given is not None:
            yield from _words(given)
        yield block
        if position in after:
            yield from _words(after[position])


def _words(draw: Draw) -> Iterator[Block]:
    try:
        words = draw().words
    except UnknownQuantityError:
        return  # a pass that this problem does not have
    yield Fold(phrase("drawing.in_words"), (Paragraph((words,)),))
