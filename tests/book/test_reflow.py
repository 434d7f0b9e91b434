"""On a phone of 320 px and at 200 % no text scrolls sideways; from the keyboard the text is one link away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.book.devtools import Browser, browser, served
from tests.book.sideways import sideways
from tests.programs import BROWSER, needs

pytestmark = needs(BROWSER)

PAGES = (
    "intro",
    "notation",
    "backward-pass",
    "problems/index",
    "problems/flat",
    "problems/trained",
    "search",
)
SIZES = ((320, ""), (640, ""), (1280, "32px"))
"""Widths of the window, sizes of the type: a phone, 1280 px at a zoom of 2, 1280 px with larger type alone."""
_STEP = (
    "!!document.querySelector('.nbsolve-start') && (document.querySelector('.nbsolve-start').click(), true)"
)
_WHERE = "!!document.activeElement.closest('.bd-article, .bd-search-container')"


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site) as found:
        yield found


def at_all_sizes(window: Browser) -> list[str]:
    """What the open page has to scroll sideways, at each of the sizes."""
    found = []
    for width, size in SIZES:
        window.resize(width)
        window.evaluate(f"document.documentElement.style.fontSize = '{size}'")
        found += [f"{width} px {size} {each}" for each in sideways(window)]
    return found


def with_and_without_stepping(window: Browser, address: str) -> list[str]:
    """The same of a page, before and while one steps through it."""
    window.resize(1280)
    window.open(address)
    found = at_all_sizes(window)
    if window.evaluate(_STEP):
        found += [f"stepping, {each}" for each in at_all_sizes(window)]
    return found


@pytest.mark.parametrize("page", PAGES)
def test_no_text_scrolls_sideways(window: Browser, address: str, page: str) -> None:
    assert with_and_without_stepping(window, f"{address}/{page}.html") == []


@pytest.mark.parametrize(
    "fault",
    [
        '<pre style="overflow: auto; white-space: pre">{long}</pre>',
        '<p style="white-space: nowrap">{long}</p>',
        '<p style="position: absolute; left: -3rem">{long}</p>',
    ],
)
def test_it_would_be_found(window: Browser, address: str, fault: str) -> None:
    window.resize(320)
    window.open(f"{address}/intro.html?{len(fault)}")
    markup = fault.format(long="what one would have to scroll " * 5)
    window.evaluate(f"document.querySelector('article').insertAdjacentHTML('beforeend', '{markup}')")
    assert sideways(window)


def _press(window: Browser, key: str) -> None:
    text = "\r" if key == "Enter" else ""
    window.send("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, text=text,
                windowsVirtualKeyCode={"Tab": 9, "Enter": 13, "ArrowRight": 39}[key])  # fmt: skip
    window.send("Input.dispatchKeyEvent", type="keyUp", key=key, code=key)


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("page", PAGES)
def test_the_first_tab_stop_leads_to_the_text(window: Browser, address: str, page: str, width: int) -> None:
    window.resize(width)
    window.open(f"{address}/{page}.html?{width}")
    window.evaluate("document.activeElement.blur(), 0")  # the search page puts its reader into its field
    _press(window, "Tab")
    assert window.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    _press(window, "Enter")
    window.until("document.activeElement.matches('.bd-article, .bd-search-container')")


def test_each_equation_is_a_tab_stop(window: Browser, address: str) -> None:
    """Its link; → leads from it to the button that copies its LaTeX."""
    window.open(f"{address}/backward-pass.html?stops")
    window.evaluate("document.getElementById('main-content').focus()")
    stops = []
    for _ in range(window.evaluate("document.querySelectorAll('.nbsolve-equation').length")):
        _press(window, "Tab")
        stops.append(window.evaluate("document.activeElement.getAttribute('href')"))
    assert stops == window.evaluate(
        "[...document.querySelectorAll('.nbsolve-equation')].map(one => `#${one.id}`)"
    )
    _press(window, "ArrowRight")
    assert window.evaluate("document.activeElement.className") == "nbsolve-copy"
