"""The process in which Sphinx runs: started early, so that it has imported everything when its order comes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbsolve.book.course import Course


class SphinxProcess:
    """One process for one run. It starts when `start` is called, at the latest with the run."""

    def __init__(self, lock: int | None, jobs: int) -> None:
        self._lock, self._jobs = lock, jobs
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; while it imports, this process can do something else."""
        if self._process is None:
            self._process = subprocess.Popen(
                # -P: a file yaml.py of the course is not taken for a module
                [sys.executable, "-P", "-m", "nbsolve.book.sphinx_run"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=os.environ | {"PYTHONUTF8": "1", "NO_COLOR": "1"},
                # it holds the course's lock too: should this process be killed, nobody works beside it
                pass_fds=() if self._lock is None else (self._lock,),
            )

    def run(self, course: Course, state: Path) -> dict[str, Any]:
        """Build the site of `course` with what Sphinx remembers in `state`; returns its answer."""
        self.start()
        assert self._process is not None
        order = {
            "course": str(course.folder),
            "book": str(course.book),
            "config": str(course.config),
            "contents": str(course.contents),
            "state": str(state),
            "jobs": self._jobs,
            "offered": course.kinds,
            "withheld": course.withheld,
        }
        output, errors = self._process.communicate(json.dumps(order).encode() + b"\n")
        try:
            answer: dict[str, Any] = json.loads(output)
        except ValueError:
            return {"status": 1, "problem": None, "complaints": [], "reads": [], "errors": _text(errors)}
        return answer | {"errors": _text(errors)}

    def stop(self) -> None:
        """End it, where it still runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


@contextmanager
def sphinx_process(lock: int | None, jobs: int) -> Iterator[SphinxProcess]:
    """A process for the block, which has ended when the block is left."""
    process = SphinxProcess(lock, jobs)
    try:
        yield process
    finally:
        process.stop()


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")
