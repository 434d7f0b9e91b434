"""Some of the builds that `python -m tests.book.killing 100` kills."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from nbsolve.book import publishing
from nbsolve.book.course import Course
from nbsolve.book.site import build_site
from nbsolve.book.sphinx_process import SphinxProcess
from nbsolve.errors import NbsolveError
from tests.book.killing import Killing


def test_builds_that_are_killed_leave_a_whole_site(tmp_path: Path) -> None:
    killing = Killing(tmp_path, seed=7)
    killing.change()
    killing.longest = 5.0
    assert not killing.kill()  # the first build of all
    assert not killing.finish()
    killing.change()
    assert not killing.kill(0.95)
    assert not killing.finish()


def test_a_full_disk_is_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course = Course(tmp_path)
    course.build.mkdir(parents=True)
    course.config.touch()

    class Run(SphinxProcess):
        def run(self, course: Course, state: Path) -> dict[str, object]:
            return {"status": 1, "problem": None, "complaints": complaints, "reads": [], "errors": errors}

    complaints: list[tuple[str, str]] = [("a.md:1", "cannot copy x: [Errno 28] No space left on device")] * 30
    errors = ""
    with pytest.raises(NbsolveError, match=r"^the disk is full") as error:
        build_site(course, Run(None, 1), {})
    assert "\n" not in str(error.value)
    complaints, errors = [], "OSError: [Errno 28] No space left on device\n" * 3
    with pytest.raises(NbsolveError, match=r"^the disk is full"):
        build_site(course, Run(None, 1), {})

    class Full(SphinxProcess):
        def run(self, course: Course, state: Path) -> dict[str, object]:
            raise OSError(errno.ENOSPC, "No space left on device", str(state))

    with pytest.raises(NbsolveError, match=r"^the disk is full"):
        build_site(course, Full(None, 1), {})
    assert not publishing.site_hashes(course.site)
