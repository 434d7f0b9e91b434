"""Which notebooks are up to date: for each, one hash of everything it was made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from nbsolve import __version__
from nbsolve.problem.model import AnyProblem

_SOURCES = {".py", ".ipynb", ".yaml"}


def nbsolve_hash() -> str:
    """Of nbsolve's version and its own files, the template among them.

    The version alone is not enough: whoever works on nbsolve would look at old pages.
    """
    digest = hashlib.sha256(__version__.encode())
    package = Path(__file__).resolve().parent.parent
    for source in sorted(package.rglob("*")):
        if source.suffix in _SOURCES:
            digest.update(source.relative_to(package).as_posix().encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()


def problem_hash(problem: AnyProblem, nbsolve: str, related: str | None = None) -> str:
    """Of a problem as it was read, so that a data file counts too, of `nbsolve_hash()` and of the page's links."""
    return hashlib.sha256(f"{nbsolve}\n{problem!r}\n{related}".encode()).hexdigest()


def read_made(path: Path) -> dict[str, str]:
    """Page name to hash, as the last build left them; empty where there is nothing to be read."""
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return made if isinstance(made, dict) else {}


def made_text(made: Mapping[str, str]) -> str:
    """What `read_made` reads."""
    return json.dumps(dict(sorted(made.items())), indent=1) + "\n"
