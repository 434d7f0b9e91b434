"""The site: every problem worked out in a notebook, and Jupyter Book's pages of them all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nbsolve.book.course import TABLE, Course, page_names
from nbsolve.book.starting import init_course
from nbsolve.errors import Fault, ProblemError
from nbsolve.problem import load_problem
from nbsolve.problem.model import AnyProblem

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["build_book", "init_course"]


def build_book(
    folder: Path, problems: Sequence[Path] | None = None, *, console: Console | None = None, at_once: int = 2
) -> Path:
    """Build the site of a course: its problems (all of `problems/`, or the files given) and its book's pages.

    Only notebooks whose problem, data files, template or nbsolve have changed are run again, `at_once` at a
    time. `console` shows the progress. Returns the site's first page, `book/_build/html/index.html`.
    Raises `ProblemError` with the faults of every problem file, or `NbsolveError` where a notebook or the
    site cannot be made; the site that was there before then stays as it was.
    """
    from nbsolve.book.contents import table_of_contents, table_of_problems
    from nbsolve.book.site import build_site
    from nbsolve.book.turn import own_turn
    from nbsolve.whole_files import write_whole

    course = Course(folder.resolve())
    course.check()
    paths = list(problems) if problems else course.problem_files()
    names = page_names(paths)
    loaded = _load(paths)
    if console is not None:
        for warning in (warning for problem in loaded for warning in problem.warnings):
            console.print(f"warning: {warning}", highlight=False, markup=False, soft_wrap=True)
    with own_turn(course.book / "_build", console):
        _make_pages(course, paths, names, loaded, console=console, at_once=at_once)

        listed = list(zip(names, loaded, strict=True))
        write_whole(course.pages / f"{TABLE}.md", table_of_problems(listed))
        contents = course.book / "_build" / "_toc.yml"
        write_whole(contents, table_of_contents(course.book / "_toc.yml", listed))
        if console is not None:
            console.print("Building the site …", highlight=False)
        return build_site(course, contents)


def _load(paths: Sequence[Path]) -> list[AnyProblem]:
    """All problems, or one error with the faults of all of them."""
    loaded: list[AnyProblem] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            loaded.append(load_problem(path))
        except ProblemError as error:
            faults.extend(error.faults)
    if faults:
        raise ProblemError(faults)
    return loaded


def _make_pages(
    course: Course,
    paths: Sequence[Path],
    names: Sequence[str],
    loaded: Sequence[AnyProblem],
    *,
    console: Console | None,
    at_once: int,
) -> None:
    """Run the notebooks that are not up to date; forget those of problems that are no longer in the book."""
    from nbsolve.book.made import made_text, nbsolve_hash, problem_hash, read_made
    from nbsolve.book.progress import notebooks_progress
    from nbsolve.book.related import related_pages
    from nbsolve.notebook import NotebookJob, make_notebooks
    from nbsolve.whole_files import write_whole

    nbsolve = nbsolve_hash()
    related = {
        name: found.markdown for name, found in related_pages(list(zip(names, loaded, strict=True))).items()
    }
    hashes = {
        name: problem_hash(problem, nbsolve, related.get(name))
        for name, problem in zip(names, loaded, strict=True)
    }
    record = course.book / "_build" / "made.json"
    made = {name: mark for name, mark in read_made(record).items() if hashes.get(name) == mark}
    jobs = {
        name: NotebookJob(
            problem,
            path.resolve().parent,
            course.notebooks / f"{name}.ipynb",
            course.pages / f"{name}.ipynb",
            path,
            related.get(name),
        )
        for path, name, problem in zip(paths, names, loaded, strict=True)
    }
    due = [
        name
        for name, job in jobs.items()
        if name not in made or not job.out.is_file() or not (job.page and job.page.is_file())
    ]
    with notebooks_progress(console, len(due), len(jobs)) as advance:

        def finished(position: int, fault: str | None) -> None:
            if fault is None:
                made[due[position]] = hashes[due[position]]
            advance()

        try:
            make_notebooks([jobs[name] for name in due], at_once=at_once, on_done=finished)
        finally:
            write_whole(record, made_text(made))
    for folder in (course.pages, course.notebooks):
        for path in folder.glob("*.ipynb"):
            if path.stem not in hashes:
                path.unlink()
