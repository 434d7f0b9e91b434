"""The wheel alone, in an environment of its own, starts a course and builds it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _run(*command: str | Path, cwd: Path) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    run = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=kept | {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
    return run.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run(
        *(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet"),
        *("--wheel-dir", folder, ROOT),
        cwd=folder,
    )
    [built] = folder.glob("nbsolve-*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has nbsolve from the wheel, and all the rest from the environment of the tests."""
    folder = tmp_path_factory.mktemp("clean") / "an environment"
    _run(sys.executable, "-m", "venv", folder, cwd=folder.parent)
    python = folder / "bin" / "python"
    _run(python, "-m", "pip", "install", "--quiet", "--no-deps", wheel, cwd=folder)
    site_packages = Path(
        _run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    )
    # Last on the path, and as a plain folder: its own .pth files, nbsolve's among them, are not read.
    (site_packages / "rest.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def test_the_wheel_holds_all_that_is_needed(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    here = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "nbsolve").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here <= names
    assert {"nbsolve/py.typed", "nbsolve/templates/static/nbsolve.css"} <= names
    assert not [name for name in names if not name.startswith(("nbsolve/", "nbsolve-"))]


def test_it_is_the_wheel_that_is_imported(python: Path, tmp_path: Path) -> None:
    where = _run(python, "-c", "import nbsolve; print(nbsolve.__file__)", cwd=tmp_path)
    assert str(python.parents[1]) in where


def test_a_course_of_ones_own(python: Path, tmp_path: Path) -> None:
    course = tmp_path / "my course"
    nbsolve = python.with_name("nbsolve")
    _run(nbsolve, "init", course, cwd=tmp_path)
    _run(nbsolve, "check", "problems/first.yaml", cwd=course)
    said = _run(nbsolve, "build", cwd=course)
    index = course / "book" / "_build" / "html" / "index.html"
    assert index.is_file()
    assert "index.html" in said.replace("\n", "")
    page = (course / "book" / "_build" / "html" / "problems" / "first.html").read_text(encoding="utf-8")
    assert "Two inputs, two hidden units, one output" in page


def test_the_module_runs_too(python: Path, tmp_path: Path) -> None:
    assert "build" in _run(python, "-m", "nbsolve", "--help", cwd=tmp_path)
