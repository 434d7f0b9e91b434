"""Fonts: those that come with Typst, and the system's where a text is written in other scripts.

The fonts of the `typst` package cover Latin, Greek, Cyrillic and mathematics; with these alone a handout is the
same bytes on every machine. Other scripts need a font of the system that knows how their letters join.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import typst

from nbsolve.errors import NbsolveError

__all__ = ["MissingGlyphs", "Script", "fonts_for", "scripts_of"]


class MissingGlyphs(NbsolveError):
    """Letters that no font here can show; the message names them."""

    def __init__(self, message: str, letters: str) -> None:
        super().__init__(message)
        self.shown = letters[:1]


@dataclass(frozen=True, slots=True)
class Script:
    """Letters from `ranges` (of a regular expression), and the fonts that set them well, best first."""

    name: str
    ranges: str
    families: tuple[str, ...]
    package: str


_NOTO = "Debian and Ubuntu: apt install fonts-noto-core"
_CJK = "Debian and Ubuntu: apt install fonts-noto-cjk"
SCRIPTS = (
    Script(
        "Devanagari", r"\u{0900}-\u{097F}\u{A8E0}-\u{A8FF}",
        ("Noto Serif Devanagari", "Noto Sans Devanagari", "Lohit Devanagari", "Kohinoor Devanagari", "Nirmala UI",
         "Mangal", "FreeSerif", "FreeSans"), _NOTO,
    ),
    Script(
        "Arabic", r"\u{0600}-\u{06FF}\u{0750}-\u{077F}\u{FB50}-\u{FDFF}\u{FE70}-\u{FEFF}",
        ("Noto Naskh Arabic", "Amiri", "Scheherazade New", "Noto Sans Arabic", "Geeza Pro", "Segoe UI", "FreeSerif",
         "DejaVu Sans"), _NOTO,
    ),
    Script(
        "Hebrew", r"\u{0590}-\u{05FF}",
        ("Noto Serif Hebrew", "Noto Sans Hebrew", "David", "Arial Hebrew", "FreeSerif", "DejaVu Sans"), _NOTO,
    ),
    Script(
        "Chinese, Japanese or Korean",
        r"\u{2E80}-\u{303F}\u{3040}-\u{30FF}\u{3100}-\u{312F}\u{3400}-\u{4DBF}\u{4E00}-\u{9FFF}\u{AC00}-\u{D7AF}"
        r"\u{F900}-\u{FAFF}\u{FF00}-\u{FFEF}\u{20000}-\u{323AF}",
        ("Noto Serif CJK SC", "Noto Sans CJK SC", "Source Han Serif SC", "Source Han Sans SC", "Songti SC",
         "PingFang SC", "SimSun", "Microsoft YaHei", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "AR PL UMing CN",
         "Droid Sans Fallback"), _CJK,
    ),
    Script(
        "Bengali", r"\u{0980}-\u{09FF}",
        ("Noto Serif Bengali", "Noto Sans Bengali", "Lohit Bengali", "FreeSerif"), _NOTO,
    ),
    Script(
        "Tamil", r"\u{0B80}-\u{0BFF}", ("Noto Serif Tamil", "Noto Sans Tamil", "Lohit Tamil", "FreeSerif"), _NOTO,
    ),
    Script(
        "Thai", r"\u{0E00}-\u{0E7F}", ("Noto Serif Thai", "Noto Sans Thai", "Garuda", "FreeSerif"), _NOTO,
    ),
    Script(
        "another script",
        r"\u{0530}-\u{058F}\u{0700}-\u{074F}\u{0780}-\u{08FF}\u{0A00}-\u{0B7F}\u{0C00}-\u{0DFF}\u{0E80}-\u{1CFF}"
        r"\u{A4D0}-\u{A63F}\u{A800}-\u{A8DF}\u{A900}-\u{ABFF}\u{10300}-\u{1CFFF}\u{1E800}-\u{1EFFF}",
        (), _NOTO,
    ),
)  # fmt: skip
"""Scripts that Typst's own fonts do not have, or have without the rules by which their letters join."""


@lru_cache(maxsize=32)
def _pattern(script: Script) -> re.Pattern[str]:
    ranges = re.sub(r"\\u\{([0-9A-F]+)\}", lambda code: f"\\U{int(code[1], 16):08x}", script.ranges)
    return re.compile(f"[{ranges}]")


def scripts_of(text: str) -> tuple[Script, ...]:
    """The scripts that a text is written in beyond those of Typst's own fonts."""
    if text.isascii():
        return ()
    return tuple(script for script in SCRIPTS if _pattern(script).search(text))


@lru_cache(maxsize=1)
def _system() -> frozenset[str]:
    return frozenset(typst.Fonts(include_system_fonts=True).families())


def fonts_for(text: str) -> tuple[str, bool]:
    """Typst's list of families that come before its own for this text, and whether it needs the system's fonts.

    Raises: MissingGlyphs where a script has no font here.
    """
    needed = scripts_of(text)
    families = []
    for script in needed:
        found = next((family for family in script.families if family in _system()), None)
        if found is not None:
            families.append(f'(name: "{found}", covers: regex("[{script.ranges}]"))')
        elif script.families:
            letters = "".join(dict.fromkeys(_pattern(script).findall(text)))
            raise MissingGlyphs(
                f"no font for {script.name} is installed, so these letters cannot be shown: {letters[:40]}\n"
                f"    hint: install one ({script.package})",
                letters,
            )
    return "".join(f"{family}, " for family in families), bool(needed)
