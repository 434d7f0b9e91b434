"""What the theme's pages lack for those who hear them: a landmark for the sidebar, names that are what is seen."""

from __future__ import annotations

from html import escape

from nbsolve.phrases import phrase

__all__ = ["with_landmarks"]

_SIDEBAR = 'class="bd-sidebar-primary bd-sidebar'
_SEARCH = 'search-button__button" title="Search"'
_INSTEAD = (
    # their own words name them: "Search Ctrl + K", "Show code cell source"
    (f'{_SEARCH} aria-label="Search"', _SEARCH),
    ('<summary aria-label="Toggle hidden content">', "<summary>"),
)


def with_landmarks(page: str) -> str:
    """The page with the theme's elements as a reader of the screen needs them."""
    contents = f'<div role="region" aria-label="{escape(phrase("book.contents"))}" {_SIDEBAR}'
    for old, new in ((f"<div {_SIDEBAR}", contents), *_INSTEAD):
        page = page.replace(old, new)
    return page
