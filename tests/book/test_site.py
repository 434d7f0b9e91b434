from __future__ import annotations

import json
import re
import shutil
from io import StringIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from rich.console import Console

import nbsolve
from nbsolve.book import build_book, init_course
from nbsolve.errors import NbsolveError, ProblemError
from tests.book.problems import BROKEN, TRAINED, UNSOLVABLE


def _page(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")


def _headings(page: BeautifulSoup) -> list[str]:
    article = page.select_one("article")
    assert article is not None
    return [heading.get_text().removesuffix("#") for heading in article.select("h1, h2, h3, h4")]


def test_every_problem_has_a_page_with_an_outline(site: Path) -> None:
    page = _page(site, "problems/trained.html")
    headings = _headings(page)
    assert headings[0] == "One ReLU unit, two updates"
    assert len(page.select("article h1")) == 1
    for heading in ("Forward pass", "Loss", "Backward pass", "Update"):
        assert any(heading in found for found in headings), heading
    outline = page.select_one(".bd-sidebar-secondary, #pst-secondary-sidebar")
    assert outline is not None
    assert "Iteration 2" in outline.get_text()


def test_code_is_behind_one_click(site: Path) -> None:
    page = _page(site, "problems/flat.html")
    cells = page.select("div.cell_input")
    assert len(cells) == 1
    assert cells[0].find_parent("details") is not None
    assert "load_problem" in cells[0].get_text()


def test_the_download_is_the_notebook_that_runs(course: Path, site: Path) -> None:
    offered = (site / "_sources" / "problems" / "flat.ipynb").read_bytes()
    assert offered == (course / "book" / "_build" / "notebooks" / "flat.ipynb").read_bytes()
    cells = json.loads(offered)["cells"]
    assert any(cell["metadata"].get("tags") == ["parameters"] for cell in cells)
    assert sum(bool(cell.get("outputs")) for cell in cells) >= 5
    links = [str(link["href"]) for link in _page(site, "problems/flat.html").select("a[href$='.ipynb']")]
    assert set(links) == {"../_sources/problems/flat.ipynb"}


def test_the_sidebar_groups_the_problems(site: Path) -> None:
    text = _page(site, "intro.html").select_one("#bd-docs-nav, .bd-docs-nav")
    assert text is not None
    assert text.get_text().index("First problems") < text.get_text().index("Second problems")


def test_the_list_of_problems_links_to_them(site: Path) -> None:
    links = [str(link.get("href")) for link in _page(site, "problems/index.html").select(".nbsolve-card a")]
    for name in ("first", "flat", "trained"):
        assert f"{name}.html" in links


def test_the_foot_names_the_version(site: Path) -> None:
    for name in ("intro.html", "problems/flat.html"):
        feet = _page(site, name).select("footer")
        assert f"nbsolve {nbsolve.__version__}" in " ".join(foot.get_text() for foot in feet)


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for element in page.select("script[src], link[href], img[src]"):
            if element.get("rel") == ["canonical"]:
                continue
            address = str(element.get("src") or element.get("href"))
            assert not re.match(r"(https?:)?//", address), f"{path.name}: {address}"
    assert (site / "_static" / "math.woff2").is_file()


def test_only_what_changed_is_run_again(course: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(course, tmp_path / "mine")
    notebooks = mine / "book" / "_build" / "notebooks"
    for path in notebooks.glob("*.ipynb"):
        path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")  # to be known again
    changed = TRAINED.replace("0.25", "0.75")
    (mine / "problems" / "trained.yaml").write_text(changed, encoding="utf-8")
    (mine / "problems" / "first.yaml").unlink()
    build_book(mine)
    assert "0.75" in (notebooks / "trained.ipynb").read_text(encoding="utf-8")
    assert (notebooks / "flat.ipynb").read_text(encoding="utf-8").endswith(" ")
    assert not (notebooks / "first.ipynb").exists()
    table = _page(mine / "book" / "_build" / "html", "problems/index.html")
    assert len(table.select(".nbsolve-card a[href$='.html']")) == 2
    # the pages that changed are named
    (mine / "problems" / "trained.yaml").write_text(changed.replace("0.75", "0.65"), encoding="utf-8")
    console = Console(file=StringIO(), width=300)
    build_book(mine, console=console)
    assert isinstance(console.file, StringIO)
    said = [line for line in console.file.getvalue().splitlines() if line.startswith("changed: ")]
    assert said == [f"changed: {mine / 'book' / '_build' / 'html' / 'problems' / 'trained.html'}"]


def test_what_was_built_before_survives_every_failure(course: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(course, tmp_path / "mine")
    site = mine / "book" / "_build" / "html"

    def state() -> dict[str, bytes]:
        return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*.html")}

    before = state()
    trained = mine / "problems" / "trained.yaml"
    trained.write_text(BROKEN, encoding="utf-8")
    (mine / "problems" / "flat.yaml").write_text(BROKEN, encoding="utf-8")
    with pytest.raises(ProblemError) as faults:
        build_book(mine)
    assert len(faults.value.faults) == 2  # of both files
    shutil.copy(course / "problems" / "flat.yaml", mine / "problems")
    trained.write_text(UNSOLVABLE, encoding="utf-8")
    with pytest.raises(NbsolveError, match=r"trained\.yaml: iteration 1"):
        build_book(mine)
    shutil.copy(course / "problems" / "trained.yaml", trained)
    (mine / "book" / "intro.md").write_text("# Title\n\n[nowhere](nowhere.md)\n", encoding="utf-8")
    with pytest.raises(NbsolveError, match="nowhere") as warning:
        build_book(mine)
    assert "Traceback" not in str(warning.value)
    assert state() == before


def test_a_course_starts_only_in_a_new_place(tmp_path: Path) -> None:
    written = init_course(tmp_path / "course")
    assert tmp_path / "course" / ".gitignore" in written
    assert all(path.is_file() for path in written)
    with pytest.raises(NbsolveError, match="already exists"):
        init_course(tmp_path / "course")
