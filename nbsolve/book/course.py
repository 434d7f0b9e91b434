"""A course: one folder with problems, a book, and a configuration."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbsolve.book.offered import kinds_offered
from nbsolve.errors import NbsolveError
from nbsolve.markdown.links import page_name

SUFFIXES = (".yaml", ".yml")
TABLE = "index"  # the page in book/problems/ that lists them all


@dataclass(frozen=True, slots=True)
class Course:
    """Where the parts of a course stand: `problems/`, `book/`, `_config.yml` and what is made from them.

    `handouts`: they are built with its site. `withheld`: it is built without the solutions.
    """

    folder: Path
    handouts: bool = False
    withheld: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of files that readers download from each problem's page."""
        return kinds_offered(handouts=self.handouts, withheld=self.withheld)

    @property
    def config(self) -> Path:
        """The configuration of Jupyter Book."""
        return self.folder / "_config.yml"

    @property
    def book(self) -> Path:
        """The pages that people write, and `_toc.yml`, which names them."""
        return self.folder / "book"

    @property
    def problems(self) -> Path:
        """The problem files, in folders as their author likes."""
        return self.folder / "problems"

    @property
    def pages(self) -> Path:
        """The generated pages, one notebook a problem."""
        return self.book / "problems"

    @property
    def build(self) -> Path:
        """All that is made from the course but its pages; it can be deleted at any time."""
        return self.book / "_build"

    @property
    def notebooks(self) -> Path:
        """The folder of the notebooks as readers download and run them."""
        return self.build / "notebooks"

    @property
    def handout_files(self) -> Path:
        """The folder of the handouts that are published beside the pages."""
        return self.build / "handouts"

    @property
    def contents(self) -> Path:
        """The table of contents of the whole book."""
        return self.build / "_toc.yml"

    @property
    def site(self) -> Path:
        """The finished site."""
        return self.build / "html"

    @property
    def state(self) -> Path:
        """What Sphinx remembers of its last run that went well: doctrees, and the pages as it wrote them."""
        return self.build / "sphinx"

    @property
    def scratch_prefix(self) -> str:
        """How the names of this course's folders among the system's temporary ones begin."""
        return f"nbsolve-{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]}-"

    def check(self) -> None:
        """Raise `NbsolveError` unless this is a course's folder."""
        for path in (self.config, self.book / "_toc.yml"):
            if not path.is_file():
                raise NbsolveError(
                    f"{self.folder} is not the folder of a course: it has no "
                    f"{path.relative_to(self.folder)}. `nbsolve init DIR` starts one."
                )

    def problem_files(self) -> list[Path]:
        """All problem files of the course, those of its subfolders too, by name.

        Hidden files and folders are left out. Raises `NbsolveError` where there is no problem.
        """
        found = sorted(_files_below(self.problems), key=lambda path: path.relative_to(self.problems).parts)
        if not found:
            raise NbsolveError(
                f"there is no problem in {self.problems} (files *.yaml); `nbsolve new NAME` writes one"
            )
        return found


def page_names(problems: Sequence[Path]) -> list[str]:
    """The name of each problem's page: its place in its course's `problems/`, `week1/ex1`, else its file's name.

    Signs that mean something in an address (`#`, `%`, quotes, line breaks …) become `-`.
    Raises `NbsolveError` where two pages would have the same name.
    """
    taken: dict[str, Path] = {TABLE: Path("the page that lists all problems")}
    names = []
    for path in problems:
        name = _page_name(path)
        if name in taken:
            raise NbsolveError(f"{path} and {taken[name]} would have the same page: rename one of them")
        taken[name] = path
        names.append(name)
    return names


def _files_below(folder: Path, within: tuple[str, ...] = ()) -> Iterator[Path]:
    """Problem files of a folder and its subfolders; links are followed, but not in a circle."""
    real = os.path.realpath(folder)
    if real in within or not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _files_below(path, (*within, real))
        elif path.suffix.lower() in SUFFIXES:
            yield path


def _page_name(path: Path) -> str:
    below = _below_problems(Path(os.path.abspath(path)))
    return "/".join(page_name(part) for part in below.with_suffix("").parts)


def _below_problems(path: Path) -> Path:
    """The file's place below `problems/` of the course that it belongs to; its name where there is none."""
    for folder in path.parents:
        if (folder / "_config.yml").is_file() and path.is_relative_to(folder / "problems"):
            return path.relative_to(folder / "problems")
    return Path(path.name)
