"""The book's table of contents and the page that lists all problems."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from nbsolve.book.course import TABLE
from nbsolve.book.entry import Entry, Listed
from nbsolve.errors import NbsolveError
from nbsolve.markdown.myst import escaped, line


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
        lines += [f"## {escaped(group)}", "", ":::{table}"]
        if all(entry.derivation for _, entry in members):
            lines += [":class: nbsolve-derivations", ":align: left", ""]
            lines += ["| Derivation | Of | |", "|:--|:--|:--|"]
            lines += [_derivation(name, entry) for name, entry in members]
        else:
            lines += [":class: nbsolve-problems", ":align: left", ""]
            lines += ["| Problem | Network | Loss | Asked | |", "|:--|:--|:--|:--|:--|"]
            lines += [_row(name, entry) for name, entry in members]
        lines += [":::", ""]
    return "\n".join(lines)


def _row(name: str, entry: Entry) -> str:
    return _cells(_link(name, entry), *entry.cells, _notebook(name))


def _derivation(name: str, entry: Entry) -> str:
    """A row where there are derivations only: what is derived, without networks and without "asked"."""
    return _cells(_link(name, entry), entry.derived, _notebook(name))


def _link(name: str, entry: Entry) -> str:
    return f"[{line(entry.title, cell=True, language=entry.language)}](<{name}.ipynb>)"


def _notebook(name: str) -> str:
    file = f"{name.rpartition('/')[2]}.ipynb"
    return f'<a href="../_sources/problems/{quote(name)}.ipynb" download="{escape(file)}">notebook</a>'


def _cells(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _grouped(listed: Listed) -> Mapping[str, list[tuple[str, Entry]]]:
    groups: dict[str, list[tuple[str, Entry]]] = {}
    for name, entry in listed:
        groups.setdefault(entry.group, []).append((name, entry))
    return groups
