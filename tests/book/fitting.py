"""What of a site's pages is wider than its column, measured in a browser at several widths.

One browser walks through all pages in a frame (headless windows are at least 500 pixels wide): a copy of each page
carries a script that measures it and tells its frame.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.book.browser import rendered

_MEASURE = """
<script>
window.addEventListener('load', () => document.fonts.ready.then(() => { setTimeout(() => {
  const page = document.documentElement;
  const seen = box => box.getClientRects().length > 0;
  const edge = box => box.getBoundingClientRect().left + box.clientLeft + box.clientWidth;
  const column = document.querySelector('.bd-article');
  const wide = [];
  for (const box of document.querySelectorAll('.nbsolve-math')) {
    // a matrix may scroll: its box has a shade at that side
    const over = [...box.querySelectorAll('math:not(:has(mtable))')].filter(seen)
      .map(math => math.getBoundingClientRect().right - edge(box)).reduce((a, b) => Math.max(a, b), 0);
    const latex = box.querySelector('annotation')?.textContent.slice(0, 400);
    if (over > 1) wide.push(`${box.parentElement.id} by ${Math.round(over)} (${latex})`);
  }
  const others = '.bd-article :is(table, figure > svg, p math, li math, td math, img)';
  for (const box of document.querySelectorAll(others)) {
    const over = seen(box) && !box.closest('.nbsolve-math') ? box.getBoundingClientRect().right - edge(column) : 0;
    if (over > 1) wide.push(`${box.tagName} by ${Math.round(over)} (${box.textContent.slice(0, 80)})`);
  }
  const sizes = new Set([...document.querySelectorAll('.bd-article math')].filter(seen)
    .map(math => getComputedStyle(math).fontSize));
  parent.postMessage(JSON.stringify({
    name: window.name, overflow: page.scrollWidth - page.clientWidth, wide, sizes: [...sizes],
    formulas: document.querySelectorAll('.nbsolve-math').length, elements: document.querySelectorAll('*').length,
  }), '*');
}, 0); }));
</script>
"""
_WALK = """<!doctype html><body><script>
const jobs = {jobs}, found = [];
const frame = document.createElement('iframe');
frame.height = 900; frame.style.border = 0; document.body.append(frame);
const next = () => {{
  if (!jobs.length) {{ document.documentElement.dataset.measured = JSON.stringify(found); return; }}
  const [page, width] = jobs.shift();
  frame.width = width; frame.name = `${{page}} ${{width}}`; frame.src = page;
}};
onmessage = event => {{ found.push(JSON.parse(event.data)); next(); }};
next();
</script>
"""


@dataclass(frozen=True)
class Measured:
    """One page at one width: pixels that it scrolls sideways, what is too wide, sizes of mathematics, counts."""

    page: str
    width: int
    overflow: int
    wide: tuple[str, ...]
    sizes: tuple[str, ...]
    formulas: int
    elements: int


def measured(site: Path, pages: Iterable[str], widths: Iterable[int], scratch: Path) -> list[Measured]:
    """The pages of the site (`problems/flat`) at each of the widths."""
    copy = scratch / "site"
    shutil.copytree(site, copy, ignore=shutil.ignore_patterns("_sources"))
    names = list(pages)
    for name in names:
        path = copy / f"{name}.html"
        path.write_text(
            path.read_text(encoding="utf-8").replace("</body>", f"{_MEASURE}</body>"), encoding="utf-8"
        )
    jobs = [(f"{name}.html", width) for width in widths for name in names]
    walk = copy / "walk.html"
    walk.write_text(_WALK.format(jobs=json.dumps(jobs)), encoding="utf-8")
    root = rendered(walk, patience=20 * len(jobs)).select_one("html")
    assert root is not None
    found = json.loads(str(root.get("data-measured", "[]")))
    assert len(found) == len(jobs), "the browser did not finish"
    return [
        Measured(
            job[0].removesuffix(".html"), job[1], one["overflow"], tuple(one["wide"]), tuple(one["sizes"]),
            one["formulas"], one["elements"],
        )
        for job, one in zip(jobs, found, strict=True)
    ]  # fmt: skip
