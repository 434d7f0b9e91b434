"""What of a site's pages is wider than its column, measured in a browser at several widths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.book.devtools import browser, served

_MEASURE = """document.fonts.ready.then(() => {
  const seen = box => box.getClientRects().length > 0;
  const edge = box => box.getBoundingClientRect().left + box.clientLeft + box.clientWidth;
  const column = document.querySelector('.bd-article');
  const wide = [];
  // what nobody has scrolled to is laid out as well, folded or not
  const sheet = document.head.appendChild(document.createElement('style'));
  sheet.textContent = '.nbsolve-equation { content-visibility: visible !important }';
  for (const details of document.querySelectorAll('.bd-article details')) details.open = true;
  for (const box of document.querySelectorAll('.nbsolve-math')) {
    // a matrix may scroll, and a fraction that nothing can break: their box has a shade at that side
    const whole = math => !math.querySelector('mtable') && [...math.children].every(
      part => part.tagName !== 'mfrac' || part.getBoundingClientRect().width < 0.7 * box.clientWidth);
    const over = [...box.querySelectorAll('math')].filter(math => seen(math) && whole(math))
      .map(math => math.getBoundingClientRect().right - edge(box)).reduce((a, b) => Math.max(a, b), 0);
    const latex = box.querySelector('annotation')?.textContent.slice(0, 200);
    if (over > 1) wide.push(`${box.parentElement.id} by ${Math.round(over)} (${latex})`);
    if (box.scrollHeight > box.clientHeight + 1) wide.push(`${box.parentElement.id}, cut off below (${latex})`);
    for (const line of box.querySelectorAll('.right')) {
      const rows = [...line.querySelectorAll('math')].filter(seen).map(math => math.getBoundingClientRect());
      const meets = (one, other) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
        && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 6;
      if (rows.some((one, at) => at && meets(rows[at - 1], one)))
        wide.push(`${box.parentElement.id}, one piece over another (${latex})`);
    }
  }
  const others = '.bd-article :is(table, figure > svg, p math, li math, td math, img)';
  for (const box of document.querySelectorAll(others)) {
    const free = seen(box) && !box.closest('.nbsolve-math');
    const over = free ? box.getBoundingClientRect().right - edge(column) : 0;
    const words = box.textContent.slice(0, 80);
    if (over > 1) wide.push(`${box.tagName} by ${Math.round(over)} (${words})`);
  }
  const text = [...document.querySelectorAll('.bd-article math:not(:is(table, h2, h3, h4) math)')];
  const sizes = new Set(text.filter(seen).map(math => getComputedStyle(math).fontSize));
  return {
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth, wide, sizes: [...sizes],
    formulas: document.querySelectorAll('.nbsolve-math').length, elements: document.querySelectorAll('*').length,
  };
})"""


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


def measured(site: Path, pages: Iterable[str], widths: Iterable[int]) -> Iterator[Measured]:
    """The pages of the site (`problems/flat`) at each of the widths, with everything unfolded."""
    widths = tuple(widths)
    with served(site) as address, browser() as window:
        for page in pages:
            window.open(f"{address}/{page}.html")
            for width in widths:
                window.resize(width)
                found = window.evaluate(_MEASURE)
                yield Measured(
                    page, width, found["overflow"], tuple(found["wide"]), tuple(found["sizes"]),
                    found["formulas"], found["elements"],
                )  # fmt: skip
