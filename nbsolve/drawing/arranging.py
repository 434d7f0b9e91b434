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
from itertools import count, pairwise

import networkx as nx
import numpy as np

from nbsolve.drawing.clearance import Clearance, Margins, Size
from nbsolve.drawing.columns import port, rows_of_units
from nbsolve.drawing.content import Content, Edge
from nbsolve.drawing.graph import Node
from nbsolve.drawing.layout import Layout
from nbsolve.drawing.placing import Place, place_labels
from nbsolve.drawing.plans import SCREEN, Plan
from nbsolve.drawing.ways import PAGE, ROOM, Way

__all__ = ["lay_out"]

_APART, _WIDER = 1.1, 1.05
"""By how much rows are moved apart at a time, and layers."""
_BARE = 90.0
"""How far layers without labels between them stand apart."""
_DIRECTIONS = ((False, False), (True, False), (True, True))
"""Layers below one another or not, with flat units or not."""

_Labels = dict[Edge, Place]


def lay_out(graph: nx.DiGraph, contents: Sequence[Content]) -> Layout:
    """Places with room for each of the contents."""
    for form in range(1 + min(len(content.shorter) for content in contents)):
        shaped = [content.form(form) for content in contents]
        ways = _ways(graph, shaped)
        plan = _labelled(ways, _ways(graph, shaped, stretched=True)) if ways[0].tags else None
        if plan is not None:
            return replace(plan.layout(), form=form)
    bare = [_bare(way) for way in _ways(graph, contents)]
    return min(bare, key=lambda plan: max(plan.size[0] / PAGE[0], plan.size[1] / PAGE[1], 1.0)).layout()


def _ways(graph: nx.DiGraph, contents: Sequence[Content], stretched: bool = False) -> list[Way]:
    """The ways that there are to arrange a network."""
    directions = _DIRECTIONS if graph.graph["complete"] else _DIRECTIONS[:1]
    return [Way(graph, contents, down, flat, stretched) for down, flat in directions]


def _labelled(ways: Sequence[Way], larger: Sequence[Way]) -> Plan | None:
    """The best plan with labels: airy on a screen, or on a screen, or on a page, at last with larger units."""
    fields = [_Field(way, way.margins()) for way in ways]
    screen = _Search(fields[0], SCREEN, 1)
    if any(True for _ in screen.begun()):
        airy = _Field(ways[0], ways[0].margins(airy=True))
        plan = _best([_Search(airy, SCREEN, 1)]) or _best([screen])
        if plan is not None:
            return plan
    plan = _best([_Search(field, PAGE) for field in fields])
    return plan or _best([_Search(_Field(way, way.margins()), PAGE) for way in larger])


def _best(searches: Sequence[_Search]) -> Plan | None:
    """The cheapest plan of several ways: what a plan costs at least is known before its labels have places."""
    order = count()
    heap = [(plan.price, next(order), search, plan, k) for search in searches for k, plan in search.begun()]
    heapq.heapify(heap)
    while heap:
        _, _, search, plan, arrangement = heapq.heappop(heap)
        if plan.labels is not None:
            return plan
        further = search.further(plan, arrangement)
        if further is not None:
            heapq.heappush(heap, (further.price, next(order), search, further, arrangement))
    return None


def _across(way: Way, most: float) -> Iterator[tuple[dict[Node, float], list[float]]]:
    """The places of units across that reach no farther than this, and their sides, the tightest rows first."""
    rows = [rows_of_units(way.graph, way.columns, way.left_out, False)]
    if len({len(column) for column in way.columns} - {1}) > 1:
        rows.append(rows_of_units(way.graph, way.columns, way.left_out, True))
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


class _Field:
    """The arrangements of one way, and what its labels need there."""

    def __init__(self, way: Way, margins: Margins) -> None:
        self.way = way
        self.edges = [[(a, b) for a in before for b in after] for before, after in pairwise(way.columns)]
        self.arrangements = list(_across(way, PAGE[0 if way.down else 1]))
        self.strips = [
            self._strip(number, margins) for number in range(len(self.edges) if self.arrangements else 0)
        ]

    def _strip(self, number: int, margins: Margins) -> Clearance:
        """The strip behind a layer."""
        before, after = self.way.columns[number : number + 2]
        ports = [
            (
                at[a] + port(sides[number], j, len(after)),
                at[b] + port(sides[number + 1], i, len(before)),
            )
            for at, sides in self.arrangements
            for i, a in enumerate(before)
            for j, b in enumerate(after)
        ]
        starts, ends = np.array(ports).T.reshape(2, len(self.arrangements), -1)
        return Clearance(starts, ends, [self.way.tags[edge] for edge in self.edges[number]], margins)


class _Search:
    """The search for the plans of a field that fit a page, with so many shapes of labels."""

    def __init__(self, field: _Field, page: Size, shapes: int | None = None) -> None:
        self.field, self.page, self.shapes = field, page, shapes
        self._found: dict[tuple[int, int, float], _Labels | None] = {}
        self._hopeful: set[tuple[int, int]] = set()

    def begun(self) -> Iterator[tuple[int, Plan]]:
        """For each arrangement the plans, one for each place of the loss, with the least widths of the strips."""
        way = self.field.way
        if not self.field.arrangements:
            return
        least = np.array(way.least)[:, None]
        widths = np.maximum([strip.least(self.shapes) for strip in self.field.strips], least).T
        for k in np.flatnonzero(np.isfinite(widths).all(axis=1)).tolist():
            for aside, loss in way.ends:
                plan = Plan(way, *self.field.arrangements[k], aside, loss, widths[k].tolist())
                if plan.fits(self.page):
                    yield k, plan

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
                return wider if wider.fits(self.page) else None
        settled = replace(plan, labels=labels)
        return settled if settled.fits(self.page) else None

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
            places = place_labels(self.field.strips[strip], arrangement, width, self.shapes)
            edges = self.field.edges[strip]
            self._found[key] = None if places is None else dict(zip(edges, places, strict=True))
        return self._found[key]
