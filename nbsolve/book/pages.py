"""The pages of the problems: each one's notebook, run where it is not up to date, and the page made from it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nbsolve.book.course import Course
from nbsolve.book.entry import Listed, entry_of, group_of
from nbsolve.book.handouts import Handouts
from nbsolve.book.made import Made, made_text, nbsolve_hash, problem_hash, read_made, text_hash
from nbsolve.errors import NbsolveError
from nbsolve.problem.model import AnyProblem
from nbsolve.whole_files import seldom, write_whole

if TYPE_CHECKING:
    from rich.console import Console

_NOT_YET = ""


def make_pages(
    course: Course,
    here: Mapping[str, Path],
    loaded: Mapping[str, AnyProblem],
    sources: Mapping[str, str],
    *,
    console: Console | None,
    at_once: int,
    scheduler: str | None,
    when_due: Callable[[], None],
) -> Listed:
    """Make the pages of the problems `loaded`; those of others that are `here` stay, and all else is removed.

    `here` is the file of every problem of the course, by the name of its page; `sources` has the hashes of what
    problems are read from, also of those that need not be. `when_due` is called before notebooks run, where any
    must. Returns all pages that there are now. Raises `ProblemError` for notebooks that failed; the others are
    made, and are known to be when it is called again.
    """
    record = course.build / "made.json"
    before = pages_before(course, here)
    nbsolve = nbsolve_hash()
    wanted = {
        name: _wanted(course, name, here[name], problem, nbsolve, sources.get(name, _NOT_YET))
        for name, problem in loaded.items()
    }
    pages = {name: wanted.get(name) or before[name] for name in here if name in wanted or name in before}
    listed = [(name, made.entry) for name, made in pages.items()]
    from nbsolve.book.related import related_pages

    # what a page says of others, "derived there", is not so where solutions are withheld
    found = {} if course.withheld else related_pages(listed)
    related = {name: one.markdown for name, one in found.items()}
    made = {name: one for name, one in before.items() if name not in wanted}
    made |= {
        name: replace(wanted[name], related=before[name].related)
        for name in wanted
        if name in before and before[name].notebook == wanted[name].notebook
    }
    due = [name for name in pages if name not in made]
    handouts = Handouts(course, {name: one.notebook for name, one in wanted.items()})
    if due or handouts.due:
        when_due()
    # of those that are being made nobody knows what they are made from, should this process end meanwhile
    known = {
        name: replace(before[name], source=_NOT_YET, notebook=_NOT_YET) for name in due if name in before
    }

    def save() -> None:
        write_whole(record, made_text(known | made))

    save()
    try:
        _run(
            course,
            here,
            loaded,
            due,
            related,
            wanted,
            made,
            handouts,
            total=len(sources),
            meanwhile=seldom(save),
            console=console,
            at_once=at_once,
            scheduler=scheduler,
        )
        again = [name for name in pages if made[name].related != text_hash(related.get(name))]
        for name in again:
            _page_again(course, name, related.get(name))
            made[name] = replace(made[name], related=text_hash(related.get(name)))
    finally:
        save()
        handouts.end(pages)
    _forget_others(course, pages)
    return listed


def pages_before(course: Course, here: Mapping[str, Path]) -> dict[str, Made]:
    """The pages of problems that are still `here` as the last build left them, where they are there and whole."""
    return {
        name: made
        for name, made in read_made(course.build / "made.json").items()
        if name in here and made.withheld == course.withheld and _has_page(course, name)
    }


def _wanted(course: Course, name: str, file: Path, problem: AnyProblem, nbsolve: str, source: str) -> Made:
    entry = entry_of(problem, group_of(name))
    place = file.relative_to(course.folder).as_posix()
    made_from = problem_hash(problem, nbsolve)
    return Made(place, source, made_from, _NOT_YET, entry, problem.warnings, course.withheld)


def _run(
    course: Course,
    here: Mapping[str, Path],
    loaded: Mapping[str, AnyProblem],
    due: Sequence[str],
    related: Mapping[str, str],
    wanted: Mapping[str, Made],
    made: dict[str, Made],
    handouts: Handouts,
    *,
    total: int,
    meanwhile: Callable[[], None],
    console: Console | None,
    at_once: int,
    scheduler: str | None,
) -> None:
    """Run the notebooks that are `due`, and make handouts after them.

    Those that are finished go into `made`, which `meanwhile` saves now and then.
    """
    from nbsolve.book.progress import notebooks_progress

    beside = handouts.due
    with notebooks_progress(console, len(due), total, len(beside)) as advance:
        if not due and not beside:
            return
        from nbsolve.notebook import NotebookJob, make_notebooks

        def finished(position: int, fault: NbsolveError | None) -> None:
            if fault is None and position < len(due):
                name = due[position]
                made[name] = replace(wanted[name], related=text_hash(related.get(name)))
                meanwhile()
            elif fault is None:
                handouts.finished(beside[position - len(due)])
            advance()

        jobs = [
            NotebookJob(
                loaded[name], here[name].parent, _notebook(course, name), _page(course, name), here[name],
                related.get(name), name, course.withheld,
            )
            for name in due
        ]  # fmt: skip
        others = [*handouts.jobs({name: (here[name], loaded[name]) for name in beside})]
        if scheduler is not None:
            # imported here: few builds have a cluster
            from nbsolve.notebook.elsewhere import make_elsewhere

            make_elsewhere(jobs, scheduler=scheduler, on_done=finished, beside=others)
            return
        make_notebooks(
            jobs,
            at_once=at_once,
            on_done=finished,
            scratch_prefix=course.scratch_prefix,
            beside=others,
        )


def _page_again(course: Course, name: str, related: str | None) -> None:
    """The page of a notebook that need not run again: it leads to other pages now."""
    import nbformat

    from nbsolve.notebook.nodes import written
    from nbsolve.notebook.page import as_page

    notebook = nbformat.reads(_notebook(course, name).read_text(encoding="utf-8"), as_version=4)
    write_whole(_page(course, name), written(as_page(notebook, name, related)))


def _forget_others(course: Course, pages: Mapping[str, Made]) -> None:
    """Remove the notebooks of problems that the course no longer has, and folders that are then empty."""
    for folder in (course.pages, course.notebooks):
        wanted = {str(folder / f"{name}.ipynb") for name in pages}
        for here, _, files in os.walk(folder, topdown=False):
            for path in (os.path.join(here, file) for file in files if file.endswith(".ipynb")):
                if path not in wanted:
                    os.unlink(path)
            if here != str(folder) and not os.listdir(here):
                os.rmdir(here)


def _has_page(course: Course, name: str) -> bool:
    return _page(course, name).is_file() and _notebook(course, name).is_file()


def _page(course: Course, name: str) -> Path:
    return course.pages / f"{name}.ipynb"


def _notebook(course: Course, name: str) -> Path:
    return course.notebooks / f"{name}.ipynb"
