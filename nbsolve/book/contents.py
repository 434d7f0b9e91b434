"""The book's table of contents and the page that lists all problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from nbsolve.book.course import TABLE
from nbsolve.errors import NbsolveError
from nbsolve.phrases import phrase
from nbsolve.problem.model import Problem

Listed = Sequence[tuple[str, Problem]]  # the name of a problem's page, and the problem


def table_of_contents(written: Path, listed: Listed) -> str:
    """The contents of the whole book, as YAML: the pages that `written` (a `_toc.yml`) names, then problems.

    Problems stand under their group's heading, groups in the order in which they first come.
    """
    try:
        contents = yaml.safe_load(written.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise NbsolveError(f"{written} cannot be read: {error}") from None
    if not isinstance(contents, dict) or "root" not in contents:
        raise NbsolveError(f"{written}: expected `root:`, the first page, and `chapters:`, the others")
    contents["format"] = "jb-book"
    parts: list[dict[str, Any]] = list(contents.pop("parts", []))
    if "chapters" in contents:
        parts.insert(0, {"caption": "Basics", "chapters": contents.pop("chapters")})
    parts.append({"caption": "Problems", "chapters": [{"file": f"problems/{TABLE}"}]})
    for group, members in _grouped(listed).items():
        chapters = [{"file": f"problems/{name}"} for name, _ in members]
        parts.append({"caption": group, "chapters": chapters})
    contents["parts"] = parts
    text: str = yaml.safe_dump(contents, sort_keys=False, allow_unicode=True)
    return text


def table_of_problems(listed: Listed) -> str:
    """The page, in MyST, that lists every problem: its network, its loss, what is asked, links."""
    lines = ["# All problems", ""]
    for group, members in _grouped(listed).items():
        lines += [f"## {_plain(group)}", "", ":::{table}", ":class: nbsolve-problems", ":align: left", ""]
        lines += ["| Problem | Network | Loss | Asked | |", "|:--|:--|:--|:--|:--|"]
        lines += [_row(name, problem) for name, problem in members]
        lines += [":::", ""]
    return "\n".join(lines)


def shape(problem: Problem) -> str:
    """The widths of a network's layers, inputs first: `3–2–2–1`."""
    widths = [problem.network.inputs, *(layer.units for layer in problem.network.layers)]
    return "–".join(str(width) for width in widths)


def _row(name: str, problem: Problem) -> str:
    activations = ", ".join(
        phrase(f"activations.{layer.activation.name}") for layer in problem.network.layers
    )
    losses = " + ".join(phrase(f"losses.{term.name}") for term in problem.losses) or "none: forward pass only"
    asked = dict.fromkeys(quantity for part in problem.parts for quantity in part.ask)
    cells = [
        f"[{_plain(problem.title)}](<{name}.ipynb>)",
        f"{shape(problem)}<br>{activations}",
        losses,
        ", ".join(_asked(quantity) for quantity in asked) or "everything",
        f'<a href="../_sources/problems/{name}.ipynb" download="{name}.ipynb">notebook</a>',
    ]
    return "| " + " | ".join(cells) + " |"


def _grouped(listed: Listed) -> Mapping[str, list[tuple[str, Problem]]]:
    groups: dict[str, list[tuple[str, Problem]]] = {}
    for name, problem in listed:
        groups.setdefault(problem.group or problem.source or "Problems", []).append((name, problem))
    return groups


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _asked(quantity: str) -> str:
    """A kind of quantity in words; the name of one quantity as code."""
    return _spaced(quantity) if quantity.replace("_", "").isalpha() and len(quantity) > 2 else f"`{quantity}`"


def _plain(text: str) -> str:
    """Text for a table's cell: a bar would end it, a line break too."""
    return " ".join(text.split()).replace("|", "\\|")
