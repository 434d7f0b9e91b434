"""The calculation of a page as programs, folded."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nbsolve.document import Block, Code, Fold, Paragraph
from nbsolve.phrases import phrase
from nbsolve.programs import CannotBeSaid, Programs

__all__ = ["program_folds"]


def program_folds(make: Callable[[], Programs], each_step: bool) -> Iterator[Block]:
    """A fold for each language; instead of them that there are none. Raises: Undecided."""
    try:
        programs = make()
    except CannotBeSaid:
        yield Paragraph((phrase("check.too_many_numbers"),))
        return
    words = [phrase("check.programs_unrounded" if each_step else "check.programs")]
    if programs.differing:
        words.append(phrase("check.programs_differ"))
    said = Paragraph((" ".join(words),))
    for name, text in programs.texts.items():
        yield Fold(phrase("check.program", language=name), (said, Code("python", text)))
