"""A small course, built once for the tests that only look at it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbsolve.book import build_book, init_course
from tests.book.problems import FLAT, TRAINED
from tests.book.warm_sphinx import start_warm


@pytest.fixture(scope="session", autouse=True)
def warm() -> Iterator[None]:
    """Builds find Sphinx imported."""
    with pytest.MonkeyPatch.context() as patch:
        start_warm(patch)
        yield


def start_course(folder: Path) -> Path:
    """A course with three problems, in a folder whose name has a space."""
    init_course(folder)
    (folder / "problems" / "flat.yaml").write_text(FLAT, encoding="utf-8")
    (folder / "problems" / "trained.yaml").write_text(TRAINED, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a course that has been built; not to be changed. Parallel workers share one."""
    own = tmp_path_factory.getbasetemp()
    home = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "course"
    home.mkdir(exist_ok=True)
    built = home / "built"
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            build_book(start_course(home / "a course"))
            built.touch()
    return home / "a course"


@pytest.fixture(scope="session")
def site(course: Path) -> Path:
    """The folder of the built site."""
    return course / "book" / "_build" / "html"
