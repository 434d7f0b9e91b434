"""The options of commands that do much of one kind: how many processes, or whose."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Annotated, TypeVar

import typer

__all__ = ["Jobs", "Scheduler", "processes", "with_a_bar"]

Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        min=1,
        max=512,
        help="Processes at once.",
        show_default="one for each core",
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Let the workers of a Dask scheduler do it: tcp://host:8786 (needs the extra 'cluster').",
        show_default=False,
    ),
]

T = TypeVar("T")


def processes(jobs: int | None, tasks: int) -> int:
    """The processes that are wanted, or one for each core; never more than there are tasks."""
    return max(1, min(jobs or os.cpu_count() or 1, tasks))


def with_a_bar(results: Iterable[T], total: int, said: str = "variants") -> Iterable[T]:
    """Results, and on a terminal a bar that says how far they are."""
    from rich.console import Console

    from nbsolve.jobs.progress import tracked

    console = Console(stderr=True)
    return tracked(results, total, console if console.is_terminal else None, said)
