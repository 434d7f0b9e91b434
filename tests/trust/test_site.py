"""A stranger's problems in the built site, as a browser shows it: nothing runs, is fetched, or is added."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter

from nbsolve.book import build_book, init_course
from tests.book.devtools import Browser, browser, served
from tests.programs import BROWSER, needs
from tests.trust.payloads import MARK, PAYLOADS, SHOWN, problem_text

HOSTILE = f'"><img src=x onerror="{MARK}"><script>{MARK}</script>'
TITLES = (
    rf"\<img src=x onerror={MARK}> and &lt;script&gt;{MARK}&lt;/script&gt;",
    r"Costs \$5 and \$\\href{javascript:alert(1)}{x}\$, {raw} `<b>` | a",
)
FILE = f"hw#3 100% \"' onmouseover={MARK.replace('/', '')} \n?&<b>.yaml"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site whose problems hold every payload that is not refused, in every field that takes it."""
    folder = tmp_path_factory.mktemp("hostile") / "course"
    init_course(folder)
    problems = folder / "problems"
    (problems / "first.yaml").unlink()
    shown = [one.text for one in SHOWN]
    (problems / FILE).write_text(
        problem_text(
            title=TITLES[0],
            group=HOSTILE,
            source="From \\<script>" + MARK + "\\</script>",
            statement="# A heading\n\n" + "\n\n#### Deeper\n\n".join(shown),
            parts=[
                {"label": f"{number} {one.text}", "ask": ["forward"], "text": text}
                for number, (one, text) in enumerate(zip(PAYLOADS, shown * len(PAYLOADS), strict=False))
            ],
            pitfalls=shown,
        ),
        encoding="utf-8",
    )
    (problems / "classes.yaml").write_text(
        problem_text(
            title=TITLES[1],
            network={"inputs": 1, "layers": [{"units": 12, "activation": "linear", "weights": [[1]] * 12}]},
            samples=[{"x": [1], "y": [1] * 12}],
            classes=[HOSTILE, *(one.text for one in PAYLOADS[:11])],
            statement="See [the other](again.yaml).",
        ),
        encoding="utf-8",
    )
    (problems / "again.yaml").write_text(
        problem_text(statement="See [all](classes.yaml), [notation](../book/notation.md)."), encoding="utf-8"
    )
    build_book(folder)
    return folder / "book" / "_build" / "html"


def _pages(site: Path) -> list[Path]:
    return [site / "intro.html", *sorted((site / "problems").glob("*.html"))]


def test_every_page_is_there(hostile: Path) -> None:
    names = [page.stem for page in _pages(hostile)]
    assert len(names) == 5
    for name in names:
        assert not set(name) & set("#%?&\"'<>\n")


def test_no_page_has_what_was_not_meant(hostile: Path) -> None:
    for path in _pages(hostile):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        assert MARK not in " ".join(str(script) for script in page.select("script"))
        for element in page.find_all(True):
            for name, value in element.attrs.items():
                assert not (name.startswith("on") and "pwned" in str(value)), element
                if name in ("href", "src"):
                    assert not str(value).lower().startswith(("javascript:", "data:text", "vbscript:")), (
                        element
                    )
        assert not page.select("article img, article iframe, article object, article embed")


@needs(BROWSER)
def test_nothing_runs_in_a_browser(hostile: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    pages = _pages(hostile)
    with served(hostile) as address, browser(f"--log-net-log={log}") as window:
        for path in pages:
            visit = window.open(f"{address}/{quote(path.relative_to(hostile).as_posix())}")
            assert _found(window, "html[data-pwned]") == 0, path
            assert _found(window, "[onmouseover], [onerror], [onload]") == 0
            assert _found(window, "math a[href^='javascript']") == 0
            assert not [url for url in visit.requests if "evil" in url], path
    asked = _asked(log)
    assert len({url for url in asked if url.endswith(".html")}) == len(pages), "the log is not whole"
    assert not [url for url in asked if "evil" in url]


@needs(BROWSER)
def test_what_runs_or_is_fetched_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<img src="http://evil.example/x.png" onerror="document.documentElement.dataset.pwned = 1">',
        encoding="utf-8",
    )
    log = tmp_path / "log.json"
    with served(tmp_path) as address, browser(f"--log-net-log={log}") as window:
        visit = window.open(f"{address}/page.html")
        window.until("document.documentElement.hasAttribute('data-pwned')")
        assert _found(window, "html[data-pwned]") == _found(window, "[onerror]") == 1
    assert [url for url in visit.requests if "evil" in url]
    assert [url for url in _asked(log) if "evil" in url]


@needs(BROWSER)
def test_the_search_shows_titles_as_text(hostile: Path) -> None:
    with browser() as window:
        for words in ("script", "heading", "Costs"):
            window.open(f"{(hostile / 'search.html').as_uri()}?q={words}")
            window.until("document.querySelector('#search-results li') !== null")
            window.settle()
            assert _found(window, "html[data-pwned]") == 0, words
            assert _found(window, "#search-results img, #search-results script") == 0


def _found(window: Browser, selector: str) -> int:
    """How many elements of the open page there are of a kind."""
    return int(window.evaluate(f"document.querySelectorAll({json.dumps(selector)}).length"))


def _asked(log: Path) -> list[str]:
    """The addresses that a browser asked for; its log may end in the middle of a line."""
    return re.findall(r'"url":"([^"]*)"', log.read_text(encoding="utf-8"))


@needs(BROWSER)
def test_notebooks_as_html_run_nothing(hostile: Path, tmp_path: Path) -> None:
    with browser() as window:
        for number, path in enumerate(sorted((hostile.parent / "notebooks").glob("*.ipynb"))):
            html, _ = HTMLExporter().from_notebook_node(nbformat.read(path, as_version=4))
            place = tmp_path / f"{number}.html"
            place.write_text(html, encoding="utf-8")
            window.open(place.as_uri())
            assert _found(window, "html[data-pwned]") == 0, path
            assert _found(window, ".jp-RenderedMarkdown img, .jp-RenderedMarkdown script") == 0
            assert _found(window, "a[href^='javascript']") == 0


def test_links_lead_to_pages(hostile: Path) -> None:
    page = BeautifulSoup((hostile / "problems" / "again.html").read_text(encoding="utf-8"), "html.parser")
    targets = {str(link["href"]) for link in page.select("article section a.reference")}
    assert {"classes.html", "../notation.html"} <= targets


def test_authors_words_are_in_their_language(tmp_path: Path) -> None:
    init_course(tmp_path)
    config = tmp_path / "_config.yml"
    config.write_text(
        config.read_text(encoding="utf-8").replace("language: en", "language: ar"), encoding="utf-8"
    )
    (tmp_path / "problems" / "first.yaml").write_text(
        problem_text(title="مسألة", statement="# عنوان\n\nنص عربي."), encoding="utf-8"
    )
    site = build_book(tmp_path).parent
    page = BeautifulSoup((site / "problems" / "first.html").read_text(encoding="utf-8"), "html.parser")
    root = page.select_one("html")
    assert root is not None
    assert root["lang"] == "en"
    assert not root.has_attr("dir")
    assert [one.get_text() for one in page.select("article [lang=ar][dir=rtl]")] == [
        "مسألة",
        "عنوان",
        "\nنص عربي.\n",
    ]
    assert page.select(".bd-sidebar-primary [lang=ar]")
    assert "محتويات" not in page.get_text()
    book = BeautifulSoup((site / "notation.html").read_text(encoding="utf-8"), "html.parser")
    assert book.select("article div[lang=ar][dir=rtl]")
