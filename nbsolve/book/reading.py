"""What the site is made from: the files that Sphinx reads, and the programs that make it."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from nbsolve.book.course import Course
from nbsolve.book.made import nbsolve_hash

_ABSENT = "absent"


def read_by_sphinx(course: Course, also: Iterable[str] = ()) -> set[str]:
    """All files of the book, its configuration and contents, and what earlier runs read `also`, elsewhere."""
    found = {_place(path, course) for path in book_files(course.book)}
    return {*found, *also, _place(course.config, course), _place(course.contents, course)}


def hashes_of(places: Iterable[str], course: Course) -> dict[str, str]:
    """By place, the hash of the content of each file; of one that is not there, that it is not."""
    return {_place(course.folder / place, course): _hash(course.folder / place) for place in places}


@cache
def tools_hash() -> str:
    """The hash of nbsolve itself, of Python, and of the packages that are installed beside it."""
    packages = sorted(
        {package.name for folder in sys.path for package in Path(folder or ".").glob("*.dist-info")}
    )
    return hashlib.sha256(f"{nbsolve_hash()}\n{sys.version}\n{packages}".encode()).hexdigest()


def book_files(folder: Path) -> Iterator[Path]:
    """All files of a book, but what is built from it and the copies that Jupyter keeps."""
    for path in folder.iterdir():
        if path.is_dir():
            if path.name not in ("_build", ".ipynb_checkpoints"):
                yield from book_files(path)
        else:
            yield path


def _place(path: Path, course: Course) -> str:
    place, inside = str(path), f"{course.folder}{os.sep}"
    return place.removeprefix(inside).replace(os.sep, "/") if place.startswith(inside) else place


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return _ABSENT
