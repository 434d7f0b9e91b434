"""What each problem was read from: where that is as it was at the last build, it need not be read again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from nbsolve.book.course import Course
from nbsolve.book.made import nbsolve_hash
from nbsolve.book.reading import book_files
from nbsolve.errors import ProblemError
from nbsolve.problem.data_files import data_files
from nbsolve.settings import Settings

__all__ = ["source_hashes"]

_LINK = re.compile(r"\]\s*[(:]")
_DATA = re.compile(r"\.(?:csv|np[yz])|\\[xuU][0-9a-f]", re.IGNORECASE)
"""The name of a data file, or a sign by its number: what may be one is looked at closely."""


def source_hashes(course: Course, files: Mapping[str, Path], settings: Settings) -> dict[str, str]:
    """By the name of the page, the hash of all that reading its problem depends on.

    That is its file and the data files that it names, nbsolve, the settings of the course, and, for a problem with
    links, which problems and pages there are. A file that cannot be read has no hash: reading it says why.
    """
    common = f"{nbsolve_hash()} {settings.trust} {settings.language}"
    places = _link_targets(course)
    hashes = {}
    for name, file in files.items():
        try:
            content = file.read_bytes()
            text = content.decode("utf-8")
            digest = hashlib.sha256(f"{common} {places if _LINK.search(text) else ''}\n".encode() + content)
            if _DATA.search(text):
                for data_file, data in data_files(text, str(file), file.parent):
                    digest.update(f"{data_file} {hashlib.sha256(data).hexdigest()}\n".encode())
        except (OSError, UnicodeDecodeError, ProblemError):
            continue
        hashes[name] = digest.hexdigest()
    return hashes


def _link_targets(course: Course) -> str:
    """The hash of the names of all that a problem's links may lead to."""
    written = (
        one for one in book_files(course.book) if one.suffix == ".md" and course.pages not in one.parents
    )
    found = [*course.problem_files(), *written]
    places = sorted(one.relative_to(course.folder).as_posix() for one in found)
    return hashlib.sha256("\n".join(places).encode("utf-8", "surrogateescape")).hexdigest()
