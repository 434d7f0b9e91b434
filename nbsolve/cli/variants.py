"""`nbsolve variants`."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nbsolve.cli import completion
from nbsolve.cli.handout import PaperSize
from nbsolve.cli.output import printable
from nbsolve.cli.workers import Jobs, Scheduler, processes, with_a_bar
from nbsolve.errors import NbsolveError
from nbsolve.settings import CONFIG

if TYPE_CHECKING:
    from nbsolve.variants.making import Plan


class Make(StrEnum):
    """What is made for each student."""

    QUESTION = "question"
    SOLUTION = "solution"
    KEY = "key"
    NOTEBOOK = "notebook"
    PAGE = "page"


MOST = 1_000_000


def register(application: typer.Typer) -> None:
    """Add the command to the application."""
    application.command(
        epilog=(
            "Examples:\n\n"
            "  nbsolve variants problems/first.yaml --count 30 --seed 1 --out variants\n\n"
            "  nbsolve variants problems/first.yaml --roster students.csv --make question,key --out variants\n\n"
            "  nbsolve variants problems/first.yaml --roster students.csv --booklets --out variants --jobs 4\n\n"
            "  nbsolve variants problems/first.yaml --count 10000 --scheduler tcp://10.0.0.5:8786 --out v\n\n"
        )
    )(variants)


def variants(
    file: Annotated[
        str,
        typer.Argument(
            help="The problem file, with a block `variants`.",
            show_default=False,
            autocompletion=completion.problem_files,
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help="Where the files go: a folder, or an address such as s3://bucket/course.",
            show_default=False,
        ),
    ],
    count: Annotated[
        int | None,
        typer.Option("--count", min=1, max=MOST, help="So many variants, 1, 2, 3 …", show_default=False),
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(
            "--roster",
            metavar="FILE",
            help="One for each student: a CSV file with id, name.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Another seed gives everybody other numbers.")] = 0,
    make: Annotated[
        str,
        typer.Option(
            "--make", metavar="LIST", help="question, solution, key, notebook, page: some, with commas."
        ),
    ] = "question,solution,key",
    booklets: Annotated[
        bool, typer.Option("--booklets", help="Join the sheets for the printer as well, 100 students a file.")
    ] = False,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was interrupted.")] = False,
    paper: Annotated[PaperSize, typer.Option("--paper", help="The size of the paper.")] = PaperSize.A4,
    config: Annotated[
        Path, typer.Option("--config", metavar="FILE", help="The configuration with the `course`.")
    ] = CONFIG,
) -> None:
    """Make variants of a problem, with numbers of their own for each student: sheets, solutions, keys, notebooks.

    DIR has a folder for each, one key of all (keys.json, keys.csv), and a manifest with hashes. The id
    alone decides the numbers of a student: they stay when the roster changes.
    """
    if (count is None) == (roster is None):
        raise typer.BadParameter("give either --count or --roster", param_hint="'--count' / '--roster'")
    wanted = _made(make)
    from nbsolve.handout.course import read_course
    from nbsolve.variants.recipient import numbered
    from nbsolve.variants.roster import read_roster
    from nbsolve.variants.running import Run

    recipients = numbered(count) if count is not None else read_roster(roster or Path())
    about_course = read_course(config)
    about_course.check()
    plan = replace(plan_of(file, seed), make=wanted, course=about_course, paper=paper.value)
    run = Run(plan, recipients, out, booklets)
    rejected = run.run(processes(jobs, len(recipients)), resume, with_a_bar, scheduler)
    typer.echo(f"{printable(out)}: {len(recipients):,} variants")
    for gate, number in rejected.most_common():
        typer.echo(f"    {gate}: {number:,} draws rejected")


def plan_of(file: str, seed: int) -> Plan:
    """The variants of a problem file, nothing made of them. Raises: ProblemError."""
    from nbsolve.cli.problems import STANDARD_INPUT, read_problem
    from nbsolve.problem.reading import read_text
    from nbsolve.settings import read_settings
    from nbsolve.variants.making import Plan

    if file == STANDARD_INPUT:
        raise NbsolveError("variants belong to a file, whose name is part of what their numbers come from")
    path, settings = Path(file), read_settings()
    name = read_problem(file).name
    folder = path.parent.absolute()
    return Plan(read_text(path), name, file, seed, (), folder, settings.trust, settings.language)


def _made(text: str) -> tuple[str, ...]:
    """The kinds that are listed, in the order in which they are made."""
    known = [one.value for one in Make]
    listed = [word.strip() for word in text.split(",") if word.strip()]
    unknown = [word for word in listed if word not in known]
    if unknown or not listed:
        what = f"{unknown[0]!r} is unknown" if unknown else "nothing is listed"
        raise typer.BadParameter(f"{what}; there are {', '.join(known)}", param_hint="'--make'")
    return tuple(word for word in known if word in listed)
