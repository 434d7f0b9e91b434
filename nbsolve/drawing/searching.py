"""The search for the cheapest plan of a network whose labels have places, in order of what plans cost at least.

That is known of an arrangement of units before the widths of its strips are, and of its strips before their labels
have places: what costs more than the plan that is found is never looked into.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, count
from typing import Any

import numpy as np

from nbsolve.drawing.clearance import EDGE, Clearance, Margins, Size
from nbsolve.drawing.columns import joined, ports
from nbsolve.drawing.content import Edge
from nbsolve.drawing.placing import Place, place_labels
from nbsolve.drawing.plans import Across, Plan, arrangements, length, prices
from nbsolve.drawing.ways import Way

__all__ = ["Search", "cheapest"]

_WIDER = 1.05
"""By how much layers are moved apart at a time."""
_TOGETHER = 24
"""The number of arrangements that are reckoned at once."""

_Labels = dict[Edge, Place]
_Cost = tuple[float, int, int, int]
"""What comes first: the price; among equals the way that is named first, and what of it was known first."""


def cheapest(searches: Sequence[Search], more: float = 0.0) -> Plan | None:
    """The cheapest plan of several ways that fits a page.

    About labels so much `more` stays free than the rule asks.
    """
    heap: list[tuple[_Cost, _Group, Plan | None, int]] = []
    later = count()
    for number, search in enumerate(searches):
        margins = search.way.margins(more)
        for place, batch in enumerate(search.batches):
            heapq.heappush(heap, ((batch.price, number, 0, place), _Group(search, batch, margins), None, 0))
    while heap:
        (_, number, *_), group, plan, row = heapq.heappop(heap)
        if plan is None:
            for order, own, price, begun in group.begun():
                heapq.heappush(heap, ((price, number, 1, order), group, begun, own))
        elif plan.labels is not None:
            return plan
        else:
            further = group.further(plan, row)
            if further is not None:
                heapq.heappush(heap, ((further.price, number, 2, next(later)), group, further, row))
    return None


@dataclass(frozen=True)
class _Lines:
    """The lines of a strip: which units they join, also by the order of all units, and the ports there.

    Of each port its place among those of the unit's side, and how many there are.
    """

    edges: Sequence[Edge]
    before: Sequence[int]
    after: Sequence[int]
    leaving: Any
    arriving: Any

    @classmethod
    def of(cls, way: Way, strip: int) -> _Lines:
        """The lines between a layer and the next."""
        order = {node: n for n, node in enumerate(chain(*way.columns))}
        leaving = {a: joined(way.graph, way.columns, a, 1) for a in way.columns[strip]}
        arriving = {b: joined(way.graph, way.columns, b, -1) for b in way.columns[strip + 1]}
        edges = [(a, b) for a, others in leaving.items() for b in others]
        return cls(
            edges,
            [order[a] for a, _ in edges],
            [order[b] for _, b in edges],
            np.array([(leaving[a].index(b), len(leaving[a])) for a, b in edges]).T,
            np.array([(arriving[b].index(a), len(arriving[b])) for a, b in edges]).T,
        )


class Search:
    """What the search has to know of one way on a page; `shapes`: how many of their shapes labels may have."""

    def __init__(self, way: Way, page: Size, shapes: int | None = None) -> None:
        self.way, self.page = way, page
        self.lines = [_Lines.of(way, strip) for strip in range(len(way.columns) - 1)]
        self.tags = [[way.tags[edge][:shapes] for edge in strip.edges] for strip in self.lines]
        longest = [max(min(size[0] for size in sizes) for sizes in strip) for strip in self.tags]
        self.least = [max(least, label + 2 * EDGE) for least, label in zip(way.least, longest, strict=True)]

    @cached_property
    def batches(self) -> list[_Batch]:
        """The arrangements of units across that may do, were layers as near to one another as can be."""
        most, longest = reversed(self.page) if not self.way.down else self.page
        # what is too long is so in every arrangement
        if all(length(self.way, *end, self.least) > longest for end in self.way.ends):
            return []
        every = [*arrangements(self.way, most)]
        if not every:
            return []
        by_ends = [prices(self.way, every, end, self.least, self.page) for end in self.way.ends]
        least = [*map(min, zip(*by_ends, strict=True))]
        ranked = sorted((price, number) for number, price in enumerate(least) if price < math.inf)
        parts = [ranked[first : first + _TOGETHER] for first in range(0, len(ranked), _TOGETHER)]
        return [
            _Batch(self.lines, part[0][0], [n for _, n in part], [every[n] for _, n in part])
            for part in parts
        ]


@dataclass(frozen=True)
class _Batch:
    """Several arrangements of one way, by their `numbers` in it, and what the cheapest costs at least."""

    lines: Sequence[_Lines]
    price: float
    numbers: Sequence[int]
    arrangements: Sequence[Across]

    @cached_property
    def ends(self) -> list[tuple[Any, Any]]:
        """For each strip where its lines start and end across: arrays of one row for each arrangement."""
        middles = np.array([[*across.middles.values()] for across in self.arrangements])
        sides = np.array([across.sides for across in self.arrangements]).T[:, :, None]
        return [
            (
                middles[:, lines.before] + ports(sides[k], *lines.leaving),
                middles[:, lines.after] + ports(sides[k + 1], *lines.arriving),
            )
            for k, lines in enumerate(self.lines)
        ]


class _Group:
    """A batch of arrangements whose strips are reckoned together, with these margins about labels."""

    def __init__(self, search: Search, batch: _Batch, margins: Margins) -> None:
        self.search, self.batch, self.margins = search, batch, margins
        self._found: dict[tuple[int, int, float], _Labels | None] = {}
        self._hopeful: set[tuple[int, int, bool]] = set()

    def begun(self) -> Iterator[tuple[int, int, float, Plan]]:
        """For each arrangement the plans, one for each place of the loss, with the least widths of the strips.

        With each its order among all of the way, which of the batch's arrangements it has, and its price.
        """
        search, batch = self.search, self.batch
        widths = np.maximum([strip.least for strip in self._strips], np.array(search.least)[:, None])
        finite = np.flatnonzero(np.isfinite(widths).all(axis=0)).tolist()
        if not finite:
            return
        arranged, strips = [batch.arrangements[k] for k in finite], widths[:, finite]
        for place, end in enumerate(search.way.ends):
            found = prices(search.way, arranged, end, strips, search.page)
            for k, across, own, price in zip(finite, arranged, strips.T.tolist(), found, strict=True):
                if price < math.inf:
                    order = batch.numbers[k] * len(search.way.ends) + place
                    yield order, k, price, Plan(search.way, across, *end, own)

    @cached_property
    def _strips(self) -> list[Clearance]:
        """The strips between layers, for all arrangements."""
        every = zip(self.batch.ends, self.search.tags, strict=True)
        return [Clearance(*ends, tags, self.margins) for ends, tags in every]

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
                return wider if wider.fits(self.search.page) else None
        settled = replace(plan, labels=labels)
        return settled if settled.fits(self.search.page) else None

    def _is_hopeless(self, strip: int, arrangement: int, plan: Plan) -> bool:
        """Whether labels have no places even in a strip that takes what is left of the page: looked into once."""
        along, key = (1 if plan.way.down else 0), (strip, arrangement, plan.aside)
        widest = plan.strips[strip] + self.search.page[along] - plan.size[along]
        if key in self._hopeful:
            return False
        self._hopeful.add(key)
        return self._places(strip, arrangement, widest) is None

    def _places(self, strip: int, arrangement: int, width: float) -> _Labels | None:
        """Where labels stand in a strip of this width."""
        key = strip, arrangement, width
        if key not in self._found:
            places = place_labels(self._strips[strip], arrangement, width)
            edges = self.search.lines[strip].edges
            self._found[key] = None if places is None else dict(zip(edges, places, strict=True))
        return self._found[key]
