"""Stepping through a solution, in a browser: what is lit, what the drawing shows by then, where the focus stays."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from nbsolve import load_problem, solve
from nbsolve.preview import page_of
from tests.book.devtools import Browser, browser, served
from tests.programs import BROWSER, needs

PANEL = "document.querySelector('.nbsolve-stepper')"
HIDDEN = f"[...{PANEL}.querySelectorAll('text.nbsolve-waits')].map(one => one.dataset.quantity)"
SHOWN = f"[...{PANEL}.querySelectorAll('text[data-quantity]:not(.nbsolve-waits)')].map(one => one.dataset.quantity)"
COUNT = f"{PANEL}.querySelector('.nbsolve-count').textContent"
SAID = f"{PANEL}.querySelector('[aria-live=polite]')"
LIT = "[...document.querySelectorAll('.bd-article .nbsolve-lit[data-finds]')]"
STYLE = files("nbsolve").joinpath("templates", "static", "nbsolve.css")
SCRIPT = files("nbsolve").joinpath("templates", "static", "nbsolve-stepping.js")

PROBLEMS = Path(__file__).parents[2] / "problems"

BATCH = """\
title: One unit, two samples
network:
  inputs: 1
  layers:
    - {units: 1, activation: sigmoid, weights: [[0.5]], bias: [0.25]}
samples:
  - {input: [2], target: [1]}
  - {input: [3], target: [0]}
loss: squared_error
"""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(site) as found:
        yield found


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
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
    assert not {"a[1][1]", "z[1][2]", "L", "dL/dL", "dL/dW[1][1][1]"} & shown
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
    said = window.evaluate(f"{SAID}.textContent")
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
    # the current one, and the one that this weight is in
    assert window.evaluate(f"{LIT}.map(one => one.dataset.finds)") == ["z[1][1]", "z[1][2]"]
    window.evaluate(
        "document.querySelector('.bd-article [data-finds=\"L\"]')"
        ".dispatchEvent(new PointerEvent('pointerover', {bubbles: true}))"
    )
    assert _parts(window, "nbsolve-pointed") == ["L"]


@needs(BROWSER)
def test_no_step_is_one_of_the_answers_or_of_the_letters(window: Browser, address: str) -> None:
    """Where there are numbers, each step is a line of an iteration, and its own one is chosen in the list."""
    page = f"{address}/problems/trained.html?own"
    window.open(page)
    grids = "[...document.querySelectorAll('.bd-article .nbsolve-math:has(> [data-finds])')]"
    assert window.evaluate(f"{grids}.some(one => !one.dataset.iteration)")
    window.evaluate("document.querySelector('.nbsolve-start').click()")
    steps = int(window.evaluate(COUNT).split("/")[1])
    for step in range(1, steps + 1):
        window.until(f"location.hash === '#step-{step}'")
        iteration = window.evaluate(f"{LIT}[0].parentElement.dataset.iteration ?? null")
        assert window.evaluate(f"{PANEL}.querySelectorAll('select')[1].selectedOptions[0].textContent") == (
            f"Iteration {iteration}"
        )
        _press(window, "ArrowRight")


@needs(BROWSER)
def test_it_adds_little(window: Browser, address: str) -> None:
    window.open(f"{address}/problems/flat.html?little")
    count = "document.querySelectorAll('*').length"
    before = window.evaluate(count)
    window.evaluate("document.querySelector('.nbsolve-start').click()")
    assert window.evaluate(count) - before < 5_000
    assert len(gzip.compress(SCRIPT.read_bytes())) < 20_000


def _page(folder: Path, problem: str | Path) -> None:
    """Write `page.html`, the page of a problem that one can step through, without the rest of a site."""
    worked = solve(load_problem(problem))
    style, script = (place.read_text(encoding="utf-8") for place in (STYLE, SCRIPT))
    body = page_of(worked)
    page = f'<style>{style}</style><main class="bd-article">{body}</main><script>{script}</script>'
    (folder / "page.html").write_text(f"<!DOCTYPE html><meta charset=utf-8>{page}", encoding="utf-8")


def _walk(window: Browser, address: str) -> Iterator[int]:
    """The steps of a page that was just opened, from the first to the last."""
    window.open(f"{address}/page.html#step-1")
    window.until(f"!!{PANEL}")
    for step in range(1, int(window.evaluate(COUNT).split("/")[1]) + 1):
        window.until(f"location.hash === '#step-{step}'")
        yield step
        _press(window, "ArrowRight")


@needs(BROWSER)
def test_in_a_batch_it_is_said_when_the_drawing_is_of_another_sample(window: Browser, tmp_path: Path) -> None:
    _page(tmp_path, BATCH)
    said = {"1": set[bool](), "2": set[bool](), None: set[bool]()}
    with served(tmp_path) as address:
        for step in _walk(window, address):
            first, _, more = window.evaluate(f"{SAID}.querySelector('.nbsolve-step').textContent").partition(
                "; "
            )
            assert first.startswith(f"Step {step}: ")
            assert more in ("", "the drawing is of sample 1")
            said[window.evaluate(f"{LIT}[0].dataset.sample ?? null")].add(bool(more))
    assert said == {"1": {False}, "2": {True}, None: {False}}  # None: of the batch as a whole


@needs(BROWSER)
def test_a_drawing_in_letters_is_of_every_sample(window: Browser, tmp_path: Path) -> None:
    _page(tmp_path, BATCH.replace("[[0.5]]", "symbolic"))
    with served(tmp_path) as address:
        for _ in _walk(window, address):
            assert "the drawing is of" not in window.evaluate(f"{SAID}.textContent")
            found = set(window.evaluate(f"{LIT}.map(one => one.dataset.finds)"))
            assert not found & set(window.evaluate(HIDDEN))


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


ASLEEP = """\
network:
  inputs: 2
  layers:
    - {units: 2, activation: relu, weights: [[-1, -2], [1, 1]], bias: [0, 0]}
    - {units: 1, activation: linear, weights: [[1, 2]], bias: [0]}
samples:
  - {input: [1, 2], target: [1]}
loss: squared_error
"""


@needs(BROWSER)
def test_that_nothing_passes_a_unit_is_said_when_it_is_found(window: Browser, tmp_path: Path) -> None:
    _page(tmp_path, ASLEEP)
    plain = f"[...{PANEL}.querySelectorAll('rect.nbsolve-plain')].map(one => one.dataset.quantity)"
    with served(tmp_path) as address:
        seen = []
        for _ in _walk(window, address):
            hidden = window.evaluate(HIDDEN)
            assert window.evaluate(plain) == (["a[1][1]"] if "da/dz[1][1]" in hidden else [])
            found = window.evaluate(f"{LIT}.map(one => one.dataset.finds)")
            seen.append(
                ("da/dz[1][1]" in hidden, bool({"da/dz[1][1]", "dL/dz[1][1]", "delta[1][1]"} & set(found)))
            )
        first = next(at for at, (_, found) in enumerate(seen) if found)
        assert [waits for waits, _ in seen] == [at < first for at in range(len(seen))]
        assert first > 3


# All steps, one after the other: how high labels are (in CSS pixels), how large the drawing is beside its own size,
# which of the parts that are found cannot be seen, and whether something reaches over the window's edge.
SEEN = f"""(() => {{
  const panel = {PANEL}, figure = panel.querySelector('figure'), found = [];
  const [back, forward] = panel.querySelectorAll('button');
  for (;;) {{
    const drawing = figure.querySelector('svg'), scale = drawing.getScreenCTM().a;
    const window_ = figure.getBoundingClientRect();
    const texts = [...drawing.querySelectorAll('text[data-quantity]:not(.nbsolve-waits)')];
    const heights = texts.map(one => parseFloat(getComputedStyle(one).fontSize) * scale);
    const parts = [...drawing.querySelectorAll('.nbsolve-finds[data-part]:not([data-part=line])')];
    const boxes = parts.map(one => one.getBoundingClientRect());
    const [left, top] = ['left', 'top'].map(edge => Math.min(...boxes.map(box => box[edge])));
    const [right, bottom] = ['right', 'bottom'].map(edge => Math.max(...boxes.map(box => box[edge])));
    const fits = right - left <= figure.clientWidth && bottom - top <= figure.clientHeight;
    const hidden = fits && boxes.length && (left < window_.left - 1 || right > window_.right + 1
      || top < window_.top - 1 || bottom > window_.bottom + 1);
    const over = window_.right > innerWidth || window_.bottom > innerHeight
      || document.documentElement.scrollWidth > document.documentElement.clientWidth;
    found.push({{low: Math.min(...heights), scale, hidden, over, fits: fits && boxes.length > 0}});
    if (forward.getAttribute('aria-disabled') === 'true') return found;
    forward.click();
  }}
}})()"""


@needs(BROWSER)
@pytest.mark.sampled(7)
@pytest.mark.parametrize(
    ("width", "height", "least"), [(1280, 800, 0.8), (768, 1024, 0.7), (375, 812, 0.7), (320, 568, 0.7)]
)
@pytest.mark.parametrize("name", ["001-a-squared-error", "003-three-two-one", "002-two-sigmoid-layers"])
def test_labels_can_be_read_and_what_is_found_is_seen(
    window: Browser, tmp_path: Path, name: str, width: int, height: int, least: float
) -> None:
    """Where a drawing has no room at a readable size, it is moved: at once, for those who want nothing to move."""
    _page(tmp_path, PROBLEMS / f"{name}.yaml")
    window.send(
        "Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}]
    )
    window.resize(width, height)
    with served(tmp_path) as address:
        window.open(f"{address}/page.html#step-1")
        window.until(f"!!{PANEL}")
        steps = window.evaluate(SEEN)
    assert len(steps) > 20
    assert min(step["low"] for step in steps) >= 9
    assert min(step["scale"] for step in steps) >= least
    assert not any(step["hidden"] or step["over"] for step in steps)
    assert sum(step["fits"] for step in steps) > 0.8 * len(steps)  # a whole layer may be wider than a phone


@needs(BROWSER)
@pytest.mark.parametrize("name", ["graph-used-three-times", "graph-adam-one-parameter"])
def test_a_computation_graph_fills_up(window: Browser, tmp_path: Path, name: str) -> None:
    _page(tmp_path, PROBLEMS / f"{name}.yaml")
    several = "adam" in name
    chapters: list[str] = []
    with served(tmp_path) as address:
        before: set[str] = set()
        for step in _walk(window, address):
            found = window.evaluate(f"{LIT}[0].dataset.finds")
            chapter = window.evaluate(f"{SAID}.querySelector('.nbsolve-step').textContent").partition(": ")[2]
            chapters += [chapter] if chapters[-1:] != [chapter] else []
            if chapter != "Update":
                assert _parts(window, "nbsolve-finds"), found
            now = set(window.evaluate(SHOWN))
            assert several or before <= now, found
            if step == 1:
                assert now == {"x", "y", "u"} if not several else "w" in now
            before = now
        assert window.evaluate(HIDDEN) == []
    assert chapters == (["Forward", "Backward", "Update"] * 3 if several else ["Forward", "Backward"])
