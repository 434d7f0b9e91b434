"""The problems whose pages are mathematics in letters: derivations, and passes in letters."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml

from nbsolve import load_problem, solve
from nbsolve.render.myst import render
from tests.algebra.derivations import Segment, own_functions, segments
from tests.algebra.documents import DOCUMENTS, OTHERS
from tests.algebra.symbolic import SymbolicPage

PROBLEMS = sorted((Path(__file__).parents[2] / "problems").glob("*.yaml"))
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in PROBLEMS}
DERIVATIONS = tuple(name for name, text in TEXTS.items() if "\nkind: derivation" in f"\n{text}")
SYMBOLIC = tuple(
    name
    for name, text in TEXTS.items()
    if name not in DERIVATIONS
    and ("symbolic" in str(yaml.safe_load(text)) or yaml.safe_load(text).get("letters") is True)
)
OWN = tuple(name for name, text in TEXTS.items() if name not in DERIVATIONS and "custom:" in text)
"""Problems with a network that bring functions of their own."""


@lru_cache(maxsize=64)
def markdown(text: str) -> str:
    """The page of a problem as MyST Markdown."""
    return render(solve(load_problem(text)).document())


def derivation_segments(names: tuple[str, ...] = DERIVATIONS) -> Iterator[Segment]:
    """Every derivation of these problems, each once."""
    seen: set[str] = set()
    for name in (*names, *OWN):
        parts = own_functions if name in OWN else segments
        for segment in parts(TEXTS[name], markdown(TEXTS[name])):
            if segment.markdown not in seen:
                seen.add(segment.markdown)
                yield segment


def symbolic_pages() -> dict[str, SymbolicPage]:
    """The pages in letters: those of the shipped problems, and the source documents as they stand here."""
    texts = {**{name: TEXTS[name] for name in SYMBOLIC}, **DOCUMENTS, **OTHERS}
    return {name: SymbolicPage(text, markdown(text)) for name, text in texts.items()}
