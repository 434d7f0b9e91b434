"""Lines of many points: what of one lies inside a rectangle, and the few points that draw it as well."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nbsolve.drawing.scene import Point

__all__ = ["inside", "thinned"]

_UNSEEN = 0.04
"""A point is left out where the line then moves by less than this, in pixels."""


def inside(points: Sequence[Point], corners: tuple[float, float, float, float]) -> list[list[Point]]:
    """The runs of a line of points inside a rectangle (left, top, right, low)."""
    left, top, right, low = corners
    if all(left <= x <= right and top <= y <= low for x, y in points):
        return [list(points)]
    runs: list[list[Point]] = []
    for k in range(len(points) - 1):
        ends = _segment(points[k], points[k + 1], corners)
        if ends is None:
            continue
        start, end = ends
        if runs and runs[-1][-1] == start:
            runs[-1].append(end)
        else:
            runs.append([start, end])
    return runs


def _segment(
    start: Point, end: Point, corners: tuple[float, float, float, float]
) -> tuple[Point, Point] | None:
    """The part of a segment inside (Liang and Barsky), ends unchanged where they lie inside."""
    (ax, ay), (bx, by) = start, end
    left, top, right, low = corners
    enters, leaves = 0.0, 1.0
    for origin, run, least, most in ((ax, bx - ax, left, right), (ay, by - ay, top, low)):
        if run == 0:
            if not least <= origin <= most:
                return None
            continue
        one, other = sorted(((least - origin) / run, (most - origin) / run))
        enters, leaves = max(enters, one), min(leaves, other)
    if enters > leaves:
        return None
    first = start if enters == 0 else (ax + enters * (bx - ax), ay + enters * (by - ay))
    last = end if leaves == 1 else (ax + leaves * (bx - ax), ay + leaves * (by - ay))
    return first, last


def thinned(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points without those that lie on the line between others (Ramer, Douglas and Peucker)."""
    keep = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        (ax, ay), (bx, by) = points[first], points[last]
        dx, dy = bx - ax, by - ay
        length = float(np.hypot(dx, dy))
        # A list: most spans are too short for arrays to be worth their making.
        away = [
            abs((x - ax) * dy - (y - ay) * dx) / length if length else float(np.hypot(x - ax, y - ay))
            for x, y in points[first + 1 : last]
        ]
        worst = max(away)
        if worst > _UNSEEN:
            middle = first + 1 + away.index(worst)
            keep.add(middle)
            spans += [(first, middle), (middle, last)]
    return tuple(points[k] for k in sorted(keep))
