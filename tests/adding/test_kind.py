"""A kind of problem is a reader and a face, a line for each: then it is in every output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nbsolve import ProblemError, load_problem, solve
from nbsolve.book.entry import entry_of
from nbsolve.handout import CourseData, Handout, key
from nbsolve.notebook.cells import notebook_of
from nbsolve.preview import page_of
from nbsolve.problem import loading
from nbsolve.worked import kinds
from tests.adding.kind import WorkedSum
from tests.corpus.outputs import FORMATS

TEXT = "kind: sum\ntitle: Three numbers\nnumbers: [1, 2.5, 1/2]\n"


@pytest.fixture(autouse=True)
def _added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(loading._READERS, "sum", ("tests.adding.kind", "read_sum"))
    monkeypatch.setitem(kinds._FACES, "sum", ("tests.adding.kind", "WorkedSum"))


def test_it_is_in_every_output() -> None:
    found = solve(load_problem(TEXT))
    assert isinstance(found, WorkedSum)
    for name, write in FORMATS.items():
        said = write(found)
        assert name == "drawings" or "Three numbers" in said or "2.5" in said, name
    assert json.loads(FORMATS["json"](found))["answers"][0]["result"] == "4"
    assert "1 + 2.5 + 1/2 = 4" in FORMATS["text"](found)
    handout = Handout(found, CourseData())
    assert all(sheet.pieces for sheet in (handout.question(), handout.solution(), key(handout)))
    assert "Three numbers" in page_of(found)


def test_the_site_and_the_notebook_know_it() -> None:
    problem = load_problem(TEXT)
    entry = entry_of(problem)
    assert (entry.about, entry.asked, entry.steps) == ("3 numbers", "their sum", 1)
    assert "solution.worked()" in [cell.source for cell in notebook_of(problem).cells]


def test_its_faults_have_their_place(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(TEXT.replace("2.5", "two"), encoding="utf-8")
    with pytest.raises(ProblemError, match=r"wrong\.yaml:3"):
        load_problem(file)
