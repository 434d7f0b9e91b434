"""Derivations in a real browser: on a phone every line is seen whole, reasons and all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from nbsolve.book import build_book, init_course
from tests.book.browser import rendered
from tests.loading import FOLDER
from tests.programs import BROWSER, needs

pytestmark = needs(BROWSER)

PAGES = ("derivation-cosine", "derivation-categorical-cross-entropy", "derivation-huber", "derivation-gelu")

# What a page says of itself once lines that were too long have been set anew.
MEASURE = """
<script>
window.addEventListener('load', async () => {
  await MathJax.startup.promise;
  await new Promise(done => setTimeout(done, 3000));
  const shown = [...document.querySelectorAll('.bd-article div.math mjx-container')];
  parent.postMessage(JSON.stringify({
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    equations: shown.length,
    wide: shown.filter(box => box.scrollWidth > box.clientWidth + 1).length,
    height: shown[0].getBoundingClientRect().height,
    failed: document.querySelectorAll('mjx-merror').length,
  }), '*');
});
</script>
"""
# Headless windows are at least 500 wide: a phone is a frame in one.
FRAME = """
<script>onmessage = event => document.documentElement.dataset.measured = event.data</script>
<iframe src="{page}" width="{width}" height="900" style="border: 0"></iframe>
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("derivations") / "course"
    init_course(folder)
    for page in PAGES:
        shutil.copy(FOLDER / f"{page}.yaml", folder / "problems")
    build_book(folder)
    return folder / "book" / "_build" / "html" / "problems"


def measured(site: Path, name: str, width: int) -> dict[str, float]:
    page, frame = site / f"measured-{name}.html", site / f"frame-{name}.html"
    text = (site / f"{name}.html").read_text(encoding="utf-8")
    page.write_text(text.replace("</body>", f"{MEASURE}</body>"), encoding="utf-8")
    frame.write_text(FRAME.format(page=page.name, width=width), encoding="utf-8")
    root = rendered(frame).select_one("html")
    assert root is not None
    found: dict[str, float] = json.loads(str(root.get("data-measured", "{}")))
    assert found, "the page did not finish"
    return found


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_off(site: Path, name: str) -> None:
    phone, desk = measured(site, name, 375), measured(site, name, 1200)
    for found in (phone, desk):
        assert found["equations"] > 3
        assert found["overflow"] == 0
        assert found["wide"] == 0
        assert found["failed"] == 0
    assert phone["equations"] == desk["equations"]


def test_reasons_go_below_their_lines_on_a_phone_only(site: Path) -> None:
    phone, desk = (measured(site, "derivation-cosine", width)["height"] for width in (375, 1200))
    assert phone > desk + 15
