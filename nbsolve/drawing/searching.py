"""The search for the cheapest plan of a network whose labels have places, in order of what plans cost at least.

That is known of an arrangement of units before the widths of its strips are, and of its strips before their labels
have places: what costs more than the plan that is found is never looked into.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import count

import numpy as np

from nbsolve.drawing.clearance import EDGE, Clearance, Margins, Size
from nbsolve.drawing.columns import joined, port
from nbsolve.drawing.content import Edge
from nbsolve.drawing.placing import Place, place_labels
from nbsolve.drawing.plans import Across, Plan, arrangements
from nbsolve.drawing.ways import Way

__all__ = ["cheapest"]

_WIDER = 1.05
"""By how much layers are moved apart at a time."""
_TOGETHER = 12
"""The number of arrangements that are reckoned at once."""

_Labels = dict[Edge, Place]
_Cost = tuple[float, int, int, int]
"""What comes first: the price; among equals the way that is named first, and what of it was known first."""


def cheapest(ways: Sequence[Way], page: Size, more: float = 0.0, shapes: int | None = None) -> Plan | None:
    """The cheapest plan of several ways that fits a page.

    About labels so much `more` stays free than the rule asks; `shapes` says how many of their shapes they may have.
    """
    heap: list[tuple[_Cost, _Group, Plan | None, int]] = []
    later = count()
    for number, way in enumerate(ways):
        for place, group in enumerate(_Search(way, way.margins(more), page, shapes).groups()):
            heapq.heappush(heap, ((group.price, number, 0, place), group, None, 0))
    while heap:
        (_, number, *_), group, plan, row = heapq.heappop(heap)
        if plan is None:
            for order, own, begun in group.begun():
                heapq.heappush(heap, ((begun.price, number, 1, order), group, begun, own))
        elif plan.labels is not None:
            return plan
        else:
            further = group.further(plan, row)
            if further is not None:
                heapq.heappush(heap, ((further.price, number, 2, next(later)), group, further, row))
    return None


class _Search:
    """What the search has to know of one way."""

    def __init__(self, way: Way, margins: Margins, page: Size, shapes: int | None) -> None:
        self.way, self.margins, self.page = way, margins, page
        self.edges = [
            [(a, b) for a in before for b in joined(way.graph, way.columns, a, 1)]
            for before in way.columns[:-1]
        ]
        self.tags = [[way.tags[edge][:shapes] for edge in strip] for strip in self.edges]
        longest = [max(min(size[0] for size in sizes) for sizes in strip) for strip in self.tags]
        self.least = [max(least, label + 2 * EDGE) for least, label in zip(way.least, longest, strict=True)]

    def groups(self) -> Iterator[_Group]:
        """The arrangements of units across that may do, were layers as near to one another as can be."""
        found: list[tuple[float, int, Across]] = []
        most, longest = reversed(self.page) if not self.way.down else self.page
        for across in arrangements(self.way, most):
            plans = [Plan(self.way, across, *end, self.least) for end in self.way.ends]
            # what is too long is so in every arrangement
            if not found and all(plan.length > longest for plan in plans):
                return
            prices = [plan.price for plan in plans if plan.fits(self.page)]
            if prices:
                found.append((min(prices), len(found), across))
        found.sort(key=lambda one: one[:2])
        for first in range(0, len(found), _TOGETHER):
            yield _Group(self, found[first : first + _TOGETHER])


class _Group:
    """Several arrangements of one way, whose strips are reckoned together; what the cheapest costs at least."""

    def __init__(self, search: _Search, members: Sequence[tuple[float, int, Across]]) -> None:
        self.search, self.price = search, members[0][0]
        self.numbers = [number for _, number, _ in members]
        self.arrangements = [across for _, _, across in members]
        self._found: dict[tuple[int, int, float], _Labels | None] = {}
        self._hopeful: set[tuple[int, int, bool]] = set()

    def begun(self) -> Iterator[tuple[int, int, Plan]]:
        """For each arrangement the plans, one for each place of the loss, with the least widths of the strips.

        With each its order among all of the way, and which of the group's arrangements it has.
        """
        least, ends = np.array(self.search.least)[:, None], self.search.way.ends
        widths = np.maximum([strip.least for strip in self._strips], least).T
        for k in np.flatnonzero(np.isfinite(widths).all(axis=1)).tolist():
            for place, end in enumerate(ends):
                plan = Plan(self.search.way, self.arrangements[k], *end, widths[k].tolist())
                if plan.fits(self.search.page):
                    yield self.numbers[k] * len(ends) + place, k, plan

    @cached_property
    def _strips(self) -> list[Clearance]:
        """The strips between layers, for all arrangements."""
        return [self._strip(number) for number in range(len(self.search.edges))]

    def _strip(self, number: int) -> Clearance:
        """The strip behind a layer."""
        graph, columns = self.search.way.graph, self.search.way.columns
        ends_of = {
            (a, b): (joined(graph, columns, a, 1), joined(graph, columns, b, -1))
            for a, b in self.search.edges[number]
        }
        ports = [
            (
                across.middles[a] + port(across.sides[number], after.index(b), len(after)),
                across.middles[b] + port(across.sides[number + 1], before.index(a), len(before)),
            )
            for across in self.arrangements
            for (a, b), (after, before) in ends_of.items()
        ]
        starts, ends = np.array(ports).T.reshape(2, len(self.arrangements), -1)
        return Clearance(starts, ends, self.search.tags[number], self.search.margins)

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
            edges = self.search.edges[strip]
            self._found[key] = None if places is None else dict(zip(edges, places, strict=True))
        return self._found[key]
