"""What each handout consists of: the question sheet and the solution, from the documents of the site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from nbsolve.document import Block, Code, Derivation, Document, Fold, Heading
from nbsolve.errors import UnknownQuantityError
from nbsolve.handout.course import CourseData
from nbsolve.handout.figures import BESIDE, figure, figure_beside, narrow
from nbsolve.handout.marking import written
from nbsolve.handout.paper import PAPERS, Paper
from nbsolve.handout.room import Room, room_for
from nbsolve.handout.typesetting import Field, Sheet
from nbsolve.handout.work import answer_lines
from nbsolve.markdown.plain import plain
from nbsolve.phrases import PhraseId, phrase
from nbsolve.render.typst.document import Piece, Writer
from nbsolve.render.typst.markdown import in_language, inline_of
from nbsolve.render.typst.words import quoted
from nbsolve.worked.network import WorkedSolution
from nbsolve.worked.pictured import Draw, Worked, after_headings, given_drawing, parts_of

if TYPE_CHECKING:
    from nbsolve.compose.data_files import DataFile
    from nbsolve.drawing import Drawing

__all__ = ["Handout", "Worked"]


@dataclass(frozen=True)
class Handout:
    """The handouts of one worked problem.

    Raises, when they are written and typeset: TypesettingError, MissingGlyphs, BrokenMathematics, UnknownMarkdown.
    """

    worked: Worked
    course: CourseData = field(default_factory=CourseData)
    paper: Paper = PAPERS["a4"]
    recipient: tuple[str, str] | None = None
    """The name and the number of the student whose it is; fields for them are left blank otherwise."""
    lines: tuple[int, ...] | None = None
    """The ruled lines for each part's answer, where they are known: as many for all variants of a problem."""

    @property
    def title(self) -> str:
        """The problem's title, as plain text."""
        return " ".join(plain(self.worked.problem.title).split())

    @cached_property
    def statement(self) -> Document:
        """What is given and asked, with blanks for the solution's numbers in its author's words; what is too large
        to print is attached.
        """
        if isinstance(self.worked, WorkedSolution):
            return self.worked.statement(attached=True, blanks=True)
        return self.worked.statement(blanks=True)

    @cached_property
    def whole(self) -> Document:
        """The whole solution as the site shows it, without its programs: nobody runs them on paper."""
        whole = self.worked.document(**self._options)
        blocks = [block for block in whole.blocks if not _is_program(block)]
        while blocks and isinstance(blocks[-1], Heading):
            blocks.pop()
        return replace(whole, blocks=tuple(blocks))

    @property
    def _options(self) -> dict[str, bool]:
        return {"attached": True} if isinstance(self.worked, WorkedSolution) else {}

    # ------------------------------------------------------------------ sheets

    def question(self) -> Sheet:
        """The statement, the data, the drawing without results, the parts with room for answers; no solution."""
        given = [Fraction(part.marks.text) for part in self.worked.problem.parts if part.marks is not None]
        total = f" / {written(sum(given, Fraction(0)))}" if given else ""
        name, number = self.recipient or ("", "")
        marks = (phrase("handout.marks") + total, "")
        fields = ((phrase("handout.name"), name), (phrase("handout.number"), number), marks)
        return self.sheet(list(self.question_pieces()), fields=fields)

    def solution(self) -> Sheet:
        """Statement, conventions, drawings, every step, the answers."""
        return self.sheet(list(self.solution_pieces()), kind=phrase("handout.solution"))

    def sheet(self, pieces: Sequence[Piece], kind: str = "", fields: tuple[Field, ...] = ()) -> Sheet:
        """Pieces under the problem's title; `fields` are boxes to be filled in by hand, or with what is known."""
        known = " · ".join(filter(None, self.recipient or ()))
        if known and not fields:
            kind = f"{kind} · {known}"
        running = " · ".join(filter(None, (self.title, kind, known if fields else "")))
        problem = self.worked.problem
        heading = in_language(inline_of(problem.title), problem.language)
        return Sheet(self.title, pieces, running, kind, fields, None, self.course, self.paper, heading)

    # ------------------------------------------------------------------ pieces

    def question_pieces(self, space: bool = True, raised: int = 1, prefix: str = "") -> Iterator[Piece]:
        """The statement without its heading (the sheet's title says it); `space`: with room for answers."""
        writer = self._writer(self.statement, raised, prefix)
        blocks = [block for block in self.statement.blocks if not _is_heading(block, "sections.statement")]
        place = parts_of(self.worked, blocks)
        said = self.worked.unsaid().blocks
        before, parts = blocks[:place], [] if place is None else blocks[place:]
        if space:
            # the parts come last, and nothing stands below the room for answers
            before, parts = [*before, *said, *parts[1:]], parts[:1]
        else:
            before = [*before, *said]
        asked = len(self.worked.problem.parts) if space and parts else None
        # (a drawing is fitted to what stands around it)
        closer = space and given_drawing(self.worked) is None
        if closer:
            yield Piece("#fitted[", "beginning of the question")
        yield from self._led(writer, before, asked)
        yield from writer.pieces(parts, beside=True)
        if closer:
            yield Piece("]", "end of the question")
        yield from self._attached()
        if space:
            yield room_for(self._rooms())

    def _rooms(self) -> list[Room]:
        """Each part with the room for its answer."""
        parts = self.worked.problem.parts
        lines = self.lines or answer_lines(self.worked, self.whole)
        return [
            Room(part.label, count, part.space is not None, part.marks.text if part.marks else "")
            for part, count in zip(parts, lines, strict=True)
        ] or [Room("", 0, False, "")]

    def solution_pieces(self, raised: int = 1, prefix: str = "", statement: bool = True) -> Iterator[Piece]:
        """Everything but the title; `statement`: with what is given and asked."""
        blocks = [
            block for block in self.whole.blocks if not (isinstance(block, Heading) and block.level == 1)
        ]
        given = len(self.statement.blocks)
        if not statement:
            blocks, given = blocks[given:], 0
        writer = self._writer(replace(self.whole, blocks=tuple(blocks)), raised, prefix)
        if statement:
            place = parts_of(self.worked, blocks[:given])
            place = given if place is None else place
            yield from self._led(writer, blocks[:place])
            yield from writer.pieces(blocks[place:given], beside=True)
            yield from self._attached()
        after = after_headings(self.worked, blocks)
        for position, piece in enumerate(writer.pieces(blocks[given:]), start=given):
            drawing = drawn(after[position]) if position in after else None
            yield piece if drawing is None else figure(drawing, self.paper, piece)

    def _attached(self) -> Iterator[Piece]:
        """The files of the numbers that are too many to print."""
        if isinstance(self.worked, WorkedSolution):
            yield from map(attachment, self.worked.data_files())

    def _writer(self, document: Document, raised: int, prefix: str) -> Writer:
        return Writer(document, self.paper.room, raised, prefix)

    # ------------------------------------------------------------------ drawings

    def _led(
        self, writer: Writer, blocks: Sequence[Block], lines_below: int | None = None
    ) -> Iterator[Piece]:
        """Blocks and the drawing of what is given (a derivation has none: its graph would be the answer).

        A high and narrow one stands beside the equations that lead to it, another below them.
        """
        draw = given_drawing(self.worked)
        drawing = None if draw is None else drawn(draw)
        width = None if drawing is None else narrow(drawing, self.paper)
        places = [n for n, block in enumerate(blocks) if isinstance(block, Derivation)]
        if drawing is None or width is None or not places:
            yield from writer.pieces(blocks, beside=True)
            if drawing is not None:
                yield figure(drawing, self.paper, lines_below=lines_below)
            return
        start = max(0, places[-1] - 1)  # with the words that announce them
        yield from writer.pieces(blocks[:start], beside=True)
        column = replace(writer, room=writer.room - self.paper.in_type(width) - BESIDE)
        yield figure_beside(drawing, self.paper, list(column.pieces(blocks[start:], beside=True)))


def drawn(draw: Draw) -> Drawing | None:
    """A drawing; None for a pass that this problem does not have."""
    try:
        return draw()
    except UnknownQuantityError:
        return None


def attachment(file: DataFile) -> Piece:
    """A file within the PDF; beside it, where LaTeX is compiled."""
    name, words = quoted(file.name), quoted(phrase("handout.attachment", file=file.name))
    options = f'mime-type: "text/csv", description: {words}, relationship: "supplement"'
    return Piece(
        f"#pdf.attach({name}, bytes({quoted(file.text)}), {options})",
        f"attachment {file.name!r}",
        lambda: f"\\begin{{filecontents*}}[overwrite]{{{file.name}}}\n{file.text}\\end{{filecontents*}}\n",
    )


def _is_program(block: Block) -> bool:
    return isinstance(block, Fold) and any(isinstance(inner, Code) for inner in block.blocks)


def _is_heading(block: Block, key: PhraseId) -> bool:
    return isinstance(block, Heading) and block.text == (phrase(key),)
