"""The search in all ways at once finds what a search in each of them finds."""

from __future__ import annotations

import pytest

from nbsolve import solve
from nbsolve.drawing.arranging import _ways
from nbsolve.drawing.graph import network_graph
from nbsolve.drawing.passes import backward_content
from nbsolve.drawing.readings import Readings
from nbsolve.drawing.searching import Search, cheapest
from nbsolve.drawing.ways import PAGE
from tests.drawing.networks import random_problem
from tests.loading import load_problem


@pytest.mark.parametrize(("seed", "sizes"), [(0, [2, 2, 1]), (1, [2, 3, 2]), (0, [3, 2, 2, 1])], ids=str)
def test_the_plan_is_the_cheapest_of_all_ways(sizes: list[int], seed: int) -> None:
    worked = solve(load_problem(random_problem(seed, sizes)))
    graph = network_graph(worked.problem, worked.names)
    content = backward_content(graph, Readings(worked.solution, 1), worked.names)
    searches = [Search(way, PAGE) for way in _ways(graph, [content])]
    alone = [plan for search in searches if (plan := cheapest([search])) is not None]
    together = cheapest(searches)
    assert (together is None) == (not alone)
    if together is not None:
        best = min(alone, key=lambda plan: plan.price)
        assert together == best
        assert together.labels is not None
        assert together.fits(PAGE)
