"""The theme's icons: of its fonts the few signs that the style sheet shows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path

from nbsolve.book.style_sheet import Rule

_SOURCE = re.compile(r"url\(([^)]*\.ttf)\)")
_ESCAPED = re.compile(r"\\([ef][0-9a-f]{3})(?![0-9a-f])", re.IGNORECASE)
_PRIVATE = re.compile("[\ue000-\uf8ff]")


def icons_of(text: str) -> frozenset[int]:
    """The code points of the private use area, where icon fonts have their signs, that a style sheet names."""
    escaped = (int(digits, 16) for digits in _ESCAPED.findall(text))
    return frozenset((*escaped, *map(ord, _PRIVATE.findall(text))))


def with_icons_only(
    rules: Iterable[Rule], icons: frozenset[int], files: Mapping[str, Path]
) -> tuple[tuple[Rule, ...], dict[str, bytes]]:
    """The rules with each of the fonts cut down to `icons`, without those that have none; and the new fonts.

    `files` has the fonts by their addresses in the style sheet, as TrueType. The new ones are to stand beside it.
    """
    fonts: dict[str, bytes] = {}
    found = []
    for rule in rules:
        source = _SOURCE.search(rule.body) if isinstance(rule.body, str) else None
        path = files.get(source[1]) if source else None
        if rule.prelude != "@font-face" or path is None or not isinstance(rule.body, str):
            found.append(rule)
            continue
        name = f"{path.stem}.woff"
        if name not in fonts:
            fonts[name] = _cut_down(path, icons)
        if fonts[name]:
            declarations = [one for one in rule.body.split(";") if not one.startswith("src:")]
            version = hashlib.sha256(fonts[name]).hexdigest()[:12]
            body = ";".join((*declarations, f'src:url("{name}?v={version}") format("woff")'))
            found.append(Rule(rule.prelude, body))
    return tuple(found), {name: font for name, font in fonts.items() if font}


def _cut_down(font: Path, icons: frozenset[int]) -> bytes:
    """The signs of a font as WOFF; nothing where it has none of them."""
    from fontTools import subset  # slow to import, and mostly not needed
    from fontTools.ttLib import TTFont

    loaded = TTFont(font, recalcTimestamp=False)
    if icons.isdisjoint(loaded.getBestCmap()):
        return b""
    options = subset.Options(layout_features=[], hinting=False, name_IDs=[], glyph_names=False)
    tool = subset.Subsetter(options)
    tool.populate(unicodes=sorted(icons))
    tool.subset(loaded)
    loaded.flavor = "woff"
    written = BytesIO()
    loaded.save(written)
    return written.getvalue()
