"""What a page loads, and how much of it, as a reader's browser sees it; and that what is left out is not missed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from nbsolve.book import build_book
from nbsolve.book import served as served_files
from nbsolve.book.course import Course
from nbsolve.book.publishing import publish
from nbsolve.book.served import STYLE as STYLE_SHEET
from nbsolve.book.served import as_served
from nbsolve.book.served_pages import Published, ServedPages
from nbsolve.book.site import _files
from tests.book.conftest import start_course
from tests.book.devtools import Browser, Visit, browser, served
from tests.programs import BROWSER, needs

ROOT = Path(__file__).resolve().parents[2]
LARGEST = "problems/001-a-squared-error.html"
PAGES = (
    LARGEST,
    "problems/trained.html",
    "problems/index.html",
    "intro.html",
    "notation.html",
    "extras.html",
    "search.html",
    "",
)
REQUESTS, FIRST, AFTERWARDS = 15, 260_000, 80_000

# What Jupyter Book offers beside that which nbsolve's own pages use.
EXTRAS = """# Extras of $\\frac{1}{2}$

```{admonition} A hidden thing
:class: dropdown tip

It was hidden.
```

````{tab-set}
```{tab-item} One
First.
```
```{tab-item} Two
Second.
```
````

{fas}`book` {far}`bell` {fab}`github`

```{button-link} https://example.org
:color: primary
Away
```

```python
print("copied")
```
"""
STYLE = """
.mine::before { font-family: "Font Awesome 6 Free"; font-weight: 900; content: "\\f0f4"; }
"""
SCRIPT = """
addEventListener("DOMContentLoaded", () => {
  const article = document.querySelector("article");
  article?.insertAdjacentHTML("afterbegin", `<p class="mine alert alert-danger">Said by a script.</p>`);
});
"""

# What a reader may have done; nothing moves meanwhile.
STATES = {
    "as it opens": "document.head.insertAdjacentHTML('beforeend',"
    "'<style>* { transition: none !important; animation: none !important }</style>')",
    "the menu of downloads": "document.querySelector('.dropdown-download-buttons button')?.click()",
    "a tooltip": "document.querySelector('.btn-fullscreen-button').dispatchEvent(new MouseEvent('mouseenter'))",
    "all open": "document.querySelectorAll('details').forEach(each => each.open = true);"
    "document.querySelectorAll('.toggle-hidden > button, button.toggle-button').forEach(each => each.click())",
    "the second tab": "document.querySelectorAll('.sd-tab-label')[1]?.click()",
    "dark": "document.querySelector('.theme-switch-button').click();"
    "document.querySelector('.theme-switch-button').click()",
    "the search": "document.querySelector('.search-button__button').click()",
    "the sidebar": "document.querySelector('.primary-toggle').click()",
}
# Each element's place and looks.
LOOKS = """
JSON.stringify([...document.body.querySelectorAll('*:not(script)')].filter(each => each.getClientRects().length)
  .map(each => {
    const box = each.getBoundingClientRect(), style = getComputedStyle(each);
    const signs =
      ['::before', '::after'].map(part => getComputedStyle(each, part).content);
    return [each.tagName, each.getAttribute('class'), box.x, box.y, box.width, box.height, style.color,
      style.backgroundColor, style.font, style.border, style.visibility, style.opacity, style.textDecoration,
      signs];
  }))
"""


@pytest.fixture(scope="module")
def extras(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with the largest of the shipped pages, and a page that uses all that authors can."""
    folder = start_course(tmp_path_factory.mktemp("weight") / "course")
    shutil.copy(ROOT / "problems" / "001-a-squared-error.yaml", folder / "problems")
    book = folder / "book"
    (book / "_static").mkdir()
    (book / "_static" / "mine.css").write_text(STYLE, encoding="utf-8")
    (book / "_static" / "mine.js").write_text(SCRIPT, encoding="utf-8")
    (book / "extras.md").write_text(EXTRAS, encoding="utf-8")
    contents = (book / "_toc.yml").read_text(encoding="utf-8")
    (book / "_toc.yml").write_text(
        contents.replace("chapters:\n", "chapters:\n  - file: extras\n", 1), encoding="utf-8"
    )
    build_book(folder)
    return folder


@pytest.fixture(scope="module")
def address(extras: Path) -> Iterator[str]:
    with served(Course(extras).site) as found:
        yield found


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def window(opened: Browser) -> Browser:
    opened.renew()
    return opened


def _weight(visit: Visit) -> str:
    return "\n".join(f"{size:7} {one}" for one, size in visit.received.items())


@pytest.mark.sampled(2)
@pytest.mark.parametrize("page", PAGES)
@needs(BROWSER)
def test_a_page_asks_for_little_and_complains_of_nothing(address: str, window: Browser, page: str) -> None:
    window.open(f"{address}/{page}")
    first = window.visit
    assert len(first.requests) <= REQUESTS, first.requests
    assert all(one.startswith(address) for one in first.requests)
    again = window.open(f"{address}/{page}")
    for visit in (first, again):
        assert not visit.failed
        assert not visit.errors
    assert first.weight <= FIRST, _weight(first)
    assert again.weight <= AFTERWARDS, _weight(again)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("page", "width"),
    [
        ("extras.html", 500),
        ("problems/trained.html", 1280),
        ("problems/index.html", 500),
        ("search.html", 1280),
    ],
)
@needs(BROWSER)
def test_no_rule_is_missed(
    extras: Path, window: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str, width: int
) -> None:
    monkeypatch.setattr(served_files, "matching", lambda rules, occurs: tuple(rules))
    whole = tmp_path / "whole"
    nothing = Published(whole, {}, ServedPages({}))
    publish(as_served(_files(Course(extras)), tmp_path / "kept", nothing)[0], whole)
    assert (whole / STYLE_SHEET).stat().st_size > 2 * (Course(extras).site / STYLE_SHEET).stat().st_size
    looks = [_looks(window, folder, page, width) for folder in (whole, Course(extras).site)]
    for state, wanted in looks[0].items():
        assert looks[1][state] == wanted, state


def _looks(window: Browser, site: Path, page: str, width: int) -> dict[str, list[object]]:
    window.resize(width)
    found = {}
    with served(site) as address:
        visit = window.open(f"{address}/{page}")
        window.evaluate("localStorage.clear(), sessionStorage.clear()")
        for state, act in STATES.items():
            window.evaluate(f"{act}; new Promise(done => setTimeout(done, 300))")
            found[state] = json.loads(window.evaluate(LOOKS))
    assert not visit.errors
    return found


@needs(BROWSER)
def test_icons_are_those_that_are_shown(extras: Path, address: str, window: Browser) -> None:
    site = Course(extras).site
    fonts = {path.stem: TTFont(path).getBestCmap().keys() for path in site.glob("_static/fa-*.woff")}
    assert {0xF0F4, 0xF02D, 0xF0C9} <= fonts[
        "fa-solid-900"
    ]  # an author's style sheet's, a page's, the theme's
    assert 0xF0F3 in fonts["fa-regular-400"]
    assert 0xF09B in fonts["fa-brands-400"]
    assert all(len(signs) < 50 for signs in fonts.values())
    visit = window.open(f"{address}/extras.html")
    assert {re.sub(r"\?.*", "", one) for one in visit.requests if "/fa-" in one} >= {
        f"{address}/_static/{name}.woff" for name in ("fa-solid-900", "fa-regular-400", "fa-brands-400")
    }


@needs(BROWSER)
def test_what_an_author_adds_works(address: str, window: Browser) -> None:
    window.open(f"{address}/extras.html")
    assert window.evaluate("getComputedStyle(document.querySelector('.alert-danger')).backgroundColor") != (
        "rgba(0, 0, 0, 0)"
    )
    assert window.evaluate("document.querySelectorAll('button.copybtn').length") == 1
    assert window.evaluate("document.querySelectorAll('.toggle-button').length") >= 1
    window.evaluate("document.querySelectorAll('.sd-tab-label')[1].click()")
    assert window.evaluate("document.querySelectorAll('.sd-tab-content')[1].getClientRects().length") > 0


@needs(BROWSER)
def test_the_page_works(address: str, window: Browser) -> None:
    window.open(f"{address}/problems/trained.html")
    window.resize(1280)
    assert window.evaluate("document.documentElement.dataset.theme") == "light"
    for mode in ("dark", "light", "auto"):  # the browser prefers light
        window.evaluate("document.querySelector('.theme-switch-button').click()")
        assert window.evaluate("localStorage.getItem('mode')") == mode
    window.evaluate("document.querySelector('.dropdown-download-buttons button').click()")
    assert window.evaluate("document.querySelector('.dropdown-menu.show a').textContent.trim()") == "Notebook"
    window.evaluate("document.querySelector('.btn-fullscreen-button').click()")
    window.until("document.fullscreenElement !== null")
    window.evaluate("document.exitFullscreen()")
    window.evaluate("document.querySelector('.search-button__button').click()")
    assert window.evaluate("document.activeElement.matches('.search-button__wrapper.show input')")
    assert not window.visit.errors


def test_a_build_after_a_change_gives_the_site_of_a_build_from_nothing(extras: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(extras, tmp_path / "mine")
    page = mine / "book" / "extras.md"
    page.write_text(EXTRAS.replace("{fas}`book`", "{fas}`flask`"), encoding="utf-8")
    build_book(mine)
    changed = _tree(Course(mine).site)
    assert b".fa-flask" in changed["_static/site.css"]
    assert b".fa-book" not in changed["_static/site.css"]
    shutil.rmtree(Course(mine).build)
    shutil.rmtree(Course(mine).pages)
    build_book(mine)
    assert _tree(Course(mine).site) == changed


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
