"""The list of all pages at the side of each: written once a run and put into every page.

The theme would resolve the whole book's contents for each page anew, and Sphinx would leave it as it was on pages
that have not changed themselves. Here the theme writes it for the search page, which is none of the pages listed;
a page's own differs from that in the links, which are relative, and in where the page itself is marked.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

from bs4 import BeautifulSoup, Tag

_NAVIGATION = re.compile(r"<nav [^>]*\bbd-docs-nav\b.*?</nav>", re.DOTALL)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|/|#", re.IGNORECASE)
TEMPLATE_PAGE = "search"


def fill_sidebars(html: Path, pages: Iterable[str]) -> None:
    """Put the sidebar of the search page into each of `pages`; files that have it already are left alone."""
    found = _NAVIGATION.search((html / f"{TEMPLATE_PAGE}.html").read_text(encoding="utf-8"))
    if found is None:
        return
    for page in pages:
        path = html / f"{page}.html"
        text = path.read_text(encoding="utf-8")
        sidebar = sidebar_of(page, found[0])
        filled = _NAVIGATION.sub(lambda _, sidebar=sidebar: sidebar, text, count=1)  # type: ignore[misc]
        if filled != text:
            path.write_text(filled, encoding="utf-8")


def sidebar_of(page: str, navigation: str) -> str:
    """The sidebar for a page: links as they are from there, the page and what it is in marked and open."""
    soup = BeautifulSoup(navigation, "html.parser")
    folder = posixpath.dirname(page) or "."
    for link in soup.select("a[href]"):
        address = str(link["href"])
        if _ELSEWHERE.match(address):
            continue
        if address.partition("#")[0] == f"{page}.html":
            link["href"] = "#"
            _mark(link)
        else:
            link["href"] = posixpath.relpath(address, folder)
    return str(soup)


def _mark(link: Tag) -> None:
    """Mark a link, and open all that it stands in, as the theme does."""
    link["class"] = _classes(link, before="current")
    for around in link.parents:
        if around.name == "li":
            around["class"] = _classes(around, after="current active")
            for part, attribute in (("details", "open"), ("input", "checked")):
                inner = around.find(part, recursive=False)
                if isinstance(inner, Tag):
                    inner[attribute] = attribute
        elif around.name == "ul":
            around["class"] = _classes(around, before="current")


def _classes(element: Tag, before: str = "", after: str = "") -> str:
    return " ".join(filter(None, [before, *map(str, element.get_attribute_list("class")), after]))
