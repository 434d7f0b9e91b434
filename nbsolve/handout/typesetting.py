"""From pieces of Typst to the bytes of a PDF; what cannot be set is named by its block and its expression."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from nbsolve.errors import NbsolveError
from nbsolve.handout.course import CourseData
from nbsolve.handout.fonts import MissingGlyphs, fonts_for
from nbsolve.handout.paper import PAPERS, Paper
from nbsolve.phrases import phrase
from nbsolve.render.typst.compiler import CompilingError, compiled
from nbsolve.render.typst.document import Piece
from nbsolve.render.typst.markdown import escaped
from nbsolve.render.typst.words import quoted

__all__ = ["Field", "Sheet", "TypesettingError", "typeset"]

STANDARD: Literal["ua-1"] = "ua-1"
"""PDF/UA: Typst then refuses what has no alternative text, and letters that no font has."""


class TypesettingError(NbsolveError):
    """A block that Typst cannot set; the message names the block and the expression."""


Field = tuple[str, str]
"""A box at the head of a sheet: its name, and what stands in it (nothing: it is filled in by hand)."""


@dataclass(frozen=True)
class Sheet:
    """One PDF: its title (plain text), what stands at the head of its pages, and its pieces.

    `front` is the Typst of the title block; None: title and course data.
    """

    title: str
    pieces: Sequence[Piece]
    running: str = ""
    kind: str = ""
    fields: tuple[Field, ...] = ()
    front: str | None = None
    course: CourseData = field(default_factory=CourseData)
    paper: Paper = PAPERS["a4"]
    heading: str = ""
    """The title as Typst, where it has mathematics."""
    folder: Path | None = None
    """Where files lie that its text names (pictures of a notebook)."""


def _prelude_file() -> Path:
    return Path(__file__).with_name("handout.typ")


@lru_cache(maxsize=1)
def _prelude() -> str:
    return _prelude_file().read_text(encoding="utf-8")


def typeset(sheet: Sheet) -> bytes:
    """The PDF. Raises: TypesettingError, MissingGlyphs; nothing else for any content."""
    source, starts = _source(sheet)
    families, system = fonts_for(source)
    source = source.replace("/*families*/", families)
    try:
        return compiled(source, system=system, standard=STANDARD, root=_root(sheet))
    except CompilingError as error:
        raise _explained(error, sheet, starts, source) from None


def _source(sheet: Sheet) -> tuple[str, list[int]]:
    """The Typst of a sheet, and the line on which each piece begins."""
    course = sheet.course
    options = [
        f"paper: {quoted(sheet.paper.typst)}",
        f"title: {quoted(sheet.title)}",
        f"language: {quoted(course.language)}",
        f"running: {quoted(sheet.running)}",
        f"course: {quoted(' · '.join(part for part in (course.name, course.term) if part))}",
        f"page-of: (n, total) => {_page_of()}",
    ]
    parts = [_prelude(), f"#show: sheet.with({', '.join(options)})", front(sheet)]
    line = sum(part.count("\n") + 2 for part in parts) + 1
    starts = []
    for piece in sheet.pieces:
        starts.append(line)
        parts.append(piece.typst)
        line += piece.typst.count("\n") + 2
    return "\n\n".join(parts) + "\n", starts


def _page_of() -> str:
    before, _, after = phrase("handout.page", number="\0", total="\1").partition("\0")
    between, _, end = after.partition("\1")
    return f"[{escaped(before)}#n{escaped(between)}#total{escaped(end)}]"


def front(sheet: Sheet) -> str:
    """The block at the top of the first page."""
    if sheet.front is not None:
        return sheet.front
    course = sheet.course
    course.check()
    left = " · ".join(part for part in (course.institution, course.name) if part)
    right = " · ".join(part for part in (course.term, course.date) if part)
    blanks = "".join(f"({quoted(name)}, {quoted(value)}), " for name, value in sheet.fields)
    heading = sheet.heading or escaped(sheet.title)
    return f"#front({quoted(left)}, {quoted(right)}, {logo(course)}, {quoted(sheet.kind)}, ({blanks}))[{heading}]"


def logo(course: CourseData) -> str:
    """The picture, as Typst; none where there is none."""
    if course.logo is None:
        return "none"
    institution = course.institution or course.name
    words = phrase("handout.logo", institution=institution) if institution else phrase("handout.logo_alone")
    data = course.picture or course.logo.read_bytes()
    return f"image({_bytes(data, course.logo.suffix)}, height: 12mm, alt: {quoted(words)})"


def _bytes(data: bytes, suffix: str) -> str:
    """A file's own bytes: its place may lie outside the folder that Typst may read."""
    if suffix.lower() == ".svg":
        return f"bytes({quoted(data.decode('utf-8'))})"
    return f"bytes(({','.join(map(str, data))},))"


def _root(sheet: Sheet) -> Path:
    return (sheet.folder or Path(__file__).parent).resolve()


# ------------------------------------------------------------------ errors

_LINE = re.compile(r"\.typ:(\d+):(\d+)|^ *(\d+) │", re.MULTILINE)
_TEXT = re.compile(r"the text `\"(.*?)\"` could not be displayed")
_FORMULA = re.compile(r'\bchain\("((?:[^"\\]|\\.)*)"|alt: "((?:[^"\\]|\\.)*)"')


def _explained(error: CompilingError, sheet: Sheet, starts: Sequence[int], source: str) -> NbsolveError:
    diagnostic = error.diagnostic
    missing = "".join(dict.fromkeys("".join(_TEXT.findall(diagnostic))))
    where = _place(diagnostic, sheet, starts, source)
    if missing:
        return MissingGlyphs(
            f"no font here has these signs{where}: {missing}\n    hint: install a font that has them", missing
        )
    return TypesettingError(f"this cannot be typeset{where}: {error.message}")


def _place(diagnostic: str, sheet: Sheet, starts: Sequence[int], source: str) -> str:
    """`, in derivation 'z₁': z₁ = …` for the first line of the diagnosis that belongs to a piece."""
    lines = source.split("\n")
    for first, column, other in _LINE.findall(diagnostic):
        number = int(first or other)
        inside = [n for n, start in enumerate(starts) if start <= number]
        if not inside:
            continue
        piece = sheet.pieces[inside[-1]]
        # a chain of several lines is said in several lines
        before = "\n".join(lines[starts[inside[-1]] - 1 : number - 1])
        said = _said(f"{before}\n{lines[number - 1]}", len(before) + 1 + int(column or 0))
        return f", in the {piece.about}" + (f", expression {said}" if said else "")
    return ""


def _said(line: str, column: int) -> str:
    """The linear form of the formula that stands at a column of a line."""
    found = ""
    for match in _FORMULA.finditer(line):
        if match.start() > column and found:
            break
        found = match[1] or match[2] or ""
    return found.replace("\\\\", "\\").replace('\\"', '"').replace("\n", " ")
