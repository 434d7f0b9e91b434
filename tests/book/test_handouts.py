"""Handouts beside the pages of a site: what is offered, what is made again, what goes, what cannot be typeset."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from nbsolve.book import build_book, handouts
from nbsolve.book.offered import files_of, kinds_offered
from nbsolve.book.publishing import site_hashes
from nbsolve.errors import ProblemError
from tests.book.conftest import start_course
from tests.book.problems import FLAT
from tests.book.walking import faults

KINDS = ["question", "solution", "key"]
LINKS = ["Question (PDF)", "Solution (PDF)", "Key (PDF)", "Notebook"]
NO_FONT = """\
title: A sign that no font has
statement: |
  Some words before.

  The sign \U00013000 cannot be printed.
network: {inputs: 1, layers: [{units: 1, activation: tanh, weights: [[0.5]]}]}
samples: [{input: [1], target: [1]}]
loss: squared_error
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with handouts, built; not to be changed."""
    folder = start_course(tmp_path_factory.mktemp("handouts") / "a course")
    (folder / "problems" / "week #1").mkdir()
    (folder / "problems" / "trained.yaml").rename(folder / "problems" / "week #1" / "ex 1.yaml")
    _switch(folder, "handouts: true")
    build_book(folder)
    return folder


@pytest.fixture
def mine(built: Path, tmp_path: Path) -> Path:
    """A copy of the built course, to be changed."""
    return shutil.copytree(built, tmp_path / "mine")


@pytest.fixture
def typeset_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """The files of the problems whose handouts were made since it was asked last."""
    noted, make = tmp_path / "noted", handouts._make

    def noting(problem: object, file: Path, *others: object) -> dict[Path, bytes]:
        with noted.open("a") as stream:
            stream.write(f"{file.name}\n")
        return make(problem, file, *others)  # type: ignore[arg-type]

    def again() -> list[str]:
        found = sorted(noted.read_text().splitlines()) if noted.exists() else []
        noted.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(handouts, "_make", noting)
    return again


def _switch(folder: Path, line: str) -> None:
    with (folder / "_config.yml").open("a", encoding="utf-8") as stream:
        stream.write(f"{line}\n")


def _site(folder: Path) -> Path:
    return folder / "book" / "_build" / "html"


def _page(folder: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((_site(folder) / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def test_each_page_offers_its_files_and_no_dialog(built: Path) -> None:
    names = ["first", "flat", "week -1/ex 1"]
    assert not faults(_site(built), names, handouts=True)
    for name in names:
        page = _page(built, f"problems/{name}")
        shown = page.select("article .nbsolve-downloads a")
        offered = page.select(".dropdown-download-buttons .dropdown-menu a")
        assert [link.get_text(strip=True) for link in shown] == LINKS
        assert [link.get_text(strip=True) for link in offered] == LINKS
        assert [link["href"] for link in shown] == [link["href"] for link in offered]
        wanted = [one.place for one in files_of(name, kinds_offered(handouts=True))]
        places = [os.path.normpath(f"problems/{name}/../{unquote(str(link['href']))}") for link in shown]
        assert places == wanted
        title = page.select_one("article h1")
        assert title is not None
        assert shown[0].find_parent("ul") is title.find_next_sibling()
    for path in _site(built).rglob("*.html"):
        assert "window.print" not in path.read_text(encoding="utf-8"), path
    assert not _page(built, "problems/index").select(".nbsolve-downloads")
    assert not _page(built, "intro").select(".nbsolve-downloads")


def test_only_what_has_changed_is_typeset_again(mine: Path, typeset_again: Callable[[], list[str]]) -> None:
    stamp = mine / "book" / "_build" / "site.json"
    before = stamp.stat().st_mtime_ns
    build_book(mine)
    assert typeset_again() == []
    assert stamp.stat().st_mtime_ns == before, "where nothing has changed nothing is published"
    # one problem changed; of another a file is lost
    flat = mine / "problems" / "flat.yaml"
    flat.write_text(FLAT.replace("marks: 4", "marks: 5"), encoding="utf-8")
    (mine / "book" / "_build" / "handouts" / "first-key.pdf").unlink()
    old = site_hashes(_site(mine))
    build_book(mine)
    assert typeset_again() == ["first.yaml", "flat.yaml"]
    new = site_hashes(_site(mine))
    changed = {place for place in new if old[place] != new[place] and place.endswith(".pdf")}
    assert changed == {"problems/flat-question.pdf", "problems/flat-key.pdf", "problems/flat-solution.pdf"}
    # what stands at the head of all of them
    _switch(mine, "course: {name: Neural networks}")
    build_book(mine)
    assert typeset_again() == ["ex 1.yaml", "first.yaml", "flat.yaml"]


def test_problems_that_go_or_move_take_theirs_along(mine: Path) -> None:
    (mine / "problems" / "first.yaml").unlink()
    (mine / "problems" / "week #1" / "ex 1.yaml").rename(mine / "problems" / "moved.yaml")
    build_book(mine)
    assert not faults(_site(mine), ["flat", "moved"], handouts=True)
    assert {path.name for path in (mine / "book" / "_build" / "handouts").iterdir()} == {
        f"{name}-{kind}.pdf" for name in ("flat", "moved") for kind in KINDS
    }


def test_without_the_key_there_are_none(mine: Path, typeset_again: Callable[[], list[str]]) -> None:
    config = (mine / "_config.yml").read_text(encoding="utf-8")
    (mine / "_config.yml").write_text(config.replace("handouts: true", "handouts: false"), encoding="utf-8")
    build_book(mine)
    assert not faults(_site(mine), ["first", "flat", "week -1/ex 1"])
    assert not (mine / "book" / "_build" / "handouts").exists()
    page = _page(mine, "problems/flat")
    assert [link.get_text() for link in page.select(".nbsolve-downloads a")] == ["Notebook"]
    assert "PDF" not in page.get_text()
    assert typeset_again() == []
    # as the key comes back, all pages get theirs, though one problem alone is named
    (mine / "_config.yml").write_text(config, encoding="utf-8")
    build_book(mine, [mine / "problems" / "flat.yaml"])
    assert not faults(_site(mine), ["first", "flat", "week -1/ex 1"], handouts=True)


def test_what_cannot_be_typeset_is_an_error_with_its_line(mine: Path) -> None:
    old = site_hashes(_site(mine))
    file = mine / "problems" / "flat.yaml"
    unsolvable = NO_FONT.replace("tanh", "relu").replace("0.5", "-1")
    unsolvable = unsolvable.replace("squared_error", "binary_cross_entropy")
    # as it is built once more it is not published either; what its notebook says is not said of its handouts too
    for text, line in ((NO_FONT, 5), (NO_FONT, 5), (unsolvable, None)):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ProblemError) as error:
            build_book(mine)
        assert [(fault.file, fault.line) for fault in error.value.faults] == [(str(file), line)]
        assert ("\U00013000" in str(error.value)) == (text is NO_FONT)
        assert site_hashes(_site(mine)) == old
    file.write_text(FLAT, encoding="utf-8")
    build_book(mine)
    assert site_hashes(_site(mine)) == old


def test_a_switch_is_true_or_false(mine: Path) -> None:
    config = (mine / "_config.yml").read_text(encoding="utf-8")
    (mine / "_config.yml").write_text(config.replace("handouts: true", "handouts: maybe"), encoding="utf-8")
    with pytest.raises(ProblemError, match="handouts"):
        build_book(mine)


def test_a_build_that_is_killed_while_it_typesets(mine: Path) -> None:
    """The site stays whole, and what was typeset meanwhile is not taken for what is wanted later."""
    old = site_hashes(_site(mine))
    file = mine / "problems" / "flat.yaml"
    question = mine / "book" / "_build" / "handouts" / "flat-question.pdf"
    file.write_text(FLAT.replace("marks: 4", "marks: 5"), encoding="utf-8")
    before = question.read_bytes()
    build = subprocess.Popen(
        [sys.executable, "-m", "nbsolve", "build"],
        cwd=mine,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    while question.read_bytes() == before and build.poll() is None:
        time.sleep(0.002)
    os.killpg(build.pid, signal.SIGKILL)
    assert build.wait() == -signal.SIGKILL
    assert site_hashes(_site(mine)) == old
    assert question.read_bytes() != before
    file.write_text(FLAT, encoding="utf-8")
    build_book(mine)
    assert site_hashes(_site(mine)) == old


def test_solutions_that_are_withheld_are_in_no_file_that_is_offered() -> None:
    assert kinds_offered(handouts=True, withheld=True) == ("question",)
    assert kinds_offered(handouts=False, withheld=True) == ()
    assert kinds_offered(handouts=False) == ("notebook",)
