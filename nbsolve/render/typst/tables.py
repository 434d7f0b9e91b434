r"""Tables of a formula in Typst: matrices, arrays with rules, cases, lines that are aligned."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nbsolve.authored.reading import Element
from nbsolve.render.typst.words import quoted, sign

__all__ = ["table", "tabled"]

Row = Callable[[Iterable[Element]], str]

_PAIRS = frozenset(["()", "[]", "{}", "||", "‖‖", "⟨⟩", "⌊⌋", "⌈⌉"])
_NULL = "\u2063"


def tabled(element: Element) -> bool:
    """Whether this is a table whose columns belong together: lines that are aligned."""
    return element.tag == "mtable" and element.get("displaystyle") == "true"


def table(element: Element, row: Row, fences: tuple[str, str] = ("", ""), whole: bool = False) -> str:
    """A table, with the brackets around it; `whole`: it is all that the formula consists of."""
    rows = [[*line] for line in element]
    under = ""
    if len(rows) > 1 and not any(len(cell) for cell in rows[-1]):
        # what a last \\ or \hline leaves behind
        under = rows[-1][0].get("style", "") if rows[-1] else ""
        rows.pop()
    cells = [[row(cell) for cell in line] for line in rows]
    if tabled(element):
        return _lines(rows, cells, whole, fences)
    if _NULL in fences and any("padding-left:1em" in cell.get("style", "") for line in rows for cell in line):
        return _cases(cells, fences)
    if _NULL in fences and any("padding-right: 0" in cell.get("style", "") for line in rows for cell in line):
        return _cases(cells, fences)
    if element.get("scriptlevel") == "1":
        return _fenced(
            f"script({_matrix(rows, cells, '', 'column-gap: #0.5em, row-gap: #0.25em, ')})", fences
        )
    left, right = fences
    if left + right in _PAIRS:
        return _matrix(rows, cells, left, _rules(element, rows, under))
    return _fenced(_matrix(rows, cells, "", _rules(element, rows, under)), fences)


def _fenced(inner: str, fences: tuple[str, str]) -> str:
    if fences == ("", ""):
        return inner
    left, right = ("" if fence == _NULL else sign(fence) for fence in fences)
    return f"lr({left} {inner} {right})"


def _matrix(rows: list[list[Element]], cells: list[list[str]], left: str, rules: str) -> str:
    delimiter = quoted(left) if left else "#none"
    width = max(map(len, cells))
    lines = []
    for line, written in zip(rows, cells, strict=True):
        shown = [_placed(cell, text) for cell, text in zip(line, written, strict=True)]
        lines.append(", ".join(shown + ['""'] * (width - len(shown))))
    return f"mat(delim: {delimiter}, {rules}{'; '.join(lines)})"


def _placed(cell: Element, text: str) -> str:
    """A cell on its side of the column: Typst aligns what stands before an & to the right, after it to the left."""
    style = cell.get("style", "")
    if "text-align: left" in style:
        return f'""&{text or _EMPTY}'
    return f"{text or _EMPTY} &" if "text-align: right" in style else text or _EMPTY


_EMPTY = '""'


def _rules(element: Element, rows: list[list[Element]], under: str) -> str:
    """The lines between the columns and rows of an array."""
    around = element.get("style", "")
    columns = [0] if "border-left" in around else []
    columns += [
        n + 1
        for n, cell in enumerate(sorted(rows, key=_length)[-1])
        if "border-right" in cell.get("style", "")
    ]
    lines = [0] if "border-top" in around else []
    lines += [n for n, line in enumerate(rows) if line and "border-top" in line[0].get("style", "")]
    lines += [len(rows)] if "border-top" in under else []
    if not columns and not lines:
        return ""
    dashed = "dashed" in "".join(cell.get("style", "") for line in rows for cell in line) + around + under
    stroke = ', stroke: (thickness: 0.05em, dash: "dashed")' if dashed else ""
    listed = [
        f"{name}: ({', '.join(map(str, places))},)"
        for name, places in (("vline", columns), ("hline", lines))
        if places
    ]
    return f"augment: #({', '.join(listed)}{stroke}), "


def _length(line: list[Element]) -> int:
    return len(line)


def _cases(cells: list[list[str]], fences: tuple[str, str]) -> str:
    lines = ", ".join(" & quad ".join(cell or _EMPTY for cell in line) for line in cells)
    bracket = fences[0] if fences[0] != _NULL else fences[1]
    reverse = "reverse: #true, " if fences[0] == _NULL else ""
    delimiter = "" if bracket in "{}" else f"delim: {quoted(bracket)}, "
    return f"cases({delimiter}{reverse}{lines})"


def _lines(rows: list[list[Element]], cells: list[list[str]], whole: bool, fences: tuple[str, str]) -> str:
    """Aligned or gathered lines: the lines of the formula, or where it goes on around them a table."""
    for line in cells:  # a gap before each further pair of columns
        line[2::2] = [f"quad {cell}" for cell in line[2::2]]
    centred = all(not cell.get("style") for line in rows for cell in line)
    if whole and not centred:
        return " \\ ".join(" & ".join(line) for line in cells)
    lines = "; ".join(" & ".join(f"display({cell or _EMPTY})" for cell in line) for line in cells)
    return _fenced(f"mat(delim: #none, row-gap: #0.6em, {lines})", fences)
