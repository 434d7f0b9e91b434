"""What a page loads, and how much of it, as a reader's browser sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.book.devtools import Browser, browser, served
from tests.programs import BROWSER, needs

pytestmark = needs(BROWSER)

PAGES = (
    "problems/flat.html",
    "problems/trained.html",
    "problems/index.html",
    "intro.html",
    "search.html",
    "",
)
REQUESTS = 15


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site) as found:
        yield found


@pytest.fixture
def window() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_for_little_and_complains_of_nothing(address: str, window: Browser, page: str) -> None:
    visit = window.open(f"{address}/{page}")
    mathematics = [one for one in visit.requests if "/mathjax/" in one]
    assert len(visit.requests) - len(mathematics) <= REQUESTS
    assert all(one.startswith(address) for one in visit.requests)
    assert not visit.failed
    assert not visit.errors
