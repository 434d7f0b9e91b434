"""Drawings: a problem's network as a graph, placed in a scene, written as SVG."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from nbsolve.drawing.alt import network_description, network_title
from nbsolve.drawing.graph import network_graph
from nbsolve.drawing.layout import network_scene
from nbsolve.drawing.scene import Scene
from nbsolve.drawing.svg import write_svg
from nbsolve.notation import Names
from nbsolve.problem.model import Problem

__all__ = ["Drawing", "draw_network"]


@dataclass(frozen=True)
class Drawing:
    """A finished picture: its `svg`, the words that stand for it (`alt`), and the scene it was written from.

    Jupyter shows the SVG; where there are no pictures, the words.
    """

    svg: str
    title: str
    alt: str
    scene: Scene

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        bundle = {"image/svg+xml": self.svg, "text/plain": f"{self.title}. {self.alt}"}
        wanted = bundle.keys() if include is None else set(include)
        return {kind: text for kind, text in bundle.items() if kind in wanted and kind not in (exclude or ())}


def draw_network(problem: Problem, names: Names | None = None) -> Drawing:
    """The network of a problem: units in layers, biases, and the given weights on their edges.

    Past 60 connections the weights are left out and long layers are shortened to their first units, ⋮ and the
    last one; the picture says so. The same problem always gives the same picture.
    """
    names = names or Names.of(problem)
    graph = network_graph(problem, names)
    scene = network_scene(graph, problem, names)
    title, alt = network_title(names), network_description(graph, problem, names)
    return Drawing(write_svg(scene, title, alt), title, alt, scene)
