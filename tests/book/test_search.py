"""The site's search, in a browser: it finds words, and shows words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.book.devtools import Browser, browser, served
from tests.programs import BROWSER, needs

RESULTS = "JSON.stringify([...document.querySelectorAll('#search-results li')].map(item => item.innerText))"
DONE = "/finished|did not match/.test(document.querySelector('#search-results .search-summary')?.innerText)"


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    with browser() as found:
        yield found


def _search(window: Browser, site: Path, words: str) -> list[str]:
    with served(site) as address:
        visit = window.open(f"{address}/search.html?q={words}")
        window.until(DONE)
        window.settle()
        assert not visit.errors
        found: list[str] = json.loads(window.evaluate(RESULTS))
        return found


@needs(BROWSER)
def test_words_are_found_and_shown(site: Path, window: Browser) -> None:
    found = _search(window, site, "backward+pass")
    assert any(one.startswith("One ReLU unit, two updates") for one in found)
    shown = " ".join(found)
    assert "derivative" in shown or "gradient" in shown
    assert not re.search(r"\\[a-zA-Z(\[]|[_^]\{", shown), shown


@needs(BROWSER)
def test_a_site_that_is_opened_as_files_can_be_searched(site: Path, window: Browser) -> None:
    visit = window.open(f"{(site / 'search.html').as_uri()}?q=gradient")
    window.until(DONE)
    window.settle()
    assert json.loads(window.evaluate(RESULTS))
    assert not visit.errors
    assert not visit.failed


@needs(BROWSER)
def test_the_name_of_a_command_is_no_word(site: Path, window: Browser) -> None:
    assert _search(window, site, "frac") == []


def test_the_index_has_no_latex(site: Path) -> None:
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    words = index["terms"].keys() | index["titleterms"].keys()
    assert {"gradient", "relu"} <= words
    assert not words & {"frac", "mathbf", "aligned", "cdot", "quad", "boxed", "mathbin"}
    headings = [*index["titles"], *index["alltitles"]]
    assert headings
    assert not [one for one in headings if "\\" in one or "<" in one]


@needs(BROWSER)
def test_soft_hyphens_are_no_part_of_a_word(site: Path, window: Browser) -> None:
    assert "\u00ad" in (site / "notation.html").read_text(encoding="utf-8")
    assert any(one.startswith("Notation") for one in _search(window, site, "categorical"))


@needs(BROWSER)
def test_letters_of_mathematics_are_shown_as_others_are(site: Path, window: Browser) -> None:
    _search(window, site, "gradient")
    page = "<div role=main><p>the output 𝑜𝑢𝑡 of 𝐱 is ① and x²</p></div>"
    assert window.evaluate(f"Search.htmlToText('{page}', null)").strip() == "the output out of x is ① and x²"
