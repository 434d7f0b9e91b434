"""Every kind of page is held against axe-core, in the light and in the dark, wide and narrow: no violation.

`npm ci --prefix tests/book/axe` installs it; what is folded is unfolded, what is out of sight is laid out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.book.devtools import Browser, browser, served
from tests.programs import AXE, AXE_SCRIPT, BROWSER, needs

pytestmark = [needs(BROWSER), needs(AXE)]

PAGES = (
    *("problems/flat", "intro", "notation", "problems/trained", "problems/index", "problems/first"),
    *("backward-pass", "search"),
)
_UNFOLD = """(() => {
  for (const fold of document.querySelectorAll('details')) fold.open = true;
  const sheet = document.head.appendChild(document.createElement('style'));
  sheet.textContent = '.nbsolve-equation { content-visibility: visible !important }'
    + '* { transition: none !important; animation: none !important }';
})()"""
_THEME = "document.documentElement.dataset.theme = document.documentElement.dataset.mode = '{theme}'"
_RUN = """axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map(
  one => [one.id, one.nodes.slice(0, 3).map(node => node.html.slice(0, 200))]))"""


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    with browser() as found:
        yield found


def violations(window: Browser, address: str, stepping: bool = False) -> dict[str, Any]:
    """What axe-core finds on a page, all of it unfolded, in the light and in the dark."""
    window.open(address)
    window.evaluate(_UNFOLD)
    window.evaluate(f"{AXE_SCRIPT.read_text(encoding='utf-8')};0")
    if stepping:
        window.evaluate("document.querySelector('.nbsolve-start').click()")
    return {theme: found for theme in ("light", "dark") if (found := _themed(window, theme))}


def _themed(window: Browser, theme: str) -> Any:
    window.evaluate(_THEME.format(theme=theme))
    window.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return window.evaluate(_RUN)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("page", "width"), [(page, width) for page in PAGES for width in (1280, 375)])
def test_no_page_has_a_violation(site: Path, window: Browser, page: str, width: int) -> None:
    with served(site) as address:
        window.resize(width)
        assert violations(window, f"{address}/{page}.html", stepping=page == "problems/flat") == {}


def test_it_would_be_found(site: Path, window: Browser) -> None:
    with served(site) as address:
        window.open(f"{address}/intro.html")
        window.evaluate(f"{AXE_SCRIPT.read_text(encoding='utf-8')};0")
        window.evaluate(
            "document.querySelector('article h1').insertAdjacentHTML('afterend', '<a href=\"#x\"></a>')"
        )
        assert [name for name, _ in _themed(window, "light")] == ["link-name"]
