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
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess

from nbsolve.errors import NbsolveError

Task = Callable[[], None]
OnDone = Callable[[int, str | None], None]  # position of the task, and what went wrong

# macOS has fork, but its system libraries may crash in a forked child.
CAN_FORK = "fork" in multiprocessing.get_all_start_methods() and sys.platform == "linux"


@dataclass(frozen=True, slots=True)
class _Child:
    process: ForkProcess
    messages: Connection
    position: int


def run_in_children(
    tasks: Sequence[Task], *, at_once: int = 2, on_done: OnDone | None = None
) -> list[str | None]:
    """Run each task in a child of its own, at most `at_once` at a time; `on_done` is called as each ends.

    Returns, in the order of `tasks`, None or what went wrong. Ctrl-C ends the children before it goes on.
    """
    faults: list[str | None] = [None] * len(tasks)
    running: list[_Child] = []
    waiting = list(enumerate(tasks))
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                position, task = waiting.pop(0)
                with _no_interrupt():  # between the child's start and its being known here
                    running.append(_start(position, task))
            ready = wait([child.messages for child in running])
            for child in [child for child in running if child.messages in ready]:
                running.remove(child)
                faults[child.position] = _finish(child)
                if on_done is not None:
                    on_done(child.position, faults[child.position])
    finally:
        for child in running:  # only on the way out through an exception, Ctrl-C among them
            child.process.terminate()
        for child in running:
            child.process.join()
    return faults


def _start(position: int, task: Task) -> _Child:
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(task, sending), daemon=True)
    with warnings.catch_warnings():
        # Python 3.12 warns when there are other threads: NumPy's, which sleep and are made anew after a fork.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    sending.close()
    return _Child(process, receiving, position)


def _work(task: Task, messages: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C reaches the children too: end without a word
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    try:
        task()
    except NbsolveError as error:
        messages.send(str(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        messages.send(f"{place}{(error.strerror or str(error)).lower()}")
    except Exception as error:
        messages.send(f"{type(error).__name__}: {error}")
    else:
        messages.send(None)
    messages.close()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # nothing of the parent's may be closed, saved or cleaned up a second time here


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Ctrl-C waits until the block is left."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _finish(child: _Child) -> str | None:
    try:
        fault: str | None = child.messages.recv()
    except EOFError:
        child.process.join()
        fault = f"the process that ran it ended unexpectedly (exit code {child.process.exitcode})"
    child.process.join()
    child.messages.close()
    return fault
