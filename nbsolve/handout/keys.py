"""The key: the answers, kind by kind, each with its value and tolerance, and the marks for method and values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import groupby

from nbsolve.asking.answers import Answer
from nbsolve.asking.lost_digits import prints_as_nothing
from nbsolve.document import Derivation, Math, Paragraph, Result
from nbsolve.expr import Quantity
from nbsolve.handout.key_cells import (
    Cell,
    bold_cell,
    displayed,
    formula_width,
    on_lines,
    result_cells,
    words_cell,
)
from nbsolve.handout.marking import Group, groups_of, written
from nbsolve.handout.sheets import Handout
from nbsolve.handout.typesetting import Sheet
from nbsolve.phrases import phrase
from nbsolve.render import latex, latex_math
from nbsolve.render.typst.document import Piece
from nbsolve.render.typst.markdown import escaped
from nbsolve.render.typst.math import Formulas
from nbsolve.render.typst.width import words_width
from nbsolve.render.typst.words import quoted, short_label
from nbsolve.worked.network import WorkedSolution
from nbsolve.worked.page import Finding

__all__ = ["in_rows", "key"]

MOST_ANSWERS = 600
"""How many answers a key lists at most; a wide network may have a hundred thousand."""
_BESIDE = 3
"""Answers beside each other in a row, at most."""
_TIGHT = 0.9
"""How much of the estimated widths, which are upper bounds, answers need where they stand beside each other."""
_LEAST = 4.0
"""The least width of a column of values where they give way, in the font's size."""
_WHOLE, _FIRST = 4, 2
"""Rows of answers up to which a group is not parted by the end of a page, and what stays with the method else."""
_BETWEEN = 1.1
"""What lies between two columns, in the font's size (as in handout.typ)."""


_EMPTY = Cell('""', 0.0, "")


def key(handout: Handout) -> Sheet:
    """The key of one problem."""
    groups = groups_of(handout.worked)
    entries = [entry for group in groups for entry in group.entries]
    # the rules stand above the answers: no page has them alone
    pieces = [_small(words) for words in _rules(handout, entries)]
    pieces.append(_table(handout, list(_first(groups)), groups))
    pieces += map(_beside_each_other, _new_parameters(handout))
    return handout.sheet(pieces, phrase("handout.key"))


def _first(groups: Iterable[Group]) -> Iterator[tuple[Group, list[list[Cell]]]]:
    """The groups with the cells of their answers, as far as they are listed."""
    left = MOST_ANSWERS
    for group in groups:
        if left > 0:
            yield group, [result_cells(entry) for entry in group.entries[:left]]
        left -= len(group.entries)


def _rules(handout: Handout, entries: Sequence[Answer | Finding]) -> Iterator[str]:
    """The sentences above the table: how marks are given, what tolerances mean, what is left out."""
    given = any(part.marks is not None for part in handout.worked.problem.parts)
    yield phrase("handout.marking" if given else "handout.marking_alone")
    if any(isinstance(entry, Answer) and entry.printed is not None for entry in entries):
        yield phrase("handout.tolerance_rule")
    if any(isinstance(entry, Answer) and prints_as_nothing(entry) for entry in entries):
        yield phrase("handout.tolerance_of_nothing")
    if len(entries) > MOST_ANSWERS:
        yield phrase("handout.key_shortened", shown=str(MOST_ANSWERS), count=str(len(entries)))


def _small(words: str) -> Piece:
    said = "".join(f"#raw({quoted(p)})" if n % 2 else escaped(p) for n, p in enumerate(words.split("`")))
    return Piece(said, "rule of the key", lambda: latex.escaped(words) + "\n")


# ------------------------------------------------------------------ the table


def _table(handout: Handout, shown: list[tuple[Group, list[list[Cell]]]], groups: list[Group]) -> Piece:
    """Each kind of answer with its marks, and below it its answers, some beside each other."""
    paper = handout.paper
    several = any(group.iteration is not None for group in groups)
    numeric = any(cells[2].typst != '""' for _, answers in shown for cells in answers)
    wide = 3 if numeric else 2
    titles = [bold_cell(phrase(name)) for name in ("answers.quantity", "answers.value", "handout.tolerance")][
        :wide
    ]
    before = [
        bold_cell(phrase("answers.part")),
        *([bold_cell(phrase("handout.iteration"))] if several else []),
    ]
    after = [bold_cell(phrase("handout.method")), bold_cell(phrase("handout.accuracy"))]
    answers = [cells[:wide] for _, group in shown for cells in group]
    starts = [
        [words_cell(short_label(g.part)), *([words_cell(str(g.iteration or ""))] if several else [])]
        for g, _ in shown
    ]
    ends = [list(map(words_cell, _marks(g))) for g in groups]
    left = _widest([before, *starts])
    right = _widest([after, *ends, *[[words_cell(_sum(g.method for g in groups))] * 2]])
    room = paper.room - sum(left) - sum(right) - _BETWEEN * (len(left) + len(right)) - 0.1
    most = max((len(group) for _, group in shown), default=1)
    # one that is alone in its group, a wide formula perhaps, may have a row for itself
    grouped = [cells[:wide] for _, group in shown for cells in group if len(group) > 1]
    middle = _widest([titles, *grouped])
    count = next(
        (n for n in range(min(_BESIDE, most), 1, -1) if _TIGHT * sum(middle) + _BETWEEN * wide <= room / n), 1
    )
    if count == 1:
        middle = _widest([titles, *answers])
    spare = room / count - sum(middle) - _BETWEEN * wide
    if count > 1 and spare < 0:
        middle = [width * (1 + spare / sum(middle)) for width in middle]
    elif spare < 0 or not numeric:
        # formulae give way, and go on on the next line; what a value cannot give its name does
        value = max(min(_LEAST, middle[1]), middle[1] + spare)
        middle[0] += middle[1] + spare - value
        middle[1] = value
    else:
        middle[-1] += spare
    widths = [*left, *middle * count, *right]
    inner = ["left", "right", "left"] if numeric else ["left", "left"]
    sides = ["left"] * len(left) + inner * count + ["right"] * len(right)
    rows: list[str] = []
    last = 0  # where the rows begin that stay with the total
    told = ""
    for (group, cells), start, end in zip(shown, starts, ends, strict=False):
        start = [start[0] if group.part != told else _EMPTY, *start[1:]]
        told = group.part
        method = _method(handout, group, count * (sum(middle) + _BETWEEN * wide))
        last = len(rows)
        if rows:
            rows.append("table.hline(stroke: 0.4pt + rule),")
        # a cell that goes over some rows and is not broken keeps the method on the page of its first answers
        beside_each_other = in_rows(group.entries, cells, count)
        high = len(beside_each_other)
        kept = high if high <= _WHOLE else _FIRST
        first = _cell(f"rowspan: {1 + kept}, breakable: false, align: top + left", start[0].typst)
        others = [_cell("align: top + left", cell.typst) for cell in start[1:]]
        spanned = f"table.cell(colspan: {wide * count}, align: left){method.typst}"
        marks = [_cell("align: top + right", cell.typst) for cell in end]
        rows.append(", ".join([first, *others, spanned, *marks]) + ",")
        alone = cells[0][:wide] if count > 1 and len(cells) == 1 else []
        if any(_TIGHT * cell.width > width for cell, width in zip(alone, middle, strict=False)):
            rows.append(_row([*[_EMPTY] * (len(start) - 1), *_across(alone, count), *[_EMPTY] * len(end)]))
            continue
        for at, members in enumerate(beside_each_other):
            some = [
                replace(c, typst=c.within(width if count == 1 else width / _TIGHT))
                for cell in members
                for c, width in zip(cell[:wide], middle, strict=True)
            ]
            beside = some + [_EMPTY] * (wide * count - len(some))
            if at > kept:
                last = len(rows) - 1
            rows.append(_row([*[_EMPTY] * (len(start) - (at < kept)), *beside, *[_EMPTY] * len(end)]))
    total = _total(groups, len(left) + wide * count)
    columns = ", ".join(f"{width + _BETWEEN:.2f}em" for width in widths)
    header = ", ".join(cell.typst for cell in [*before, *titles * count, *after])
    ending = ["table.footer(repeat: false,", *rows[last:], total, "),"]
    typst = f"#data(({columns},), ({', '.join(sides)},), ({header},), tight: true,\n" + "\n".join(
        [*rows[:last], *ending]
    )
    return Piece(
        f"{typst}\n)", "table of answers", lambda: _latex_table(before, titles, after, shown, groups)
    )


def _across(answer: Sequence[Cell], count: int) -> list[Cell]:
    """An answer in a row for itself: its value has the room of all columns but those of its name and tolerance."""
    name, value, *within = answer
    before = max(1, len(within) + 1)
    spans = (before, count * len(answer) - before - len(within))
    return [
        *(
            replace(cell, typst=_cell(f"colspan: {columns}, align: left", cell.typst))
            for cell, columns in zip((name, value), spans, strict=True)
        ),
        *within,
    ]


def _cell(options: str, typst: str) -> str:
    return f"table.cell({options}, {typst})"


def _row(cells: Iterable[Cell]) -> str:
    return ", ".join(cell.typst for cell in cells) + ","


def _widest(rows: Sequence[Sequence[Cell]]) -> list[float]:
    return [max(cell.width for cell in column) for column in zip(*rows, strict=True)]


def in_rows(
    entries: Sequence[Answer | Finding], cells: Sequence[list[Cell]], count: int
) -> list[Sequence[list[Cell]]]:
    """The answers of a group, so many beside each other; what belongs to another sample begins another row."""
    together = [len([*of_one]) for _, of_one in groupby(entries[: len(cells)], _moment)]
    if count == 1 or len(together) == 1 or min(together, default=1) == 1:
        together = [len(cells)]
    starts = [sum(together[:n]) for n in range(len(together))]
    return [
        cells[at : min(at + count, start + length)]
        for start, length in zip(starts, together, strict=True)
        for at in range(start, start + length, count)
    ]


def _moment(entry: Answer | Finding) -> tuple[int | None, int | None]:
    """The iteration and the sample of an answer; none of what is no number."""
    return (entry.iteration, entry.sample) if isinstance(entry, Answer) else (None, None)


def _total(groups: Sequence[Group], columns: int) -> str:
    sums = _sum(g.method for g in groups), _sum(g.accuracy for g in groups)
    words = quoted(phrase("handout.total_of", total=_sum(g.method + g.accuracy for g in groups)))
    return (
        f"table.hline(stroke: 0.4pt), table.cell(colspan: {columns}, align: left, strong({words})), "
        + ", ".join(map(quoted, sums))
        + ","
    )


def _marks(group: Group) -> tuple[str, str]:
    """The marks of the method and of the values of a group; none where nothing is to be found."""
    free = group.given and not group.method + group.accuracy
    return ("", "") if free else (written(group.method), written(group.accuracy))


def _sum(marks: Iterable[Fraction]) -> str:
    return written(sum(marks, Fraction(0)))


def _method(handout: Handout, group: Group, room: float) -> Cell:
    """The method in words, and as a formula of the first quantity where that has room on the line."""
    words = group.words[:1].upper() + group.words[1:]
    if group.left is None or group.formula is None:
        return Cell(f"[#set par(leading: 0.5em)\n{escaped(words)}]", 0.0, latex.escaped(words))
    names = handout.worked.names
    shown = Math(Quantity(group.left), "=", group.formula)
    typst, plain = Formulas(names).inline(shown)
    if words_width(words) + 1 + formula_width(typst) <= room:
        return Cell(f"[{escaped(words)}: {displayed(typst, plain)}]", 0.0, latex.escaped(words))
    if formula_width(typst) > 2 * room:
        return Cell(f"[{escaped(words)}]", 0.0, latex.escaped(words))
    return Cell(f"[{escaped(words)}:{on_lines(typst, plain, room)}]", 0.0, latex.escaped(words))


def _latex_table(
    before: list[Cell],
    titles: list[Cell],
    after: list[Cell],
    shown: list[tuple[Group, list[list[Cell]]]],
    groups: list[Group],
) -> str:
    """The table as LaTeX, over as many pages as it takes."""
    wide, sides = len(titles), "l" * len(before) + ("lrl" if len(titles) == 3 else "ll") + "rr"
    lines = [" & ".join(cell.latex for cell in [*before, *titles, *after]) + r" \\", r"\hline"]
    for group, cells in shown:
        start = [
            latex.escaped(short_label(group.part)),
            *([str(group.iteration or "")] if len(before) > 1 else []),
        ]
        words = rf"\multicolumn{{{wide}}}{{p{{0.6\linewidth}}}}{{{latex.escaped(group.words)}}}"
        lines.append(" & ".join([*start, words, *_marks(group)]) + r" \\")
        lines += [
            " & " * len(before) + " & ".join(c.latex for c in cell[:wide]) + r" & & \\" for cell in cells
        ]
    sums = [_sum(g.method for g in groups), _sum(g.accuracy for g in groups)]
    total = phrase("handout.total_of", total=_sum(g.method + g.accuracy for g in groups))
    empty = [""] * (len(before) + wide - 1)
    lines.append(" & ".join([latex.escaped(total), *empty, *sums]) + r" \\")
    return "\n".join([rf"\begin{{tabular}}{{{sides}}}", *lines, r"\end{tabular}", ""])


# ------------------------------------------------------------------ below the table


def _new_parameters(handout: Handout) -> Iterator[list[Cell]]:
    """The new vectors and matrices, where they are asked for: a list for each iteration."""
    if not isinstance(handout.worked, WorkedSolution):
        return
    document = handout.worked.new_parameters()
    formulas, title = Formulas(document.names), []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            title = [words_cell(f"{block.text[0]} ")]
        if not isinstance(block, Derivation):
            continue
        cells: list[Cell] = []
        for line in block.lines:
            assert line.left is not None
            ((relation, right),) = line.parts
            whole = Math(line.left, relation, right.value if isinstance(right, Result) else right)
            typst, plain = formulas.inline(whole)
            written = f"${latex_math.inline(whole, document.names)}$"
            cells.append(Cell(f"[{displayed(typst, plain)}]", formula_width(typst), written))
        yield [*title, *cells]


def _beside_each_other(cells: Sequence[Cell]) -> Piece:
    said = " #h(1em) ".join(f"#box{c.typst if c.typst.startswith('[') else f'({c.typst})'}" for c in cells)
    text = r" \quad ".join(cell.latex for cell in cells)
    return Piece(f"#par(justify: false, leading: 1.1em)[{said}]", "new parameters", partial(str, text))


# ------------------------------------------------------------------ cells
