"""Many problems in one PDF: title page, contents, numbered problems, running heads, solutions where wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from nbsolve.handout.course import CourseData
from nbsolve.handout.paper import PAPERS, Paper
from nbsolve.handout.sheets import Handout
from nbsolve.handout.typesetting import Sheet, logo
from nbsolve.phrases import PhraseId, phrase
from nbsolve.render import latex
from nbsolve.render.typst.document import Piece
from nbsolve.render.typst.markdown import escaped
from nbsolve.render.typst.words import quoted

__all__ = ["Solutions", "collection"]

_HEAD = 70
"""Letters that the running head of a page of LaTeX has room for."""


class Solutions(StrEnum):
    """Where the solutions of a collection are placed."""

    INLINE = "inline"
    APPENDIX = "appendix"
    NONE = "none"


def collection(
    handouts: Sequence[Handout],
    solutions: Solutions = Solutions.INLINE,
    title: str | None = None,
    course: CourseData | None = None,
    paper: Paper = PAPERS["a4"],
) -> Sheet:
    """A booklet of many problems, in the order given, those of a chapter together."""
    chapters = list(dict.fromkeys(map(_chapter, handouts)))
    handouts = sorted(handouts, key=lambda handout: chapters.index(_chapter(handout)))
    course = course or CourseData()
    title = title or course.name or phrase("handout.problems")
    name = course.name if course.name != title else ""
    parts = ", ".join(quoted(text) for text in (course.institution, name, course.term, course.date))
    course.check()
    several: PhraseId = "handout.problems_with"
    single: PhraseId = "handout.problems_with_one"
    if solutions is Solutions.NONE:
        several, single = "handout.problems_alone", "handout.problems_alone_one"
    count = phrase(single) if len(handouts) == 1 else phrase(several, count=str(len(handouts)))
    front = (
        f"#cover({parts}, {logo(course)}, {quoted(count)})\n\n#contents({quoted(phrase('handout.contents'))})"
    )
    running = title if title != course.name else ""  # the course's name is at the head already
    return Sheet(title, list(_pieces(handouts, solutions)), running, "", (), front, course, paper)


def _pieces(handouts: Sequence[Handout], solutions: Solutions) -> Iterator[Piece]:
    """Chapters by what the problems are grouped under, and the problems, each with its solution where wanted."""
    chapter, several = None, len({_chapter(handout) for handout in handouts}) > 1
    level = 2 if several else 1
    for number, handout in enumerate(handouts, start=1):
        new = several and _chapter(handout) != chapter
        chapter = _chapter(handout)
        if new:
            yield _opening(chapter, level=1, apart=number > 1)
        named = f"{phrase('handout.problem', number=str(number))}: {handout.title}"
        yield _opening(named, level=level, apart=number > 1 and not new)
        yield from handout.question_pieces(space=False, raised=1 - level, prefix=f"q{number}-")
        if solutions is Solutions.INLINE:
            words = phrase("handout.solution")
            yield _opening(words, level=level + 1, running=f"{named} · {words}")
            yield from handout.solution_pieces(raised=-level, prefix=f"p{number}-", statement=False)
    if solutions is not Solutions.APPENDIX:
        return
    yield _opening(phrase("handout.solutions"), level=1, apart=True)
    for number, handout in enumerate(handouts, start=1):
        named = f"{phrase('handout.solution_of', number=str(number))}: {handout.title}"
        yield _opening(named, level=2, apart=number > 1)
        yield from handout.solution_pieces(raised=-1, prefix=f"p{number}-", statement=False)


def _chapter(handout: Handout) -> str:
    """What a course lists the problem under."""
    return handout.worked.problem.group or phrase("handout.problems")


def _opening(words: str, level: int, apart: bool = False, running: str | None = None) -> Piece:
    """A heading that the running head of the following pages repeats; `apart`: on a new page
    where no more than a quarter of one is left."""
    page = "#apart\n" if apart else ""
    return Piece(
        f"{page}#running({quoted(running or words)})\n#heading(level: {level})[{escaped(words)}]",
        f"heading {words!r}",
        lambda: _latex_heading(words, level, apart, running or words),
    )


def _latex_heading(words: str, level: int, apart: bool, running: str) -> str:
    kind = {1: "section", 2: "subsection", 3: "subsubsection"}[level]
    text = latex.escaped(words)
    listed = f"\\addcontentsline{{toc}}{{{kind}}}{{{text}}}"
    page = "\\clearpage\n" if apart else ""
    if len(running) > _HEAD:
        running = f"{running[: _HEAD - 1].rstrip()}…"
    return f"{page}\\{kind}*{{{text}}}{listed}\\markright{{{latex.escaped(running)}}}\n"
