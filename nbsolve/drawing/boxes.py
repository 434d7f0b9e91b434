"""How large units and labels are, and what stands where inside a unit."""

from __future__ import annotations

from collections.abc import Sequence

from nbsolve.drawing.clearance import Size
from nbsolve.drawing.content import Unit, Wiring
from nbsolve.drawing.scene import Label, Line, Point, Row

__all__ = ["box_size", "inside", "tag", "tag_sizes"]

_PAD = 7.0
_GROUP_GAP = 7.0
_SMALLEST = 44.0

_Groups = Sequence[tuple[Row, ...]]


def box_size(units: Sequence[Unit], abreast: int = 1) -> Size:
    """Width and height of a box that holds each of the units, with so many groups side by side."""
    width = max(sum(_widths(unit, abreast)) for unit in units)
    height = max(_inner_height(unit, abreast) for unit in units) + 11.0
    return max(width, _SMALLEST), max(height, _SMALLEST)


def _widths(unit: Unit, abreast: int) -> list[float]:
    """The widths of the columns of groups; a group alone in its row may be as wide as the row."""
    ranks = _ranks(unit, abreast)
    columns = [
        max((_width(rank[place]) for rank in ranks if len(rank) > max(1, place)), default=0.0)
        for place in range(max(map(len, ranks)))
    ]
    lonely = max((_width(rank[0]) for rank in ranks if len(rank) == 1), default=0.0)
    spare = max(0.0, lonely - sum(columns)) / len(columns)
    return [column + spare for column in columns]


def _width(group: Sequence[Row]) -> float:
    return max(line.width for line in group) + 2 * _PAD


def _ranks(unit: Unit, abreast: int) -> list[_Groups]:
    """The groups in rows from top to bottom."""
    return [unit.groups[n : n + abreast] for n in range(0, len(unit.groups), abreast)]


def _height(group: Sequence[Row]) -> float:
    return sum(line.height for line in group)


def _inner_height(unit: Unit, abreast: int) -> float:
    ranks = _ranks(unit, abreast)
    return sum(max(map(_height, rank)) for rank in ranks) + _GROUP_GAP * (len(ranks) - 1)


def tag_sizes(wirings: Sequence[Wiring]) -> tuple[Size, ...]:
    """Width and height of a plate that holds each of the labels of a wire: as they are, and parted."""
    rows = [wiring for wiring in wirings if wiring.rows]
    if not rows:
        return ()
    sizes = []
    for parted in (False, True):
        labels = [tag((0, 0), wiring, parted) for wiring in rows]
        sizes.append((max(label.width for label in labels), max(label.height for label in labels)))
    return tuple(dict.fromkeys(sizes))


def tag(centre: Point, wiring: Wiring, parted: bool = False, of: str = "") -> Label:
    """The label of a wire; `parted`: its numbers below their names."""
    rows = tuple(part for line in wiring.rows for part in line.parted()) if parted else wiring.rows
    return Label(centre, rows, plate=True, wire=wiring.kind, of=of)


def inside(unit: Unit, centre: Point, size: Size, abreast: int = 1) -> tuple[list[Label], list[Line]]:
    """The groups of a box from top to bottom, so many side by side, and the thin lines between them."""
    labels, lines = [], []
    x, y = centre
    y -= _inner_height(unit, abreast) / 2
    for number, rank in enumerate(_ranks(unit, abreast)):
        if number:
            y += _GROUP_GAP
            at = y - _GROUP_GAP / 2
            lines.append(Line((x - size[0] / 2 + 8, at), (x + size[0] / 2 - 8, at), "divider", 0.8))
        high = max(map(_height, rank))
        widths = _widths(unit, abreast) if len(rank) > 1 else [size[0]]
        spare = (size[0] - sum(widths[: len(rank)])) / len(rank)
        left = x - size[0] / 2
        for place, group in enumerate(rank):
            labels.append(Label((left + (widths[place] + spare) / 2, y + high / 2), group))
            left += widths[place] + spare
            if place + 1 < len(rank):
                lines.append(Line((left, y), (left, y + high), "divider", 0.8))
        y += high
    return labels, lines
