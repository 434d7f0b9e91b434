"""A notebook's cells as pieces of a handout: what nbsolve made from its blocks, the rest as it stands."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nbsolve.errors import NbsolveError
from nbsolve.handout.figures import svg_figure
from nbsolve.handout.markdown import first_heading, markdown_piece
from nbsolve.handout.paper import Paper
from nbsolve.render import stored
from nbsolve.render.typst.document import Piece, Writer
from nbsolve.render.typst.markdown import formula
from nbsolve.render.typst.words import quoted

__all__ = ["NotebookPages"]

DROPPED = frozenset({"remove-cell", "remove_cell", "hide-cell", "not-on-page"})
NO_INPUT = frozenset(
    {"hide-input", "remove-input", "hide_input", "remove_input", "parameters", "injected-parameters"}
)
NO_OUTPUT = frozenset({"hide-output", "remove-output", "hide_output", "remove_output"})
SOLUTION = "solution"
_CALLS_NBSOLVE = re.compile(r"^\s*(?:from|import) nbsolve\b", re.MULTILINE)
_SHOWS = re.compile(r"(None if .* else )?solution\.\w+\(.*\)( if .* else None)?\s*\Z")
"""Nbsolve's own cell, which may have nothing to show."""
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class NotebookPages:
    """The pieces of a notebook (nbformat 4). `solutions`: with the cells that are tagged so; `code`: with code."""

    notebook: Mapping[str, Any]
    paper: Paper
    solutions: bool = True
    code: bool = True
    outputs: bool = True

    def check_run(self) -> None:
        """Raises: NbsolveError where nbsolve's own cells have not been run, or have lost what they showed."""
        cells = [cell for cell in self.notebook["cells"] if cell["cell_type"] == "code"]
        if not self.outputs or not any(_CALLS_NBSOLVE.search(_joined(cell["source"])) for cell in cells):
            return
        if not any(cell.get("outputs") for cell in cells):
            raise NbsolveError("the notebook has not been run, or its outputs were removed: add --execute")
        for number, cell in enumerate(self._cells(), start=1):
            own = cell["cell_type"] == "code" and _SHOWS.match(_joined(cell["source"]))
            if own and not cell.get("outputs") and cell.get("execution_count") is None:
                raise NbsolveError(
                    f"cell {number} has not been run: run the notebook again, or add --execute"
                )

    def title(self, otherwise: str) -> str:
        """The first heading of level 1, or the metadata's title."""
        for cell in self._cells():
            if cell["cell_type"] == "markdown":
                found = first_heading(_joined(cell["source"]))
                if found:
                    return found
        return str(self.notebook.get("metadata", {}).get("title", "")) or otherwise

    def pieces(self) -> Iterator[Piece]:
        """One piece for each block, picture, passage or listing. Raises: NbsolveError, naming the cell."""
        titled = False
        for number, cell in enumerate(self._cells(), start=1):
            about = f"cell {number}"
            try:
                if cell["cell_type"] == "markdown":
                    source = _joined(cell["source"])
                    drop = not titled and bool(first_heading(source))
                    titled = titled or drop
                    yield markdown_piece(source, about, without_title=drop)
                elif cell["cell_type"] == "code":
                    yield from self._code(cell, number, about)
                elif cell["cell_type"] == "raw" and _joined(cell["source"]).strip():
                    yield _listing(_joined(cell["source"]), about)
            except NbsolveError as error:
                raise NbsolveError(f"{about}: {error}") from error

    def _cells(self) -> Iterator[Mapping[str, Any]]:
        for cell in self.notebook["cells"]:
            tags = _tags(cell)
            if not (tags & DROPPED or (SOLUTION in tags and not self.solutions)):
                yield cell

    def _code(self, cell: Mapping[str, Any], number: int, about: str) -> Iterator[Piece]:
        tags = _tags(cell)
        source = _joined(cell["source"])
        if self.code and source.strip() and not tags & NO_INPUT and not _generated(cell):
            yield _listing(source, about, "code")
        if not self.outputs or tags & NO_OUTPUT:
            return
        for position, output in enumerate(cell.get("outputs", [])):
            yield from self._output(output, f"{about}, output {position + 1}", f"c{number}-{position}-")

    def _output(self, output: Mapping[str, Any], about: str, prefix: str) -> Iterator[Piece]:
        kind = output["output_type"]
        if kind == "stream":
            yield _listing(_joined(output["text"]), about)
            return
        if kind == "error":
            yield _listing(f"{output['ename']}: {output['evalue']}", about)
            return
        data = output["data"]
        words = _joined(data.get("text/plain", ""))
        alt = " ".join(words.split()) or about
        if stored.MIME in data:
            document = stored.read(data[stored.MIME])
            yield from Writer(document, self.paper.room, 1, prefix).pieces(document.blocks)
        elif "image/svg+xml" in data:
            yield svg_figure(_joined(data["image/svg+xml"]), alt, self.paper)
        elif "image/png" in data or "image/jpeg" in data:
            yield _raster(data, alt, about)
        elif "text/markdown" in data:
            yield markdown_piece(_joined(data["text/markdown"]), about)
        elif "text/latex" in data and _is_formula(_joined(data["text/latex"])):
            yield _formula(_joined(data["text/latex"]), about)
        elif words.strip():
            yield _listing(words, about)
        elif data:
            raise NbsolveError(f"an output of the kinds {', '.join(sorted(data))} cannot be put on paper")


def _generated(cell: Mapping[str, Any]) -> bool:
    """Whether the code is nbsolve's own: it shows nothing but what nbsolve made, or prepares that."""
    outputs = cell.get("outputs", [])
    made = [
        stored.MIME in output.get("data", {}) or "image/svg+xml" in output.get("data", {})
        for output in outputs
    ]
    if made:
        return all(made)
    source = _joined(cell["source"])
    return source.startswith("from nbsolve import ") or _SHOWS.match(source) is not None


def _tags(cell: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(cell.get("metadata", {}).get("tags", []))


def _joined(text: Any) -> str:
    return text if isinstance(text, str) else "".join(text)


def _listing(text: str, about: str, kind: str = "text") -> Piece:
    clean = _COLOURS.sub("", text).rstrip("\n")
    return Piece(f"#listing({quoted(kind)}, {quoted(clean)})", f"{kind} of {about}")


def _raster(data: Mapping[str, Any], alt: str, about: str) -> Piece:
    kind = "png" if "image/png" in data else "jpg"
    raw = base64.b64decode(_joined(data["image/png" if kind == "png" else "image/jpeg"]))
    numbers = ",".join(map(str, raw))
    return Piece(f"#raster(({numbers},), {quoted(kind)}, {quoted(alt)})", f"picture of {about}")


def _is_formula(latex: str) -> bool:
    return latex.strip().startswith(("$", r"\["))


def _formula(latex: str, about: str) -> Piece:
    inner = latex.strip().strip("$").removeprefix(r"\[").removesuffix(r"\]")
    return Piece(formula(inner.replace(r"\displaystyle", ""), block=True), f"formula of {about}")
