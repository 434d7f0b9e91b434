"""What text of a page one would have to scroll sideways for: on a phone, and with everything twice as large."""

from __future__ import annotations

from tests.book.devtools import Browser

_FIND = """document.fonts.ready.then(() => {
  const sheet = document.head.appendChild(document.createElement('style'));
  sheet.textContent = '.nbsolve-equation { content-visibility: visible !important }'
    + '* { transition: none !important }';  // bars that are on their way
  for (const details of document.querySelectorAll('.bd-article details')) details.open = true;
  const page = document.documentElement, found = [];
  const words = box => box.textContent.trim().replace(/\\s+/g, ' ').slice(0, 60);
  const by = page.scrollWidth - page.clientWidth;
  if (by > 0) found.push(`the page, by ${by}`);
  // what cannot be on two lines may scroll: matrices, unbroken fractions (see fitting.py), tables, drawings
  const scrolls = '.nbsolve-math, .pst-scrollable-table-container, figure';
  const isSeen = box => box.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && !box.closest('.visually-hidden, .nbsolve-over, .headerlink, dialog')
    && !box.closest('.bd-sidebar-primary, .bd-sidebar-secondary');
  for (const box of document.querySelectorAll('main, main *, .nbsolve-stepper, .nbsolve-stepper *')) {
    if (box.closest(`${scrolls}, math, svg`) || box.clientWidth < 2 || !isSeen(box)) continue;
    const over = box.scrollWidth - box.clientWidth;
    if (over > 1 && getComputedStyle(box).overflowX !== 'visible')
      found.push(`${box.tagName}.${box.className}, by ${over}: ${words(box)}`);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const box = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || box.closest(`${scrolls}, script, svg, option`) || !isSeen(box)) continue;
    const range = document.createRange();
    range.selectNode(texts.currentNode);
    for (const one of range.getClientRects())
      if (one.width && (one.right > page.clientWidth + 1 || one.left < -1))
        found.push(`${words(box)}: from ${one.left} to ${one.right}`);
  }
  sheet.remove();
  return found;
})"""


def sideways(window: Browser) -> list[str]:
    """All that would have to be scrolled to, with everything unfolded."""
    found: list[str] = window.evaluate(_FIND)
    return found
