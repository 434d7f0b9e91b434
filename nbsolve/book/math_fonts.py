"""The fonts of the site's mathematics, from the package that holds STIX Two Math: what pages use, as WOFF2.

Most pages need the first file alone; browsers load the second for bold letters, and the whole font only where an
author writes a sign that stands in neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nbsolve.errors import NbsolveError

__all__ = ["FAMILY", "write_fonts"]

FAMILY = "nbsolve math"
_LETTERS = {
    *range(0x20, 0x7F),
    *range(0x391, 0x3AA),
    *range(0x3B1, 0x3CA),
    0x3D1,
    0x3D5,
    0x3F5,
    0x2113,
    0x1D7D9,
}
_SIGNS = {
    *(0xA0, 0xAF, 0xB1, 0xB7, 0xD7, 0x2C6, 0x2DC, 0x302, 0x303, 0x304, 0x305, 0x2016, 0x2026, 0x2032, 0x2033),
    *(
        0x2061,
        0x2062,
        0x2063,
        0x2190,
        0x2192,
        0x21D2,
        0x2202,
        0x2207,
        0x2208,
        0x2211,
        0x2212,
        0x221A,
        0x221E,
        0x2225,
    ),
    *(0x2248, 0x2260, 0x2264, 0x2265, 0x2299, 0x22A4, 0x22C5, 0x22EE, 0x22EF, 0x22F1, 0x23DE, 0x23DF, 0x211D),
}
_ITALIC = {*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C)}
_BOLD = {*range(0x1D400, 0x1D434), *range(0x1D71C, 0x1D756)}
_DESCENDER = 230
"""How far, in thousandths, the letters y, p, f reach below the line, and a little more."""
_FILES = {"math.woff2": _LETTERS | _SIGNS | _ITALIC, "math-bold.woff2": _BOLD}


def write_fonts(folder: Path) -> None:
    """Write the fonts and their style sheet `math-fonts.css` into the folder, where they are not there yet."""
    sheet = folder / "math-fonts.css"
    if sheet.is_file():
        return
    folder.mkdir(parents=True, exist_ok=True)
    font, rules, left = _font(), [], set(range(0x80, 0x1F000))
    for name, signs in _FILES.items():
        _subset(font, signs, folder / name)
        rules.append(_rule(name, "woff2", signs))
        left -= signs
    whole = font.name
    (folder / whole).write_bytes(font.read_bytes())
    rules.append(_rule(whole, "truetype", left))
    sheet.write_text("".join(rules), encoding="utf-8")


def _font() -> Path:
    spec = find_spec("ziamath")
    if spec is None or spec.origin is None:
        raise NbsolveError("the package ziamath, which holds the font of the pages' mathematics, is missing")
    return Path(spec.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"


def _subset(font: Path, signs: Iterable[int], out: Path) -> None:
    from fontTools import subset

    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = False
    options.layout_features = ["ssty", "dtls", "flac", "ccmp"]
    options.drop_tables += ["DSIG", "FFTM"]
    loaded = subset.load_font(str(font), options)
    _even(loaded["MATH"].table)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=signs)
    subsetter.subset(loaded)
    loaded.recalcTimestamp = False
    subset.save_font(loaded, str(out), options)


def _even(table: Any) -> None:
    """Have all indices at one height: browsers put them below a descender, that of y₁ lower than that of x₁."""
    constants = table.MathConstants
    constants.SubscriptBaselineDropMin.Value = constants.SubscriptShiftDown.Value - _DESCENDER


def _rule(name: str, form: str, signs: Iterable[int]) -> str:
    return (
        f'@font-face {{ font-family: "{FAMILY}"; src: url("{name}") format("{form}"); '
        f"font-display: block; unicode-range: {_ranges(signs)}; }}\n"
    )


def _ranges(signs: Iterable[int]) -> str:
    """U+20-7E, U+A0, …"""
    found: list[list[int]] = []
    for sign in sorted(signs):
        if found and sign == found[-1][1] + 1:
            found[-1][1] = sign
        else:
            found.append([sign, sign])
    return ", ".join(f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in found)
