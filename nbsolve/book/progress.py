"""The progress bar of the notebooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def notebooks_progress(
    console: Console | None, due: int, total: int, handouts: int = 0
) -> Iterator[Callable[[], None]]:
    """A bar for `due` notebooks of `total`, and for the handouts of so many problems.

    Yields what to call as each is finished. No console, no bar.
    """
    if console is None:
        yield lambda: None
        return
    if due < total:
        console.print(f"{total - due} of {total} notebooks are as they were.", highlight=False)
    # Without auto_refresh there is no thread, which must not be while processes are forked.
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, auto_refresh=False, disable=due + handouts == 0) as progress:
        task = progress.add_task("Notebooks, handouts" if handouts else "Notebooks", total=due + handouts)

        def advance() -> None:
            progress.advance(task)
            progress.refresh()

        yield advance
