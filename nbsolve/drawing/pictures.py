"""`draw`: which kind of drawing, of which iteration and sample, and what it needs of the solution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import networkx as nx

from nbsolve.asking.classifying import classified
from nbsolve.drawing.alt import network_description, pass_description
from nbsolve.drawing.arranging import lay_out
from nbsolve.drawing.charts.boundary import plot_plane
from nbsolve.drawing.charts.heatmaps import heatmaps
from nbsolve.drawing.charts.losses import plot_losses
from nbsolve.drawing.charts.shapes import plot_activations
from nbsolve.drawing.charts.unit_plane import plane_of_unit
from nbsolve.drawing.content import Content
from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.frames import Frames
from nbsolve.drawing.graph import network_graph
from nbsolve.drawing.network import network_content
from nbsolve.drawing.passes import Pass, backward_content, forward_content, update_content
from nbsolve.drawing.paths import paths_of
from nbsolve.drawing.readings import Readings
from nbsolve.drawing.routes import sought
from nbsolve.drawing.svg import write_svg
from nbsolve.errors import UnknownQuantityError
from nbsolve.notation import Names
from nbsolve.phrases import phrase
from nbsolve.problem.classes import border_of
from nbsolve.problem.model import Problem
from nbsolve.solving.solution import Solution

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
    backend: str = "svg",
    ax: Any | None = None,
) -> Drawing:
    """One drawing of a solution: see `WorkedSolution.draw`.

    Raises: UnknownQuantityError for a kind, an iteration, a sample, a quantity, a step or a backend that there
    is not; Undecided.
    """
    if backend not in _BACKENDS:
        raise UnknownQuantityError(f"no backend {backend!r}; there are {', '.join(_BACKENDS)}")
    if ax is not None and backend != "matplotlib":
        raise UnknownQuantityError('axes are painted on by draw(..., backend="matplotlib", ax=ax)')
    kinds = kinds_of(solution.problem)
    if show not in kinds:
        raise UnknownQuantityError(f"no drawing {show!r} of this problem; there are {', '.join(kinds)}")
    drawing = _KINDS[show](_Asked(solution, names, show, iteration, sample, quantity, step))
    if backend == "svg":
        return drawing
    from nbsolve.drawing.finishing import through_matplotlib

    return through_matplotlib(drawing, ax)


_BACKENDS = ("svg", "matplotlib")


@dataclass(frozen=True)
class _Asked:
    """A request for a picture: which kind, of which iteration, sample, quantity or step."""

    solution: Solution
    names: Names
    show: str
    iteration: int | None
    sample: int | None
    quantity: str | None
    number: int | None

    @cached_property
    def readings(self) -> Readings:
        """The numbers of the iteration and the sample."""
        return Readings(self.solution, self.iteration, self.sample)

    @cached_property
    def graph(self) -> nx.DiGraph:
        """The units that are drawn."""
        return network_graph(self.solution.problem, self.names)

    def network(self) -> Drawing:
        """Symbols and givens."""
        return draw_network(self.solution.problem, self.names)

    def one_pass(self) -> Drawing:
        """Forward, backward, update."""
        content = _PASSES[self.show](self.graph, self.readings, self.names)
        words = pass_description(self.graph, self.readings, self.names, self.show)
        return _finished(self.graph, content, words, self._about)

    @property
    def _about(self) -> dict[str, object]:
        """What scripts are told: which pass, of what; nothing of a picture that leaves units out."""
        if self.graph.number_of_edges() < self.graph.graph["edges"]:
            return {}
        iteration = self.readings.iteration
        moment = {"iteration": iteration.number, "sample": self.readings.sample} if iteration else {}
        return {"drawing": self.show, **moment}

    def paths(self) -> Drawing:
        """The paths from a quantity to the loss."""
        if self.quantity is None:
            raise UnknownQuantityError(
                '`paths` need a quantity to begin at: draw("paths", quantity="dL/dw1")'
            )
        symbol = sought(self.names, self.quantity)
        drawn = paths_of(self.graph, self.readings, self.names, symbol)
        return _finished(self.graph, drawn.content, drawn.words)

    def step(self) -> Drawing:
        """The frame of one step."""
        if self.number is None:
            raise UnknownQuantityError('`step` needs the number of a step: draw("step", step=1)')
        return Frames(self.solution, self.names).frame(self.number)

    def heatmaps(self) -> Drawing:
        """Weights and gradients as colours."""
        return heatmaps(self.readings, self.names)

    def activations(self) -> Drawing:
        """Each unit's position on its activation curve."""
        return plot_activations(Pass(self.graph, self.readings, self.names))

    def loss(self) -> Drawing:
        """The loss over the iterations."""
        return plot_losses(self.solution, self.names)

    def boundary(self) -> Drawing:
        """The samples by class, with the decision boundary in the end."""
        found = classified(self.solution)
        assert found is not None
        return plot_plane(plane_of_unit(found, self.names), phrase("rule.drawing.title"))


_KINDS: dict[str, Callable[[_Asked], Drawing]] = {
    "network": _Asked.network,
    **dict.fromkeys(_PASSES, _Asked.one_pass),
    "paths": _Asked.paths,
    "step": _Asked.step,
    "heatmaps": _Asked.heatmaps,
    "activations": _Asked.activations,
    "loss": _Asked.loss,
    "boundary": _Asked.boundary,
}


def kinds_of(problem: Problem) -> list[str]:
    """The kinds of drawings that there are of a problem."""
    kinds = ["network", "forward"]
    if problem.differentiated:
        kinds += ["backward", "paths"]
    if problem.training is not None:
        kinds.append("update")
    if not problem.symbolic:
        kinds += ["step", "activations", "heatmaps"]
        if problem.losses and problem.training is not None and problem.training.iterations > 1:
            kinds.append("loss")
        if problem.network.inputs == 2 and border_of(problem) is not None:
            kinds.append("boundary")
    return kinds


def frames(solution: Solution, names: Names) -> tuple[Drawing, ...]:
    """A frame for each step, all in one layout. Raises: UnknownQuantityError for a problem in symbols."""
    every = Frames(solution, names)
    return tuple(every.frame(moment.number) for moment in every.moments) or (every.frame(1),)


def _finished(
    graph: nx.DiGraph, content: Content, alt: str, data: Mapping[str, object] | None = None
) -> Drawing:
    scene = lay_out(graph, [content]).scene(content)
    return Drawing(write_svg(scene, content.title, alt, data), content.title, alt, scene)
