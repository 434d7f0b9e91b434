"""Where the labels of the edges go: each along its own edge, on a place of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nbsolve.drawing.scene import Circle, Label, Line, Point, overlap

__all__ = ["box_around", "place_on_edges"]

_CLEAR = 15.0
"""From this distance on another edge does not make it doubtful whose label it is."""
_STEPS = 33


def place_on_edges(
    wanted: Sequence[tuple[Line, Label]], circles: Sequence[Circle], taken: Sequence[Label]
) -> list[Label] | None:
    """The labels, each centred on its own edge and turned along it, or None where they do not fit.

    No two boxes overlap, none touches a unit or a label that stands already. Among the free places the one
    farthest from the other edges is taken, then the one nearest to the middle. Steep edges choose first.
    """
    boxes = [label.corners() for label in taken] + [box_around(circle) for circle in circles]
    lines = [line for line, _ in wanted]
    placed: dict[int, Label] = {}
    order = sorted(range(len(wanted)), key=lambda place: (-abs(_rise(lines[place])), place))
    for place in order:
        line, label = wanted[place]
        best: tuple[float, Label] | None = None
        others = [other for other in lines if other is not line]
        for cost, candidate in _candidates(line, label, others):
            if best is not None and cost >= best[0]:
                continue
            corners = candidate.corners()
            if not any(_near(corners, box) and overlap(corners, box) for box in boxes):
                best = (cost, candidate)
        if best is None:
            return None
        placed[place] = best[1]
        boxes.append(best[1].corners())
    return [placed[place] for place in range(len(wanted))]


def box_around(circle: Circle) -> tuple[Point, ...]:
    """An octagon around a unit, for asking whether a label touches it."""
    (x, y), reach = circle.centre, (circle.radius + 3) / math.cos(math.pi / 8)
    turns = [math.pi / 8 + k * math.pi / 4 for k in range(8)]
    return tuple((x + reach * math.cos(turn), y + reach * math.sin(turn)) for turn in turns)


def _candidates(line: Line, label: Label, others: Sequence[Line]) -> list[tuple[float, Label]]:
    (ax, ay), (bx, by) = line.start, line.end
    angle = math.degrees(math.atan2(by - ay, bx - ax))
    found = []
    for step in range(_STEPS):
        part = 0.1 + 0.8 * step / (_STEPS - 1)
        centre = (ax + part * (bx - ax), ay + part * (by - ay))
        reach = label.width / 2 / math.hypot(bx - ax, by - ay)
        ends = [(ax + (part + side) * (bx - ax), ay + (part + side) * (by - ay)) for side in (-reach, reach)]
        middle = min((_distance(centre, other) for other in others), default=_CLEAR)
        end = min((_distance(point, other) for point in ends for other in others), default=_CLEAR)
        doubt = 10 * max(0.0, _CLEAR - middle) + 4 * max(0.0, _CLEAR - end)
        cost = doubt / _CLEAR + abs(part - 0.5)
        found.append((cost, Label(centre, label.spans, label.size, label.tone, angle, True, label.about)))
    return found


def _rise(line: Line) -> float:
    return (line.end[1] - line.start[1]) / max(1.0, line.end[0] - line.start[0])


def _distance(point: Point, line: Line) -> float:
    (px, py), (ax, ay), (bx, by) = point, line.start, line.end
    dx, dy = bx - ax, by - ay
    part = max(0.0, min(1.0, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy)))
    return math.hypot(ax + part * dx - px, ay + part * dy - py)


def _near(one: Sequence[Point], other: Sequence[Point]) -> bool:
    return (
        min(x for x, _ in one) < max(x for x, _ in other)
        and min(x for x, _ in other) < max(x for x, _ in one)
        and min(y for _, y in one) < max(y for _, y in other)
        and min(y for _, y in other) < max(y for _, y in one)
    )
