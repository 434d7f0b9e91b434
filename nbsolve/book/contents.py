"""The book's table of contents and the page that lists all problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from nbsolve.book.course import TABLE
from nbsolve.compose.derivation_page import name_of
from nbsolve.compose.functions import activation_name, loss_name
from nbsolve.errors import NbsolveError
from nbsolve.problem.model import AnyProblem, DerivationProblem, Problem

Listed = Sequence[tuple[str, AnyProblem]]  # the name of a problem's page, and the problem


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
        lines += [f"## {_plain(group)}", "", ":::{table}"]
        if all(isinstance(problem, DerivationProblem) for _, problem in members):
            lines += [":class: nbsolve-derivations", ":align: left", ""]
            lines += ["| Derivation | Of | |", "|:--|:--|:--|"]
            lines += [_derivation(name, problem) for name, problem in members]
        else:
            lines += [":class: nbsolve-problems", ":align: left", ""]
            lines += ["| Problem | Network | Loss | Asked | |", "|:--|:--|:--|:--|:--|"]
            lines += [_row(name, problem) for name, problem in members]
        lines += [":::", ""]
    return "\n".join(lines)


def shape(problem: Problem) -> str:
    """The widths of a network's layers, inputs first: `3–2–2–1`."""
    widths = [problem.network.inputs, *(layer.units for layer in problem.network.layers)]
    return "–".join(str(width) for width in widths)


def _row(name: str, problem: AnyProblem) -> str:
    cells = _derived(problem) if isinstance(problem, DerivationProblem) else _solved(problem)
    return _cells(_link(name, problem), *cells, _notebook(name))


def _derivation(name: str, problem: AnyProblem) -> str:
    """A row where there are derivations only: what is derived, without networks and without "asked"."""
    assert isinstance(problem, DerivationProblem)
    derived = ", ".join(name_of(topic) for topic in problem.topics)
    return _cells(_link(name, problem), derived, _notebook(name))


def _link(name: str, problem: AnyProblem) -> str:
    return f"[{_plain(problem.title)}](<{name}.ipynb>)"


def _notebook(name: str) -> str:
    return f'<a href="../_sources/problems/{name}.ipynb" download="{name}.ipynb">notebook</a>'


def _cells(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _derived(problem: DerivationProblem) -> tuple[str, str, str]:
    """Of a derivation: its functions, its losses, and that they are derived."""
    functions = [name_of(topic) for topic in problem.topics if topic.kind == "activation"]
    losses = [name_of(topic) for topic in problem.topics if topic.kind == "loss"]
    return ", ".join(functions) or "–", ", ".join(losses) or "–", "derivation"


def _solved(problem: Problem) -> tuple[str, str, str]:
    """The network, the loss, and what is asked."""
    activations = ", ".join(activation_name(layer.activation) for layer in problem.network.layers)
    losses = " + ".join(loss_name(term) for term in problem.losses) or "none: forward pass only"
    asked = dict.fromkeys(quantity for part in problem.parts for quantity in part.ask)
    words = ", ".join(_asked(quantity) for quantity in asked) or "everything"
    return f"{shape(problem)}<br>{activations}", losses, words


def _grouped(listed: Listed) -> Mapping[str, list[tuple[str, AnyProblem]]]:
    groups: dict[str, list[tuple[str, AnyProblem]]] = {}
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
