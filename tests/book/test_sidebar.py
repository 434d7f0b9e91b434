"""A page's sidebar: links as they are from there, the page itself marked, and what it stands in open."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag

from nbsolve.book.sidebar import Sidebar

NAVIGATION = """\
<nav class="bd-links bd-docs-nav" aria-label="Main"><ul class="nav">
<li class="toctree-l1"><a class="reference internal" href="notation.html">Notation &amp; more</a></li>
<li class="toctree-l1 has-children"><a href="week-1/index.html">Week 1</a><details><summary>open</summary><ul>
<li class="toctree-l2"><a class="reference internal" href="week-1/ex%201.html">Exercise 1</a></li>
<li><input type="checkbox"/><a class="reference external" href="https://example.org/?a=1&amp;b=2">Web</a></li>
</ul></details></li>
</ul></nav>"""


def _links(html: str) -> dict[str, Tag]:
    return {link.get_text(): link for link in BeautifulSoup(html, "html.parser").select("a")}


def _marked(html: str) -> list[str]:
    return [link.get_text() for link in BeautifulSoup(html, "html.parser").select("a.current")]


def test_elsewhere_nothing_is_marked_and_nothing_else_changes() -> None:
    assert Sidebar(NAVIGATION).of("search") == str(BeautifulSoup(NAVIGATION, "html.parser"))


def test_links_are_relative_to_the_page() -> None:
    links = _links(Sidebar(NAVIGATION).of("week-1/index"))
    assert [link["href"] for link in links.values()] == [
        "../notation.html", "#", "ex%201.html", "https://example.org/?a=1&b=2"
    ]  # fmt: skip


def test_a_page_and_what_it_stands_in_are_marked() -> None:
    sidebar = Sidebar(NAVIGATION)
    html = sidebar.of("week-1/ex 1")  # its address has %20
    assert _marked(html) == ["Exercise 1"]
    soup = BeautifulSoup(html, "html.parser")
    assert [item["class"] for item in soup.select("li.current")] == [
        ["toctree-l1", "has-children", "current", "active"],
        ["toctree-l2", "current", "active"],
    ]
    assert len(soup.select("ul.current")) == 2
    assert soup.select_one("details[open]")
    # one page after the other, each is marked alone
    assert _marked(sidebar.of("notation")) == ["Notation & more"]
    assert not BeautifulSoup(sidebar.of("notation"), "html.parser").select("details[open]")
