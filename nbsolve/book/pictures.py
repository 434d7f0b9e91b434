"""The pictures that a page of a course asks for: of a problem, and of a function of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbsolve.catalogue import ACTIVATIONS
from nbsolve.drawing import plot_function
from nbsolve.errors import NbsolveError
from nbsolve.phrases import phrase_of
from nbsolve.problem import load_problem
from nbsolve.problem.model import Problem
from nbsolve.problem.reading import read_tree
from nbsolve.problem.tree import Entries, Items, Node, Scalar
from nbsolve.render.figure import figure
from nbsolve.worked.kinds import solve
from nbsolve.worked.network import WorkedSolution

__all__ = ["files_of", "picture_of", "plot_of", "solved"]


def files_of(problem: str) -> Iterator[str]:
    """A problem's file, and the files that it takes its numbers from."""
    path = Path(problem)
    yield problem
    waiting: list[Node] = [read_tree(path.read_text(encoding="utf-8"), problem)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Items):
            waiting += node.items
        elif isinstance(node, Entries):
            waiting += node.entries.values()
            name = node.entries.get("file")
            if isinstance(name, Scalar):
                yield str(path.parent / name.text)


def solved(problem: str, changed: str) -> WorkedSolution:
    """The solution of a problem's file, after changes such as `training.iterations=200; explain=paths`."""
    overrides = dict(part.strip().split("=", 1) for part in changed.split(";") if "=" in part)
    loaded = load_problem(Path(problem), overrides=overrides, trust=True)  # its texts are not shown
    if not isinstance(loaded, Problem):
        raise NbsolveError(f"{problem} is a derivation; its functions are drawn by {{function-plot}}")
    return solve(loaded)


def picture_of(worked: WorkedSolution, options: Mapping[str, Any]) -> str:
    """A drawing of a solution as HTML; `options` are arguments of `draw`."""
    rest = dict(options)
    return figure(worked.draw(rest.pop("show", None), **rest).svg)


def plot_of(activation: str, domain: str, points: str) -> str:
    """An activation of the catalogue and its derivative, as HTML."""
    record = ACTIVATIONS.get(activation)
    if record is None or record.vector:
        known = ", ".join(name for name, each in ACTIVATIONS.items() if not each.vector)
        raise NbsolveError(f"no activation {activation!r}; there are {known}")
    name = phrase_of("activations.", record.name)
    low, high = _numbers(domain)
    drawing = plot_function(
        record.definition,
        record.derivative,
        variable="z",
        domain=(low, high),
        parameters=record.parameters,
        labels=(f"{name}(z)", f"{name}′(z)"),
        points=_numbers(points),
    )
    return figure(drawing.svg)


def _numbers(text: str) -> list[float]:
    return [float(part) for part in re.split(r"[\s,]+", text) if part]
