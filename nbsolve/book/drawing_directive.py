"""`{drawing}` and `{function-plot}` for the pages of a course: pictures drawn while the site is built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes  # type: ignore[import-untyped, unused-ignore]
from docutils.parsers.rst import directives  # type: ignore[import-untyped, unused-ignore]
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from nbsolve.catalogue import ACTIVATIONS
from nbsolve.drawing import Drawing, plot_function
from nbsolve.errors import NbsolveError
from nbsolve.notebook.page import figure
from nbsolve.phrases import phrase
from nbsolve.problem import load_problem
from nbsolve.problem.model import Problem
from nbsolve.problem.reading import read_tree
from nbsolve.problem.tree import Entries, Items, Node, Scalar
from nbsolve.worked import WorkedSolution, solve

__all__ = ["add_directives"]


def add_directives(app: Sphinx) -> None:
    """Called by the extension."""
    app.add_directive("drawing", DrawingDirective)
    app.add_directive("function-plot", FunctionPlotDirective)


class DrawingDirective(SphinxDirective):
    """A drawing of a problem: its file, in the book's folder or beside it, and the arguments of `draw` as options.

    `set` changes the problem before it is solved: `training.iterations=200; explain=paths`.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {  # noqa: RUF012 - docutils reads it so
        "show": directives.unchanged_required,
        "quantity": directives.unchanged_required,
        "step": directives.positive_int,
        "iteration": directives.positive_int,
        "sample": directives.positive_int,
        "set": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Draw."""
        try:
            worked = self._worked()
            return [_raw(worked.draw(self.options.pop("show", None), **self.options))]
        except NbsolveError as error:
            raise self.error(str(error)) from None

    def _worked(self) -> WorkedSolution:
        path = self._file()
        for file in (path, *_data_files(path)):
            self.env.note_dependency(str(file))
        changed = str(self.options.pop("set", ""))
        overrides = dict(part.strip().split("=", 1) for part in changed.split(";") if "=" in part)
        solved: dict[tuple[Path, str], WorkedSolution] = self.env.temp_data.setdefault("nbsolve_solved", {})
        if (path, changed) not in solved:
            problem = load_problem(path, overrides=overrides, trust=True)  # its texts are not shown
            if not isinstance(problem, Problem):
                raise NbsolveError(f"{path} is a derivation; its functions are drawn by {{function-plot}}")
            solved[path, changed] = solve(problem)
        return solved[path, changed]

    def _file(self) -> Path:
        source = Path(str(self.env.srcdir))
        found = [folder / str(self.arguments[0]) for folder in (source, source.parent)]
        for path in found:
            if path.is_file():
                return path
        raise NbsolveError(f"there is no problem {self.arguments[0]} in {source.parent}")


def _data_files(problem: Path) -> Iterator[Path]:
    """The files that a problem takes its numbers from."""
    waiting: list[Node] = [read_tree(problem.read_text(encoding="utf-8"), str(problem))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Items):
            waiting += node.items
        elif isinstance(node, Entries):
            waiting += node.entries.values()
            name = node.entries.get("file")
            if isinstance(name, Scalar):
                yield problem.parent / name.text


class FunctionPlotDirective(SphinxDirective):
    """An activation of the catalogue and its derivative, with tangents at `points`."""

    required_arguments = 1
    option_spec = {  # noqa: RUF012
        "points": directives.unchanged_required,
        "domain": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Draw."""
        record = ACTIVATIONS.get(self.arguments[0])
        if record is None or record.vector:
            known = ", ".join(name for name, each in ACTIVATIONS.items() if not each.vector)
            raise self.error(f"no activation {self.arguments[0]!r}; there are {known}")
        name = phrase(f"activations.{record.name}")
        low, high = _numbers(self.options.get("domain", "-5, 5"))
        drawing = plot_function(
            record.definition,
            record.derivative,
            variable="z",
            domain=(low, high),
            parameters=record.parameters,
            labels=(f"{name}(z)", f"{name}′(z)"),
            points=_numbers(self.options.get("points", "")),
        )
        return [_raw(drawing)]


def _numbers(text: str) -> list[float]:
    return [float(part) for part in re.split(r"[\s,]+", text) if part]


def _raw(drawing: Drawing) -> Any:
    return nodes.raw("", figure(drawing.svg), format="html")
