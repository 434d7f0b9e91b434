"""A course: one folder with problems, a book, and a configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nbsolve.errors import NbsolveError

SUFFIXES = (".yaml", ".yml")
TABLE = "index"  # the page in book/problems/ that lists them all


@dataclass(frozen=True, slots=True)
class Course:
    """Where the parts of a course stand: `problems/`, `book/`, `_config.yml` and what is made from them."""

    folder: Path

    @property
    def config(self) -> Path:
        """The configuration of Jupyter Book."""
        return self.folder / "_config.yml"

    @property
    def book(self) -> Path:
        """The pages that people write, and `_toc.yml`, which names them."""
        return self.folder / "book"

    @property
    def pages(self) -> Path:
        """The generated pages, one notebook a problem."""
        return self.book / "problems"

    @property
    def notebooks(self) -> Path:
        """The same notebooks as readers download and run them."""
        return self.book / "_build" / "notebooks"

    @property
    def site(self) -> Path:
        """The finished site."""
        return self.book / "_build" / "html"

    @property
    def work(self) -> Path:
        """Where Sphinx works; what it leaves half done stays here."""
        return self.book / "_build" / "work"

    def check(self) -> None:
        """Raise `NbsolveError` unless this is a course's folder."""
        for path in (self.config, self.book / "_toc.yml"):
            if not path.is_file():
                raise NbsolveError(
                    f"{self.folder} is not the folder of a course: it has no "
                    f"{path.relative_to(self.folder)}. `nbsolve init DIR` starts one."
                )

    def problem_files(self) -> list[Path]:
        """All problem files of the course, by name; raises `NbsolveError` where there are none."""
        folder = self.folder / "problems"
        found = sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES)
        if not found:
            raise NbsolveError(
                f"there is no problem in {folder} (files *.yaml); `nbsolve new NAME` writes one"
            )
        return found


def page_names(problems: Sequence[Path]) -> list[str]:
    """The name of each problem's page: its file's name. Raises `NbsolveError` where two would be the same."""
    taken: dict[str, Path] = {TABLE: Path("the page that lists all problems")}
    for path in problems:
        if path.stem in taken:
            raise NbsolveError(f"{path} and {taken[path.stem]} would have the same page: rename one of them")
        taken[path.stem] = path
    return [path.stem for path in problems]
