"""What a problem was read from: any change of it is seen, and what has not changed is not read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nbsolve.book import build_book
from nbsolve.book.course import Course
from nbsolve.book.sources import source_hashes
from nbsolve.problem import load_problem
from nbsolve.settings import Settings

PLAIN, LINKED, WITH_DATA, ESCAPED = "plain", "linked", "data", "escaped"
TEXTS = {
    PLAIN: "title: A problem\nfeatures: [a, b]\n",
    LINKED: "title: Another\nstatement: As in [the first](plain.yaml).\n",
    WITH_DATA: "title: A third\nsamples: {file: 'in here/points.csv'}\n",
    ESCAPED: 'title: A fourth\nsamples: {file: "in here/points\\x2ecsv"}\n',
}


@pytest.fixture
def small(tmp_path: Path) -> Course:
    for name, text in TEXTS.items():
        _write(tmp_path / "problems" / f"{name}.yaml", text)
    _write(tmp_path / "problems" / "in here" / "points.csv", "x,y\n1,2\n")
    _write(tmp_path / "book" / "_toc.yml", "root: intro\n")
    _write(tmp_path / "book" / "intro.md", "# First\n")
    return Course(tmp_path)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _hashes(course: Course, settings: Settings | None = None) -> dict[str, str]:
    files = {name: course.problems / f"{name}.yaml" for name in TEXTS}
    return source_hashes(course, files, settings or Settings())


CHANGES: dict[str, tuple[Callable[[Course], None], set[str]]] = {
    "nothing": (lambda course: (course.problems / "plain.yaml").touch(), set()),
    "a comment": (lambda course: _write(course.problems / "plain.yaml", f"{TEXTS[PLAIN]}# new\n"), {PLAIN}),
    "data": (
        lambda course: _write(course.problems / "in here" / "points.csv", "x,y\n1,3\n"),
        {WITH_DATA, ESCAPED},
    ),
    "data gone": (lambda course: (course.problems / "in here" / "points.csv").unlink(), {WITH_DATA, ESCAPED}),
    "a new problem": (lambda course: _write(course.problems / "new.yaml", "title: New\n"), {LINKED}),
    "a page gone": (lambda course: (course.book / "intro.md").unlink(), {LINKED}),
    "a page's words": (lambda course: _write(course.book / "intro.md", "# Again\n"), set()),
    "what is built": (lambda course: _write(course.pages / "index.md", "# All\n"), set()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_what_a_problem_is_read_from_is_seen(small: Course, change: str) -> None:
    before = _hashes(small)
    make, changed = CHANGES[change]
    make(small)
    after = _hashes(small)
    assert {name for name in TEXTS if before[name] != after[name]} == changed


def test_the_settings_of_the_course_count(small: Course) -> None:
    hashes = [_hashes(small, one) for one in (Settings(), Settings(trust=True), Settings(language="de"))]
    assert len({one[PLAIN] for one in hashes}) == 3


def test_a_file_that_cannot_be_read_has_no_hash(small: Course) -> None:
    (small.problems / "plain.yaml").write_bytes(b"\xff")
    (small.problems / "data.yaml").write_text("samples: [points.csv")
    (small.problems / "linked.yaml").unlink()
    assert set(_hashes(small)) == {ESCAPED}


def test_only_what_has_changed_is_read(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = shutil.copytree(course, tmp_path / "mine")
    read: list[str] = []

    def counted(path: Path, **settings: object) -> object:
        read.append(path.stem)
        return load_problem(path, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr("nbsolve.book.building.load_problem", counted)
    build_book(mine)
    assert read == []
    page = mine / "book" / "_build" / "notebooks" / "flat.ipynb"
    page.unlink()
    build_book(mine)
    assert read == ["flat"]
    assert page.is_file()
