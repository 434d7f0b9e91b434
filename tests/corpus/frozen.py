"""The hashes of what nbsolve says, one line a problem: `name text:… markdown:… …`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from tests.corpus.cases import Case
from tests.corpus.outputs import outputs

__all__ = ["FROZEN", "different", "frozen", "line_of"]

FROZEN = Path(__file__).parent / "frozen.txt"


def line_of(case: Case) -> str:
    """What a problem's outputs are today."""
    name, text = case
    hashes = (
        f"{form}:{hashlib.sha256(said.encode()).hexdigest()[:10]}" for form, said in outputs(name, text)
    )
    return " ".join((name, *hashes))


def frozen() -> dict[str, str]:
    """The frozen lines by name."""
    return {line.partition(" ")[0]: line for line in FROZEN.read_text(encoding="utf-8").splitlines()}


def different(lines: Iterable[str]) -> list[str]:
    """`name: format, format` for every line that is not the frozen one."""
    kept = frozen()
    found = []
    for line in lines:
        name, *parts = line.split()
        before = kept.get(name, "").split()
        forms = [part.partition(":")[0] for part in parts if part not in before]
        if forms:
            found.append(f"{name}: {', '.join(forms)}")
    return found
