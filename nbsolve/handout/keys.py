"""The key: one page with every asked quantity, its value, its tolerance and its marks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from nbsolve.answers import Answer
from nbsolve.given import Given
from nbsolve.handout.paper import FONT_SIZE, Paper
from nbsolve.handout.sheets import Handout
from nbsolve.handout.typesetting import Sheet
from nbsolve.phrases import phrase
from nbsolve.render import latex
from nbsolve.render.typst import Piece
from nbsolve.render.typst_latex import from_latex, quoted
from nbsolve.render.typst_markdown import equation, escaped
from nbsolve.render.typst_width import math_width, words_width
from nbsolve.worked_derivation import Finding

__all__ = ["key", "tolerance"]

_PARTIAL = re.compile(r"\\frac\{\\partial (.+)\}\{\\partial (.+)\}")
_ARRANGEMENTS = (
    (1, 10.0),
    (1, 9.0),
    (2, 9.0),
    (2, 8.5),
    (2, 8.0),
    (2, 7.5),
    (3, 7.5),
    (2, 7.0),
    (3, 7.0),
    (4, 7.0),
)
"""Tables beside each other, and their font's size in points; the first that fits is taken."""
_ROW, _TALL_ROW, _HEAD, _BETWEEN = 1.66, 2.3, 2.2, 1.1
"""Heights of a row (with a fraction in it), of a header; the width between two columns; in the font's size."""
_RAGGED = 1.15
"""How much a broken formula takes beyond its width: lines do not come out even."""
_TAKEN = 62.0
"""What the margins, the title and the rule below the table take of the page, in millimetres."""


@dataclass(frozen=True, slots=True)
class _Cell:
    typst: str
    width: float
    latex: str


def key(handout: Handout) -> Sheet:
    """The key of one problem, always on one page."""
    worked = handout.worked
    several = len({getattr(entry, "iteration", None) for entry in worked.entries()}) > 1
    marks = {part.label: part.marks for part in worked.problem.parts if part.marks is not None}
    header = _header(several, bool(marks))
    rows: list[list[_Cell]] = []
    before = None
    for entry in worked.entries():
        new = entry.part != before
        before = entry.part
        row = [_words(entry.part or "") if new else _words("")]
        if several:
            row.append(_words(str(getattr(entry, "iteration", None) or "")))
        row += _finding(entry)
        if marks:
            given = marks.get(entry.part or "")
            row.append(_words(given.text if new and given is not None else ""))
        rows.append(row)
    if marks:
        total = _sum(marks.values())
        rows.append([_words(phrase("handout.total")), *[_words("")] * (len(header) - 2), _words(total)])
    pieces = _tables(header, rows, handout.paper, numeric=len(header) - (2 if not marks else 3))
    kind = phrase("handout.key")
    return handout.sheet(pieces, kind)


def tolerance(entry: Answer) -> str | None:
    """One unit of the last printed digit, written as it would be read; None where the answer is exact."""
    if entry.printed is None or entry.exact is None:
        return None
    try:
        printed, exact = Fraction(entry.printed), Fraction(entry.exact)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    if abs(printed - exact) <= abs(exact) * Fraction(1, 10**14):
        return None
    mantissa, _, exponent = entry.printed.lower().partition("e")
    decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
    if exponent:
        return f"1e{-decimals}"
    return "0." + "0" * (decimals - 1) + "1" if decimals > 0 else str(10**-decimals)


# ------------------------------------------------------------------ cells


def _header(several: bool, marks: bool) -> list[_Cell]:
    keys = ["answers.part", *(["handout.iteration"] if several else []), "answers.quantity", "answers.value"]
    keys += ["handout.tolerance", *(["handout.marks"] if marks else [])]
    # the bold letters of a header are wider
    words = [phrase(key) for key in keys]
    return [
        _Cell(f"strong({quoted(w)})", words_width(w) * 1.1, rf"\textbf{{{latex.escaped(w)}}}") for w in words
    ]


def _words(words: str) -> _Cell:
    return _Cell(quoted(words), words_width(words), latex.escaped(words))


def _formula(written: str) -> _Cell:
    slashed = _PARTIAL.fullmatch(written)
    written = rf"\partial {slashed[1]}/\partial {slashed[2]}" if slashed else written
    formula = from_latex(written)
    return _Cell(f"[{equation(formula.typst, formula.plain)}]", math_width(formula.typst), f"${written}$")


def _finding(entry: Answer | Finding) -> list[_Cell]:
    """Quantity, value, tolerance; of a result in letters the formula, which has no tolerance."""
    if isinstance(entry, Finding):
        return [_formula(entry.left_latex), _formula(entry.result_latex), _words("")]
    if entry.printed is None:
        return [_formula(entry.symbol), _formula(entry.latex or ""), _words("")]
    margin = tolerance(entry)
    within = _words(phrase("handout.exact")) if margin is None else _number(margin, "±")
    return [_formula(entry.symbol), _number(entry.printed), within]


def _number(text: str, sign: str = "") -> _Cell:
    mantissa, _, exponent = text.lower().partition("e")
    if not exponent:
        return _words(sign + text.replace("-", "−"))
    written = rf"{mantissa}\cdot 10^{{{int(exponent)}}}"
    formula = from_latex(written)
    body = f"{sign} {formula.typst}" if sign else formula.typst
    return _Cell(f"[{equation(body, sign + formula.plain)}]", math_width(body), f"{sign}${written}$")


def _sum(marks: Iterable[Given]) -> str:
    total = sum((Fraction(given.text) for given in marks), Fraction(0))
    return str(total) if total.denominator in (1, 3, 6, 7, 9) else f"{float(total):g}"


# ------------------------------------------------------------------ the page


@dataclass(frozen=True, slots=True)
class _Arrangement:
    """Tables beside each other in a font size (points), and which rows stand in each of them."""

    size: float
    widths: tuple[float, ...]
    columns: tuple[tuple[int, int], ...]

    @property
    def shown(self) -> int:
        return self.columns[-1][1] if self.columns else 0


def _tables(header: list[_Cell], rows: list[list[_Cell]], paper: Paper, numeric: int) -> list[Piece]:
    found: _Arrangement | None = None
    for count, size in _ARRANGEMENTS:
        tried = _arranged(header, rows, paper, numeric, count, size)
        if tried is not None and (found is None or tried.shown > found.shown):
            found = tried
        if found is not None and found.shown == len(rows):
            break
    assert found is not None  # one column always has room
    widths = ", ".join(f"{w + _BETWEEN:.2f}em" for w in found.widths)
    sides = ", ".join("right" if n >= numeric and not _wide(rows, n) else "left" for n in range(len(header)))
    tables = [
        f"data(({widths},), ({sides},), ({', '.join(c.typst for c in header)},), tight: true,\n"
        + "\n".join(", ".join(c.typst for c in row) + "," for row in rows[start:end])
        + "\n)"
        for start, end in found.columns
    ]
    about = "table of answers"
    typst = f"#beside({len(tables)}, {found.size}pt, {', '.join(tables)})"
    pieces = [Piece(typst, about, lambda: _latex_table(header, rows, numeric))]
    words = phrase("handout.tolerance_rule")
    pieces.append(
        Piece(f"#text(0.85em)[{escaped(words)}]", "rule of tolerances", lambda: latex.escaped(words))
    )
    if found.shown < len(rows):
        shortened = phrase("handout.key_shortened", shown=str(found.shown), count=str(len(rows)))
        said = "".join(
            f"#raw({quoted(part)})" if n % 2 else escaped(part) for n, part in enumerate(shortened.split("`"))
        )
        pieces.append(Piece(f"#text(0.85em)[{said}]", "what is left out"))
    return pieces


def _arranged(
    header: list[_Cell], rows: list[list[_Cell]], paper: Paper, numeric: int, count: int, size: float
) -> _Arrangement | None:
    """`count` tables beside each other, filled from the left; None where they are wider than the paper.

    A single table may be narrowed in its column of values, whose formulas then take several lines.
    """
    widths = [max(row[n].width for row in [header, *rows]) for n in range(len(header))]
    room = (paper.room * FONT_SIZE / size - (count - 1) * 1.2) / count - _BETWEEN * len(widths) - 0.2
    if sum(widths) > room:
        if count > 1:
            return None
        others = sum(width for n, width in enumerate(widths) if n != numeric)
        widths[numeric] = max(6.0, room - others)
    height = (paper.height - _TAKEN) * 72 / 25.4 / size - _HEAD
    columns: list[tuple[int, int]] = []
    start, filled = 0, 0.0
    for position, row in enumerate(rows):
        lines = (
            math.ceil(row[numeric].width / widths[numeric] * _RAGGED)
            if row[numeric].width > widths[numeric]
            else 1
        )
        needed = lines * (_TALL_ROW if "frac(" in row[numeric].typst else _ROW)
        if filled + needed > height:
            columns.append((start, position))
            start, filled = position, 0.0
            if len(columns) == count:
                return _Arrangement(size, tuple(widths), tuple(columns))
        filled += needed
    columns.append((start, len(rows)))
    return _Arrangement(size, tuple(widths), tuple(_even(columns, len(rows))))


def _even(columns: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    """Columns of one length, where all rows have found room."""
    length = -(-count // len(columns))
    return [(start, min(count, start + length)) for start in range(0, count, max(1, length))]


def _wide(rows: list[list[_Cell]], column: int) -> bool:
    return any("math.equation" in row[column].typst and row[column].width > 12 for row in rows)


def _latex_table(header: list[_Cell], rows: list[list[_Cell]], numeric: int) -> str:
    """The same as LaTeX, over as many pages as it takes."""
    sides = "".join("r" if n >= numeric else "l" for n in range(len(header)))
    lines = [" & ".join(cell.latex for cell in row) + r" \\" for row in (header, *rows)]
    return "\n".join(
        [rf"\begin{{tabular}}{{{sides}}}", lines[0], r"\hline", *lines[1:], r"\end{tabular}", ""]
    )
