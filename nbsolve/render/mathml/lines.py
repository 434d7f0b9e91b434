"""Derivations for the site: left side, relation, and pieces that a browser sets on as many lines as need be."""

from __future__ import annotations

import re
from html import escape
from math import inf

from nbsolve.document import Derivation, Line, Mark, Math, Result, Text
from nbsolve.expr import Atom, Expr, Quantity, atoms
from nbsolve.notation import Names
from nbsolve.render.mathml.formulas import inline, mark, printer
from nbsolve.render.mathml.pieces import ROOM, pieces, whole
from nbsolve.render.mathml.width import width
from nbsolve.render.printer import Printer
from nbsolve.symbol import Index, Partial, Symbol, canonical

__all__ = ["derivation"]

_ITERATION = re.compile(r"it(\d+)-")
"""How the anchors of what is found in an iteration begin."""
_RELATION = 1.3
_ALONE = '<mo lspace="0.278em" rspace="0">'
"""A relation before a box, which keeps the distance on its side; Firefox leaves none beside one that is alone."""
_NEAR, _PHONE = 3.8, 14.0
"""The width of a left side beside which a phone has room for any right one, and of all of what it has room for."""


def derivation(block: Derivation, names: Names) -> str:
    """A grid: `left` and `right` of each line; `long-left` where left sides take too much of a phone's width."""
    p = printer(names)
    left = max((width(p.print(line.left)) for line in block.lines if line.left is not None), default=0.0)
    long = left > _NEAR and left + max(_right_width(line, p) for line in block.lines) > _PHONE
    rows = "".join(_row(line, p, names) for line in block.lines)
    iteration = next((found[1] for one in block.anchors if (found := _ITERATION.match(one))), None)
    moment = f' data-iteration="{iteration}"' if iteration else ""
    return f'<div class="nbsolve-math{" long-left" if long else ""}"{moment}>{rows}</div>'


def _row(line: Line, p: Printer, names: Names) -> str:
    left = (
        ""
        if line.left is None
        else f'<div class="left"{_found(line.left)}>{pieces(p.print(line.left), True)}</div>'
    )
    parts = [_part(p.relation(relation), right, p) for relation, right in line.parts]
    right = "<wbr>".join(f'<span class="part">{part}</span>' if len(parts) > 1 else part for part in parts)
    return f'{left}<div class="right"{_used(line)}>{right}{_tail(line, names)}</div>'


def _right_width(line: Line, p: Printer) -> float:
    """How wide the relations and right sides are; endless with words at the end of the line."""
    if line.note or line.tag is not None:
        return inf
    sides = [right.value if isinstance(right, Result) else right for _, right in line.parts]
    return sum(width(p.print(side)) + _RELATION for side in sides)


def _found(left: Expr) -> str:
    """What the lines from here on find: its canonical name, and its sample in a batch."""
    if not isinstance(left, Quantity) or not _is_single(left.atom):
        return ""
    sample = "" if left.atom.sample is None else f' data-sample="{left.atom.sample}"'
    return f' data-finds="{canonical(left.atom)}"{sample}'


def _used(line: Line) -> str:
    """The canonical names of what the line is made of."""
    sides = [right.value if isinstance(right, Result) else right for _, right in line.parts]
    used = dict.fromkeys(canonical(atom) for side in sides for atom in atoms(side) if _is_single(atom))
    return f' data-uses="{" ".join(used)}"' if used else ""


def _is_single(atom: Atom) -> bool:
    """Whether it is one quantity, or an array of them, and not what a general formula says of any unit."""
    symbols: tuple[Symbol, ...] = (atom.of, atom.wrt) if isinstance(atom, Partial) else (atom,)
    return not any(isinstance(place, Index) for each in symbols for place in (each.to, each.from_))


def _part(relation: str, right: Expr | Result, p: Printer) -> str:
    if not isinstance(right, Result):
        return pieces(f" {relation} {p.print(right)}", True)
    value = p.print(right.value)
    if not right.boxed:
        return pieces(f" {relation} {value}", True)
    if width(value) <= ROOM:
        return whole(f'{relation}<mrow class="boxed">{value}</mrow>', True)
    sign = whole(relation.replace("<mo>", _ALONE), True)
    return f'<span class="answer">{sign}<span class="boxed">{pieces(value, True)}</span></span>'


def _tail(line: Line, names: Names) -> str:
    """What stands at the end of a line: its number, and a note."""
    number = (
        ""
        if line.tag is None
        else f'<span class="number">{mark(line.tag).replace("data-mark", "data-marks")}</span>'
    )
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
