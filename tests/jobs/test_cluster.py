"""A Dask scheduler and its workers: the same results as here, whatever is killed, full, gone or newer."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

from typer.testing import CliRunner

from nbsolve import __version__
from nbsolve.book import handouts
from nbsolve.cli.application import application
from nbsolve.errors import NbsolveError, ProblemError
from nbsolve.handout.course import CourseData
from nbsolve.jobs import TaskLostError, cluster, mapped
from nbsolve.notebook import JobBeside, NotebookJob, make_notebooks
from nbsolve.notebook.elsewhere import make_elsewhere
from nbsolve.problem import load_problem
from nbsolve.variants.checking import Report, check
from nbsolve.variants.making import Plan
from nbsolve.variants.recipient import numbered
from nbsolve.variants.running import Run
from tests.jobs import cluster as processes
from tests.jobs import work
from tests.jobs.cluster import Cluster
from tests.variants.small import NETWORK, VARY, plan

pytestmark = pytest.mark.slow

TASKS = [str(number).encode() for number in range(60)]
DOUBLED = [(position, task + task) for position, task in enumerate(TASKS)]


@pytest.fixture(scope="module")
def two() -> Iterator[Cluster]:
    """A scheduler and two workers."""
    with processes.cluster() as started:
        started.worker()
        started.worker()
        yield started


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ------------------------------------------------------------------ tasks


@pytest.mark.parametrize("batch", [1, 7, None])
def test_results_are_those_of_this_process_and_in_order(batch: int | None, two: Cluster) -> None:
    found = list(mapped(work.doubled, TASKS, scheduler=two.address, batch=batch, total=60))
    assert found == list(mapped(work.doubled, TASKS)) == DOUBLED


def test_an_error_comes_with_its_faults_after_all_results_before_it(two: Cluster) -> None:
    results: list[tuple[int, bytes]] = []
    with pytest.raises(ProblemError, match="it is seven") as raised:
        results.extend(mapped(work.failing_at_seven, TASKS, scheduler=two.address, batch=3))
    assert results[:7] == DOUBLED[:7]
    assert raised.value.faults[0].line == 7


def test_a_killed_worker_costs_its_tasks_a_second_try_and_nobody_a_result(
    tmp_path: Path, two: Cluster
) -> None:
    gone = two.worker()
    results = mapped(partial(work.noted, str(tmp_path)), TASKS, scheduler=two.address, batch=2)
    found = []
    for one in results:
        found.append(one)
        if gone.is_alive() and str(gone.pid) in work.pids(tmp_path):
            gone.kill()
            gone.join()
    assert found == DOUBLED
    assert gone.exitcode == -signal.SIGKILL, "it was to have been killed at work"


# ------------------------------------------------------------------ variants


def test_variants_have_the_bytes_that_they_have_here(tmp_path: Path, two: Cluster) -> None:
    """Sheet, key and notebook; a data file and a link travel with them or need not."""
    folder = tmp_path / "course"
    folder.mkdir()
    (folder / "start.csv").write_text("0.3,-0.2\n0.5,0.4\n")
    (folder / "other.yaml").write_text(NETWORK)
    text = NETWORK.replace("[[0.3, -0.2], [0.5, 0.4]]", "{file: start.csv}", 1)
    vary = '{"W[2]": {from: 0.2, to: 0.9, step: 0.1}, inputs: {choices: [0.5, 1, 2]}}'
    text += 'statement: "See [the other one](other.yaml)."\n'
    own = Plan(
        f"{text}variants:\n  vary: {vary}\n",
        "problem",
        "problem.yaml",
        0,
        ("question", "key", "notebook"),
        folder,
    )
    Run(own, numbered(2), tmp_path / "here").run()
    Run(own, numbered(2), tmp_path / "there").run(scheduler=two.address)
    assert tree(tmp_path / "there") == tree(tmp_path / "here")
    assert len(tree(tmp_path / "there")) == 2 * 4 + 3


def test_checking_finds_what_it_finds_here(two: Cluster) -> None:
    here, there = Report(), Report()
    for one in check(plan(), 3):
        here.add(one)
    for one in check(plan(), 3, scheduler=two.address):
        there.add(one)
    assert (here.count, here.rejected, here.answers) == (there.count, there.rejected, there.answers)
    assert not there.failed


def test_a_run_whose_scheduler_goes_away_keeps_what_is_finished_and_ends_the_same_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 2)
    Run(plan("key"), numbered(40), tmp_path / "whole").run()
    with processes.cluster() as one:
        one.worker()

        def killing(results: Iterable[tuple[int, bytes]], total: int) -> Iterator[tuple[int, bytes]]:
            for position, result in results:
                if position == 0:
                    one.scheduler.kill()
                    one.scheduler.join()
                yield position, result

        with pytest.raises(
            NbsolveError, match=f"the scheduler {one.address} went away\n    hint: .*--resume"
        ):
            Run(plan("key"), numbered(40), tmp_path / "out").run(tracked=killing, scheduler=one.address)
    finished = [path for path in (tmp_path / ".out.unfinished").iterdir() if path.is_dir()]
    assert 1 <= len(finished) < 40
    Run(plan("key"), numbered(40), tmp_path / "out").run(resume=True)
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


# ------------------------------------------------------------------ notebooks and handouts


def test_notebooks_and_what_is_made_beside_them_are_those_of_this_machine(
    tmp_path: Path, two: Cluster
) -> None:
    problem, other = (
        load_problem(NETWORK),
        load_problem(NETWORK.replace("squared_error", "binary_cross_entropy")),
    )
    undefined = load_problem(
        "kind: graph\ntitle: U\ngiven: {x: 0}\nequations: {y: log(x)}\nparts: [{label: a, ask: [forward]}]\n"
    )

    def made(
        folder: Path,
    ) -> tuple[list[NotebookJob], list[JobBeside], Callable[[int, NbsolveError | None], None]]:
        jobs = [
            NotebookJob(one, tmp_path, folder / f"{name}.ipynb", folder / f"page-{name}.ipynb", Path(name))
            for name, one in (("a", problem), ("b", other))
        ]
        typeset = partial(handouts._make, problem, Path("a"), CourseData("C"), {"question": folder / "q.pdf"})
        broken = partial(handouts._make, undefined, Path("u"), CourseData(), {"solution": folder / "u.pdf"})
        beside = [JobBeside(problem, Path("a"), typeset), JobBeside(undefined, Path("u"), broken)]
        return jobs, beside, lambda position, fault: done.append((folder, position, fault is None))

    done: list[tuple[Path, int, bool]] = []
    here, there = tmp_path / "here", tmp_path / "there"
    jobs, beside, on_done = made(here)
    with pytest.raises(ProblemError) as said_here:
        make_notebooks(jobs, beside=beside, on_done=on_done)
    jobs, beside, on_done = made(there)
    with pytest.raises(ProblemError) as said_there:
        make_elsewhere(jobs, beside=beside, on_done=on_done, scheduler=two.address)
    assert tree(there) == tree(here)
    assert len(tree(there)) == 5
    assert str(said_there.value) == str(said_here.value)
    assert [one[1:] for one in done if one[0] == there] == [(0, True), (1, True), (2, True), (3, False)]


@pytest.mark.parametrize("form", ["pdf", "tex"])
def test_the_command_for_handouts_writes_the_same_files(form: str, tmp_path: Path, two: Cluster) -> None:
    for name in ("first", "second"):
        (tmp_path / f"{name}.yaml").write_text(NETWORK.replace("Two sigmoid units", name))
    files = [str(tmp_path / f"{name}.yaml") for name in ("first", "second")]
    for out, options in (
        ("one", ["--jobs", "1"]),
        ("two", ["--jobs", "2"]),
        ("far", ["--scheduler", two.address]),
    ):
        options += ["--only", "question", "--format", form, "--out", str(tmp_path / out)]
        result = CliRunner().invoke(application, ["handout", *files, *options])
        assert result.exit_code == 0, result.output
        assert result.output.splitlines() == [
            str(tmp_path / out / name / f"question.{form}") for name in ("first", "second")
        ]
    assert tree(tmp_path / "one") == tree(tmp_path / "two") == tree(tmp_path / "far")


# ------------------------------------------------------------------ what cannot be


def test_a_task_that_takes_more_memory_than_its_worker_has_is_named_and_the_others_are_done(
    tmp_path: Path,
) -> None:
    with processes.cluster() as small:
        small.worker("400MB")
        results: list[tuple[int, bytes]] = []
        with pytest.raises(TaskLostError, match=r"task 6 was tried 3 times.*ran out of memory") as raised:
            results.extend(mapped(work.hungry_at_five, TASKS, scheduler=small.address, batch=10))
    assert raised.value.position == 5
    assert results[:5] == DOUBLED[:5]
    assert set(results) <= set(DOUBLED)


def test_where_nothing_answers_it_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 0.5)
    with pytest.raises(NbsolveError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        Run(plan("key"), numbered(3), tmp_path / "out").run(scheduler="tcp://127.0.0.1:9")
    assert not [*tmp_path.iterdir()]
    with pytest.raises(NbsolveError, match="no scheduler answers at nonsense"):
        mapped(work.doubled, TASKS, scheduler="nonsense://x")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(NbsolveError, match=r"pip install '.\[cluster\]'"):
        mapped(work.doubled, TASKS, scheduler="tcp://127.0.0.1:9")


def test_a_scheduler_with_another_version_is_refused_and_both_are_named(tmp_path: Path) -> None:
    about = tmp_path / "nbsolve-9.9.9.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: nbsolve\nVersion: 9.9.9\n")
    refused = f"the scheduler .* has nbsolve 9.9.9, .* nbsolve {__version__}\n"
    with processes.cluster(str(tmp_path)) as newer, pytest.raises(NbsolveError, match=refused):
        mapped(work.doubled, TASKS, scheduler=newer.address)


def test_a_worker_that_comes_later_with_another_version_does_nothing(two: Cluster) -> None:
    with pytest.raises(NbsolveError, match=f"has nbsolve {__version__}, this command is nbsolve 9.9.9"):
        cluster.worked("9.9.9", work.doubled, (b"1",))


def test_the_texts_by_which_files_are_sent_stay_in_their_folder(tmp_path: Path) -> None:
    (tmp_path / "outside.csv").write_text("1\n")
    course = tmp_path / "course"
    course.mkdir()
    (course / "inside.csv").write_text("2\n")
    text = f"{NETWORK}notes: [inside.csv, ../outside.csv, /etc/passwd.csv, missing.csv]\nvariants:\n{VARY}"
    assert Plan(text, "p", "p.yaml", 0, (), course).enclosed().data == (("inside.csv", b"2\n"),)
