"""The cells of a key: words, symbols, numbers and formulae, each with the width it needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbsolve.asking.answers import Answer
from nbsolve.authored.linear import linear
from nbsolve.authored.reading import read
from nbsolve.handout.tolerances import tolerance
from nbsolve.phrases import phrase
from nbsolve.render import latex
from nbsolve.render.typst.lines import filled
from nbsolve.render.typst.markdown import equation
from nbsolve.render.typst.tree import latex_to_typst
from nbsolve.render.typst.width import math_width, words_width
from nbsolve.render.typst.words import quoted
from nbsolve.worked.page import Finding

__all__ = [
    "Cell",
    "bold_cell",
    "displayed",
    "formula_width",
    "on_lines",
    "result_cells",
    "words_cell",
]

_PARTIAL = re.compile(r"\\frac\{\\partial (.+)\}\{\\partial (.+)\}")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: Typst, the width it needs, LaTeX; of a formula what it consists of and how it is read aloud."""

    typst: str
    width: float
    latex: str
    formula: str = ""
    plain: str = ""

    def within(self, room: float) -> str:
        """The text's Typst in a column of this width: a formula goes on on the next line, as in a derivation."""
        if not self.formula or self.width <= room:
            return self.typst
        return f"[{on_lines(self.formula, self.plain, room)}]"


def displayed(typst: str, plain: str) -> str:
    """A formula in a line, its fractions and matrices as large as in a derivation."""
    return equation(f"display({typst})", plain)


def on_lines(typst: str, plain: str, room: float) -> str:
    """A formula on lines of its own."""
    lines = " \\ ".join(f"& {line}" for line in filled(typst, room))
    return f"#math.equation(block: true, alt: {quoted(plain)}, $ {lines} $)"


def bold_cell(words: str) -> Cell:
    """Words in bold type."""
    return Cell(f"strong({quoted(words)})", words_width(words) * 1.2, rf"\textbf{{{latex.escaped(words)}}}")


def words_cell(words: str) -> Cell:
    """Words."""
    return Cell(quoted(words), words_width(words), latex.escaped(words))


def formula_width(typst: str) -> float:
    """The width of a formula, with something to spare: one too wide for its cell by a hair would be broken."""
    return math_width(typst) * 1.05 + 0.3


def _symbol(written: str) -> Cell:
    """What an answer is called, a derivative on one line."""
    slashed = _PARTIAL.fullmatch(written)
    return _formula(rf"\partial {slashed[1]}/\partial {slashed[2]}" if slashed else written)


def _formula(written: str) -> Cell:
    typst, plain = latex_to_typst(written), linear(read(written).tree)
    return Cell(f"[{displayed(typst, plain)}]", formula_width(typst), f"${written}$", typst, plain)


def result_cells(entry: Answer | Finding) -> list[Cell]:
    """Quantity, value, tolerance; of a result in letters the formula, which has no tolerance."""
    if isinstance(entry, Finding):
        return [_symbol(entry.left_latex), _formula(entry.result_latex), words_cell("")]
    if entry.printed is None:
        return [_symbol(entry.symbol), _formula(entry.latex or ""), words_cell("")]
    margin = tolerance(entry)
    within = words_cell(phrase("handout.exact")) if margin is None else _number(margin.within, "±")
    value = _number(entry.printed)
    if margin is not None and margin.near is not None:
        value = _beside(_number(margin.near), value)
    return [_symbol(entry.symbol), value, within]


def _beside(near: Cell, printed: Cell) -> Cell:
    """The value itself in brackets before the 0 that is printed for it."""
    typst = f"[({_content(near)}) {_content(printed)}]"
    return Cell(typst, near.width + printed.width + 1.1, f"({near.latex}) {printed.latex}")


def _content(cell: Cell) -> str:
    """A cell as markup."""
    return cell.typst[1:-1] if cell.typst.startswith("[") else f"#{cell.typst}"


def _number(text: str, sign: str = "") -> Cell:
    mantissa, _, exponent = text.lower().partition("e")
    if not exponent:
        return words_cell(sign + text.replace("-", "−"))
    written = rf"{mantissa}\cdot 10^{{{int(exponent)}}}"
    typst, plain = latex_to_typst(written), linear(read(written).tree)
    body = f"{sign} {typst}" if sign else typst
    return Cell(f"[{equation(body, sign + plain)}]", formula_width(body), f"{sign}${written}$")
