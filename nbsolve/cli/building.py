"""`nbsolve build` and `nbsolve notebook`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nbsolve.cli import completion
from nbsolve.cli.output import printable
from nbsolve.cli.workers import Scheduler
from nbsolve.cli.written import Prune, Written, nothing_but_pruning, tell_of_withdrawn

Jobs = Annotated[
    int, typer.Option("--jobs", "-j", metavar="N", min=1, max=64, help="How many notebooks run at a time.")
]


def register(application: typer.Typer) -> None:
    """Add the commands to the application."""
    application.command(
        epilog=(
            "Examples:\n\n"
            "  nbsolve build\n\n"
            "  nbsolve build problems/first.yaml problems/second.yaml\n\n"
            "  nbsolve build --course ~/courses/networks --jobs 4\n\n"
            "  nbsolve build --scheduler tcp://10.0.0.5:8786\n\n"
        )
    )(build)
    application.command(
        epilog=(
            "Examples:\n\n"
            "  nbsolve notebook problems/first.yaml --out notebooks\n\n"
            "  nbsolve notebook problems/*.yaml --out notebooks\n\n"
        )
    )(notebook)


def build(
    problems: Annotated[
        list[str] | None,
        typer.Argument(
            help="Problem files (default: all of the course's problems/).",
            show_default=False,
            autocompletion=completion.problem_files,
        ),
    ] = None,
    course: Annotated[
        Path, typer.Option("--course", "-C", metavar="DIR", help="The folder of the course.")
    ] = Path("."),
    jobs: Jobs = 2,
    scheduler: Scheduler = None,
) -> None:
    """Build the site of a course: a worked solution for every problem.

    Only what has changed is worked out again. The site is what the course holds: problems that are gone leave it,
    those in subfolders of problems/ are in it, and where files are named, the others stay as they were built.
    It needs no network when it is read. With `handouts: true` in _config.yml each page has its question sheet,
    solution and key as PDF.
    """
    from rich.console import Console

    from nbsolve.book import build_book
    from nbsolve.cli.problems import read_problems

    if problems:
        # Every fault, with its place, before anything is built.
        read_problems(problems)
    console = Console()
    index = build_book(
        course, [Path(p) for p in problems or ()], console=console, at_once=jobs, scheduler=scheduler
    )
    console.print(f"The site is ready: {index}", highlight=False, soft_wrap=True, markup=False)


def notebook(
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Where the notebooks go.", show_default=False)
    ],
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="Problem files. With --prune there may be none.",
            show_default=False,
            autocompletion=completion.problem_files,
        ),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change the problems first.", show_default=False),
    ] = None,
    jobs: Jobs = 2,
    prune: Prune = False,
) -> None:
    """Work problems out in notebooks that run anywhere nbsolve is installed.

    Notebooks in DIR whose problem is gone are named.
    """
    if nothing_but_pruning(files, out, prune):
        return
    assert files
    from nbsolve.book.course import page_names
    from nbsolve.cli.problems import read_problems
    from nbsolve.notebook import NotebookJob, make_notebooks

    paths = [Path(file) for file in files]
    problems = read_problems(files, overrides or [])
    names = page_names(paths)
    made = [out / f"{name}.ipynb" for name in names]
    make_notebooks(
        [
            NotebookJob(problem, path.resolve().parent, place.resolve(), file=path)
            for problem, path, place in zip(problems, paths, made, strict=True)
        ],
        at_once=jobs,
    )
    written = Written(out)
    for place, file in zip(made, files, strict=True):
        written.add(place, [file])
        typer.echo(printable(str(place)))
    tell_of_withdrawn(written, prune)
