"""Notebooks, and what is made beside them, by the workers of a cluster; the files are written here."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nbsolve.errors import NbsolveError
from nbsolve.jobs import mapped
from nbsolve.notebook import JobBeside, NotebookJob, make_notebooks, raise_faults
from nbsolve.notebook.children import OnDone
from nbsolve.whole_files import write_whole

__all__ = ["made", "make_elsewhere"]


def make_elsewhere(
    jobs: Sequence[NotebookJob],
    *,
    scheduler: str,
    on_done: OnDone | None = None,
    beside: Sequence[JobBeside] = (),
) -> None:
    """Do what `make_notebooks` does through the workers of a scheduler.

    Raises: ProblemError as that does; NbsolveError where the scheduler cannot be reached, or goes away: what had
    come by then is written, and `on_done` was called for it.
    """
    both: list[NotebookJob | JobBeside] = [*jobs, *beside]
    faults: list[NbsolveError | None] = [None] * len(both)
    for position, result in mapped(made, map(pickle.dumps, both), scheduler=scheduler, total=len(both)):
        contents, faults[position] = pickle.loads(result)
        for place, content in contents.items():
            write_whole(place, content)
        if on_done is not None:
            on_done(position, faults[position])
    raise_faults(both, faults)


def made(job: bytes) -> bytes:
    """On a worker, from a pickled job: the contents of its files by place, and its fault or None, pickled."""
    wanted: NotebookJob | JobBeside = pickle.loads(job)
    try:
        contents = _executed(wanted) if isinstance(wanted, NotebookJob) else dict(wanted.work())
        return pickle.dumps((contents, None))
    except NbsolveError as error:
        return pickle.dumps(({}, error))


def _executed(job: NotebookJob) -> dict[Path, bytes]:
    """The notebook, run in a child, and its page if that is wanted; it needs no files beside it."""
    with tempfile.TemporaryDirectory(prefix="nbsolve-") as folder:
        scratch = Path(folder)
        out, page = scratch / "out.ipynb", scratch / "page.ipynb"
        name = job.name or (job.page.stem if job.page else None)
        make_notebooks([replace(job, folder=scratch, out=out, page=page if job.page else None, name=name)])
        contents = {job.out: out.read_bytes()}
        return contents | {job.page: page.read_bytes()} if job.page else contents
