"""What was made from a problem that is gone is named, and goes only where it is asked for and ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from nbsolve.cli.application import application
from nbsolve.cli.written import RECORD, Written
from tests.book.problems import FLAT, TRAINED


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the questions of two problems, one of which is gone since."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"flat.yaml": FLAT, "week1/trained.yaml": TRAINED}.items():
        path = tmp_path / "problems" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "_config.yml").touch()
    run = _handout("problems/flat.yaml", "problems/week1/trained.yaml", "--format", "tex")
    assert run.exit_code == 0, run.output
    assert "gone" not in run.output
    (tmp_path / "out" / "mine.txt").write_text("mine")
    (tmp_path / "problems" / "week1" / "trained.yaml").unlink()
    return tmp_path / "out"


def _handout(*arguments: str):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(application, ["handout", *arguments, "--out", "out", "--only", "question"])


def _files(out: Path) -> set[str]:
    return {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}


ALL = {"flat/question.tex", "week1/trained/question.tex", "mine.txt", RECORD}


def test_it_is_said(out: Path) -> None:
    run = _handout("problems/flat.yaml", "--format", "tex")
    assert run.exit_code == 0
    assert "note: problems/week1/trained.yaml is gone" in run.output.replace("out/../", "")
    assert "week1/trained/question.tex" in run.output
    assert "--prune" in run.output
    assert _files(out) == ALL


def test_it_goes_where_that_is_asked_for(out: Path) -> None:
    run = _handout("--prune")
    assert run.exit_code == 0
    assert "removed out/week1/trained/question.tex" in run.output
    assert _files(out) == ALL - {"week1/trained/question.tex"}
    assert not (out / "week1").exists()
    assert _handout("--prune").output == ""


def test_what_was_changed_since_stays(out: Path) -> None:
    sheet = out / "week1" / "trained" / "question.tex"
    sheet.write_text("corrected by hand")
    assert "stays" in _handout("--prune").output
    assert sheet.read_text() == "corrected by hand"


def test_without_problems_there_must_be_something_to_do(out: Path) -> None:
    run = _handout()
    assert run.exit_code == 2
    assert "at least one problem file" in run.output


def test_a_record_cannot_name_files_elsewhere(out: Path) -> None:
    (out.parent / "precious").write_text("precious")
    (out / RECORD).write_text('{"../precious": {"problems": ["nowhere.yaml"], "hash": "x"}}')
    assert not Written(out).withdrawn()
    (out / RECORD).write_text("{")
    run = _handout("--prune")
    assert run.exit_code == 1
    assert "cannot be read" in run.output


def test_a_collection_of_a_problem_that_is_gone(out: Path) -> None:
    (out.parent / "problems" / "more.yaml").write_text(TRAINED, encoding="utf-8")
    assert (
        _handout("problems/flat.yaml", "problems/more.yaml", "--collection", "--format", "tex").exit_code == 0
    )
    (out.parent / "problems" / "more.yaml").unlink()
    assert "collection.tex" in _handout("problems/flat.yaml", "--format", "tex").output
