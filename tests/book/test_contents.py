from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from nbsolve.book.contents import table_of_contents, table_of_problems
from nbsolve.book.course import Course, page_names
from nbsolve.book.entry import entry_of
from nbsolve.errors import NbsolveError
from tests.book.problems import FLAT, TRAINED
from tests.loading import load_problem

PROBLEMS = {"flat": FLAT, "trained": TRAINED, "more": FLAT}
LISTED = [(name, entry_of(load_problem(text))) for name, text in PROBLEMS.items()]


def _contents(tmp_path: Path, written: str) -> object:
    path = tmp_path / "_toc.yml"
    path.write_text(written, encoding="utf-8")
    return yaml.safe_load(table_of_contents(path, LISTED))


def test_problems_follow_the_written_pages_in_groups(tmp_path: Path) -> None:
    assert _contents(tmp_path, "root: intro\nchapters:\n- file: notation\n") == {
        "format": "jb-book",
        "root": "intro",
        "parts": [
            {"caption": "Basics", "chapters": [{"file": "notation"}]},
            {"caption": "Problems", "chapters": [{"file": "problems/index"}]},
            {"caption": "First problems", "chapters": [{"file": "problems/flat"}, {"file": "problems/more"}]},
            {"caption": "Second problems", "chapters": [{"file": "problems/trained"}]},
        ],
    }


def test_parts_that_were_written_stay(tmp_path: Path) -> None:
    contents = _contents(tmp_path, "root: a\nparts:\n- caption: Mine\n  chapters: [{file: b}]\n")
    assert isinstance(contents, dict)
    assert contents["parts"][0] == {"caption": "Mine", "chapters": [{"file": "b"}]}


@pytest.mark.parametrize("written", ["", "- a\n", "chapters: []\n", "root: [\n"])
def test_contents_that_are_none(tmp_path: Path, written: str) -> None:
    with pytest.raises(NbsolveError, match=r"_toc\.yml"):
        _contents(tmp_path, written)


def test_the_table_has_a_row_a_problem() -> None:
    rows = [line for line in table_of_problems(LISTED).splitlines() if line.startswith("| [")]
    assert len(rows) == 3
    assert rows[0].startswith("| [Two sigmoid layers, one bias per layer](<flat.ipynb>) | 2–2–2<br>")
    for asked in ("forward", "`dL/dw7`", "`dL/dw3`", "squared error"):
        assert asked in rows[0]
    assert "updated parameters" in rows[2]


def test_two_problems_cannot_have_one_page() -> None:
    assert page_names([Path("a.yaml"), Path("b.yml")]) == ["a", "b"]
    for twice in ("other/a.yaml", "a.yml"):
        with pytest.raises(NbsolveError, match="same page"):
            page_names([Path("a.yaml"), Path(twice)])
    with pytest.raises(NbsolveError, match="lists all problems"):
        page_names([Path("index.yaml")])


def test_a_folder_that_is_no_course(tmp_path: Path) -> None:
    with pytest.raises(NbsolveError, match="nbsolve init"):
        Course(tmp_path).check()
    with pytest.raises(NbsolveError, match="there is no problem"):
        Course(tmp_path).problem_files()
