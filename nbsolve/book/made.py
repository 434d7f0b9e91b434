"""What the last build made: for each page its problem's file, its entry, and a hash of all it was made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nbsolve import __version__
from nbsolve.book.entry import Entry
from nbsolve.problem.model import AnyProblem


@dataclass(frozen=True, slots=True)
class Made:
    """One page: `file` is the problem's, in the course; `notebook` and `related` are hashes of what went in.

    `source` is the hash of what the problem was read from, `warnings` what reading it warned of. `withheld`: it has
    the question alone.
    """

    file: str
    source: str
    notebook: str
    related: str
    entry: Entry
    warnings: tuple[str, ...] = ()
    withheld: bool = False


@cache
def nbsolve_hash() -> str:
    """The hash of nbsolve's version and its own files, the templates among them.

    The version alone is not enough: somebody who works on nbsolve would look at old pages.
    """
    digest = hashlib.sha256(__version__.encode())
    package = Path(__file__).resolve().parent.parent
    for source in sorted(package.rglob("*")):
        if source.is_file() and "__pycache__" not in source.parts:
            digest.update(source.relative_to(package).as_posix().encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()


def problem_hash(problem: AnyProblem, nbsolve: str) -> str:
    """The hash of a problem as it was read, so that a data file counts too, and of `nbsolve_hash()`."""
    return text_hash(f"{nbsolve}\n{problem!r}")


def text_hash(text: str | None) -> str:
    """The hash of a text; None has a hash, too."""
    return hashlib.sha256(repr(text).encode()).hexdigest()


def read_made(path: Path) -> dict[str, Made]:
    """By the name of the page, as the last build left them; empty where there is nothing that can be read."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return {name: _made(**fields) for name, fields in record.items()}
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return {}


def made_text(made: Mapping[str, Made]) -> str:
    """What `read_made` reads."""
    lines = (
        f"{json.dumps(name)}: {json.dumps(one, default=fields_of)}" for name, one in sorted(made.items())
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def fields_of(record: Any) -> dict[str, Any]:
    """The fields of a dataclass by name, as they are: `asdict` would copy all that is in them."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def _made(entry: Mapping[str, Any], warnings: Iterable[str], **fields: Any) -> Made:
    functions = tuple((name, formula) for name, formula in entry["functions"])
    return Made(entry=Entry(**{**entry, "functions": functions}), warnings=tuple(warnings), **fields)
