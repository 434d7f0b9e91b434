"""`nbsolve handout`."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nbsolve.cli import completion
from nbsolve.cli.output import printable
from nbsolve.cli.problems import about, read_problems
from nbsolve.cli.workers import Jobs, Scheduler, processes
from nbsolve.cli.written import Prune, Written, nothing_but_pruning, tell_of_withdrawn
from nbsolve.errors import Fault, ProblemError
from nbsolve.near_files import did_you_mean
from nbsolve.settings import CONFIG
from nbsolve.whole_files import write_whole

if TYPE_CHECKING:
    from nbsolve.handout import Handout
    from nbsolve.handout.sheets import Worked


class PaperSize(StrEnum):
    """The sheets of paper."""

    A4 = "a4"
    LETTER = "letter"


class HandoutFormat(StrEnum):
    """What is written: finished pages, or their LaTeX."""

    PDF = "pdf"
    TEX = "tex"


class Kind(StrEnum):
    """The handouts of one problem."""

    QUESTION = "question"
    SOLUTION = "solution"
    COMPACT = "compact"
    KEY = "key"


class SolutionPlace(StrEnum):
    """Where the solutions of a collection are placed."""

    INLINE = "inline"
    APPENDIX = "appendix"
    NONE = "none"


def register(application: typer.Typer) -> None:
    """Add the command to the application."""
    application.command(
        epilog=(
            "Examples:\n\n"
            "  nbsolve handout problems/first.yaml --out handouts\n\n"
            "  nbsolve handout problems/*.yaml --out handouts --only question --paper letter\n\n"
            "  nbsolve handout problems/*.yaml --out handouts --collection --solutions appendix\n\n"
            "  nbsolve handout problems/first.yaml --out handouts --format tex\n\n"
            "  nbsolve handout problems/*.yaml --out handouts --jobs 4\n\n"
        )
    )(handout)


def handout(
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Where the handouts go.", show_default=False)
    ],
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="Problem files; - reads standard input. With --prune there may be none.",
            show_default=False,
            autocompletion=completion.problem_files,
        ),
    ] = None,
    only: Annotated[
        list[Kind] | None,
        typer.Option("--only", help="Only this part of each handout. Repeatable.", show_default="all four"),
    ] = None,
    collection: Annotated[
        bool,
        typer.Option(
            "--collection", help="One file for all problems, DIR/collection, with a table of contents."
        ),
    ] = False,
    solutions: Annotated[
        SolutionPlace, typer.Option("--solutions", help="Where the solutions of a collection are placed.")
    ] = SolutionPlace.INLINE,
    form: Annotated[
        HandoutFormat, typer.Option("--format", "-f", help="PDF, or LaTeX to edit.")
    ] = HandoutFormat.PDF,
    paper: Annotated[PaperSize, typer.Option("--paper", help="The size of the paper.")] = PaperSize.A4,
    title: Annotated[
        str | None,
        typer.Option("--title", metavar="TEXT", help="The collection's title.", show_default=False),
    ] = None,
    config: Annotated[
        Path, typer.Option("--config", metavar="FILE", help="The configuration with the `course`.")
    ] = CONFIG,
    course: Annotated[
        str | None, typer.Option("--course", metavar="TEXT", help="The course's name.", show_default=False)
    ] = None,
    term: Annotated[
        str | None, typer.Option("--term", metavar="TEXT", help="The term.", show_default=False)
    ] = None,
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="TEXT", help="The date, printed as written.", show_default=False),
    ] = None,
    institution: Annotated[
        str | None, typer.Option("--institution", metavar="TEXT", help="The institution.", show_default=False)
    ] = None,
    logo: Annotated[
        Path | None,
        typer.Option("--logo", metavar="FILE", help="Its logo (svg, png, jpg or pdf).", show_default=False),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change the problems first.", show_default=False),
    ] = None,
    prune: Prune = False,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
) -> None:
    """Typeset problems as PDF: question sheet, solution, compact solution, and key, in DIR/PROBLEM/.

    The head of every handout (course, term, date, institution, logo) comes from `course` in
    _config.yml, or from the options, which come first. Handouts in DIR whose problem is gone are named.
    """
    if nothing_but_pruning(files, out, prune):
        return
    assert files
    from nbsolve.handout import PAPERS, Handout, read_course
    from nbsolve.handout.making import Made, Wanted, made
    from nbsolve.jobs import mapped

    if config != CONFIG and not config.is_file():
        fault = Fault("there is no such file", str(config), hint=did_you_mean(config, (".yml", ".yaml"), "."))
        raise ProblemError([fault])
    about_course = read_course(config).changed(
        name=course, term=term, date=date, institution=institution, logo=logo
    )
    about_course.check()
    solved = [*_solved(files, overrides or [])]
    written = Written(out)
    if collection:
        handouts = [Handout(worked, about_course, PAPERS[paper]) for worked in solved]
        _write_collection(files, handouts, written, SolutionPlace(solutions), title, form)
        tell_of_withdrawn(written, prune)
        return
    kinds = tuple(kind.value for kind in Kind if not only or kind in only)
    problems = [worked.problem for worked in solved]
    tasks = [Wanted(problem, about_course.enclosed(), paper.value, kinds, form.value) for problem in problems]
    results = mapped(
        made, map(pickle.dumps, tasks), jobs=processes(jobs, len(tasks)), scheduler=scheduler, batch=1
    )
    faults: list[Fault] = []
    for position, result in results:
        one: Made = pickle.loads(result)
        file, place = files[position], _places(files, out)[position]
        for kind, content in one.files.items():
            _write(place / kind, content, form, written, [file])
        try:
            with about(file, problems[position]):
                if one.error is not None:
                    raise one.error
        except ProblemError as error:
            faults.extend(error.faults)
    tell_of_withdrawn(written, prune)
    if faults:
        raise ProblemError(faults)


def _places(files: Sequence[str], out: Path) -> list[Path]:
    from nbsolve.book.course import page_names
    from nbsolve.cli.problems import STANDARD_INPUT

    names = page_names([Path("problem" if file == STANDARD_INPUT else file) for file in files])
    return [out / name for name in names]


def _solved(files: Sequence[str], overrides: Sequence[str]) -> Iterator[Worked]:
    """Solve all problems; every fault of every file is reported before anything is written."""
    from nbsolve.worked.kinds import solve

    for file, problem in zip(files, read_problems(files, overrides), strict=True):
        with about(file, problem):
            yield solve(problem)


def _write_collection(
    files: Sequence[str],
    handouts: Sequence[Handout],
    written: Written,
    solutions: SolutionPlace,
    title: str | None,
    form: HandoutFormat,
) -> None:
    from nbsolve.handout import Solutions, collection
    from nbsolve.handout.making import written as as_bytes

    first = handouts[0]
    sheet = collection(handouts, Solutions(solutions), title, first.course, first.paper)
    _write(written.folder / "collection", as_bytes(sheet, form.value), form, written, files)


def _write(place: Path, content: bytes, form: HandoutFormat, written: Written, files: Sequence[str]) -> None:
    """Write one file, which is made from the problems of these files, and say which."""
    path = place.with_name(f"{place.name}.{form}")
    write_whole(path, content)
    written.add(path, files)
    typer.echo(printable(str(path)))
