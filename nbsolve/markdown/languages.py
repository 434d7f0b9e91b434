"""The language of an author's words, marked where it is not that of the words around them, which are English."""

from __future__ import annotations

__all__ = ["attributes", "direction", "is_english"]

_RIGHT_TO_LEFT = frozenset(
    ["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"]
)


def is_english(language: str | None) -> bool:
    """Whether words need no mark."""
    return language is None or language.split("-")[0].lower() == "en"


def direction(language: str) -> str:
    """`rtl` or `ltr`."""
    return "rtl" if language.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


def attributes(language: str) -> str:
    """The attributes of an HTML element that holds words of the language."""
    return f'lang="{language}" dir="{direction(language)}"'
