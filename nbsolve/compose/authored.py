"""What every page has of its problem's author: words, parts with their marks, the source, common mistakes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from nbsolve.compose.sentences import set_in
from nbsolve.document import Block, Bullets, Inline, Markdown, Note, Paragraph, Text
from nbsolve.given import Given
from nbsolve.markdown.languages import is_english
from nbsolve.phrases import listed, phrase
from nbsolve.problem.model import AnyProblem, Part

__all__ = ["authored", "marks", "parts", "pitfalls", "title_of"]

Fill = Callable[[str, str], str]
"""Puts numbers into an author's text, which is named by its YAML path."""


def authored(problem: AnyProblem, text: str, level: int | None = None) -> Markdown:
    """Words of the problem's author; `level`: that of the highest headings in them, where there may be any."""
    language = None if is_english(problem.language) else problem.language
    return Markdown(text, level, language, problem.trust)


def parts(problem: AnyProblem, fill: Fill, asked: Callable[[Part], Iterable[Inline]]) -> Iterator[Block]:
    """The parts in their author's words, else in those of `asked`, with their marks; the source."""

    def said(place: int, part: Part) -> Text:
        own = authored(problem, fill(part.text, f"parts[{place}].text")) if part.text else None
        worth = () if part.marks is None else (f" ({marks(part.marks)})",)
        return (*(asked(part) if own is None else (own,)), *worth)

    if problem.parts:
        items = tuple(said(place, part) for place, part in enumerate(problem.parts))
        yield Bullets(items, tuple(part.label for part in problem.parts))
    if problem.source:
        yield Paragraph(set_in("statement.source", source=authored(problem, problem.source)))


def pitfalls(problem: AnyProblem, fill: Fill) -> Iterator[Block]:
    """Common mistakes, where the author tells any."""
    if problem.pitfalls:
        notes = (fill(note, f"pitfalls[{place}]") for place, note in enumerate(problem.pitfalls))
        items = tuple((authored(problem, note),) for note in notes)
        yield Note("pitfall", phrase("sections.pitfalls"), (Bullets(items),))


def marks(given: Given) -> str:
    """`1 mark`, `4 marks`."""
    if given.text == "1":
        return phrase("statement.mark")
    return phrase("statement.marks", count=given.text)


def title_of(part: Part) -> str:
    """`Part a (4 marks)`."""
    words = phrase("answers.of_part", label=part.label)
    return words if part.marks is None else f"{words} ({marks(part.marks)})"


def asked_when(part: Part, shown: Collection[int], iterations: int) -> str:
    """The words "in iteration 2" of a part, or "in iterations 1, 2 and 3", which are shown of several."""
    if part.at is not None:
        return " " + phrase("statement.at", number=str(part.at))
    if len(shown) in (0, 1, iterations):
        return ""
    return " " + phrase("statement.at_several", listed=listed([*map(str, sorted(shown))]))
