"""The key: one page with every asked quantity, its value, its tolerance and its marks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from nbsolve.answers import Answer
from nbsolve.authored.linear import linear
from nbsolve.authored.reading import read
from nbsolve.document import Derivation, Math, Paragraph, Result
from nbsolve.given import Given
from nbsolve.handout.paper import FONT_SIZE, Paper
from nbsolve.handout.sheets import Handout
from nbsolve.handout.tolerances import tolerance
from nbsolve.handout.typesetting import Sheet
from nbsolve.lost_digits import prints_as_nothing
from nbsolve.phrases import phrase
from nbsolve.problem.model import Problem
from nbsolve.render import latex, latex_math
from nbsolve.render.typst import Piece
from nbsolve.render.typst_markdown import equation, escaped
from nbsolve.render.typst_math import Formulas
from nbsolve.render.typst_tree import latex_to_typst
from nbsolve.render.typst_width import math_width, words_width
from nbsolve.render.typst_words import quoted
from nbsolve.schedule import has_several
from nbsolve.worked import WorkedSolution
from nbsolve.worked_derivation import Finding

__all__ = ["key"]

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
_ROW, _SCRIPT_ROW, _TALL_ROW, _HEAD, _BETWEEN = 1.4, 1.95, 2.8, 2.2, 1.1
"""Heights of rows (with scripts, with a fraction) and of the header; width between columns; in the font's size."""
_RAGGED = 1.15
"""How much a broken formula takes beyond its width: lines do not come out even."""
_BELOW = 0.85
"""The size of the new vectors and matrices below the table, in the font's size."""
_TAKEN = 62.0
"""What the margins, the title and the rule below the table take of the page, in millimetres."""


@dataclass(frozen=True, slots=True)
class _Cell:
    typst: str
    width: float
    latex: str


def key(handout: Handout) -> Sheet:
    """The key of one problem, always on one page."""
    entries: list[Answer | Finding] = list(handout.worked.entries())
    problem = handout.worked.problem
    several = isinstance(problem, Problem) and has_several(problem) and not problem.symbolic
    numeric = any(isinstance(entry, Answer) and entry.printed is not None for entry in entries)
    marks = {part.label: part.marks for part in handout.worked.problem.parts if part.marks is not None}
    keys = ["answers.part", *(["handout.iteration"] if several else []), "answers.quantity", "answers.value"]
    keys += [*(["handout.tolerance"] if numeric else []), *(["handout.marks"] if marks else [])]
    rows: list[list[_Cell]] = []
    before = None
    for entry in entries:
        new = entry.part != before
        before = entry.part
        row = [_words(entry.part or "") if new else _words("")]
        if several:
            row.append(_words(str(getattr(entry, "iteration", None) or "")))
        row += _finding(entry)[: 3 if numeric else 2]
        if marks:
            given = marks.get(entry.part or "")
            row.append(_words(given.text if new and given is not None else ""))
        rows.append(row)
    if marks:
        rows.append(
            [_words(phrase("handout.total")), *[_words("")] * (len(keys) - 2), _words(_sum(marks.values()))]
        )
    rules = " ".join(_rules(entries)) if numeric else ""
    table = _Table([_bold(phrase(key)) for key in keys], rows, keys.index("answers.value"), numeric, rules)
    below = list(_new_parameters(handout))
    return handout.sheet(_pieces(table, handout.paper, below), phrase("handout.key"))


def _new_parameters(handout: Handout) -> Iterator[list[_Cell]]:
    """The new vectors and matrices, where they are asked for: a list for each iteration."""
    if not isinstance(handout.worked, WorkedSolution):
        return
    document = handout.worked.new_parameters()
    formulas, title = Formulas(document.names), []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            title = [_words(f"{block.text[0]} ")]
        if not isinstance(block, Derivation):
            continue
        cells: list[_Cell] = []
        for line in block.lines:
            assert line.left is not None
            ((relation, right),) = line.parts
            whole = Math(line.left, relation, right.value if isinstance(right, Result) else right)
            typst, plain = formulas.inline(whole)
            written = f"${latex_math.inline(whole, document.names)}$"
            cells.append(_Cell(f"[{equation(typst, plain)}]", _width(typst), written))
        yield [*title, *cells]


def _rules(entries: Iterable[Answer | Finding]) -> Iterator[str]:
    """Yield the sentences that explain the tolerances of a key."""
    yield phrase("handout.tolerance_rule")
    if any(isinstance(entry, Answer) and prints_as_nothing(entry) for entry in entries):
        yield phrase("handout.tolerance_of_nothing")


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows under a header; `value` is the column of values, from which on numbers stand at the right."""

    header: list[_Cell]
    rows: list[list[_Cell]]
    value: int
    numeric: bool
    rules: str

    def right(self, column: int) -> bool:
        return column > self.value or (column == self.value and self.numeric)


# ------------------------------------------------------------------ cells


def _bold(words: str) -> _Cell:
    return _Cell(f"strong({quoted(words)})", words_width(words) * 1.1, rf"\textbf{{{latex.escaped(words)}}}")


def _words(words: str) -> _Cell:
    return _Cell(quoted(words), words_width(words), latex.escaped(words))


def _width(typst: str) -> float:
    """The width of a formula, with something to spare: one too wide for its cell by a hair would be broken."""
    return math_width(typst) * 1.05 + 0.3


def _formula(written: str) -> _Cell:
    slashed = _PARTIAL.fullmatch(written)
    written = rf"\partial {slashed[1]}/\partial {slashed[2]}" if slashed else written
    typst, plain = latex_to_typst(written), linear(read(written).tree)
    return _Cell(f"[{equation(typst, plain)}]", _width(typst), f"${written}$")


def _finding(entry: Answer | Finding) -> list[_Cell]:
    """Quantity, value, tolerance; of a result in letters the formula, which has no tolerance."""
    if isinstance(entry, Finding):
        return [_formula(entry.left_latex), _formula(entry.result_latex), _words("")]
    if entry.printed is None:
        return [_formula(entry.symbol), _formula(entry.latex or ""), _words("")]
    margin = tolerance(entry)
    within = _words(phrase("handout.exact")) if margin is None else _number(margin.within, "±")
    value = _number(entry.printed)
    if margin is not None and margin.near is not None:
        value = _beside(_number(margin.near), value)
    return [_formula(entry.symbol), value, within]


def _beside(near: _Cell, printed: _Cell) -> _Cell:
    """The value itself in brackets before the 0 that is printed for it."""
    typst = f"[({_content(near)}) {_content(printed)}]"
    return _Cell(typst, near.width + printed.width + 1.1, f"({near.latex}) {printed.latex}")


def _content(cell: _Cell) -> str:
    """A cell as markup."""
    return cell.typst[1:-1] if cell.typst.startswith("[") else f"#{cell.typst}"


def _number(text: str, sign: str = "") -> _Cell:
    mantissa, _, exponent = text.lower().partition("e")
    if not exponent:
        return _words(sign + text.replace("-", "−"))
    written = rf"{mantissa}\cdot 10^{{{int(exponent)}}}"
    typst, plain = latex_to_typst(written), linear(read(written).tree)
    body = f"{sign} {typst}" if sign else typst
    return _Cell(f"[{equation(body, sign + plain)}]", _width(body), f"{sign}${written}$")


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


def _pieces(table: _Table, paper: Paper, below: Sequence[Sequence[_Cell]]) -> list[Piece]:
    found: _Arrangement | None = None
    taken = _TAKEN + _below_height(below, paper) * FONT_SIZE * 25.4 / 72
    for count, size in _ARRANGEMENTS:
        tried = _arranged(table, paper, count, size, taken)
        if tried is not None and (found is None or tried.shown > found.shown):
            found = tried
        if found is not None and found.shown == len(table.rows):
            break
    assert found is not None  # one column always has room
    widths = ", ".join(f"{w + _BETWEEN:.2f}em" for w in found.widths)
    sides = ", ".join("right" if table.right(n) else "left" for n in range(len(table.header)))
    tables = [
        f"data(({widths},), ({sides},), ({', '.join(c.typst for c in table.header)},), tight: true,\n"
        + "\n".join(", ".join(c.typst for c in row) + "," for row in table.rows[start:end])
        + "\n)"
        for start, end in found.columns
    ]
    typst = f"#beside({len(tables)}, {found.size}pt, {', '.join(tables)})"
    pieces = [Piece(typst, "table of answers", lambda: _latex_table(table))]
    for cells in below:
        said = " #h(1em) ".join(
            f"#box{c.typst if c.typst.startswith('[') else f'({c.typst})'}" for c in cells
        )
        written = r" \quad ".join(cell.latex for cell in cells)
        piece = Piece(
            f"#text({_BELOW}em, par(justify: false)[{said}])", "new parameters", partial(str, written)
        )
        pieces.append(piece)
    if table.rules:
        pieces.append(
            Piece(_small(table.rules), "rule of tolerances", lambda: latex.escaped(table.rules) + "\n")
        )
    if found.shown < len(table.rows):
        shortened = phrase("handout.key_shortened", shown=str(found.shown), count=str(len(table.rows)))
        pieces.append(Piece(_small(shortened), "what is left out"))
    return pieces


def _small(words: str) -> str:
    said = "".join(f"#raw({quoted(p)})" if n % 2 else escaped(p) for n, p in enumerate(words.split("`")))
    return f"#text(0.85em)[{said}]"


def _below_height(below: Sequence[Sequence[_Cell]], paper: Paper) -> float:
    """What the new vectors and matrices take below the table, in the font's size."""
    height = 0.0
    for cells in below:
        filled, row = math.inf, 0.0
        for cell in cells:
            width = (cell.width + 1) * _BELOW
            if filled + width > paper.room:
                height, filled, row = height + row, 0.0, 0.0
            filled += width
            row = max(row, 0.6 + 0.8 * (1 + cell.typst.count("; ")))
        height += row + 0.3
    return height


def _arranged(table: _Table, paper: Paper, count: int, size: float, taken: float) -> _Arrangement | None:
    """`count` tables beside each other, filled from the left; None where they are wider than the paper.

    A single table may be narrowed in its column of values, whose formulae then take several lines.
    """
    rows, value = table.rows, table.value
    widths = [max(row[n].width for row in [table.header, *rows]) for n in range(len(table.header))]
    room = (paper.room * FONT_SIZE / size - (count - 1) * 1.2) / count - _BETWEEN * len(widths) - 0.2
    if sum(widths) > room:
        if count > 1:
            return None
        widths[value] = max(6.0, room - sum(width for n, width in enumerate(widths) if n != value))
    height = (paper.height - taken) * 72 / 25.4 / size - _HEAD
    columns: list[tuple[int, int]] = []
    start, filled = 0, 0.0
    for position, row in enumerate(rows):
        lines = 1
        if row[value].width > widths[value]:
            lines = math.ceil(row[value].width / widths[value] * _RAGGED)
        needed = lines * _height(row)
        if filled + needed > height:
            columns.append((start, position))
            start, filled = position, 0.0
            if len(columns) == count:
                return _Arrangement(size, tuple(widths), tuple(columns))
        filled += needed
    return _Arrangement(size, tuple(widths), tuple(_even(len(columns) + 1, len(rows))))


def _height(row: list[_Cell]) -> float:
    written = "".join(cell.typst for cell in row)
    if any(tall in written for tall in ("frac(", "cases(", "∑", "bracket.l")):
        return _TALL_ROW
    return _SCRIPT_ROW if "^(" in written else _ROW


def _even(columns: int, count: int) -> list[tuple[int, int]]:
    """Columns of one length, where all rows have found room."""
    length = max(1, -(-count // columns))
    return [(start, min(count, start + length)) for start in range(0, count, length)]


def _latex_table(table: _Table) -> str:
    """A table of the key as LaTeX, over as many pages as it takes."""
    sides = "".join("r" if table.right(n) else "l" for n in range(len(table.header)))
    lines = [" & ".join(cell.latex for cell in row) + r" \\" for row in (table.header, *table.rows)]
    return "\n".join(
        [rf"\begin{{tabular}}{{{sides}}}", lines[0], r"\hline", *lines[1:], r"\end{tabular}", ""]
    )
