"""Signs that a terminal's encoding lacks, written with those it has: `w_12^(1)` for w₁₂⁽¹⁾, never a lost minus."""

from __future__ import annotations

import codecs
import unicodedata

NAME = "nbsolve-plain"
"""What `register` calls the handler of encoding errors."""

_SIGNS = {
    **{
        "−": "-",
        "·": "*",
        "×": "x",
        "⋅": "*",
        "≈": "~=",
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
        "←": "<-",
        "→": "->",
    },
    **{
        "∂": "d",
        "∇": "grad ",
        "√": "sqrt",
        "∑": "sum",
        "Σ": "sum",
        "‖": "||",
        "⟨": "<",
        "⟩": ">",
        "⊙": "(*)",
    },
    **{"′": "'", "ᵀ": "^T", "…": "...", "•": "-", "–": "-", "—": "-", "’": "'", "“": '"', "”": '"', "ℓ": "l"},
    **{"═": "=", "─": "-", "━": "=", "│": "|", "║": "|", "╭": "+", "╮": "+", "╰": "+", "╯": "+"},
    **{"✓": "ok", "ß": "ss"},
}


def register() -> None:
    """Make `errors="nbsolve-plain"` known to Python's encoders."""
    codecs.register_error(NAME, _replaced)


def plain(text: str) -> str:
    """The text in ASCII; a question mark for what has no other spelling."""
    written, shift = [], ""
    for sign in text:
        kind, spelled = _spelled(sign)
        if kind != shift and kind:
            written.append(kind)
        shift = kind
        written.append(spelled)
    return "".join(written)


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plain(error.object[error.start : error.end]), error.end


def _spelled(sign: str) -> tuple[str, str]:
    """`_`, `^` or nothing, and the letters for one sign."""
    if sign.isascii():
        return "", sign
    if sign in _SIGNS:
        return "", _SIGNS[sign]
    name = unicodedata.name(sign, "")
    if name.startswith("GREEK SMALL LETTER ") or name.startswith("GREEK CAPITAL LETTER "):
        letter = name.split()[3].lower()
        return "", letter.capitalize() if "CAPITAL" in name else letter
    normal = unicodedata.normalize("NFKD", sign).replace("−", "-")
    letters = "".join(c for c in normal if c.isascii())
    if name.startswith("CIRCLED "):
        return "", f"({letters})"
    tag = unicodedata.decomposition(sign)
    shift = "_" if tag.startswith("<sub>") else "^" if tag.startswith("<super>") else ""
    return shift, letters or "?"
