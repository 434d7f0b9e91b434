"""How wide text is: the advance widths of DejaVu Sans, so that labels are measured as they will be drawn."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["FAMILY", "text_width"]

FAMILY = "'DejaVu Sans', Verdana, Geneva, sans-serif"
"""The measured font first; then fonts of the same build."""

_GROUPS = {
    166: "ₗ",
    175: "ⱼ",
    179: "ᵢⁱ",
    227: "′",
    246: "⁽⁾₍₎",
    259: "ᵣ",
    275: "'",
    278: "ijlìíîïĩīĭįıĵĺļ",
    284: "ł",
    295: "IJÌÍÎÏĨĪĬĮİĴₜ",
    318: " ,.·⋅",
    337: "/:;\\|",
    338: "ι",
    342: "ŀ",
    352: "fſƒ",
    361: "-",
    373: "ₛ",
    374: "″",
    375: "ľ",
    385: "ᵀ",
    390: "()[]⟨⟩",
    392: "tţťŧₐ",
    398: "ⁿₙ",
    401: "!²³¹⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉",
    404: "ₕ",
    405: "ᵤ",
    411: "rŕŗř",
    413: "ℓ",
    414: "ₒ",
    417: "ᵉᵥₑ",
    426: "ₖ",
    428: "ₚ",
    444: "ₓ",
    460: '"',
    500: "*_`–",
    502: "▸",
    515: "ʷ",
    517: "∂",
    520: "‴",
    521: "sśŝşš",
    525: "zźżžẑ",
    528: "⁺⁻⁼₊₋₌",
    531: "?",
    541: "ε",
    544: "ζ",
    550: "cçćĉċč",
    556: "ĳ",
    557: "LĹĻĽĿΓ",
    558: "ξ",
    559: "ν",
    562: "Ł",
    575: "F",
    578: "χ",
    579: "kķĸυ",
    587: "ς",
    589: "κ",
    590: "Ĳ",
    592: "vxyýÿŷγλ",
    602: "πτ",
    603: "P",
    605: "Þ",
    611: "TYÝŢŤŦŶŸΥ",
    612: "oðòóôõöøōŏőδθο",
    613: "aàáâãäåāăą",
    615: "eèéêëēĕėęěϵ",
    623: "ₘ",
    630: "ß",
    632: "EÈÉÊËĒĔĖĘĚΞΣ",
    634: "hnuñùúûüĥńņňŋũūŭůűųησ",
    635: "SbdgpqþďđĝğġģŚŜŞŠρ",
    636: "$0123456789{}μ",
    637: "√",
    638: "β",
    656: "KĶ",
    659: "α",
    660: "φψϕ",
    674: "∑",
    684: "AVÀÁÂÃÄÅĀĂĄΔΛ",
    685: "XZŹŻŽ",
    686: "B",
    695: "RħŔŖŘ",
    698: "CÇĆĈĊČ",
    732: "UÙÚÛÜŨŪŬŮŰŲ",
    748: "NÑŃŅŇŊ",
    752: "HĤΠ",
    764: "Ω",
    770: "DĎ",
    775: "GÐĐĜĞĠĢ",
    780: "&",
    787: "OQÒÓÔÕÖØŌŎŐΘΦΨ",
    813: "ŉ",
    818: "wŵ",
    833: "∞",
    837: "ω",
    838: "#+<=>^~×÷←→−≈≠≤≥⊙",
    863: "M",
    871: "∈",
    896: "①②③④⑤⑥⑦⑧⑨⑩",
    916: "Ħ",
    950: "%",
    969: "½",
    974: "mÆ",
    982: "æ",
    989: "WŴ",
    1000: "@…⋮",
    1023: "œ",
    1070: "Œ",
}
_WIDTHS = {sign: width for width, signs in _GROUPS.items() for sign in signs}
_WIDEST = 1000


def text_width(text: str, size: float) -> float:
    """Width of a line of text at a font size (same unit)."""
    return advance(text) * size / 1000


@lru_cache(maxsize=8192)
def advance(text: str) -> int:
    """Width of a line of text in thousandths of its font size; a sign without a known width counts as a wide one.

    Advance widths of DejaVu Sans 2.37 (its oblique has the same); no kerning, so that words add up to their line.
    """
    return sum(_WIDTHS.get(sign, _WIDEST) for sign in text if not unicodedata.combining(sign))
