"""Notebooks: one for each problem, run by papermill."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nbsolve.errors import DomainError, Fault, NbsolveError, ProblemError
from nbsolve.notebook.children import CAN_FORK, OnDone, Task, run_from_prepared, run_in_children
from nbsolve.problem import load_problem
from nbsolve.problem.checks import domain_hint
from nbsolve.problem.model import AnyProblem

if TYPE_CHECKING:
    from nbsolve.notebook.compiling import CompilingServer

__all__ = ["JobBeside", "NotebookJob", "make_notebook", "make_notebooks", "raise_faults"]

_WORTH_WARMING = 3
"""The number of notebooks from which warming everything up first pays."""
_SOCKET = "typst"

Overrides = Mapping[str, object] | Sequence[str]


@dataclass(frozen=True, slots=True)
class NotebookJob:
    """One notebook to make: `problem` (whose data files are in `folder`) goes to `out`.

    `page` is where the site's copy goes, if it is wanted, and `name` the page's name (`week1/ex1`); `related`
    is what on it leads to other pages; `file` is what errors call the problem. `withheld`: the question alone.
    """

    problem: AnyProblem
    folder: Path
    out: Path
    page: Path | None = None
    file: Path | None = None
    related: str | None = None
    name: str | None = None
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class JobBeside:
    """Something else to make from a problem, in a process of its own like a notebook; Typst works as in those.

    `work` says what goes into which file; it can be pickled.
    """

    problem: AnyProblem
    file: Path
    work: Callable[[], Mapping[Path, bytes]]


def make_notebook(problem_path: Path, out_path: Path, overrides: Overrides | None = None) -> Path:
    """Work the problem of a file in a notebook, executed by papermill, and write it to `out_path`.

    The notebook carries the problem's YAML (with `overrides` applied) and runs wherever nbsolve is installed.
    Raises `ProblemError` for a faulty problem and `NbsolveError` where a cell fails; what stood at `out_path`
    before then stays as it was.
    """
    problem = load_problem(problem_path, overrides=overrides)
    make_notebooks(
        [NotebookJob(problem, problem_path.resolve().parent, out_path.resolve(), file=problem_path)]
    )
    return out_path


def make_notebooks(
    jobs: Sequence[NotebookJob],
    *,
    at_once: int = 2,
    on_done: OnDone | None = None,
    scratch_prefix: str = "nbsolve-",
    beside: Sequence[JobBeside] = (),
) -> None:
    """Make several notebooks, `at_once` at a time, with temporary folders that begin with `scratch_prefix`.


    What is to be made `beside` them follows them. `on_done(position, fault)` is called as each is finished, with
    None or what went wrong. Raises one `ProblemError` with the faults of every problem whose notebook failed, or
    what is made beside it; the others are written.
    """
    both: list[NotebookJob | JobBeside] = [*jobs, *beside]
    with tempfile.TemporaryDirectory(prefix=scratch_prefix) as folder:
        scratch = Path(folder)
        tasks = [_task(job, scratch / str(position)) for position, job in enumerate(jobs)]
        tasks += [_task_beside(job, scratch) for job in beside]
        if not CAN_FORK:
            faults = _one_after_another(tasks, on_done)
        else:
            with _server(scratch) as server:
                if len(both) < _WORTH_WARMING:
                    tasks = [partial(_apart_from, server, task) for task in tasks]
                    faults = run_in_children(tasks, at_once=at_once, on_done=on_done, server=server)
                else:
                    problems = [job.problem for job in both]
                    faults = _from_warm(problems, tasks, scratch, at_once, on_done, server)
    raise_faults(both, faults)


def raise_faults(jobs: Sequence[NotebookJob | JobBeside], faults: Sequence[NbsolveError | None]) -> None:
    """Raise one ProblemError with what went wrong with any of the jobs, if anything did."""
    failed: dict[str, list[Fault]] = {}
    for job, error in zip(jobs, faults, strict=True):
        file = str(job.file or job.problem.name)
        # what a notebook says is not said of its handouts too
        if error is not None and file not in failed:
            said = error.faults if isinstance(error, ProblemError) else [Fault(str(error))]
            failed[file] = [replace(fault, file=fault.file or file) for fault in said]
    if failed:
        raise ProblemError([fault for found in failed.values() for fault in found])


@contextmanager
def _server(scratch: Path) -> Iterator[CompilingServer | None]:
    """This process compiles the drawings of its children."""
    from nbsolve.notebook.compiling import CompilingServer

    try:
        server = CompilingServer(scratch / _SOCKET)
    except OSError:  # the path of the folder for temporary files is too long for a socket
        yield None
        return
    try:
        yield server
    finally:
        server.close()


def _apart_from(server: CompilingServer | None, task: Task) -> None:
    """A child's task, without its copy of the socket: a request to a killed server would wait there without end."""
    if server is not None:
        server.close()
    task()


def _from_warm(
    problems: Sequence[AnyProblem],
    tasks: Sequence[Task],
    scratch: Path,
    at_once: int,
    on_done: OnDone | None,
    server: CompilingServer | None,
) -> list[NbsolveError | None]:
    """Children of a process in which everything was used once."""

    def warm() -> None:
        from nbsolve.notebook.warm import warm_up

        # what goes wrong here goes wrong in the notebooks too, or it costs nothing but time
        with suppress(Exception), _compiling(scratch):
            warm_up(problems, scratch)

    prepare = partial(_apart_from, server, warm)
    return run_from_prepared(tasks, prepare, at_once=at_once, on_done=on_done, server=server)


def _compiling(scratch: Path) -> AbstractContextManager[None]:
    from nbsolve.notebook.compiling import compiling_at

    return compiling_at(scratch / _SOCKET)


def _task(job: NotebookJob, scratch: Path) -> Task:
    def work() -> None:
        from nbsolve.notebook.execution import execute_notebook
        from nbsolve.notebook.nodes import written
        from nbsolve.notebook.page import as_page
        from nbsolve.whole_files import write_whole

        scratch.mkdir()
        try:
            with _compiling(scratch.parent):
                if job.withheld:
                    from nbsolve.notebook.question import question_notebook

                    notebook = question_notebook(job.problem)
                else:
                    notebook = execute_notebook(job.problem, folder=job.folder, scratch=scratch)
        except DomainError as error:
            hint = domain_hint(job.problem)
            raise DomainError(f"{error}\n    hint: {hint}" if hint else str(error)) from None
        if job.page is not None:
            write_whole(job.page, written(as_page(notebook, job.name or job.page.stem, job.related)))
        write_whole(job.out, written(notebook))

    return work


def _task_beside(job: JobBeside, scratch: Path) -> Task:
    def work() -> None:
        from nbsolve.whole_files import write_whole

        with _compiling(scratch):
            for place, content in job.work().items():
                write_whole(place, content)

    return work


def _one_after_another(tasks: Sequence[Task], on_done: OnDone | None) -> list[NbsolveError | None]:
    faults: list[NbsolveError | None] = []
    for position, task in enumerate(tasks):
        try:
            task()
            faults.append(None)
        except NbsolveError as error:
            faults.append(error)
        if on_done is not None:
            on_done(position, faults[-1])
    return faults
