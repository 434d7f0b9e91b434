"""How large units and labels are, and what stands where inside a unit."""

from __future__ import annotations

from collections.abc import Sequence

from nbsolve.drawing.columns import Size
from nbsolve.drawing.content import Unit, Wiring
from nbsolve.drawing.scene import Label, Line, Point

__all__ = ["box_size", "inside", "plate_size", "tag"]

_PAD = 6.0
_PARTING = 3.0
_GROUP_GAP = 7.0


def box_size(units: Sequence[Unit]) -> Size:
    """Width and height of a box that holds each of the units."""
    width = max(r.width for unit in units for group in unit.groups for r in group) + 2 * _PAD
    height = max(inner_height(unit) for unit in units) + 11.0
    return max(width, 44.0), max(height, 44.0)


def inner_height(unit: Unit) -> float:
    """The height of everything inside a unit's box: its groups of lines and the gaps between them."""
    inside = sum(r.height for group in unit.groups for r in group)
    return inside + _GROUP_GAP * (len(unit.groups) - 1)


def plate_size(wirings: Sequence[Wiring]) -> Size:
    """Width and height of a plate that holds each of the labels of a wire."""
    labels = [tag((0, 0), wiring) for wiring in wirings if wiring.rows]
    return max((label.width for label in labels), default=0.0), max(
        (label.height for label in labels), default=0.0
    )


def tag(centre: Point, wiring: Wiring) -> Label:
    """The label of a wire."""
    parting = _PARTING if len(wiring.rows) > 1 else 0.0
    return Label(centre, wiring.rows, plate=True, parting=parting, wire=wiring.kind)


def inside(unit: Unit, centre: Point, width: float) -> tuple[list[Label], list[Line]]:
    """The groups of a box from top to bottom and the thin lines between them."""
    labels, lines = [], []
    x, y = centre
    y -= inner_height(unit) / 2
    for number, group in enumerate(unit.groups):
        if number:
            y += _GROUP_GAP
            at = y - _GROUP_GAP / 2
            lines.append(Line((x - width / 2 + 8, at), (x + width / 2 - 8, at), "divider", 0.8))
        high = sum(r.height for r in group)
        labels.append(Label((x, y + high / 2), group))
        y += high
    return labels, lines
