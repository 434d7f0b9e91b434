"""How a network is arranged: layers side by side or below one another, how far apart, and where labels stand.

A label stands on its own line, clear of all other lines (`clearance`) and of other labels (`placing`). Rows move
apart, and layers with them, until that is so in a picture that fits a page with text of 8 points. Where nothing
fits, labels get shorter; at last the lines stay bare and their numbers stand in a table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import networkx as nx

from nbsolve.drawing.content import Content
from nbsolve.drawing.layout import Layout
from nbsolve.drawing.plans import SCREEN, Plan, arrangements
from nbsolve.drawing.searching import Search, cheapest
from nbsolve.drawing.ways import PAGE, Flat, Way, label_sizes

__all__ = ["lay_out"]

_AIRY, _ROOMY, _TIGHT = 7.0, 2.5, -0.15
"""How much more than the rule asks stays free about labels: on a screen, on a page, and at the worst."""
_FULL = (1.025 * PAGE[0], 1.025 * PAGE[1])
"""What a page holds at the worst."""
_BARE = 90.0
"""How far layers without labels between them stand apart."""
_DIRECTIONS: tuple[tuple[bool, Flat | None], ...] = (
    (False, None),
    (True, None),
    (True, "alike"),
    (True, "each"),
)
"""Layers below one another or not, with flat units or not."""


def lay_out(graph: nx.DiGraph, contents: Sequence[Content]) -> Layout:
    """Places with room for each of the contents."""
    for form in range(1 + min(len(content.shorter) for content in contents)):
        shaped = [content.form(form) for content in contents]
        ways = _ways(graph, shaped)
        plan = _labelled(ways) if ways[0].tags else None
        if plan is not None:
            return replace(plan.layout(), form=form)
    plan = cheapest([Search(way, _FULL) for way in _larger(ways)], _TIGHT) if ways[0].tags else None
    if plan is not None:
        return replace(plan.layout(), form=form)
    bare = [_bare(way) for way in _ways(graph, contents)]
    return min(bare, key=lambda plan: max(plan.size[0] / PAGE[0], plan.size[1] / PAGE[1], 1.0)).layout()


def _ways(graph: nx.DiGraph, contents: Sequence[Content]) -> list[Way]:
    """The ways that there are to arrange a network."""
    directions = _DIRECTIONS if graph.graph["complete"] else _DIRECTIONS[:1]
    labels = label_sizes(graph, contents)
    return [Way(graph, contents, labels, down, flat) for down, flat in directions]


def _labelled(ways: Sequence[Way]) -> Plan | None:
    """The best plan with labels: airy on a screen, or on a screen, or on a page, at last as narrow as the rule lets
    it be, or with larger units.
    """
    screen = [Search(ways[0], SCREEN, shapes=1)]
    return (
        cheapest(screen, _AIRY)
        or cheapest(screen)
        or cheapest([Search(way, PAGE) for way in ways[:3]], _ROOMY)
        or cheapest([Search(way, PAGE) for way in _larger(ways)])
    )


def _larger(ways: Sequence[Way]) -> list[Way]:
    """These ways, and after them each with units that grow."""
    return [*ways, *(way.larger() for way in ways)]


def _bare(way: Way) -> Plan:
    """The plan with the tightest rows, for lines without labels."""
    across = next(arrangements(way, math.inf))
    return Plan(way, across, *way.ends[0], [max(least, _BARE) for least in way.least])
