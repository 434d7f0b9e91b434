"""`draw`: which kind of drawing, of which iteration and sample, and what it needs of the solution."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx

from nbsolve.drawing.alt import network_description, pass_description
from nbsolve.drawing.content import Content
from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.frames import Frames
from nbsolve.drawing.graph import network_graph
from nbsolve.drawing.heatmaps import heatmaps
from nbsolve.drawing.layout import lay_out
from nbsolve.drawing.network import network_content
from nbsolve.drawing.passes import backward_content, forward_content, update_content
from nbsolve.drawing.paths import paths_of
from nbsolve.drawing.readings import Readings
from nbsolve.drawing.routes import sought
from nbsolve.drawing.svg import write_svg
from nbsolve.errors import UnknownQuantityError
from nbsolve.notation import Names
from nbsolve.problem.model import Problem
from nbsolve.solution import Solution

__all__ = ["draw_network", "draw_solution", "frames", "kinds_of"]

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
    solution: Solution,
    names: Names,
    show: str,
    *,
    iteration: int | None = None,
    sample: int | None = None,
    quantity: str | None = None,
    step: int | None = None,
) -> Drawing:
    """One drawing of a solution: see `WorkedSolution.draw`.

    Raises: UnknownQuantityError for a kind, an iteration, a sample, a quantity or a step that there is not;
    Undecided.
    """
    if show == "network":
        return draw_network(solution.problem, names)
    kinds = kinds_of(solution.problem)
    if show not in kinds:
        raise UnknownQuantityError(f"no drawing {show!r} of this problem; there are {', '.join(kinds)}")
    if show == "step":
        if step is None:
            raise UnknownQuantityError('`step` needs the number of a step: draw("step", step=1)')
        return Frames(solution, names).frame(step)
    readings = Readings(solution, iteration, sample)
    graph = network_graph(solution.problem, names)
    if show == "heatmaps":
        return heatmaps(readings, names)
    if show == "paths":
        if quantity is None:
            raise UnknownQuantityError(
                '`paths` need a quantity to begin at: draw("paths", quantity="dL/dw1")'
            )
        drawn = paths_of(graph, readings, names, sought(names, quantity))
        return _finished(graph, drawn.content, drawn.words)
    content = _PASSES[show](graph, readings, names)
    return _finished(graph, content, pass_description(graph, readings, names, show))


def kinds_of(problem: Problem) -> list[str]:
    """The kinds of drawings that there are of a problem."""
    kinds = ["network", "forward"]
    if problem.losses:
        kinds += ["backward", "paths"]
    if problem.training is not None:
        kinds.append("update")
    if not problem.symbolic:
        kinds += ["step", "heatmaps"]
    return kinds


def frames(solution: Solution, names: Names) -> tuple[Drawing, ...]:
    """A frame for each step, all in one layout. Raises: UnknownQuantityError for a problem in letters."""
    every = Frames(solution, names)
    return tuple(every.frame(moment.number) for moment in every.moments) or (every.frame(1),)


def _finished(graph: nx.DiGraph, content: Content, alt: str) -> Drawing:
    scene = lay_out(graph, [content]).scene(content)
    return Drawing(write_svg(scene, content.title, alt), content.title, alt, scene)
