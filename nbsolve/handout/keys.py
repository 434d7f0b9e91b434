"""The key: one page with every asked quantity, its value, its tolerance and its marks."""

from __future__ import annotations

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

__all__ = ["key", "tolerance"]

_PARTIAL = re.compile(r"\\frac\{\\partial (.+)\}\{\\partial (.+)\}")
_ARRANGEMENTS = ((1, 10.0), (1, 9.0), (2, 9.0), (2, 8.5), (2, 8.0), (2, 7.5), (3, 7.5), (2, 7.0), (3, 7.0), (4, 7.0))
"""Tables beside each other, and their font's size in points; the first that fits is taken."""
_ROW, _HEAD, _BETWEEN = 1.66, 2.2, 1.1
"""Heights of a row and of a header, and the width between two columns, in the font's size."""
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
    return Sheet(
        handout.title, pieces, f"{handout.title} · {kind}", kind, (), None, handout.course, handout.paper
    )


def tolerance(entry: Answer) -> str | None:
    """One unit of the last printed digit, written as it would be read; None where the answer is exact."""
    try:
        printed = Fraction(entry.printed)
        exact = Fraction(entry.exact)
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
    return [_Cell(f"strong({quoted(w)})", words_width(w) * 1.1, rf"\textbf{{{latex.escaped(w)}}}") for w in words]


def _words(words: str) -> _Cell:
    return _Cell(quoted(words), words_width(words), latex.escaped(words))


def _formula(written: str) -> _Cell:
    slashed = _PARTIAL.fullmatch(written)
    written = rf"\partial {slashed[1]}/\partial {slashed[2]}" if slashed else written
    formula = from_latex(written)
    return _Cell(f"[{equation(formula.typst, formula.plain)}]", math_width(formula.typst), f"${written}$")


def _finding(entry: object) -> list[_Cell]:
    """Quantity, value, tolerance; of a result in letters the formula, which has no tolerance."""
    if not isinstance(entry, Answer):
        left, result = getattr(entry, "left_latex", ""), getattr(entry, "result_latex", "")
        return [_formula(left), _formula(result), _words("")]
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


def _tables(header: list[_Cell], rows: list[list[_Cell]], paper: Paper, numeric: int) -> list[Piece]:
    widths = [max(row[n].width for row in [header, *rows]) for n in range(len(header))]
    width = sum(widths) + _BETWEEN * len(widths) + 0.2
    height = paper.height - _TAKEN
    room = paper.room * FONT_SIZE
    for count, size in _ARRANGEMENTS:
        fits = count * width * size + (count - 1) * 1.2 * size <= room
        most = int((height * 72 / 25.4 / size - _HEAD) / _ROW)
        if fits and most * count >= len(rows):
            break
    else:
        count, size = next(
            ((n, s) for n, s in reversed(_ARRANGEMENTS) if n * width * s + (n - 1) * 1.2 * s <= room),
            (1, min(7.0, room / width)),
        )
        most = int((height * 72 / 25.4 / size - _HEAD) / _ROW)
    shown = rows[: most * count]
    length = -(-len(shown) // count)
    columns = ", ".join(f"{w + _BETWEEN:.2f}em" for w in widths)
    sides = ", ".join("right" if n >= numeric else "left" for n in range(len(header)))
    parts = [
        f"data(({columns},), ({sides},), ({', '.join(c.typst for c in header)},), tight: true,\n"
        + "\n".join(", ".join(c.typst for c in row) + "," for row in shown[start : start + length])
        + "\n)"
        for start in range(0, len(shown), max(1, length))
    ]
    pieces = [Piece(f"#beside({count}, {size}pt, {', '.join(parts)})", "table of answers", lambda: _latex_table(header, rows, numeric))]
    words = phrase("handout.tolerance_rule")
    pieces.append(Piece(f"#text(0.85em)[{escaped(words)}]", "rule of tolerances", lambda: latex.escaped(words)))
    if len(shown) < len(rows):
        shortened = phrase("handout.key_shortened", shown=str(len(shown)), count=str(len(rows)))
        command = shortened.split("`")
        said = "".join(f"#raw({quoted(p)})" if n % 2 else escaped(p) for n, p in enumerate(command))
        pieces.append(Piece(f"#text(0.85em)[{said}]", "what is left out"))
    return pieces



def _latex_table(header: list[_Cell], rows: list[list[_Cell]], numeric: int) -> str:
    """The same as LaTeX, over as many pages as it takes."""
    sides = "".join("r" if n >= numeric else "l" for n in range(len(header)))
    lines = [" & ".join(cell.latex for cell in row) + r" \\" for row in (header, *rows)]
    return "\n".join([rf"\begin{{tabular}}{{{sides}}}", lines[0], r"\hline", *lines[1:], r"\end{tabular}", ""])
