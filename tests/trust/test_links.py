"""Links of texts: to the web, to other problems, to pages of the book; what leads nowhere is known beforehand."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbsolve import ProblemError, load_problem, solve
from nbsolve.markdown.links import in_page, page_name
from nbsolve.render import latex, text
from tests.trust.payloads import problem_text


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    """The folder of problems of a course."""
    for place, content in {
        "course/book/_toc.yml": "root: intro\n",
        "course/book/notation.md": "# N\n",
        "course/problems/last week#2.yaml": problem_text(),
        "course/problems/week1/ex1.yaml": problem_text(),
        "secret.md": "x",
    }.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(content, encoding="utf-8")
    return tmp_path / "course" / "problems"


@pytest.mark.parametrize(
    ("target", "page"),
    [
        ("<last week#2.yaml>", None),  # a # begins the part of a page
        ("<last%20week%232.yaml>", "last%20week-2.ipynb"),
        ("<last week-2.ipynb>", "last%20week-2.ipynb"),
        ("<last week-2>", "last%20week-2.ipynb"),
        ("week1/ex1.yaml", "week1/ex1.ipynb"),
        ("../book/notation.md", "../notation.md"),
        ("../notation.md", "../notation.md"),
        ("https://example.org/a?b#c", "https://example.org/a?b#c"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("last-week.md", None),
        ("nobody.yaml", None),
        ("../../secret.md", None),
        ("../book/../../secret.md", None),
        ("#here", None),
    ],
)
def test_where_a_link_may_lead(problems: Path, target: str, page: str | None) -> None:
    path = problems / "mine.yaml"
    path.write_text(problem_text(statement=f"See [words]({target})."), encoding="utf-8")
    if page is None:
        with pytest.raises(ProblemError, match=r"mine\.yaml:\d+.*statement: the link"):
            load_problem(path)
        return
    document = solve(load_problem(path)).document()
    assert f"[words](<{page}>)" in document._repr_mimebundle_()["text/markdown"]
    assert "See words." in text.render(document)
    assert ("\\href" in latex.render(document)) == (":" in page)


def test_a_text_alone_knows_of_no_files() -> None:
    assert load_problem(problem_text(statement="[words](nobody.yaml)"))
    with pytest.raises(ProblemError):
        load_problem(problem_text(statement="[words](../../nobody.pdf)"))


def test_names_of_pages_are_addresses() -> None:
    assert page_name("hw#3") == "hw-3"
    assert page_name('a"b<c>\nd%e') == "a-b-c-d-e"
    assert in_page("../../book/a.md") == "../../a.md"
