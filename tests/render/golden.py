"""Fixture files: title, input, expected outputs, each ended by a line with a single dot.

    a minus in front of a product
    .
    (neg (* a b))
    .
    -a\\,b
    .
    −a·b
    .

`python -m tests.render.rewrite` writes the expected parts anew; what it changes is then read by eye in the diff.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One case of a fixture file; `line` is where its title stands."""

    title: str
    source: str
    expected: tuple[str, ...]
    line: int


def read(path: Path, outputs: int) -> list[Case]:
    """The cases of a file. Raises ValueError where one is not complete."""
    parts: list[str] = []
    starts: list[int] = []
    own: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line == ".":
            parts.append("\n".join(own).strip("\n"))
            starts.append(number - len(own))
            own = []
        else:
            own.append(line)
    size = 2 + outputs
    if any(own) or len(parts) % size:
        raise ValueError(f"{path.name}: the last case is not complete")
    cases = [
        Case(parts[n], parts[n + 1], tuple(parts[n + 2 : n + size]), starts[n])
        for n in range(0, len(parts), size)
    ]
    titles = [case.title for case in cases]
    twice = {title for title in titles if titles.count(title) > 1}
    if twice or any("\n" in title or not title for title in titles):
        raise ValueError(f"{path.name}: titles are one line each and all different: {sorted(twice)}")
    return cases


def written(cases: list[Case]) -> str:
    """The text of a fixture file."""
    blocks = ["\n.\n".join((case.title, case.source, *case.expected)) + "\n.\n" for case in cases]
    return "\n".join(blocks)


def difference(expected: str, found: str, place: str) -> str:
    """A unified diff; empty where there is none."""
    lines = difflib.unified_diff(
        expected.splitlines(), found.splitlines(), f"{place} (expected)", "found", lineterm=""
    )
    return "\n".join(lines)
