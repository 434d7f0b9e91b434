"""Pages as they are published: only those are made again that would not be as they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nbsolve.book.publishing import Same, publish, site_hashes
from nbsolve.book.served import STYLE, as_served
from nbsolve.book.served_pages import Published, ServedPages

HEAD = '<html><head><link rel="stylesheet" href="{up}_static/nbsolve.css" />\n</head><body>'
PAGES = {
    "index.html": HEAD.format(up="") + '<p class="a">First</p></body></html>',
    "problems/one.html": HEAD.format(up="../") + '<p class="b">One</p></body></html>',
}
STYLES = ".a { color: red }\n.b { color: blue }\n.c { color: green }\n"


class Site:
    """What Sphinx wrote, what is published of it, and the record of its pages."""

    def __init__(self, folder: Path) -> None:
        self.html, self.site, self.kept = folder / "sphinx", folder / "html", folder / "style"
        self.record = folder / "served.json"
        self.hashes: dict[str, str] = {}
        self.write("_static/nbsolve.css", STYLES)
        for place, text in PAGES.items():
            self.write(place, text)

    def write(self, place: str, text: str) -> None:
        path = self.html / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def publish(self, afresh: bool = False) -> set[str]:
        """Publish; returns the pages that were made, and not taken from the site of before."""
        files = {path.relative_to(self.html).as_posix(): path for path in self.html.rglob("*.*")}
        pages = ServedPages({}) if afresh else ServedPages.read(self.record)
        served, found = as_served(files, self.kept, Published(self.site, self.hashes, pages))
        self.hashes = publish(served, self.site)
        found.write(self.record)
        return {place for place in PAGES if place in served and not isinstance(served[place], Same)}

    def contents(self) -> dict[str, bytes]:
        return {place: (self.site / place).read_bytes() for place in self.hashes}


@pytest.fixture
def small(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    assert site.publish() == {*PAGES}
    return site


CHANGES: dict[str, tuple[Callable[[Site], object], set[str]]] = {
    "nothing": (lambda site: None, set()),
    "a page": (
        lambda site: site.write("index.html", PAGES["index.html"].replace("First", "1st")),
        {"index.html"},
    ),
    "a new class": (
        lambda site: site.write("index.html", PAGES["index.html"].replace('"a"', '"c"')),
        {*PAGES},
    ),
    "the style": (lambda site: site.write("_static/nbsolve.css", STYLES.replace("red", "black")), {*PAGES}),
    "the published page": (
        lambda site: (site.site / "problems/one.html").write_text("<p>"),
        {"problems/one.html"},
    ),
    "the published page gone": (lambda site: (site.site / "index.html").unlink(), {"index.html"}),
    "the record": (lambda site: site.record.write_text("{"), {*PAGES}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_site_is_what_it_would_be_made_afresh(small: Site, change: str) -> None:
    make, again = CHANGES[change]
    make(small)
    assert small.publish() == again
    assert small.hashes == site_hashes(small.site)
    published = small.contents()
    assert f"{STYLE}?v=".encode() in published["index.html"]
    small.publish(afresh=True)
    assert small.contents() == published


def test_a_page_that_goes_is_not_published(small: Site) -> None:
    (small.html / "problems" / "one.html").unlink()
    small.publish()
    assert not (small.site / "problems").exists()
