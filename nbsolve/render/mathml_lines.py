"""Derivations for the site: a left side, a relation, and pieces that the browser sets on as many lines as it needs."""

from __future__ import annotations

from html import escape

from nbsolve.document import Derivation, Line, Mark, Math, Result, Text
from nbsolve.expr import Expr
from nbsolve.notation import Names
from nbsolve.render.mathml import inline, mark, printer
from nbsolve.render.mathml_pieces import pieces, whole
from nbsolve.render.printer import Printer

__all__ = ["derivation"]


def derivation(block: Derivation, names: Names) -> str:
    """The rows of a grid: `left` and `right` of each line."""
    p = printer(names)
    return "".join(_row(line, p, names) for line in block.lines)


def _row(line: Line, p: Printer, names: Names) -> str:
    left = "" if line.left is None else f'<div class="left">{pieces(p.print(line.left), True)}</div>'
    parts = [_part(p.relation(relation), right, p) for relation, right in line.parts]
    right = "<wbr>".join(f'<span class="part">{part}</span>' if len(parts) > 1 else part for part in parts)
    return f'{left}<div class="right">{right}{_tail(line, names)}</div>'


def _part(relation: str, right: Expr | Result, p: Printer) -> str:
    if not isinstance(right, Result):
        return pieces(f" {relation} {p.print(right)}", True)
    value = p.print(right.value)
    return whole(f'{relation}<mrow class="boxed">{value}</mrow>', True) if right.boxed else pieces(f" {relation} {value}", True)


def _tail(line: Line, names: Names) -> str:
    """What stands at the end of a line: its number, and a note."""
    number = "" if line.tag is None else f'<span class="number">{mark(line.tag).replace("data-mark", "data-marks")}</span>'
    note = f'<span class="note">{_note(line.note, names)}</span>' if line.note else ""
    return f' <span class="tail">{number}{note}</span>' if number or note else ""


def _note(text: Text, names: Names) -> str:
    """Words with mathematics between. Raises TypeError for anything else."""
    found = []
    for part in text:
        if isinstance(part, Math):
            found.append(pieces(inline(part, names), False))
        elif isinstance(part, Mark):
            found.append(mark(part.number))
        elif isinstance(part, str):
            found.append(escape(part, quote=False))
        else:
            raise TypeError(f"{type(part).__name__} cannot stand in a note")
    return "".join(found)
