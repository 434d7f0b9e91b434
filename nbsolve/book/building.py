"""Builds the site of a course: notebooks, pages and contents, then Sphinx, each where something has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nbsolve.book.course import TABLE, Course, page_names
from nbsolve.errors import Fault, NbsolveError, ProblemError
from nbsolve.problem import load_problem
from nbsolve.problem.model import AnyProblem
from nbsolve.settings import Settings, read_settings

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["build_book"]

_NAMED = 10
"""The number of changed pages that are named one by one."""


def build_book(
    folder: Path,
    problems: Sequence[Path] | None = None,
    *,
    console: Console | None = None,
    at_once: int = 2,
    scheduler: str | None = None,
    now: datetime | None = None,
) -> Path:
    """Build the site of a course: of all its problems, or of the files given, while the others stay as they are.

    Only notebooks whose problem, data files, template or nbsolve have changed are run again, `at_once` at a
    time, or by the workers of a `scheduler`; what the course no longer has is no longer published. Where
    `_config.yml` says `handouts: true`, those of each problem are made beside its page. Where its `solutions` says
    so, or names a date that has not come `now` (default: by this machine's clock), no file of the site has the
    solutions; when that changes, everything is built anew. `console` shows the progress. Returns the site's first
    page, `book/_build/html/index.html`. Raises `ProblemError` with the faults of every problem file, or
    `NbsolveError` where a notebook or the site cannot be made; the site that was there before then stays as it was.
    """
    from nbsolve.book.turn import own_turn

    course = Course(folder.resolve())
    course.check()
    settings = read_settings(course.config)
    course = Course(course.folder, settings.handouts, settings.withheld(now))
    with own_turn(course.build, console) as lock:
        try:
            _build(course, settings, problems, lock, console=console, at_once=at_once, scheduler=scheduler)
        except NbsolveError:
            if course.withheld and console is not None:
                _warn_of_solutions(course, console)
            raise
    if course.withheld and console is not None:
        until = settings.solutions if isinstance(settings.solutions, datetime) else None
        words = f" until {until:%Y-%m-%d %H:%M}: build it again then" if until else ""
        console.print(f"The solutions are left out of it{words}.", highlight=False)
    return course.site / "index.html"


def _build(
    course: Course,
    settings: Settings,
    problems: Sequence[Path] | None,
    lock: int | None,
    *,
    console: Console | None,
    at_once: int,
    scheduler: str | None,
) -> None:
    """Build the site while nobody else does."""
    from nbsolve.book.contents import list_of_problems, table_of_contents
    from nbsolve.book.handouts import Handouts, all_there
    from nbsolve.book.made import read_made
    from nbsolve.book.pages import make_pages, pages_before
    from nbsolve.book.publishing import remove
    from nbsolve.book.site import build_site, is_up_to_date, sweep, was_withheld
    from nbsolve.book.sources import source_hashes
    from nbsolve.book.sphinx_process import sphinx_process
    from nbsolve.whole_files import write_whole

    sweep(course)
    files = _problem_files(course)
    here = dict(zip(page_names(files), files, strict=True))
    record = course.build / "made.json"
    chosen = here
    known = read_made(record)
    withheld_before = {was_withheld(course), *(page.withheld for page in known.values())}
    if problems and ((known and withheld_before == {course.withheld}) or not course.site.exists()):
        chosen = _chosen(problems, here)
        if not all_there(course, {*known} & {*here} - {*chosen}):
            chosen = here  # the course has just begun to have handouts
    sources = source_hashes(course, chosen, settings)
    before = pages_before(course, chosen)
    same = {name: one.notebook for name, one in before.items() if one.source == sources.get(name)}
    for name in Handouts(course, same).due:
        del same[name]
    loaded = _load({name: file for name, file in chosen.items() if name not in same}, settings)
    if console is not None:
        for read in (before[name] if name in same else loaded[name] for name in chosen):
            for warning in read.warnings:
                console.print(f"warning: {warning}", highlight=False, markup=False, soft_wrap=True)
    with sphinx_process(lock, at_once) as sphinx:
        listed = make_pages(
            course,
            here,
            loaded,
            sources,
            console=console,
            at_once=at_once,
            scheduler=scheduler,
            when_due=sphinx.start,
        )
        if read_made(record) == known and is_up_to_date(course):
            return
        write_whole(course.pages / f"{TABLE}.md", list_of_problems(listed, course.kinds))
        write_whole(course.contents, table_of_contents(course.book / "_toc.yml", listed))
        if not is_up_to_date(course):
            if console is not None:
                console.print("Building the site …", highlight=False)
            changed = build_site(course, sphinx, read_made(record))
            if course.withheld and withheld_before != {True}:
                for left in ("book.pdf", "pdf"):  # the book as it was typeset with them
                    remove(course.build / left)
            if console is not None:
                _tell(changed, console)


def _problem_files(course: Course) -> list[Path]:
    """The problems of a course. Raises: NbsolveError without any, which says what is still published."""
    try:
        return course.problem_files()
    except NbsolveError as error:
        if not course.site.exists():
            raise
        hint = f"{course.site} still has the pages of before: remove it if they are withdrawn"
        raise NbsolveError(f"{error}\n    hint: {hint}") from None


def _warn_of_solutions(course: Course, console: Console) -> None:
    """A build without the solutions has failed: say so where the site that stays has them."""
    from nbsolve.book.site import was_withheld

    if course.site.exists() and not was_withheld(course):
        console.print(f"{course.site} stays as it was, with the solutions.", highlight=False, soft_wrap=True)


def _tell(changed: Sequence[Path], console: Console) -> None:
    """Name the pages that have changed, as links where the terminal has any."""
    from rich.text import Text

    for page in changed[:_NAMED]:
        line = Text.assemble("changed: ", (str(page), f"link {page.as_uri()}"))
        console.print(line, highlight=False, soft_wrap=True)
    if len(changed) > _NAMED:
        console.print(f"changed: {len(changed) - _NAMED} more pages", highlight=False)


def _chosen(problems: Sequence[Path], here: Mapping[str, Path]) -> dict[str, Path]:
    """Choose the named problems of the course. Raises `NbsolveError` for a file that is none of them."""
    chosen: dict[str, Path] = {}
    names = {path.resolve(): name for name, path in here.items()}
    for path in problems:
        if path.resolve() not in names:
            raise NbsolveError(
                f"{path} is not a problem of this course: its site has what is in its folder problems/"
            )
        chosen[names[path.resolve()]] = here[names[path.resolve()]]
    return chosen


def _load(files: Mapping[str, Path], settings: Settings) -> dict[str, AnyProblem]:
    """All problems, or one error with the faults of all of them."""
    loaded: dict[str, AnyProblem] = {}
    faults: list[Fault] = []
    for name, path in files.items():
        try:
            loaded[name] = load_problem(path, trust=settings.trust, language=settings.language)
        except ProblemError as error:
            faults.extend(error.faults)
    if faults:
        raise ProblemError(faults)
    return loaded
