"""What the theme's pages lack for those who hear them, or have no mouse.

A landmark for the sidebar, names that are what is seen, a link past the bars that leads to the text itself.
"""

from __future__ import annotations

from html import escape

from nbsolve.phrases import phrase

__all__ = ["with_landmarks"]

_SIDEBAR = 'class="bd-sidebar-primary bd-sidebar'
_SEARCH = 'search-button__button" title="Search"'
_CONTENT = 'id="main-content"'
_INSTEAD = (
    # their own words name them: "Search Ctrl + K", "Show code cell source"
    (f'{_SEARCH} aria-label="Search"', _SEARCH),
    ('<summary aria-label="Toggle hidden content">', "<summary>"),
    # the theme's link past the bars leads to what begins with another bar
    (f"<main {_CONTENT}", "<main"),
    ('<article class="bd-article"', f'<article {_CONTENT} tabindex="-1" class="bd-article"'),
    ('<div class="bd-search-container"', f'<div {_CONTENT} tabindex="-1" class="bd-search-container"'),
)


def with_landmarks(page: str) -> str:
    """The page with the theme's elements as a reader of the screen needs them."""
    contents = f'<div role="region" aria-label="{escape(phrase("book.contents"))}" {_SIDEBAR}'
    for old, new in ((f"<div {_SIDEBAR}", contents), *_INSTEAD):
        page = page.replace(old, new)
    return page
