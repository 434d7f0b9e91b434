"""Everything that nbsolve says about a problem, by output format: what was added must be in each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbsolve import phrases
from tests.corpus.outputs import FORMATS
from tests.loading import load_problem


def outputs(text: str) -> dict[str, str]:
    """The text of each format of the corpus: text, Markdown, LaTeX, MathML, Typst, JSON, drawings."""
    from nbsolve import solve

    worked = solve(load_problem(text))
    return {name: write(worked) for name, write in FORMATS.items()}


@contextmanager
def words(section: str, **more: Any) -> Iterator[None]:
    """Phrases added to a section of the English words, as a line of `phrases/en.yaml` would add them."""
    table = phrases._phrases()[section]
    before = dict(table)
    table.update(more)
    try:
        yield
    finally:
        table.clear()
        table.update(before)
