"""Stepping through a solution, in a browser: what is lit, what the drawing shows by then, where the focus stays."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.book.devtools import Browser, browser, served
from tests.programs import BROWSER, needs

PANEL = "document.querySelector('.nbsolve-stepper')"
HIDDEN = f"[...{PANEL}.querySelectorAll('text.nbsolve-waits')].map(one => one.dataset.quantity)"
SHOWN = f"[...{PANEL}.querySelectorAll('text[data-quantity]:not(.nbsolve-waits)')].map(one => one.dataset.quantity)"
COUNT = f"{PANEL}.querySelector('.nbsolve-count').textContent"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site) as found:
        yield found


@pytest.fixture(scope="module")
def window(address: str) -> Iterator[Browser]:
    with browser() as found:
        yield found


def _press(window: Browser, key: str) -> None:
    for kind in ("keyDown", "keyUp"):
        window.send("Input.dispatchKeyEvent", type=kind, key=key, code=key)


def _parts(window: Browser, kind: str) -> list[str]:
    expression = f"[...{PANEL}.querySelectorAll('.{kind}[data-part]')].map(one => one.dataset.quantity)"
    return sorted(set(window.evaluate(expression)))


@needs(BROWSER)
def test_the_drawing_fills_up_line_by_line(window: Browser, address: str) -> None:
    window.open(f"{address}/problems/flat.html#step-1")
    window.until(f"!!{PANEL}")
    assert _parts(window, "nbsolve-finds") == ["a[1][1]"]  # z₁ stands in the unit
    assert {"W[1][1][1]", "W[1][1][2]", "x[1]", "x[2]"} <= set(_parts(window, "nbsolve-uses"))
    shown = set(window.evaluate(SHOWN))
    assert {"x[1]", "W[1][1][1]", "b[1]", "y[1]", "z[1][1]"} <= shown
    assert not {"a[1][1]", "z[1][2]", "L", "dL/dW[1][1][1]"} & shown
    steps = int(window.evaluate(COUNT).split("/")[1])
    before = shown
    for step in range(2, steps + 1):
        _press(window, "ArrowRight")
        window.until(f"location.hash === '#step-{step}'")
        assert window.evaluate(COUNT) == f"{step} / {steps}"
        assert _parts(window, "nbsolve-finds"), step
        now = set(window.evaluate(SHOWN))
        assert before <= now
        before = now
        assert window.evaluate("document.querySelectorAll('.bd-article .nbsolve-lit').length") > 0
    assert window.evaluate(HIDDEN) == []


@needs(BROWSER)
def test_keys_chapters_and_the_focus(window: Browser, address: str) -> None:
    window.open(f"{address}/problems/trained.html?keys")
    assert window.evaluate(f"{PANEL} === null")
    window.evaluate("document.querySelector('.nbsolve-start').click()")
    assert window.evaluate("location.hash") == "#step-1"
    focused = "document.activeElement.getAttribute('aria-label')"
    assert window.evaluate(focused) == "Step forward (→)"
    _press(window, "End")
    window.until(f"(([at, all]) => at === all)({COUNT}.split(' / '))")
    assert window.evaluate(focused) == "Step forward (→)"
    chapters = (
        f"[...{PANEL}.querySelectorAll('select')].map(one => [...one.options].map(each => each.textContent))"
    )
    assert window.evaluate(chapters) == [
        ["Forward", "Loss", "Backward", "Update"],
        ["Iteration 1", "Iteration 2"],
    ]
    _press(window, "Home")
    window.until("location.hash === '#step-1'")
    said = window.evaluate(f"{PANEL}.querySelector('[aria-live=polite]').textContent")
    assert said.startswith("Step 1: Forward")
    _press(window, "Escape")
    window.until(f"{PANEL} === null")
    assert window.evaluate("document.activeElement.className") == "nbsolve-start"
    assert window.evaluate("location.hash") == ""
    assert window.evaluate("document.querySelectorAll('.nbsolve-lit').length") == 0


@needs(BROWSER)
def test_pointing_shows_a_formula_and_lights_its_line(window: Browser, address: str) -> None:
    window.open(f"{address}/problems/flat.html?point#step-1")
    window.until(f"!!{PANEL}")
    window.evaluate(f"{PANEL}.querySelector('line[data-quantity=\"W[1][2][1]\"]').focus()")
    window.until("document.querySelectorAll('.nbsolve-lit[data-finds]').length === 2")
    lit = "[...document.querySelectorAll('.nbsolve-lit[data-finds]')].map(one => one.dataset.finds)"
    assert window.evaluate(lit) == [
        "z[1][1]",
        "z[1][2]",
    ]  # the current one, and the one that this weight is in
    window.evaluate(
        "document.querySelector('.bd-article [data-finds=\"L\"]')"
        ".dispatchEvent(new PointerEvent('pointerover', {bubbles: true}))"
    )
    assert _parts(window, "nbsolve-pointed") == ["L"]


@needs(BROWSER)
def test_it_adds_little(window: Browser, address: str) -> None:
    window.open(f"{address}/problems/flat.html?little")
    count = "document.querySelectorAll('*').length"
    before = window.evaluate(count)
    window.evaluate("document.querySelector('.nbsolve-start').click()")
    assert window.evaluate(count) - before < 5_000
    script = files("nbsolve").joinpath("templates", "static", "nbsolve-stepping.js").read_bytes()
    assert len(gzip.compress(script)) < 20_000


def test_lines_say_what_they_find_and_use(site: Path) -> None:
    page = BeautifulSoup((site / "problems" / "trained.html").read_text(encoding="utf-8"), "html.parser")
    grids = page.select(".nbsolve-math[data-iteration]")
    assert {grid["data-iteration"] for grid in grids} == {"1", "2"}
    for number in ("1", "2"):
        found = [
            line["data-finds"]
            for grid in grids
            if grid["data-iteration"] == number
            for line in grid.select("[data-finds]")
        ]
        for name in ("z[1][1]", "a[1][1]", "L", "dL/dW[1][1][1]", "dL/db[1][1]", "W_new[1][1][1]"):
            assert name in found
    first = page.select_one('[data-finds="z[1][1]"] + .right')
    assert first is not None
    assert first["data-uses"] == "W[1][1][1] x[1] b[1][1]"
    assert not page.select(".nbsolve-stepper, .nbsolve-waits")  # without a script the page is as it was
