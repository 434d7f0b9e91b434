"""Runs tasks in forked children, a few at a time; one child for one task, so that nothing leaks between them.

A fork starts with everything imported, in milliseconds. (`ProcessPoolExecutor` with one task a child can hang
on Python 3.11, and one dead child breaks the whole pool.)
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any, Protocol

from nbsolve.errors import NbsolveError, ProblemError
from nbsolve.jobs.local import CAN_FORK

__all__ = ["CAN_FORK", "OnDone", "Server", "Task", "run_from_prepared", "run_in_children"]

Task = Callable[[], None]
OnDone = Callable[[int, NbsolveError | None], None]  # position of the task, and what went wrong


_ENDING = frozenset({signal.SIGINT, signal.SIGTERM})


class Server(Protocol):
    """Works for the children while they run: what it waits for, and what it does when some of that is ready."""

    @property
    def waiting(self) -> list[Any]:
        """The connections that may become ready to be read."""

    def answer(self, ready: Sequence[Any]) -> None:
        """Do what is asked by those of them that are."""


@dataclass(frozen=True, slots=True)
class _Child:
    process: ForkProcess
    messages: Connection
    position: int


def run_in_children(
    tasks: Sequence[Task],
    *,
    at_once: int = 2,
    on_done: OnDone | None = None,
    server: Server | None = None,
) -> list[NbsolveError | None]:
    """Run each task in a child of its own, at most `at_once` at a time; `on_done` is called as each ends.

    Returns, in the order of `tasks`, None or what went wrong. This process answers what the `server` is asked
    meanwhile. Ctrl-C ends the children before it goes on.
    """
    faults: list[NbsolveError | None] = [None] * len(tasks)
    running: list[_Child] = []
    waiting = list(enumerate(tasks))
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                position, task = waiting.pop(0)
                with _no_interrupt():  # between the child's start and its being known here
                    running.append(_start(position, _alone, task))
            ready = wait([*(child.messages for child in running), *(server.waiting if server else ())])
            if server is not None:
                server.answer(ready)
            for child in [child for child in running if child.messages in ready]:
                running.remove(child)
                faults[child.position] = _finish(child)
                if on_done is not None:
                    on_done(child.position, faults[child.position])
    finally:
        _end(running)  # only on the way out through an exception, Ctrl-C among them
    return faults


def run_from_prepared(
    tasks: Sequence[Task],
    prepare: Task,
    *,
    at_once: int = 2,
    on_done: OnDone | None = None,
    server: Server | None = None,
) -> list[NbsolveError | None]:
    """Run tasks in children that start where `prepare` ended: it runs once, in a child that forks the others.

    This process stays as it was, but for the `server`.
    """
    unfinished = NbsolveError("the process that ran it ended unexpectedly")
    faults: list[NbsolveError | None] = [unfinished] * len(tasks)
    with _no_interrupt():
        forker = _start(0, _fork_others, (tasks, prepare, at_once))
    open_ended = True
    try:
        while open_ended:
            ready = wait([forker.messages, *(server.waiting if server else ())])
            if server is not None:
                server.answer(ready)
            if forker.messages in ready:
                try:
                    position, fault = forker.messages.recv()
                except EOFError:
                    open_ended = False
                    continue
                faults[position] = fault
                if on_done is not None:
                    on_done(position, fault)
    finally:
        _end([forker] if open_ended else [])
    forker.process.join()
    forker.messages.close()
    return faults


def _end(children: Sequence[_Child]) -> None:
    for child in children:
        child.process.terminate()
    for child in children:
        child.process.join()


def _start(position: int, work: Callable[[Any, Connection], None], of: Any) -> _Child:
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(of, sending))
    with warnings.catch_warnings():
        # Python 3.12 warns when there are other threads: NumPy's, which sleep and are made anew after a fork.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    sending.close()
    return _Child(process, receiving, position)


def _fork_others(of: tuple[Sequence[Task], Task, int], messages: Connection) -> None:
    """What the prepared child does: all tasks, each in a child of its own; told to end, it ends these first."""
    tasks, prepare, at_once = of
    for number in _ENDING:
        signal.signal(number, _end_once)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    code = 1
    try:
        prepare()
        run_in_children(tasks, at_once=at_once, on_done=lambda *done: messages.send(done))
        code = 0
    except (SystemExit, BrokenPipeError):  # told to end; or the process that wanted all this is gone
        pass
    finally:
        _leave(messages, code)


def _end_once(*_: object) -> None:
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)  # it is ending its children: a second call changes nothing
    sys.exit(1)


def _alone(task: Task, messages: Connection) -> None:
    """Run a task in a child process and send back None, or what went wrong."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_DFL)  # Ctrl-C reaches the children too: end without a word
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    try:
        task()
    except ProblemError as error:
        messages.send(error)  # with the place of each fault
    except NbsolveError as error:
        messages.send(NbsolveError(str(error)))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        messages.send(NbsolveError(f"{place}{(error.strerror or str(error)).lower()}"))
    except Exception as error:
        messages.send(NbsolveError(f"{type(error).__name__}: {error}"))
    else:
        messages.send(None)
    _leave(messages, 0)


def _leave(messages: Connection, code: int) -> None:
    messages.close()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # it may be closed, full or missing
            stream.flush()
    os._exit(code)  # nothing of the parent's may be closed, saved or cleaned up a second time here


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Ctrl-C waits until the block is left."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _finish(child: _Child) -> NbsolveError | None:
    try:
        fault: NbsolveError | None = child.messages.recv()
    except EOFError:
        child.process.join()
        code = child.process.exitcode
        fault = NbsolveError(f"the process that ran it ended unexpectedly (exit code {code})")
    child.process.join()
    child.messages.close()
    return fault
