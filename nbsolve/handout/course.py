"""What stands on every handout of a course: its name, term, date, institution and logo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from nbsolve.errors import NbsolveError
from nbsolve.near_files import did_you_mean
from nbsolve.settings import read_settings

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
    picture: bytes | None = None
    """What is in the logo's file, where that is on another machine."""

    def enclosed(self) -> CourseData:
        """This course data with the logo by value. Raises: OSError."""
        return self if self.logo is None else replace(self, picture=self.logo.read_bytes())

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
            near = did_you_mean(self.logo, LOGOS, "book")
            hint = f"\n    hint: {near}" if near else ""
            raise NbsolveError(f"{self.logo}: no such file; it should be the course's logo{hint}")


def read_course(config: Path) -> CourseData:
    """The `course` of a `_config.yml`; empty where there is no such file or no such key.

    Raises: ProblemError, as `read_settings` does.
    """
    texts = dict(read_settings(config).course)
    logo = texts.pop("logo", "")
    return CourseData(**texts, logo=config.parent / logo if logo else None, picture=None)
