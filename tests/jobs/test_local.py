"""One function over many tasks, here and in local processes: the same results in order, whatever is lost."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from nbsolve.errors import NbsolveError, ProblemError
from nbsolve.jobs import TaskLostError, Work, mapped
from nbsolve.jobs.progress import tracked
from tests.jobs import work

TASKS = [str(number).encode() for number in range(60)]
DOUBLED = [(position, task + task) for position, task in enumerate(TASKS)]


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("batch", [1, 7, 25, 100])
def test_results_are_the_same_and_in_order_whatever_the_number_of_workers(jobs: int, batch: int) -> None:
    assert list(mapped(work.doubled, TASKS, jobs=jobs, batch=batch)) == DOUBLED


def test_what_ends_late_is_still_given_in_its_place() -> None:
    assert list(mapped(work.uneven, TASKS, jobs=2, batch=2)) == list(enumerate(TASKS))


def test_a_function_has_what_all_tasks_share_bound_to_it() -> None:
    results = mapped(partial(work.named, b"problem "), TASKS, jobs=2)
    assert list(results) == [(position, b"problem " + task) for position, task in enumerate(TASKS)]


def test_results_larger_than_a_pipe() -> None:
    assert [len(result) for _, result in mapped(work.large, TASKS[10:20], jobs=2, batch=3)] == [
        2_000_000
    ] * 10


def test_nothing_to_do() -> None:
    assert list(mapped(work.doubled, [], jobs=2)) == []


def test_tasks_are_not_taken_long_before_they_are_worked_on() -> None:
    taken = 0

    def many() -> Iterator[bytes]:
        nonlocal taken
        for number in range(1_000_000):
            taken += 1
            yield str(number).encode()

    results = mapped(work.doubled, many(), jobs=2, batch=25)
    assert [next(results)[0] for _ in range(30)] == list(range(30))
    assert taken < 1000
    results.close()


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_comes_after_all_results_before_it_with_its_faults(jobs: int) -> None:
    results: list[tuple[int, bytes]] = []
    with pytest.raises(ProblemError, match="it is seven") as raised:
        results.extend(mapped(work.failing_at_seven, TASKS, jobs=jobs, batch=3))
    assert results[:7] == DOUBLED[:7]
    assert set(results) <= set(DOUBLED)
    assert raised.value.faults[0].line == 7


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_of_several_errors_the_first_in_the_order_of_the_tasks_is_raised(jobs: int) -> None:
    results = mapped(work.failing_slowly_at_three, TASKS, jobs=jobs, batch=2)
    with pytest.raises(NbsolveError, match=r"^three$"):
        list(results)


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_nobodys_intention_says_what_and_keeps_where(jobs: int) -> None:
    with pytest.raises(NbsolveError, match="ZeroDivisionError: nobody meant this") as raised:
        list(mapped(work.faulty, TASKS, jobs=jobs))
    assert "tests/jobs/work.py" in raised.value.__notes__[0]


def test_tasks_of_a_killed_worker_are_done_again_and_none_twice(tmp_path: Path) -> None:
    results = list(mapped(partial(work.killed_once, str(tmp_path)), TASKS, jobs=2, batch=10))
    assert results == DOUBLED
    assert (tmp_path / "5").read_text() == (tmp_path / "40").read_text() == "2"


def test_a_task_that_ends_every_worker_is_named_and_the_others_of_its_batch_are_done() -> None:
    results: list[tuple[int, bytes]] = []
    with pytest.raises(TaskLostError, match="task 6 was tried 3 times") as raised:
        results.extend(mapped(work.killed_at_five, TASKS, jobs=2, batch=10))
    assert raised.value.position == 5
    assert results[:5] == DOUBLED[:5]
    assert set(results) <= set(DOUBLED)


def test_workers_end_with_the_one_who_wanted_their_results() -> None:
    results = mapped(work_pid, TASKS, jobs=2, batch=1)
    pids = {int(next(results)[1]) for _ in range(10)}
    assert os.getpid() not in pids
    results.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def work_pid(task: bytes) -> bytes:
    return str(os.getpid()).encode()


@pytest.mark.parametrize("function", [work.doubled, partial(work.named, b"")])
def test_where_there_is_no_fork_processes_are_started_anew(
    monkeypatch: pytest.MonkeyPatch, function: Work
) -> None:
    monkeypatch.setattr("nbsolve.jobs.local.CAN_FORK", False)
    assert list(mapped(function, TASKS, jobs=2)) == [(at, function(task)) for at, task in enumerate(TASKS)]


def test_a_bar_says_how_many_how_fast_and_how_long() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=100, color_system=None)
    assert list(tracked(iter(TASKS), len(TASKS), console, "Variants")) == TASKS
    shown = stream.getvalue()
    assert "Variants" in shown
    assert "60/60" in shown
    assert "a second" in shown
    assert "0:00:0" in shown


def test_without_a_console_there_is_no_bar() -> None:
    assert list(tracked(iter(TASKS), len(TASKS), None, "Variants")) == TASKS
