"""Every page of the shipped site in a browser: nothing is wider than its column, no text scrolls sideways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nbsolve.book import build_book
from tests.book.devtools import Browser, browser, served
from tests.book.fitting import measured
from tests.book.test_axe import violations
from tests.book.test_reflow import with_and_without_stepping
from tests.programs import AXE, BROWSER, needs

ROOT = Path(__file__).parents[2]
WIDTHS = (1280, 768, 375, 320)
GROUPS = 8
"""Of pages: each is opened once."""
KINDS = (
    "000-softmax-two-losses",
    "derivation-log-softmax",
    "graph-sigmoid-neuron",
    "jacobian-2-3-2",
    "rule-perceptron-xor",
    "update-clipping-by-norm",
)
"""A page of each kind but those of networks in numbers, which `test_axe` has."""


@pytest.fixture(scope="module")
def shipped() -> Path:
    """The repository's own site, as its sources are now."""
    build_book(ROOT)
    return ROOT / "book" / "_build" / "html"


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.mark.sampled(39)
@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "problems").glob("*.yaml")))
@needs(BROWSER)
def test_no_text_scrolls_sideways(shipped: Path, window: Browser, name: str) -> None:
    with served(shipped) as address:
        assert with_and_without_stepping(window, f"{address}/problems/{name}.html") == []


@pytest.mark.sampled(8)
@pytest.mark.parametrize("group", range(GROUPS))
@needs(BROWSER)
def test_nothing_is_wider_than_its_column(shipped: Path, group: int) -> None:
    pages = sorted(
        path.relative_to(shipped).with_suffix("").as_posix()
        for path in (*shipped.glob("*.html"), *shipped.glob("problems/*.html"))
        if path.stem not in ("genindex", "search")
        and (path.stem != "index" or path.parent.name == "problems")
    )
    assert len(pages) > 35
    found = list(measured(shipped, pages[group::GROUPS], WIDTHS))
    assert len(found) == len(pages[group::GROUPS]) * len(WIDTHS)
    assert not [
        one for one in found if one.overflow or one.wide or len(one.sizes) > 1 or one.elements > 30_000
    ]


@pytest.mark.parametrize("name", KINDS)
@needs(BROWSER)
@needs(AXE)
def test_no_kind_of_page_has_a_violation(shipped: Path, window: Browser, name: str) -> None:
    with served(shipped) as address:
        window.resize(375)
        assert violations(window, f"{address}/problems/{name}.html") == {}
