"""How a network is arranged: layers side by side or below one another, how far apart, and where labels stand.

A label stands on its own line, clear of all other lines (`clearance`) and of other labels (`placing`). Rows move
apart, and layers with them, until that is so in a picture that fits a page with text of 8 points. Where nothing
fits, labels get shorter; at last the lines stay bare and their numbers stand in a table.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import count, pairwise

import networkx as nx
import numpy as np

from nbsolve.drawing.clearance import EDGE, Clearance, Margins, Size
from nbsolve.drawing.columns import port, rows_of_units
from nbsolve.drawing.content import Content, Edge
from nbsolve.drawing.graph import Node
from nbsolve.drawing.layout import Layout
from nbsolve.drawing.placing import Place, place_labels
from nbsolve.drawing.plans import SCREEN, Plan
from nbsolve.drawing.ways import PAGE, ROOM, Flat, Way

__all__ = ["lay_out"]

_APART, _WIDER = 1.14, 1.05
"""By how much rows are moved apart at a time, and layers."""
_AIRY, _ROOMY = 7.0, 2.5
"""How much more than the rule asks stays free about labels, on a screen and on a page."""
_BARE = 90.0
"""How far layers without labels between them stand apart."""
_DIRECTIONS: tuple[tuple[bool, Flat | None], ...] = (
    (False, None),
    (True, None),
    (True, "alike"),
    (True, "each"),
)
"""Layers below one another or not, with flat units or not."""

_Labels = dict[Edge, Place]


def lay_out(graph: nx.DiGraph, contents: Sequence[Content]) -> Layout:
    """Places with room for each of the contents."""
    for form in range(1 + min(len(content.shorter) for content in contents)):
        shaped = [content.form(form) for content in contents]
        ways = _ways(graph, shaped)
        plan = _labelled(ways) if ways[0].tags else None
        if plan is not None:
            return replace(plan.layout(), form=form)
    bare = [_bare(way) for way in _ways(graph, contents)]
    return min(bare, key=lambda plan: max(plan.size[0] / PAGE[0], plan.size[1] / PAGE[1], 1.0)).layout()


def _ways(graph: nx.DiGraph, contents: Sequence[Content]) -> list[Way]:
    """The ways that there are to arrange a network."""
    directions = _DIRECTIONS if graph.graph["complete"] else _DIRECTIONS[:1]
    return [Way(graph, contents, down, flat) for down, flat in directions]


def _labelled(ways: Sequence[Way]) -> Plan | None:
    """The best plan with labels: airy on a screen, or on a screen, or on a page, at last as narrow as the rule lets
    it be, or with larger units.
    """
    screen = _Search(ways[0], ways[0].margins(), SCREEN, 1)
    if any(True for _ in screen.begun()):
        airy = _Search(ways[0], ways[0].margins(_AIRY), SCREEN, 1)
        plan = airy.best() or screen.best()
        if plan is not None:
            return plan
    return _best(ways[:3], _ROOMY) or _best([*ways, *(way.larger() for way in ways)], 0.0)


def _best(ways: Sequence[Way], more: float) -> Plan | None:
    """The cheapest plan of several ways that fits a page."""
    best = None
    for way in ways:
        best = _Search(way, way.margins(more), PAGE, price=best.price if best else math.inf).best() or best
    return best


def _across(way: Way, most: float) -> Iterator[tuple[dict[Node, float], list[float]]]:
    """The places of units across that reach no farther than this, and their sides, the tightest rows first."""
    rows = [rows_of_units(way.columns, way.left_out, False)]
    if len({len(column) for column in way.columns} - {1}) > 1:
        rows.append(rows_of_units(way.columns, way.left_out, True))
    pitch, room = max(across for _, across in way.units) + ROOM, True
    while room:
        room = False
        for places in rows:
            middles = {node: place * pitch for node, place in places.items()}
            sides = way.sides(middles)
            reach = max(abs(at) + sides[node[0]] / 2 for node, at in middles.items())
            if 2 * reach <= most:
                room = max(map(len, way.columns)) > 1
                yield middles, sides
        pitch *= _APART


def _bare(way: Way) -> Plan:
    """The plan with the tightest rows, for lines without labels."""
    middles, sides = next(_across(way, math.inf))
    return Plan(way, middles, sides, *way.ends[0], [max(least, _BARE) for least in way.least])


class _Search:
    """The search for the cheapest plan of one way that fits a page and costs less than a price.

    `shapes` says how many of their shapes labels may have.
    """

    def __init__(
        self, way: Way, margins: Margins, page: Size, shapes: int | None = None, price: float = math.inf
    ) -> None:
        self.way, self.margins, self.page, self.shapes, self.price = way, margins, page, shapes, price
        self.edges = [[(a, b) for a in before for b in after] for before, after in pairwise(way.columns)]
        longest = [
            max(min(size[0] for size in way.tags[edge][:shapes]) for edge in strip) for strip in self.edges
        ]
        self.least = [max(least, label + 2 * EDGE) for least, label in zip(way.least, longest, strict=True)]
        self._found: dict[tuple[int, int, float], _Labels | None] = {}
        self._hopeful: set[tuple[int, int]] = set()

    @cached_property
    def _tightest(self) -> list[Plan]:
        """For each arrangement of units across that may do, a plan with layers as near to one another as can be."""
        plans = (
            [Plan(self.way, middles, sides, *end, self.least) for end in self.way.ends]
            for middles, sides in _across(self.way, self.page[0 if self.way.down else 1])
        )
        return [both[0] for both in plans if any(map(self._may_do, both))]

    def _may_do(self, plan: Plan) -> bool:
        return plan.fits(self.page) and plan.price < self.price

    @cached_property
    def _strips(self) -> list[Clearance]:
        """The strips between layers, for all arrangements."""
        return [self._strip(number) for number in range(len(self.edges))]

    def _strip(self, number: int) -> Clearance:
        """The strip behind a layer."""
        before, after = self.way.columns[number : number + 2]
        ports = [
            (
                plan.middles[a] + port(plan.sides[number], j, len(after)),
                plan.middles[b] + port(plan.sides[number + 1], i, len(before)),
            )
            for plan in self._tightest
            for i, a in enumerate(before)
            for j, b in enumerate(after)
        ]
        starts, ends = np.array(ports).T.reshape(2, len(self._tightest), -1)
        return Clearance(starts, ends, [self.way.tags[edge] for edge in self.edges[number]], self.margins)

    def begun(self) -> Iterator[tuple[int, Plan]]:
        """For each arrangement the plans, one for each place of the loss, with the least widths of the strips."""
        if not self._tightest:
            return
        least = np.array(self.least)[:, None]
        widths = np.maximum([strip.least(self.shapes) for strip in self._strips], least).T
        for k in np.flatnonzero(np.isfinite(widths).all(axis=1)).tolist():
            for aside, loss in self.way.ends:
                tightest = self._tightest[k]
                plan = Plan(self.way, tightest.middles, tightest.sides, aside, loss, widths[k].tolist())
                if self._may_do(plan):
                    yield k, plan

    def best(self) -> Plan | None:
        """The cheapest plan: what one costs at least is known before its labels have places."""
        order = count()
        heap = [(plan.price, next(order), plan, k) for k, plan in self.begun()]
        heapq.heapify(heap)
        while heap:
            _, _, plan, arrangement = heapq.heappop(heap)
            if plan.labels is not None:
                return plan
            further = self.further(plan, arrangement)
            if further is not None:
                heapq.heappush(heap, (further.price, next(order), further, arrangement))
        return None

    def further(self, plan: Plan, arrangement: int) -> Plan | None:
        """The plan with places for its labels, or with wider strips; None where it does not fit the page."""
        labels = []
        for number, width in enumerate(plan.strips):
            found = self._places(number, arrangement, width)
            if found is not None:
                labels.append(found)
            elif self._is_hopeless(number, arrangement, plan):
                return None
            else:
                strips = [*plan.strips[:number], width * _WIDER, *plan.strips[number + 1 :]]
                wider = replace(plan, strips=strips)
                return wider if self._may_do(wider) else None
        settled = replace(plan, labels=labels)
        return settled if self._may_do(settled) else None

    def _is_hopeless(self, strip: int, arrangement: int, plan: Plan) -> bool:
        """Whether labels have no places even in a strip that takes what is left of the page: looked into once."""
        along = 1 if plan.way.down else 0
        widest = plan.strips[strip] + self.page[along] - plan.size[along]
        if (strip, arrangement) in self._hopeful:
            return False
        self._hopeful.add((strip, arrangement))
        return self._places(strip, arrangement, widest) is None

    def _places(self, strip: int, arrangement: int, width: float) -> _Labels | None:
        """Where labels stand in a strip of this width."""
        key = strip, arrangement, width
        if key not in self._found:
            places = place_labels(self._strips[strip], arrangement, width, self.shapes)
            edges = self.edges[strip]
            self._found[key] = None if places is None else dict(zip(edges, places, strict=True))
        return self._found[key]
