"""The book's table of contents and the page that lists all problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import yaml

from nbsolve.book.course import TABLE
from nbsolve.book.effort import LEVELS, level_of
from nbsolve.book.entry import Entry, Listed
from nbsolve.book.offered import files_of
from nbsolve.errors import NbsolveError
from nbsolve.markdown.myst import escaped, line
from nbsolve.phrases import phrase, phrase_of


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
    dumper = getattr(
        yaml, "CSafeDumper", yaml.SafeDumper
    )  # the same in a tenth of the time, where it is there
    text: str = yaml.dump(contents, Dumper=dumper, sort_keys=False, allow_unicode=True)
    return text


def list_of_problems(listed: Listed, kinds: Sequence[str]) -> str:
    """The page, in MyST, that lists every problem: its network, its loss, what is asked, how long it is, links.

    `kinds` are those of the files that each problem's page offers.
    Its filters need no script: style sheets hide what has not the class that was chosen.
    """
    lines = [f"# {phrase('book.all_problems')}", "", _filters(listed), ""]
    for group, members in _grouped(listed).items():
        lines += [f"## {escaped(group)}", "", ":::::{container} nbsolve-cards"]
        lines += [_card(name, entry, kinds) for name, entry in members]
        lines += [":::::", ""]
    return "\n".join(lines)


def _card(name: str, entry: Entry, kinds: Sequence[str]) -> str:
    title = line(entry.title, language=entry.language)
    lines = [f"**[{title}](<{name}.ipynb>)**"]
    classes = [f"nbsolve-{entry.kind}"]
    if entry.derivation:
        lines.append(phrase("book.derive", functions=entry.about))
    else:
        level = level_of(entry.steps)
        classes.append(f"nbsolve-{level}")
        length = f"{phrase_of('book.levels.', level)}, {phrase('book.steps', count=str(entry.steps))}"
        lines += [entry.about, phrase("book.find", asked=entry.asked), length]
    if files := files_of(name, kinds):
        lines.append(" · ".join(one.link(f"problems/{TABLE}") for one in files))
    body = "\n\n".join(lines)
    return f"::::{{container}} nbsolve-card {' '.join(classes)}\n{body}\n::::"


def _filters(listed: Listed) -> str:
    """Radio buttons for the kinds and the lengths that there are; nothing where there is no choice."""
    kinds = [
        kind for kind in ("numbers", "letters", "derivation") if any(one.kind == kind for _, one in listed)
    ]
    there = {level_of(one.steps) for _, one in listed if not one.derivation}
    levels = [level for level in LEVELS if level in there]
    sets = [
        _choice("kind", {kind: phrase_of("book.kinds.", kind) for kind in kinds}),
        _choice("level", {level: phrase_of("book.levels.", level) for level in levels}),
    ]
    written = "".join(one for one in sets if one)
    return f'<form class="nbsolve-filters" autocomplete="off">{written}</form>' if written else ""


def _choice(name: str, options: Mapping[str, str]) -> str:
    if len(options) < 2:
        return ""
    buttons = "".join(
        f'<label><input type="radio" name="{name}" id="nbsolve-{name}-{value}"{" checked" if not value else ""}>'
        f" {escape(words)}</label>"
        for value, words in {"": phrase("book.all"), **options}.items()
    )
    legend = escape(phrase("book.kind" if name == "kind" else "book.level"))
    return f"<fieldset><legend>{legend}</legend>{buttons}</fieldset>"


def _grouped(listed: Listed) -> Mapping[str, list[tuple[str, Entry]]]:
    groups: dict[str, list[tuple[str, Entry]]] = {}
    for name, entry in listed:
        groups.setdefault(entry.group, []).append((name, entry))
    return groups
