"""The site as it is published: the theme's style sheets as one file and its scripts as another.

Sphinx's own pages stay as it wrote them; what stands here is made from them anew for each site. Of the style sheets
those rules are left out that need a class which is on no page and in no script, of the icons those that nothing
shows. What authors and their extensions add to a page is served as it is.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from nbsolve.book.icons import icons_of, with_icons_only
from nbsolve.book.landmarks import with_landmarks
from nbsolve.book.publishing import Content, content_of, remove
from nbsolve.book.reading import tools_hash
from nbsolve.book.served_pages import Found, Published, ServedPages, digest
from nbsolve.book.style_sheet import Rule, matching, read_rules, written

STYLE, SCRIPT = "_static/site.css", "_static/site.js"

# In the order in which pages load them.
_STYLES = (
    *("styles/theme.css", "styles/bootstrap.css", "styles/pydata-sphinx-theme.css"),
    *("vendor/fontawesome/*.css", "pygments.css", "styles/sphinx-book-theme.css", "togglebutton.css"),
    *("copybutton.css", "mystnb.*.css", "sphinx-design.min.css"),
    *("math-fonts.css", "nbsolve*.css"),
)
_SCRIPTS = (
    *("doctools.js", "sphinx_highlight.js", "scripts/sphinx-book-theme.js", "nbsolve*.js"),
    *("scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js"),
)
_INLINE = ("documentation_options.js",)  # scripts in the page's head set its fields
_AFTERWARDS = (  # on some pages only; they need what is in `SCRIPT`
    *("clipboard.min.js", "copybutton.js", "togglebutton.js", "design-tabs.js"),
    *("searchtools.js", "language_data.js"),
)
_NEVER = ("vendor/*", "locales/*", "*.map", "*webpack-macros.html")
_UNLESS_LINKED = (
    *_STYLES,
    *_SCRIPTS,
    *_INLINE,
    *_AFTERWARDS,
    "sphinx-thebe.*",
    "basic.css",
    "copybutton_funcs.js",
)

_TAG = re.compile(
    r'<(?P<tag>link|script)\b(?P<start>[^>]*?)\b(?:href|src)="(?P<address>[^"]*)"(?P<end>[^>]*)>'
    r"(?:</script>)?[ \t]*\n?"
)
_CLASSES = re.compile(r"""class\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_INLINE_SCRIPT = re.compile(r"<script\b[^>]*>(.+?)</script>", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_ADDRESS = re.compile(r"url\((?![\"']?(?:data:|[a-z]+://|/|#))([\"']?)([^\"')]+)\1\)")
_IMPORT = re.compile(r"@import (?:url\()?[\"']([^\"':]+)[\"']")
_LICENCE = re.compile(r"/\*!.*?\*/\s*", re.DOTALL)
_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


def as_served(
    files: Mapping[str, Path], kept: Path, before: Published
) -> tuple[dict[str, Content], ServedPages]:
    """Every file of the published site, from those that Sphinx wrote; and what was found on its pages.

    `kept` is a folder for the style sheet. Pages that would be as they were `before` are taken from there.
    """
    pages = {
        place: _found(place, path, before.pages.found.get(place))
        for place, path in sorted(files.items())
        if place.endswith(".html") and not place.startswith("_")
    }
    named = {place for found in pages.values() for place in found.linked}
    linked = named & files.keys()
    styles, scripts = (_of_these(patterns, linked) for patterns in (_STYLES, _SCRIPTS))
    script = "".join(f"{_text(files[place])}\n;\n" for place in scripts)
    gone = {place for place in files if _is(place, _UNLESS_LINKED)} - linked
    gone.update(styles, scripts, (place for place in files if _is(place, (*_NEVER, *_INLINE))))
    served: dict[str, Content] = {place: path for place, path in files.items() if place not in gone}
    if styles:
        served |= _style(styles, files, _vocabulary(pages.values(), linked, files), kept)
    if scripts:
        served[SCRIPT] = script.encode()
    inline = {place: _text(path) for place, path in files.items() if _is(place, _INLINE)}
    versions = {place: digest(content_of(served[place])) for place in (STYLE, SCRIPT) if place in served}
    there = frozenset(named & served.keys())
    # all that `_page` looks at, but the page
    around = digest(repr([tools_hash(), styles, scripts, versions, inline, sorted(there)]).encode())
    make = partial(_page, styles={*styles}, scripts={*scripts}, inline=inline, versions=versions, there=there)
    for page, found in pages.items():
        served[page] = before.same(page, found, around) or partial(make, page, files[page])
    return served, ServedPages(pages, around)


def _found(page: str, path: Path, before: Found | None) -> Found:
    """What is on a page that Sphinx wrote; what was found `before`, where it is that page again."""
    data = path.read_bytes()
    source = digest(data)
    if before is not None and before.source == source:
        return before
    text = data.decode("utf-8")
    words = {word for script in _INLINE_SCRIPT.findall(text) for word in _WORD.findall(script)}
    classes = {name for groups in _CLASSES.findall(text) for name in " ".join(groups).split()}
    return Found(source, tuple(sorted({*_linked(page, text)})), tuple(sorted(words | classes)))


def _linked(page: str, text: str) -> Iterator[str]:
    """The places in the site of the style sheets and scripts that a page loads."""
    for match in _TAG.finditer(text):
        yield _place(page, match["address"])


def _place(page: str, address: str) -> str:
    path = re.split("[?#]", address)[0]
    return path if "://" in path else posixpath.normpath(posixpath.join(posixpath.dirname(page), path))


def _is(place: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(place, f"_static/{pattern}") for pattern in patterns)


def _of_these(patterns: Iterable[str], places: Iterable[str]) -> list[str]:
    """The places that match, in the order of the patterns."""
    return [place for pattern in patterns for place in sorted(places) if _is(place, [pattern])]


def _text(path: Path) -> str:
    return _MAP.sub("", path.read_text(encoding="utf-8"))


def _page(
    page: str,
    file: Path,
    *,
    styles: Set[str],
    scripts: Set[str],
    inline: Mapping[str, str],
    versions: Mapping[str, str],
    there: Set[str],
) -> bytes:
    """A page with one link in the place of several; `there` are the files of the site that pages name."""
    text = file.read_text(encoding="utf-8")
    root = posixpath.relpath(".", posixpath.dirname(page) or ".") + "/"
    said: set[str] = set()

    def once(place: str, tag: str) -> str:
        if place in said:
            return ""
        said.add(place)
        return tag.format(address=f"{root.removeprefix('./')}{place}?v={versions[place][:12]}")

    def put(match: re.Match[str]) -> str:
        place = _place(page, match["address"])
        if 'rel="preload"' in match["start"] + match["end"]:
            return match[0] if place in there else ""
        if place in styles:
            return once(STYLE, '    <link rel="stylesheet" href="{address}" />\n')
        if place in scripts:
            return once(SCRIPT, '    <script defer src="{address}"></script>\n')
        if place in inline:
            return f"    <script>{' '.join(inline[place].split())}</script>\n"
        if match["tag"] == "script" and (_is(place, _AFTERWARDS) or place == "searchindex.js"):
            return match[0].replace("<script", "<script defer", 1)
        return "" if _is(place, _NEVER) else match[0]

    return with_landmarks(_TAG.sub(put, text)).encode()


def _vocabulary(pages: Iterable[Found], linked: set[str], files: Mapping[str, Path]) -> frozenset[str]:
    """Every class on a page, and every word of a script that a page loads or holds, which may be one."""
    found = {word for page in pages for word in page.vocabulary}
    for place in linked:
        if place.endswith(".js") and not _is(place, _NEVER):
            found.update(_WORD.findall(_text(files[place])))
    return frozenset(found)


def _style(
    places: list[str], files: Mapping[str, Path], vocabulary: frozenset[str], kept: Path
) -> dict[str, bytes]:
    """The style sheets as one, and its fonts; as they were kept where they are made from the same as then."""
    sources = {place: path.read_bytes() for place, path in sorted(files.items()) if place.endswith(".css")}
    digest = hashlib.sha256("\n".join([tools_hash(), *places, *sources, *sorted(vocabulary)]).encode())
    for source in sources.values():
        digest.update(hashlib.sha256(source).digest())
    folder = kept / digest.hexdigest()
    if not folder.is_dir():
        remove(kept)
        fresh = kept / "new"
        fresh.mkdir(parents=True)
        for place, data in _joined(places, files, vocabulary).items():
            (fresh / posixpath.basename(place)).write_bytes(data)
        fresh.rename(folder)
    here = posixpath.dirname(STYLE)
    return {f"{here}/{path.name}": path.read_bytes() for path in folder.iterdir()}


def _joined(places: list[str], files: Mapping[str, Path], vocabulary: frozenset[str]) -> dict[str, bytes]:
    def occurs(name: str) -> bool:
        return name in vocabulary or name.startswith("bs-")  # Bootstrap puts these names together

    rules = matching((rule for place in places for rule in _rules(place, files)), occurs)
    theirs = (path for place, path in files.items() if place.endswith(".css") and not _is(place, _STYLES))
    icons = icons_of(written(rules)).union(*(icons_of(_text(path)) for path in theirs))
    here = posixpath.dirname(STYLE)
    icon_fonts = {posixpath.relpath(place, here): files[place] for place in files if _is(place, _NEVER)}
    rules, fonts = with_icons_only(rules, icons, icon_fonts)
    licences = "".join(_LICENCE.findall("".join(_text(files[place]) for place in places)))
    made = {f"{here}/{name}": font for name, font in fonts.items()}
    return made | {STYLE: (licences + written(rules)).encode()}


def _rules(place: str, files: Mapping[str, Path]) -> Iterator[Rule]:
    """The rules of a style sheet and of those that it imports, with addresses as they are from `STYLE`."""
    folder, here = posixpath.dirname(place), posixpath.dirname(STYLE)

    def moved(match: re.Match[str]) -> str:
        return f"url({posixpath.relpath(posixpath.join(folder, match[2]), here)})"

    for rule in read_rules(files[place].read_text(encoding="utf-8")):
        imported = _IMPORT.match(rule.prelude)
        if imported:
            yield from _rules(posixpath.normpath(posixpath.join(folder, imported[1])), files)
        elif isinstance(rule.body, str):
            yield Rule(rule.prelude, _ADDRESS.sub(moved, rule.body))
        elif rule.body is not None or not rule.prelude.startswith("@charset"):
            yield rule
