"""What stands on every handout of a course: its name, term, date, institution and logo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from nbsolve.errors import Fault, NbsolveError, ProblemError
from nbsolve.settings import config_data

__all__ = ["CourseData", "read_course"]

LOGOS = (".svg", ".png", ".jpg", ".jpeg", ".pdf")


@dataclass(frozen=True, slots=True)
class CourseData:
    """What stands at the head of a handout, each field possibly empty; the logo is a picture file."""

    name: str = ""
    term: str = ""
    date: str = ""
    institution: str = ""
    logo: Path | None = None
    language: str = "en"

    def changed(self, **options: str | Path | None) -> CourseData:
        """This course data with those options replaced that are given."""
        return replace(self, **{key: value for key, value in options.items() if value is not None})  # type: ignore[arg-type]

    def check(self) -> None:
        """Raise `NbsolveError` where the logo cannot be shown."""
        if self.logo is None:
            return
        if self.logo.suffix.lower() not in LOGOS:
            raise NbsolveError(f"{self.logo}: a logo is one of {', '.join('*' + kind for kind in LOGOS)}")
        if not self.logo.is_file():
            raise NbsolveError(f"{self.logo}: no such file; it should be the course's logo")


def read_course(config: Path) -> CourseData:
    """The `course` of a `_config.yml`; empty where there is no such file or no such key.

    Raises: ProblemError, naming the file, for what is not text there.
    """
    given = config_data(config).get("course")
    if given is None:
        return CourseData()
    known = [field.name for field in fields(CourseData) if field.name != "language"]
    if not isinstance(given, Mapping):
        raise _fault(config, "course", "is not a mapping", f"keys {', '.join(known)}")
    for key, value in given.items():
        if key not in known:
            raise _fault(config, f"course.{key}", "is not known", f"one of {', '.join(known)}")
        if isinstance(value, Mapping | list):
            raise _fault(config, f"course.{key}", "is not text", "text")
    texts = {key: " ".join(str(value).split()) for key, value in given.items() if value is not None}
    logo = texts.pop("logo", "")
    return CourseData(**texts, logo=config.parent / logo if logo else None)


def _fault(config: Path, path: str, message: str, expected: str) -> ProblemError:
    return ProblemError([Fault(message, str(config), path=path, expected=expected)])
