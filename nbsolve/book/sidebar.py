"""The list of all pages at the side of each: written once a run and put into every page.

The theme would resolve the whole book's contents for each page anew, and Sphinx would leave it as it was on pages
that have not changed themselves. Here the theme writes it for the search page, which is none of the pages listed;
a page's own differs from that in the links, which are relative, and in where the page itself is marked.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from html import escape
from pathlib import Path
from urllib.parse import quote

from bs4 import BeautifulSoup, Tag

_NAVIGATION = re.compile(r"<nav [^>]*\bbd-docs-nav\b.*?</nav>", re.DOTALL)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|/|#", re.IGNORECASE)
_ATTRIBUTE = re.compile(r' \w+="nbsolve-varies-(\d+)"')
TEMPLATE_PAGE = "search"


def fill_sidebars(html: Path, pages: Iterable[str], written: Collection[str], kept: Path) -> None:
    """Put the sidebar of the search page into each of `pages`; files that have it already are left alone.

    `kept` is a file for what it was: where it is that again, only pages `written` in this run are looked at.
    """
    found = _NAVIGATION.search((html / f"{TEMPLATE_PAGE}.html").read_text(encoding="utf-8"))
    if found is None:
        return
    as_it_was = kept.is_file() and kept.read_text(encoding="utf-8") == found[0]
    kept.write_text(found[0], encoding="utf-8")
    sidebar = Sidebar(found[0])
    for page in (page for page in pages if not as_it_was or page in written):
        path = html / f"{page}.html"
        text = path.read_text(encoding="utf-8")
        place = _NAVIGATION.search(text)
        own = sidebar.of(page)
        if place is not None and place[0] != own:
            path.write_text(text[: place.start()] + own + text[place.end() :], encoding="utf-8")


class Sidebar:
    """A sidebar in which the attributes that are not the same on each page can be filled in."""

    def __init__(self, navigation: str) -> None:
        """`navigation` is its HTML as it is on a page in the top folder, which is not in it."""
        soup = BeautifulSoup(navigation, "html.parser")
        self._plain: list[str] = []
        self._marked: list[str] = []
        self._addresses: dict[int, str] = {}
        self._on: dict[str, set[int]] = defaultdict(set)
        """Which attributes are marked on a page: of links to it, and of all that these stand in."""
        known: dict[int, list[int]] = {}
        for link in soup.select("a[href]"):
            address = str(link["href"])
            if _ELSEWHERE.match(address):
                continue
            number = self._varies(link, "href", address, "#")
            self._addresses[number] = address
            marked = self._on[address.partition("#")[0]]
            marked.update([number, *self._mark(link)])
            for around in link.parents:
                marked.update(known.setdefault(id(around), []) or self._mark_around(around, known))
        self._pieces = _ATTRIBUTE.split(str(soup))
        self._places = {int(self._pieces[place]): place for place in range(1, len(self._pieces), 2)}
        self._seen_from: dict[str, list[str]] = {}

    def of(self, page: str) -> str:
        """The sidebar of a page: links as they are from there, the page and what it is in marked and open."""
        pieces = list(self._from(posixpath.dirname(page)))
        for number in self._on.get(f"{quote(page)}.html", ()):
            pieces[self._places[number]] = self._marked[number]
        return "".join(pieces)

    def _from(self, folder: str) -> list[str]:
        """The pieces as they are on a page of a folder that is not among the links."""
        if folder not in self._seen_from:
            pieces = list(self._pieces)
            for number, place in self._places.items():
                address = self._addresses.get(number)
                pieces[place] = (
                    self._plain[number]
                    if not folder or address is None
                    else _written("href", posixpath.relpath(address, folder))
                )
            self._seen_from[folder] = pieces
        return self._seen_from[folder]

    def _mark(self, link: Tag) -> list[int]:
        return [self._varies(link, "class", _classes(link), _classes(link, before="current"))]

    def _mark_around(self, around: Tag, known: dict[int, list[int]]) -> list[int]:
        """Mark an element as the theme does, and open it."""
        if around.name == "li":
            known[id(around)] = [
                self._varies(around, "class", _classes(around), _classes(around, after="current active")),
                *(
                    self._varies(inner, attribute, None, attribute)
                    for part, attribute in (("details", "open"), ("input", "checked"))
                    if isinstance(inner := around.find(part, recursive=False), Tag)
                ),
            ]
        elif around.name == "ul":
            plain, marked = _classes(around), _classes(around, before="current")
            known[id(around)] = [self._varies(around, "class", plain, marked)]
        return known[id(around)]

    def _varies(self, element: Tag, attribute: str, plain: str | None, marked: str) -> int:
        number = len(self._plain)
        element[attribute] = f"nbsolve-varies-{number}"
        self._plain.append(_written(attribute, plain) if plain else "")
        self._marked.append(_written(attribute, marked))
        return number


def _written(attribute: str, value: str) -> str:
    return f' {attribute}="{escape(value)}"'


def _classes(element: Tag, before: str = "", after: str = "") -> str:
    return " ".join(filter(None, [before, *map(str, element.get_attribute_list("class")), after]))
