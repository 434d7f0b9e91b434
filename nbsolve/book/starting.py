"""Starts a course of your own, outside nbsolve's repository."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.resources import as_file, files
from pathlib import Path

from nbsolve.errors import NbsolveError
from nbsolve.problem.schema import schema
from nbsolve.whole_files import write_whole


def init_course(folder: Path) -> list[Path]:
    """Write a new course into `folder`: configuration, book, one problem, a README that says how to go on.

    Returns the files written. Raises `NbsolveError`, and writes nothing, where one of them is there already;
    OSError, and leaves nothing, where one cannot be written.
    """
    new = {folder / place: text for place, text in _course_files()}
    for path in new:
        if path.exists():
            raise NbsolveError(f"{path} already exists; a course starts in a new folder")
    if folder.exists() and not folder.is_dir():
        raise NbsolveError(f"{folder} is not a folder")
    made = [path for path in {parent for file in new for parent in file.parents} if not path.exists()]
    try:
        for path, text in new.items():
            write_whole(path, text)
    except BaseException:
        _take_away([*new, *sorted(made, key=lambda path: len(path.parts), reverse=True)])
        raise
    return list(new)


def _take_away(paths: Sequence[Path]) -> None:
    """Remove what was written of a course that could not be finished: it can be started there again."""
    for path in paths:
        with suppress(OSError):  # some are not there yet
            path.rmdir() if path.is_dir() else path.unlink()


def _course_files() -> Iterator[tuple[str, str]]:
    """Place in the course and text, in the order in which a person would look at them."""
    with as_file(files("nbsolve") / "templates" / "course") as course:
        for path in sorted(course.rglob("*")):
            if path.is_file():
                # a wheel's files are not hidden ones, a course's may be
                place = path.relative_to(course).as_posix().replace("dot-", ".")
                yield place, path.read_text(encoding="utf-8")
    # with it beside the problems, editors complete and check them
    yield "problems/problem.schema.json", json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
