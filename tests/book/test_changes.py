"""A course as it changes: what is published is what the course holds, and every page says so."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from nbsolve.book import build_book
from nbsolve.errors import NbsolveError, ProblemError
from tests.book.problems import FLAT, TRAINED
from tests.book.walking import faults

DERIVATION = """\
title: The derivative of the sigmoid
group: Derivations
kind: derivation
functions: [sigmoid]
"""
REFERRING = """\
title: Refers to what is not there
statement: |
  Some words before.

  As in [last week](last-week.md), see {ref}`no-such-label`.
network: {inputs: 1, layers: [{units: 1, activation: tanh, weights: [[0.5]]}]}
samples: [{input: [1], target: [1]}]
loss: squared_error
"""


@pytest.fixture
def mine(course: Path, tmp_path: Path) -> Path:
    """A copy of the built course, to be changed."""
    return shutil.copytree(course, tmp_path / "mine")


def _site(folder: Path) -> Path:
    return folder / "book" / "_build" / "html"


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / "problems" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _runs_of_sphinx(folder: Path) -> int:
    return (folder / "book" / "_build" / "sphinx" / "doctrees" / "environment.pickle").stat().st_mtime_ns


def test_problems_come_go_and_move(mine: Path) -> None:
    site, problems = _site(mine), mine / "problems"
    assert not faults(site, ["first", "flat", "trained"])
    # deleted, moved, and two of one name in two folders
    (problems / "first.yaml").unlink()
    (problems / "week-1").mkdir()
    (problems / "flat.yaml").rename(problems / "week-1" / "ex.yaml")
    _write(mine, "week-2/ex.yaml", TRAINED.replace("group: Second problems\n", ""))
    _write(mine, "derivation.yaml", DERIVATION)
    build_book(mine)
    assert not faults(site, ["derivation", "trained", "week-1/ex", "week-2/ex"])
    assert "Week 2" in (site / "intro.html").read_text(encoding="utf-8")
    assert not list(site.rglob("*first*.html"))
    # renamed, with a title and a group of its own: every page's sidebar has it
    (problems / "trained.yaml").rename(problems / "last.yaml")
    text = TRAINED.replace("One ReLU unit", "Retitled").replace("Second problems", "Another group")
    _write(mine, "last.yaml", text)
    build_book(mine)
    assert not faults(site, ["derivation", "last", "week-1/ex", "week-2/ex"])
    for page in (*site.glob("*.html"), *(site / "problems").rglob("*.html")):
        if page.name != "index.html" or page.parent.name == "problems":
            assert "Retitled, two updates" in page.read_text(encoding="utf-8"), page
    # the derivation is withdrawn: pages that led to it do so no more
    (problems / "derivation.yaml").unlink()
    build_book(mine)
    assert not faults(site, ["last", "week-1/ex", "week-2/ex"])


def test_a_build_of_one_leaves_the_others_as_they_were(mine: Path) -> None:
    site, problems = _site(mine), mine / "problems"
    _write(mine, "trained.yaml", TRAINED.replace("One ReLU unit", "Retitled"))
    _write(mine, "flat.yaml", FLAT.replace("Two sigmoid layers", "Not yet"))
    (problems / "first.yaml").unlink()  # what is withdrawn is withdrawn
    build_book(mine, [problems / "trained.yaml"])
    assert not faults(site, ["flat", "trained"])
    intro = (site / "intro.html").read_text(encoding="utf-8")
    assert "Retitled" in intro
    assert "Not yet" not in intro
    with pytest.raises(NbsolveError, match="not a problem of this course"):
        build_book(mine, [mine / "_config.yml"])


def test_nothing_runs_where_nothing_changed_and_the_site_is_whole(mine: Path) -> None:
    site = _site(mine)
    build_book(mine)
    ran = _runs_of_sphinx(mine)
    build_book(mine)
    assert _runs_of_sphinx(mine) == ran
    (site / "_static" / "math.woff2").unlink()
    page = site / "problems" / "flat.html"
    page.write_text(page.read_text(encoding="utf-8")[:1000], encoding="utf-8")
    (site / "problems" / "stranger.html").touch()
    build_book(mine)
    assert not faults(site, ["first", "flat", "trained"])
    # an older file that is put back is a change, whatever its date
    intro = mine / "book" / "intro.md"
    date = intro.stat().st_mtime - 1000
    intro.write_text("# Another first page\n", encoding="utf-8")
    os.utime(intro, (date, date))
    build_book(mine)
    assert "Another first page" in (site / "intro.html").read_text(encoding="utf-8")
    assert "Another first page" in (site / "notation.html").read_text(encoding="utf-8")  # the next page


def test_a_failed_build_fails_until_its_cause_is_gone(mine: Path) -> None:
    _write(mine, "referring.yaml", REFERRING)
    for _ in range(2):
        with pytest.raises(ProblemError) as error:
            build_book(mine)
        places = [(Path(str(fault.file)).name, fault.line, fault.path) for fault in error.value.faults]
        assert places == [("referring.yaml", 5, "statement")] * 2
        assert "last-week.md" in str(error.value)
        assert "{ref}" in str(error.value)
        assert not faults(_site(mine), ["first", "flat", "trained"])
    _write(mine, "referring.yaml", REFERRING.replace("[last week](last-week.md)", "[here](flat.ipynb)"))
    with pytest.raises(ProblemError, match=r"\{ref\}"):
        build_book(mine)
    _write(
        mine,
        "referring.yaml",
        REFERRING.replace("[last week](last-week.md)", "[here](flat.ipynb)").replace(
            ", see {ref}`no-such-label`", ""
        ),
    )
    build_book(mine)
    assert not faults(_site(mine), ["first", "flat", "referring", "trained"])
    # what it refers to goes: its own page has not changed, and yet it is wrong now
    (mine / "problems" / "flat.yaml").unlink()
    for _ in range(2):
        with pytest.raises(ProblemError, match=r"referring\.yaml.*flat"):
            build_book(mine)


def test_what_only_sphinx_sees_fails_until_it_is_gone(mine: Path) -> None:
    intro = mine / "book" / "intro.md"
    good = intro.read_text(encoding="utf-8")
    intro.write_text(f"{good}\n[Nowhere](nowhere.md)\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(NbsolveError, match=r"intro\.md.*nowhere"):
            build_book(mine)
        assert "nowhere" not in (_site(mine) / "intro.html").read_text(encoding="utf-8")
    intro.write_text(good, encoding="utf-8")
    build_book(mine)
    assert not faults(_site(mine), ["first", "flat", "trained"])


def test_a_record_that_cannot_be_read_is_made_again(mine: Path) -> None:
    build = mine / "book" / "_build"
    (build / "made.json").write_text("{", encoding="utf-8")
    (build / "site.json").write_text(json.dumps({"tools": 1}), encoding="utf-8")
    build_book(mine, [mine / "problems" / "flat.yaml"])
    assert not faults(_site(mine), ["first", "flat", "trained"])


def test_a_course_whose_last_problem_is_gone_says_what_is_still_published(tmp_path: Path) -> None:
    (tmp_path / "problems").mkdir()
    (tmp_path / "book").mkdir()
    for name in ("_config.yml", "book/_toc.yml"):
        (tmp_path / name).touch()
    with pytest.raises(NbsolveError, match="there is no problem") as never_built:
        build_book(tmp_path)
    assert "pages of before" not in str(never_built.value)
    (tmp_path / "book" / "_build" / "html").mkdir(parents=True)
    with pytest.raises(NbsolveError, match=r"html still has the pages of before: remove it"):
        build_book(tmp_path)
