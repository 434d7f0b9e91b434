"""Python files in a course are the author's own affair: none of them takes the place of a module."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nbsolve import load_problem
from nbsolve.book import init_course
from nbsolve.notebook.execution import execute_notebook
from tests.book.problems import FLAT

NAMES = ("yaml", "numpy", "random", "json", "typing", "sphinx", "matplotlib", "typst")


def _with_files(folder: Path) -> None:
    for place in (folder, folder / "problems", folder / "book"):
        place.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            (place / f"{name}.py").write_text(f"raise SystemExit('{name} of the course')", encoding="utf-8")


def test_a_course_with_files_named_as_modules_is_built(tmp_path: Path) -> None:
    init_course(tmp_path)
    _with_files(tmp_path)
    for arguments in (("build",), ("handout", "problems/first.yaml", "--out", "made", "--only", "key")):
        # as the installed command does, Python does not look for modules where it stands
        done = subprocess.run(
            [sys.executable, "-P", "-m", "nbsolve", *arguments],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            timeout=600,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
    page = (tmp_path / "book" / "_build" / "html" / "problems" / "first.html").read_text(encoding="utf-8")
    assert "of the course" not in page


def test_nor_in_a_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where processes cannot be forked, a kernel is started in the problem's folder."""
    scratch, course = tmp_path / "scratch", tmp_path / "course"
    scratch.mkdir()
    _with_files(course)
    monkeypatch.chdir(course)
    problem = load_problem(FLAT)
    done = execute_notebook(problem, folder=course, scratch=scratch, in_process=False)
    assert any(cell.get("outputs") for cell in done.cells)
