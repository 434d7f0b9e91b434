"""Which file was meant by a name that none has: another spelling, a missing ending, another folder."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

__all__ = ["did_you_mean"]

_MOST = 2000
"""Names that are looked at; a folder may have any number."""
_NEAR = 0.6


def did_you_mean(path: Path, suffixes: Sequence[str], inside: str = "problems") -> str | None:
    """`did you mean problems/first.yaml?` for a file that is not there; None where nothing is near.

    Files with these `suffixes` are meant; they may be in the folder `inside` beside where they were looked for.
    """
    if any(sign in path.name for sign in "*?["):
        return "no file has a name of this pattern"
    near = {file: _likeness(path.stem, file.stem) for file in _around(path, suffixes, inside)}
    best = max(near, key=lambda file: near[file], default=None)
    return None if best is None or near[best] < _NEAR else f"did you mean {best}?"


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one.lower(), other.lower()).ratio()


def _around(path: Path, suffixes: Sequence[str], inside: str) -> Iterator[Path]:
    """Files that may be meant, those in the named folder first."""
    folder = path.parent
    if not folder.is_dir():
        others = [one.name for one in _listed(folder.parent) if one.is_dir()]
        near = difflib.get_close_matches(folder.name, others, 1, _NEAR)
        folder = folder.parent / near[0] if near else folder.parent
    for place in (folder, folder / inside):
        for file in _listed(place):
            if file.suffix.lower() in suffixes and file.is_file():
                yield file
            elif file.is_dir() and place.name == inside and not file.name.startswith("."):
                yield from (one for one in _listed(file) if one.suffix.lower() in suffixes)


def _listed(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as found:
            return sorted(folder / one.name for one in islice(found, _MOST))
    except OSError:
        return []
