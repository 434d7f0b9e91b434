"""Derivations in Typst: chains aligned at their relations, broken at operators where the paper ends.

Where a line may be broken is the same as on the screen (`breaking`). Which pieces share a line is decided here, by
an upper bound of their widths: lines are as even as may be, and one that goes on with a factor begins with a dot.

Typst could lay the pieces out itself, each an equation in a paragraph. That was tried: the sheets of all problems
took between two and three times as long, since pieces have to be measured before they are set, and columns measure
them again; its paragraphs leave single factors on their last lines; and a box of several lines has its baseline at
the first one, so that what follows a long bracket would stand beside its beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbsolve.document import Derivation, Line, Result
from nbsolve.render.circled import circled
from nbsolve.render.typst.math import CIRCLES, Formulas
from nbsolve.render.typst.pieces import pieces
from nbsolve.render.typst.width import math_width
from nbsolve.render.typst.words import quoted

__all__ = ["Chain", "abreast", "chains", "derivation", "filled"]

STEP = 1.4
"""How far displayed mathematics stands in, in the font's size (`step` in handout.typ)."""
_FURTHER = 2.0
_GAP = 1.6
_SAFETY = 1.02
_MOST_LINES = 20
"""Longer chains may go on on the next page."""
_FEW_LINES = 4
"""No page parts the last two chains of a derivation where they have no more lines."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: each relation with its right side, what stands at the line's end, its linear form."""

    groups: tuple[str, ...]
    tail: str
    plain: str


@dataclass(frozen=True, slots=True)
class Chain:
    """`left = … = …`: the lines that belong to one left side."""

    left: str
    plain: str
    rows: tuple[Row, ...]

    @property
    def linear(self) -> str:
        """The chain as it is read aloud, one line of it a line."""
        first, *rest = self.rows
        return "\n".join([f"{self.plain} {first.plain}".strip(), *(row.plain for row in rest)])


def derivation(block: Derivation, formulas: Formulas, room: float) -> Iterator[str]:
    """Calls of `chain` (handout.typ), one a chain; `room` is the width of the text in the font's size."""
    found = list(chains(block, formulas))
    margin = round(max(math_width(chain.left) for chain in found) * _SAFETY + 0.05, 2) if found else 0.0
    for position, chain in enumerate(found):
        lines = [line for row in chain.rows for line in _lines(row, room - STEP - margin - 0.4)]
        widest = STEP + margin + max(_width(line) for line in lines)
        smaller = f", smaller: {room / widest:.3f}" if widest > room else ""
        if len(lines) > _MOST_LINES:
            smaller += ", long: true"
        if position == len(found) - 2 and len(lines) + len(found[-1].rows) <= _FEW_LINES:
            smaller += ", last-but-one: true"
        rows = " \\ ".join(f"& {line}" for line in lines)
        left = f"#lhs({margin}em, $display({chain.left})$) " if chain.left else ""
        yield f"#chain({quoted(chain.linear)}{smaller}, $ {left}{rows} $)"


_COLUMN_GAP = 2.0
"""Between chains that stand abreast (`abreast` in handout.typ), in the font's size."""


def abreast(block: Derivation, formulas: Formulas, room: float) -> Iterator[str]:
    """Chains of one line each, four or two beside each other where there is room for them."""
    found = list(chains(block, formulas))
    if all(len(chain.rows) == 1 and not chain.rows[0].tail for chain in found):
        calls = [call for chain in found for call in _alone(chain)]
        widths = [_width_of(chain) for chain in found]
        for count in (4, 2):
            columns = [max(widths[n::count], default=0.0) for n in range(count)]
            if len(found) >= count and sum(columns) + (count - 1) * _COLUMN_GAP <= room:
                cells = ", ".join(call.removeprefix("#") for call in calls)
                yield f"#abreast({count}, {cells})"
                return
    yield from derivation(block, formulas, room)


def _width_of(chain: Chain) -> float:
    (row,) = chain.rows
    right = " ".join(row.groups)
    return STEP + math_width(chain.left) * _SAFETY + 0.45 + _width(right)


def _alone(chain: Chain) -> Iterator[str]:
    margin = round(math_width(chain.left) * _SAFETY + 0.05, 2)
    (row,) = chain.rows
    right = " ".join(row.groups)
    left = f"#lhs({margin}em, $display({chain.left})$) " if chain.left else ""
    yield f"#chain({quoted(chain.linear)}, $ {left}& {right} $)"


def chains(block: Derivation, formulas: Formulas) -> Iterator[Chain]:
    """The chains of a derivation, each with its lines."""
    left, said = "", ""
    rows: list[Row] = []
    for line in block.lines:
        if line.left is not None:
            if rows:
                yield Chain(left, said, tuple(rows))
            left, said = formulas.both(line.left)
            rows = []
        rows.append(_row(line, formulas))
    if rows:
        yield Chain(left, said, tuple(rows))


def _row(line: Line, formulas: Formulas) -> Row:
    groups: list[str] = []
    said: list[str] = []
    for relation, right in line.parts:
        boxed = isinstance(right, Result) and right.boxed
        written, plain = formulas.both(right.value if isinstance(right, Result) else right)
        sign = formulas.typst.relation(relation)
        groups.append(f"{sign} #boxed($display({written})$)" if boxed else f"{sign} {written}")
        said.append(f"{formulas.linear.relation(relation)} " + (f"[ {plain} ]" if boxed else plain))
    tail: list[str] = []
    aside: list[str] = []
    if line.tag is not None:
        tail.append(quoted(circled(line.tag, CIRCLES)))
        aside.append(circled(line.tag, CIRCLES))
    if line.note:
        words, plain = formulas.note(line.note)
        tail.append(words)
        aside.append(plain)
    # the dash parts what stands at the line's end from the formula, to the ear too
    spoken = " ".join(said) + (f" — {' '.join(aside)}" if aside else "")
    return Row(tuple(groups), " quad ".join(tail), spoken)


# ------------------------------------------------------------------ breaking


def _width(line: str) -> float:
    return math_width(line) * _SAFETY


def _lines(row: Row, room: float) -> list[str]:
    """The row on as many lines as it needs: whole, or each relation on its own, or broken at operators too."""
    whole = " ".join(row.groups)
    if _width(whole) <= room:
        lines = [whole]
    else:
        lines = [line for group in _merged(row.groups, room) for line in filled(group, room)]
    if not row.tail:
        return lines
    last = f"{lines[-1]} #h({_GAP}em) {row.tail}"
    if _width(last) <= room:
        return [*lines[:-1], last]
    return [*lines, *(f"#h({_FURTHER}em) {part}" for part in _broken(row.tail, room - _FURTHER))]


_IN_WORDS = re.compile(r' (?=[^"]*"(?:[^"]*"[^"]*")*[^"]*$)')


def _broken(tail: str, room: float) -> Iterator[str]:
    """What stands at a line's end, on as many lines as its words need."""
    while _width(tail) > room:
        ends = [space.start() for space in _IN_WORDS.finditer(tail)]
        end = next((end for end in reversed(ends) if _width(f'{tail[:end]}"') <= room), None)
        if end is None or not tail[:end].strip('" '):
            break
        yield f'{tail[:end]}"'
        tail = f'"{tail[end + 1 :]}'
    yield tail


def _merged(groups: Sequence[str], room: float) -> Iterator[str]:
    """Right sides that fit beside each other stay on one line."""
    current = ""
    for group in groups:
        together = f"{current} {group}".lstrip()
        if current and _width(together) > room:
            yield current
            current = group
        else:
            current = together
    yield current


def filled(formula: str, room: float) -> list[str]:
    """A formula on as few lines as will do, and these as even as may be."""
    if _width(formula) <= room:
        return [formula]
    found = pieces(formula, (room - _FURTHER) / _SAFETY)
    widths = [_width(piece) for piece in found]
    lines = _greedy(widths, room)
    if len(lines) > 1:
        # the narrowest column that needs no more lines leaves no lonely factor on the last one
        low, high = max(widths), room
        for _ in range(12):
            middle = (low + high) / 2
            if len(_greedy(widths, middle)) > len(lines):
                low = middle
            else:
                high = middle
        lines = _greedy(widths, high)
    (start, end), *rest = lines
    return [
        " ".join(found[start:end]),
        *(f"#h({_FURTHER}em) {_continued(found, start, end)}" for start, end in rest),
    ]


def _greedy(widths: Sequence[float], room: float) -> list[tuple[int, int]]:
    lines: list[tuple[int, int]] = []
    start, filled = 0, 0.0
    for position, width in enumerate(widths):
        most = room - (_FURTHER if lines else 0.0)
        if position > start and filled + width > most:
            lines.append((start, position))
            start, filled = position, 0.0
        filled += width
    return [*lines, (start, len(widths))]


def _continued(found: Sequence[str], start: int, end: int) -> str:
    """A line that goes on: it begins with its operator, a product with a visible one."""
    first, *rest = found[start:end]
    return " ".join(['""', re.sub(r"^thin\b", "dot.c", first), *rest])
