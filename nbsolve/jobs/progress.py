"""A bar for many tasks: how many are done, how many a second, and how long the rest will take."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
from rich.progress import TimeRemainingColumn as Remaining
from rich.text import Text

__all__ = ["tracked"]

_Result = TypeVar("_Result")

_BETWEEN = 0.1
"""Seconds between two drawings of the bar."""


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if not speed:
            return Text("")
        return Text(f"{speed:.3g} a second" if speed >= 1 else f"{1 / speed:.3g} s each")


def tracked(results: Iterable[_Result], total: int, console: Console | None, said: str) -> Iterator[_Result]:
    """Pass results on, and show on the console how far they are; no console, no bar."""
    if console is None:
        yield from results
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), Remaining())
    # Without auto_refresh there is no thread, which must not be while processes are forked.
    with Progress(*columns, console=console, auto_refresh=False) as progress:
        task = progress.add_task(said, total=total)
        drawn = 0.0
        for result in results:
            yield result
            progress.advance(task)
            if time.monotonic() - drawn > _BETWEEN:
                progress.refresh()
                drawn = time.monotonic()
        progress.refresh()
