"""What a build that is killed had made is known to the next one."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from nbsolve import notebook, whole_files
from nbsolve.book.course import Course
from nbsolve.book.made import read_made
from nbsolve.book.pages import make_pages, pages_before
from nbsolve.problem import parse_problem
from tests.book.problems import FLAT, TRAINED


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the build that is killed is a fork of this process")
@pytest.mark.parametrize(("seconds", "kept"), [(0.0, {"flat"}), (1000.0, set[str]())])
def test_notebooks_of_a_killed_build_are_not_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, kept: set[str]
) -> None:
    course = Course(tmp_path)
    texts = {"flat": FLAT, "trained": TRAINED}
    files = {name: tmp_path / "problems" / f"{name}.yaml" for name in texts}

    def killed(jobs: Sequence[Any], *, on_done: Callable[[int, None], None], **others: object) -> None:
        for folder in (course.notebooks, course.pages):
            folder.mkdir(parents=True)
            (folder / "flat.ipynb").touch()
        on_done(0, None)
        os._exit(9)

    monkeypatch.setattr(whole_files, "SELDOM", seconds)
    monkeypatch.setattr(notebook, "make_notebooks", killed)
    loaded = {name: parse_problem(text) for name, text in texts.items()}
    child = os.fork()
    if child == 0:
        sources = dict.fromkeys(texts, "1")
        make_pages(
            course,
            files,
            loaded,
            sources,
            console=None,
            at_once=1,
            scheduler=None,
            when_due=lambda: None,
        )
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert {*pages_before(course, files)} == {*read_made(course.build / "made.json")} == kept
