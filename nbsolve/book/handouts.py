"""The handouts beside the pages: made where a problem, nbsolve or the course's data have changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nbsolve.book.course import Course
from nbsolve.book.made import text_hash
from nbsolve.book.offered import files_of, handouts_among
from nbsolve.problem.model import AnyProblem
from nbsolve.whole_files import seldom, write_whole

if TYPE_CHECKING:
    from nbsolve.handout import CourseData
    from nbsolve.notebook import JobBeside

__all__ = ["Handouts", "all_there", "published_handouts"]

_RECORD = "handouts.json"


class Handouts:
    """The handouts of one build: which are due, how they are made, and a record of what they were made from."""

    def __init__(self, course: Course, problems: Mapping[str, str]) -> None:
        """`problems`: by the name of the page, the hash of what the problem is.

        Raises: ProblemError, NbsolveError for course data that cannot be shown.
        """
        self._course = course
        self._record = _read(course) if handouts_among(course.kinds) else {}
        self._save_meanwhile = seldom(self._save)
        self._wanted: dict[str, str] = {}
        self._data: CourseData | None = None
        if handouts_among(course.kinds):
            from nbsolve.handout import read_course

            self._data = read_course(course.config)
            self._data.check()
            common = _hash_of(self._data, handouts_among(course.kinds))
            self._wanted = {name: text_hash(f"{one} {common}") for name, one in problems.items()}

    @property
    def due(self) -> list[str]:
        """The pages whose handouts are not there, or were made from something else."""
        return [
            name
            for name, wanted in self._wanted.items()
            if self._record.get(name) != wanted or not all_there(self._course, [name])
        ]

    def jobs(self, due: Mapping[str, tuple[Path, AnyProblem]]) -> Iterator[JobBeside]:
        """What makes the handouts of these pages, of which each has its problem and its file.

        Until they have `finished`, nobody knows what they are.
        """
        from nbsolve.notebook import JobBeside

        self._record = {name: made for name, made in self._record.items() if name not in due}
        self._save()
        for name, (file, problem) in due.items():
            assert self._data is not None
            places = dict(zip(handouts_among(self._course.kinds), _files(self._course, name), strict=True))
            yield JobBeside(problem, file, partial(_make, problem, file, self._data.enclosed(), places))

    def finished(self, name: str) -> None:
        """Note that the handouts of a page are there."""
        self._record[name] = self._wanted[name]
        self._save_meanwhile()

    def end(self, pages: Collection[str]) -> None:
        """Save the record, and remove the handouts of all but these pages."""
        kept = {path for name in pages for path in _files(self._course, name)}
        folder = self._course.handout_files
        for path in folder.rglob("*.pdf"):
            if path not in kept:
                path.unlink()
        for path in sorted([folder, *folder.rglob("*")], reverse=True):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        self._record = {name: made for name, made in self._record.items() if name in pages}
        self._save()

    def _save(self) -> None:
        place = self._course.build / _RECORD
        if self._record or place.exists():
            write_whole(place, json.dumps(self._record, indent=1, sort_keys=True) + "\n")


def all_there(course: Course, names: Iterable[str]) -> bool:
    """Whether each of these pages has all its handouts, of whatever date."""
    return all(path.is_file() for name in names for path in _files(course, name))


def published_handouts(course: Course) -> dict[str, Path]:
    """All handouts, by their places in the site."""
    folder = course.handout_files
    return {f"problems/{path.relative_to(folder).as_posix()}": path for path in sorted(folder.rglob("*.pdf"))}


def _files(course: Course, name: str) -> list[Path]:
    """Where the handouts of a page are kept, in the order of their kinds."""
    kinds = handouts_among(course.kinds)
    return [course.handout_files / Path(one.place).relative_to("problems") for one in files_of(name, kinds)]


def _make(problem: AnyProblem, file: Path, data: CourseData, places: Mapping[str, Path]) -> dict[Path, bytes]:
    """Typeset the handouts of one problem, by place. Raises: ProblemError, with the line where it is known."""
    from nbsolve.handout import Handout, typeset
    from nbsolve.handout.kinds import sheet_of
    from nbsolve.problem.located import about
    from nbsolve.worked.kinds import solve

    with about(str(file), problem):
        handout = Handout(solve(problem), data)
        return {place: typeset(sheet_of(handout, kind)) for kind, place in places.items()}


def _hash_of(data: CourseData, kinds: Iterable[str]) -> str:
    logo = b"" if data.logo is None else data.logo.read_bytes()
    return text_hash(f"{data!r} {hashlib.sha256(logo).hexdigest()} {[*kinds]}")


def _read(course: Course) -> dict[str, str]:
    try:
        record = json.loads((course.build / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
