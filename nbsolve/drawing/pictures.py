"""`draw`: which kind of drawing, of which iteration and sample, and what it needs of the solution."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx

from nbsolve.drawing.alt import network_description, pass_description
from nbsolve.drawing.content import Content
from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.graph import network_graph
from nbsolve.drawing.layout import lay_out
from nbsolve.drawing.network import network_content
from nbsolve.drawing.passes import backward_content, forward_content, update_content
from nbsolve.drawing.readings import Readings
from nbsolve.drawing.svg import write_svg
from nbsolve.errors import UnknownQuantityError
from nbsolve.notation import Names
from nbsolve.problem.model import Problem
from nbsolve.solution import Solution

__all__ = ["draw_network", "draw_solution"]

_Write = Callable[[nx.DiGraph, Readings, Names], Content]
_PASSES: dict[str, _Write] = {
    "forward": forward_content,
    "backward": backward_content,
    "update": update_content,
}


def draw_network(problem: Problem, names: Names | None = None) -> Drawing:
    """The network of a problem: units in layers, biases, and the given weights on their edges.

    Past 60 connections the weights are left out and long layers are shortened to their first units, ⋮ and the
    last one; the picture says so. The same problem always gives the same picture.
    """
    names = names or Names.of(problem)
    graph = network_graph(problem, names)
    content = network_content(graph, problem, names)
    return _finished(graph, content, network_description(graph, problem, names))


def draw_solution(
    solution: Solution, names: Names, show: str, *, iteration: int | None = None, sample: int | None = None
) -> Drawing:
    """One drawing of a solution: `network`, `forward`, `backward` or `update`.

    Raises: UnknownQuantityError for a kind, an iteration or a sample that there is not; Undecided.
    """
    if show == "network":
        return draw_network(solution.problem, names)
    kinds = _kinds(solution.problem)
    if show not in kinds:
        raise UnknownQuantityError(f"no drawing {show!r} of this problem; there are {', '.join(kinds)}")
    readings = Readings(solution, iteration, sample)
    graph = network_graph(solution.problem, names)
    content = _PASSES[show](graph, readings, names)
    return _finished(graph, content, pass_description(graph, readings, names, show))


def _kinds(problem: Problem) -> list[str]:
    kinds = ["network", "forward"]
    if problem.losses:
        kinds.append("backward")
    if problem.training is not None:
        kinds.append("update")
    return kinds


def _finished(graph: nx.DiGraph, content: Content, alt: str) -> Drawing:
    scene = lay_out(graph, [content]).scene(content)
    return Drawing(write_svg(scene, content.title, alt), content.title, alt, scene)
