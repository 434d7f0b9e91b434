from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.book.browser import rendered
from tests.programs import BROWSER, needs

pytestmark = needs(BROWSER)

# What a page measures of itself when its equations are set: how far it can be scrolled sideways, and how many
# equations are wider than the column and scroll in their own box.
MEASURE = """
<script>
window.addEventListener('load', () => (window.MathJax?.startup?.promise ?? Promise.resolve()).then(() => {
  const page = document.documentElement;
  parent.postMessage(JSON.stringify({
    width: page.clientWidth,
    overflow: page.scrollWidth - page.clientWidth,
    wide: [...document.querySelectorAll('.bd-article mjx-container[display="true"], .bd-article div.math')]
      .filter(box => box.scrollWidth > box.clientWidth + 1).length,
  }), '*');
}));
</script>
"""

# Headless windows are at least 500 wide: a phone is a frame in one.
FRAME = """
<script>onmessage = event => document.documentElement.dataset.measured = event.data</script>
<iframe src="{page}" width="{width}" height="900" style="border: 0"></iframe>
"""


def _measured(site: Path, name: str, width: int) -> dict[str, int]:
    path = site / name
    page = path.with_name(f"measured-{path.name}")
    frame = path.with_name(f"frame-{path.name}")
    text = path.read_text(encoding="utf-8")
    page.write_text(text.replace("</body>", f"{MEASURE}</body>"), encoding="utf-8")
    frame.write_text(FRAME.format(page=page.name, width=width), encoding="utf-8")
    root = rendered(frame).select_one("html")
    page.unlink()
    frame.unlink()
    assert root is not None
    measured: dict[str, int] = json.loads(str(root.get("data-measured", "{}")))
    assert measured, "the page did not finish"
    return measured


@pytest.fixture(scope="module")
def flat(site: Path) -> BeautifulSoup:
    return rendered(site / "problems" / "flat.html")


def test_mathematics_is_set_without_a_network(flat: BeautifulSoup) -> None:
    assert len(flat.select("mjx-container")) > 20
    assert not flat.select("mjx-merror, [data-mjx-error]")
    article = flat.select_one("article")
    assert article is not None
    for element in article.select("mjx-container, div.cell_input, svg"):
        element.decompose()
    assert not re.search(r"\\[a-zA-Z(\[]|\$", article.get_text())


@pytest.mark.parametrize(
    "name", ["problems/flat.html", "problems/index.html", "notation.html", "backward-pass.html"]
)
def test_a_phone_never_scrolls_the_page_sideways(site: Path, name: str) -> None:
    measured = _measured(site, name, 390)
    assert measured["width"] == 390
    assert measured["overflow"] == 0


def test_long_equations_scroll_in_their_own_box(site: Path) -> None:
    assert _measured(site, "backward-pass.html", 390)["wide"] > 0
