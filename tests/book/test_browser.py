"""A small site in a real browser: mathematics without a script, nothing wider than its column."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from bs4.element import NavigableString

from tests.book.browser import rendered
from tests.book.devtools import browser, served
from tests.book.fitting import measured
from tests.programs import BROWSER, needs

pytestmark = needs(BROWSER)

PAGES = ("problems/flat", "problems/trained", "problems/index", "notation", "backward-pass")


@pytest.fixture
def flat(site: Path) -> BeautifulSoup:
    return BeautifulSoup((site / "problems" / "flat.html").read_text(encoding="utf-8"), "html.parser")


def test_mathematics_needs_no_script(flat: BeautifulSoup) -> None:
    assert len(flat.select("math")) > 20
    article = flat.select_one("article")
    assert article is not None
    for element in article.select("annotation, div.cell_input, svg"):
        element.decompose()
    assert not re.search(r"\\[a-zA-Z(\[]|\$", article.get_text())


def test_each_equation_keeps_its_latex_and_has_one_link(flat: BeautifulSoup) -> None:
    equations = flat.select(".nbsolve-equation")
    assert equations
    for equation in equations:
        notes = equation.select("annotation")
        assert len(notes) == 1
        assert notes[0]["encoding"] == "application/x-tex"
        assert notes[0].get_text().startswith(r"\begin{aligned}")
        (link,) = equation.select("a.headerlink")
        assert link["href"] == f"#{equation['id']}"
    assert not flat.select("math[tabindex], .nbsolve-inline[tabindex]")


def test_a_browser_loads_the_font(site: Path) -> None:
    page = site / "font.html"
    script = (
        "<script>document.fonts.ready.then(() => document.documentElement.dataset.font ="
        " document.fonts.check('16px \"nbsolve math\"'))</script></body>"
    )
    text = (site / "notation.html").read_text(encoding="utf-8")
    page.write_text(text.replace("</body>", script), encoding="utf-8")
    root = rendered(page).select_one("html")
    page.unlink()
    assert root is not None
    assert root.get("data-font") == "true"


def test_a_comma_stays_with_its_formula(flat: BeautifulSoup) -> None:
    """Chromium may begin a line with what follows a formula, but not where both are in a span that says so."""
    kept = [each.get_text()[-1] for each in flat.select("article .nbsolve-inline > .nbsolve-kept")]
    assert {",", ":"} <= set(kept)
    for formula in flat.select("article .nbsolve-inline"):
        after = formula.next_sibling
        assert not isinstance(after, NavigableString) or after[:1] not in {*",.;:!?)"}, formula.parent


def test_all_indices_have_one_height(site: Path) -> None:
    """That of y₁ is not below that of x₁, although the y reaches lower."""
    letters = "".join(f"<math><msub><mi>{letter}</mi><mn>1</mn></msub></math>" for letter in "xyp")
    with served(site) as address, browser() as window:
        window.open(f"{address}/problems/flat.html")
        heights = window.evaluate(
            "(() => { const line = document.querySelector('article p');"
            f" line.innerHTML = '{letters}';"
            " return [...line.querySelectorAll('mn')].map(each => each.getBoundingClientRect().bottom) })()"
        )
    assert max(heights) - min(heights) < 0.1


def test_on_paper_a_page_does_not_end_with_what_announces_the_next(site: Path) -> None:
    with served(site) as address, browser() as window:
        window.send("Emulation.setEmulatedMedia", media="print")
        window.open(f"{address}/problems/flat.html")
        announced = window.evaluate(
            "[...document.querySelectorAll('section > p')].filter(each => each.textContent.trim().endsWith(':'))"
            ".map(each => [each.textContent, getComputedStyle(each).breakAfter])"
        )
        tables = window.evaluate(
            "[...document.querySelectorAll('.bd-article table')].map(each =>"
            " [each.tBodies[0].rows.length > 8, getComputedStyle(each).breakInside])"
        )
    assert len(announced) > 4
    assert {kind for _, kind in announced} == {"avoid"}, announced
    assert {tuple(each) for each in tables} == {(True, "auto"), (False, "avoid")}


def test_nothing_is_wider_than_its_column(site: Path) -> None:
    for found in measured(site, PAGES, (1280, 768, 375, 320)):
        assert found.overflow == 0, found
        assert not found.wide, found
        assert len(found.sizes) <= 1, found
        assert found.elements < 30_000


@pytest.mark.parametrize("width", [1280, 375])
def test_a_link_leads_to_its_equation(site: Path, flat: BeautifulSoup, width: int) -> None:
    """Equations out of sight are laid out late; what is above an aim must not push it away."""
    equations = flat.select(".nbsolve-equation")
    aim = equations[len(equations) // 2]["id"]
    with served(site) as address, browser() as window:
        window.resize(width)
        window.open(f"{address}/problems/flat.html#{aim}")
        assert 0 < window.evaluate(f"document.getElementById('{aim}').getBoundingClientRect().top") < 300


def test_labels_of_parts_stand_without_bullets(flat: BeautifulSoup) -> None:
    labels = [each.get_text() for each in flat.select("ul.nbsolve-parts > li strong")]
    assert labels[:2] == ["(1)", "(2)"]
    assert flat.select(".admonition ul")
    assert not flat.select(".admonition ul.nbsolve-parts")
