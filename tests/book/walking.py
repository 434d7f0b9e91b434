"""Walks a published site: what is there, where its links lead, what its sidebars and its search list."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup

_WRITTEN = ("backward-pass", "intro", "notation")
"""The pages of a new course's book."""
_FONTS = ("math.woff2", "math-bold.woff2", "STIXTwoMath-Regular.ttf")


def faults(
    site: Path, problems: Sequence[str], written: Sequence[str] = _WRITTEN, handouts: bool = False
) -> list[str]:
    """All that is wrong with a site that should hold exactly these problems, with `handouts` or without."""
    pages = {name: path for path in site.rglob("*.html") if (name := _name(path, site)) is not None}
    listed = [f"problems/{name}" for name in problems]
    wanted = {*written, "problems/index", *listed, "search", "genindex", "index"}
    found = [f"page {name} is missing" for name in sorted(wanted - set(pages))]
    found += [f"page {name} belongs to no problem" for name in sorted(set(pages) - wanted)]
    found += _handouts(site, problems if handouts else [])
    sources = {
        path.relative_to(site / "_sources").with_suffix("").as_posix()
        for path in (site / "_sources").rglob("*")
        if path.is_file()
    }
    if sources != {*written, "problems/index", *listed}:
        found.append(f"sources of {sorted(sources)}")
    found += [f"font {name} is missing" for name in _FONTS if not (site / "_static" / name).is_file()]
    for name, path in pages.items():
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        found += [f"{name}: {fault}" for fault in _dead_links(page, path, site)]
        if name != "index":
            found += [f"{name}: {fault}" for fault in _sidebar(page, name, listed)]
    index = json.loads((site / "searchindex.js").read_text()[len("Search.setIndex(") :].rstrip(");"))
    if sorted(index["docnames"]) != sorted([*written, "problems/index", *listed]):
        found.append(f"the search knows {index['docnames']}")
    return found


def _name(path: Path, site: Path) -> str | None:
    place = path.relative_to(site)
    return None if place.parts[0].startswith("_") else place.with_suffix("").as_posix()


def _handouts(site: Path, problems: Sequence[str]) -> list[str]:
    """What is wrong with the PDFs: each problem has three, whole ones, and there are no others."""
    wanted = {f"problems/{name}-{kind}.pdf" for name in problems for kind in ("question", "solution", "key")}
    there = {path.relative_to(site).as_posix(): path for path in site.rglob("*.pdf")}
    found = [f"{place} is missing" for place in sorted(wanted - set(there))]
    found += [f"{place} belongs to no problem" for place in sorted(set(there) - wanted)]
    for place, path in there.items():
        data = path.read_bytes()
        if not data.startswith(b"%PDF") or not data.rstrip().endswith(b"%%EOF"):
            found.append(f"{place} is no whole PDF")
    return found


def _dead_links(page: BeautifulSoup, path: Path, site: Path) -> list[str]:
    dead = []
    for element in page.select("a[href], link[href], script[src], img[src]"):
        address = str(element.get("href") or element.get("src"))
        if re.match(r"[a-z]+:|//", address) or "canonical" in (element.get("rel") or []):
            continue
        file, _, mark = unquote(address.partition("?")[0]).partition("#")
        target = path if not file else Path(posixpath.normpath(path.parent / file))
        if not target.is_file() or not target.is_relative_to(site):
            dead.append(f"{address} leads nowhere")
        elif mark and not file and page.find(id=mark) is None and mark != "main-content":
            dead.append(f"#{mark} is not on the page")
    return dead


def _sidebar(page: BeautifulSoup, name: str, listed: Sequence[str]) -> list[str]:
    navigation = page.select_one(".bd-docs-nav")
    if navigation is None:
        return ["no sidebar"]
    here = posixpath.dirname(name)
    links = []
    for link in navigation.select("a"):
        address = unquote(str(link["href"]))
        target = f"{name}.html" if address == "#" else posixpath.normpath(posixpath.join(here, address))
        links.append(target.removesuffix(".html"))
        item = link.find_parent("li")
        marked = item is not None and "current" in (item.get("class") or [])
        if marked != (target == f"{name}.html"):
            links.append(f"{target} marked wrongly")
    problems = [link for link in links if link.startswith("problems/") and link != "problems/index"]
    return [] if sorted(problems) == sorted(listed) else [f"the sidebar lists {problems}"]
