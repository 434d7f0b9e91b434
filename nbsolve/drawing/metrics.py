"""How wide text is: the advance widths of DejaVu Sans, so that labels are measured as they will be drawn."""

from __future__ import annotations

import unicodedata

__all__ = ["FAMILY", "text_width"]

FAMILY = "'DejaVu Sans', Verdana, Geneva, sans-serif"
"""The measured font first; then fonts of the same build."""

_GROUPS = {
    227: "′",
    275: "'",
    278: "ijlìíîïĩīĭįıĵĺļ",
    284: "ł",
    295: "IJÌÍÎÏĨĪĬĮİĴ",
    318: " ,.·",
    337: "/:;\\|",
    342: "ŀ",
    352: "fſ",
    361: "-",
    375: "ľ",
    390: "()[]",
    392: "tţťŧ",
    401: "!",
    411: "rŕŗř",
    460: '"',
    500: "*_`–",
    517: "∂",
    521: "sśŝşš",
    525: "zźżžẑ",
    531: "?",
    541: "ε",
    544: "ζ",
    550: "cçćĉċč",
    556: "ĳ",
    557: "LΓĹĻĽĿ",
    558: "ξ",
    559: "ν",
    562: "Ł",
    575: "F",
    578: "χ",
    579: "kķĸ",
    589: "κ",
    590: "Ĳ",
    592: "vxyγλýÿŷ",
    602: "πτ",
    603: "P",
    605: "Þ",
    611: "TYÝŢŤŦŶŸ",
    612: "oδθðòóôõöøōŏő",
    613: "aàáâãäåāăą",
    615: "eèéêëēĕėęě",
    630: "ß",
    632: "EΣÈÉÊËĒĔĖĘĚ",
    634: "hnuησñùúûüĥńņňŋũūŭůűų",
    635: "SbdgpqρþďđĝğġģŚŜŞŠ",
    636: "$0123456789{}μ",
    638: "β",
    656: "KĶ",
    659: "α",
    660: "φψ",
    674: "∑",
    684: "AVΔΛÀÁÂÃÄÅĀĂĄ",
    685: "XZŹŻŽ",
    686: "B",
    695: "RħŔŖŘ",
    698: "CÇĆĈĊČ",
    732: "UÙÚÛÜŨŪŬŮŰŲ",
    748: "NÑŃŅŇŊ",
    752: "HĤ",
    764: "Ω",
    770: "DĎ",
    775: "GÐĐĜĞĠĢ",
    780: "&",
    787: "OQΘΦΨÒÓÔÕÖØŌŎŐ",
    813: "ŉ",
    818: "wŵ",
    837: "ω",
    838: "#+<=>^~×−≈→÷",
    863: "M",
    916: "Ħ",
    950: "%",
    969: "½",
    974: "mÆ",
    982: "æ",
    989: "WŴ",
    1000: "@⋮…",
    1023: "œ",
    1070: "Œ",
}
_WIDTHS = {sign: width for width, signs in _GROUPS.items() for sign in signs}
_WIDEST = 1000


def text_width(text: str, size: float) -> float:
    """Width of a line of text at a font size (same unit); a sign without a known width counts as a wide one.

    Advance widths of DejaVu Sans 2.37 (its oblique has the same), per 1000 of the size; no kerning.
    """
    signs = (sign for sign in text if not unicodedata.combining(sign))
    return sum(_WIDTHS.get(sign, _WIDEST) for sign in signs) * size / 1000
