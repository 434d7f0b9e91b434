r"""Typst from the tree of an author's formula.

Signs are written as themselves, words in quotes: nothing of an author's text reaches Typst as code. Spacing is
Typst's, which knows the class of each sign as TeX does; what MathML says of it is for browsers. A tree with
something unknown raises `BrokenMathematics`: nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from nbsolve.authored.reading import Element, Formula, read
from nbsolve.authored.spelling import BrokenMathematics
from nbsolve.render.typst.tables import table, tabled
from nbsolve.render.typst.words import length, quoted, sign, space, spaced, word

__all__ = ["latex_to_typst", "typst_of"]

_ACCENTS = {
    "ˆ": "hat", "\u0302": "hat", "¯": "macron", "˜": "tilde", "~": "tilde", "\u20d7": "arrow", "˙": "dot",
    "¨": "dot.double", "⃛": "dot.triple", "ˇ": "caron", "˘": "breve", "´": "acute", "`": "grave", "˚": "circle",
    "→": "arrow", "←": "arrow.l",
}  # fmt: skip
_AROUND = {
    "mover": {"\u0332": "overline", "⏞": "overbrace"},
    "munder": {"\u0332": "underline", "⏟": "underbrace"},
}
_SHAPES = frozenset("△□◊⧫★")
"""Letters in LaTeX, operators in Typst."""
_BIG = frozenset("∑∏∐⋃⋂⋁⋀⨁⨂⨀⨆⨄")
_STYLES = {
    ("true", "0"): "display", ("false", "0"): "inline", ("false", "1"): "script", ("false", "2"): "sscript",
}  # fmt: skip
_STRUCK = {
    "updiagonalstrike": "cancel({})",
    "downdiagonalstrike": "cancel(inverted: #true, {})",
    "updiagonalstrike downdiagonalstrike": "cancel(cross: #true, {})",
    "box": "#boxed($display({})$)",
}
_CLASSES = {"0.2778em": "relation", "0.2222em": "binary", "0": "normal"}
_NOTHING = '""'
_INVISIBLE = ("\u2061", "\u2063", "\u200b")


def typst_of(formula: Formula) -> str:
    """Typst's markup of a formula, without dollar signs. Raises: BrokenMathematics."""
    try:
        content = [*formula.tree]
        if len(content) == 1 and tabled(content[0]):
            return table(content[0], _row, whole=True)
        return _row(formula.tree)
    except ValueError as error:
        raise BrokenMathematics(f"{error} is not known here", formula.latex) from None


@lru_cache(maxsize=8192)
def latex_to_typst(latex: str) -> str:
    """A letter, a name or a formula inside a line. Raises: BrokenMathematics."""
    return typst_of(read(latex))


class _Unknown(ValueError):
    """Something in the tree that has no Typst."""


def _row(elements: Iterable[Element]) -> str:
    return spaced(filter(None, map(_element, elements)))


def _element(element: Element) -> str:
    rule = _RULES.get(element.tag)
    if rule is None:
        raise _Unknown(f"<{element.tag}>")
    return rule(element)


def _part(element: Element) -> str:
    """An element where something has to stand."""
    return _element(element) or _NOTHING


# ------------------------------------------------------------------ signs and words


def _identifier(element: Element) -> str:
    text = "".join(element.itertext())
    if text == ":":  # \colon
        return 'class("punctuation", colon)'
    if text in _SHAPES:
        return f'class("normal", {text})'
    return word(text, element.get("mathvariant") == "normal")


def _operator(element: Element) -> str:
    text = element.text or ""
    if text in _INVISIBLE:
        return ""
    if size := element.get("minsize"):
        return f"lr(size: #{length(size)}, {sign(text)})"
    if element.get("stretchy") == "true" and element.get("symmetric") is None:
        return f"mid({sign(text)})"
    if text in ("|", "‖"):
        side = {"prefix": "opening", "postfix": "closing"}.get(element.get("form", ""), "normal")
        return f'class("{side}", {sign(text)})'
    if text in (",", ";") and element.get("rspace") == "0":
        return f'class("normal", {sign(text)})'  # 1{,}000
    spaces = (element.get("lspace"), element.get("rspace"))
    wanted = _CLASSES.get(spaces[0] or "") if element.get("stretchy") == "false" else None
    # \mathrel{+}; arrows in scripts come with 0 as well, and mean nothing by it
    if wanted and spaces[0] == spaces[1] and (wanted != "normal" or text in "+="):
        return f'class("{wanted}", {sign(text)})'
    return sign(text)


def _words(element: Element) -> str:
    text = "".join(element.itertext())
    if text in ("\xa0", " "):
        return "med"
    shown = quoted(text.replace("\xa0", " "))
    if len(element):
        font = {"b": "bold", "i": "italic", "code": "mono"}.get(element[0].tag)
        if font is None and "sans-serif" in element[0].get("class", ""):
            font = "sans"
        return f"{font}({shown})" if font else shown
    return shown


def _space(element: Element) -> str:
    return space(element.get("width") or element.get("style", "").removeprefix("margin-left:").rstrip(";"))


# ------------------------------------------------------------------ rows


def _group(element: Element) -> str:
    children = [*element]
    if len(children) >= 2 and _stretches(children[0]) and _stretches(children[-1]):
        return _fenced(children)
    inner = _row(children)
    if arrow := _extensible(children):
        inner = arrow
    if colour := re.search(r"color:(#[0-9A-Fa-f]{6})", element.get("style", "")):
        inner = f'text(fill: #rgb("{colour[1]}"), {inner or _NOTHING})'
    if style := element.get("displaystyle"):
        inner = f"{_STYLES[style, element.get('scriptlevel', '0')]}({inner or _NOTHING})"
    return inner


def _stretches(element: Element) -> bool:
    r"""Whether this is a bracket of \left … \right."""
    return element.tag == "mo" and element.get("stretchy") != "false" and element.get("minsize") is None


def _fenced(children: list[Element]) -> str:
    left, right = (child.text or "" for child in (children[0], children[-1]))
    middle = children[1:-1]
    if len(middle) == 1 and middle[0].tag == "mfrac" and middle[0].get("linethickness") == "0":
        binomial = f"binom({_part(middle[0][0])}, {_part(middle[0][1])})"
        return _styled(middle[0], binomial)
    if len(middle) == 1 and middle[0].tag == "mtable":
        return table(middle[0], _row, (left, right))
    ends = ["" if text in _INVISIBLE else sign(text) for text in (left, right)]
    return f"lr({spaced(filter(None, (ends[0], _row(middle), ends[1]))) or _NOTHING})"


def _extensible(children: list[Element]) -> str | None:
    r"""\xrightarrow: an arrow as long as what stands on it."""
    if len(children) != 3 or children[1].tag not in ("mover", "munder", "munderover"):
        return None
    inner = [*children[1]]
    if not all(len(script) and script[-1].get("width") == "3.5em" for script in inner[1:]):
        return None
    scripts = [_row(script[0][1:-1]) for script in inner[1:]]
    below = f"_({scripts[0]})" if children[1].tag != "mover" and scripts[0] else ""
    above = f"^({scripts[-1]})" if children[1].tag != "munder" and scripts[-1] else ""
    arrow = sign(inner[0].text or "")
    return f"limits(stretch({arrow}, size: #{{100% + 1em}})){below}{above}" if below or above else arrow


# ------------------------------------------------------------------ structures


def _styled(element: Element, inner: str) -> str:
    style = element.get("displaystyle")
    return inner if style is None else f"{'display' if style == 'true' else 'inline'}({inner})"


def _fraction(element: Element) -> str:
    if element.get("linethickness") is not None:
        raise _Unknown("a fraction without a bar")
    return _styled(element, f"frac({_part(element[0])}, {_part(element[1])})")


def _scripts(element: Element) -> str:
    base, *scripts = element
    text = _element(base) or _NOTHING
    if base.tag == "mo" and (base.text or "") in _BIG:
        text = f"scripts({text})"
    elif re.match(r"(?:inline|display|text|class|#)\W?", text) or _several(base):
        text = f"attach({text}"
        return (
            text
            + "".join(
                f", {key}: {_part(script)}" for key, script in zip(_KEYS[element.tag], scripts, strict=True)
            )
            + ")"
        )
    return text + _attached(element.tag, scripts)


def _several(base: Element) -> bool:
    return base.tag in ("mrow", "mfrac", "mpadded", "menclose", "mphantom")


_KEYS = {
    "msub": ("b",), "msup": ("tr",), "msubsup": ("b", "tr"), "munder": ("b",), "mover": ("t",),
    "munderover": ("b", "t"),
}  # fmt: skip


def _attached(tag: str, scripts: list[Element]) -> str:
    marks = {"msub": "_", "munder": "_", "msup": "^", "mover": "^"}.get(tag, "_^")
    return "".join(f"{mark}({_part(script)})" for mark, script in zip(marks, scripts, strict=True))


def _limits(element: Element) -> str:
    base, *scripts = element
    if element.get("accent") or element.get("accentunder"):
        return _accented(element.tag, base, scripts[0].text or "")
    if base.tag == element.tag and len(base) == 2 and (base[1].text or "") in _AROUND.get(base.tag, {}):
        name = _AROUND[base.tag][base[1].text or ""]
        if name.endswith("brace"):
            return f"{name}({_part(base[0])}, {_part(scripts[0])})"
    name = "".join(base.itertext())
    if base.tag == "mi" and len(name) > 1:
        text = f"op({quoted(name)}, limits: #true)"
    elif base.tag == "mo" and (base.text or "") in _BIG and base.get("movablelimits") != "false":
        text = sign(base.text or "")
    else:
        text = f"limits({_part(base)})"
    return text + _attached(element.tag, scripts)


def _accented(tag: str, base: Element, mark: str) -> str:
    if around := _AROUND[tag].get(mark):
        return f"{around}({_part(base)})"
    accent = _ACCENTS.get(mark)
    if accent is None or tag == "munder":
        raise _Unknown(f"the accent {mark!r}")
    return f"accent({_part(base)}, {accent})"


def _padded(element: Element) -> str:
    inner = _row(element) or _NOTHING
    if element.get("height") == "0":
        return f"#box(height: 0pt, ${inner}$)"
    if element.get("width") == "0":
        return f"#box(width: 0pt, ${inner}$)"
    found = re.match(r"padding-left:([0-9.]+(?:em)?);", element.get("style", ""))
    if found is None or found[1] not in _CLASSES:
        raise _Unknown("<mpadded>")
    return f'class("{_CLASSES[found[1]]}", {inner})'


def _enclosed(element: Element) -> str:
    rule = _STRUCK.get(element.get("notation", ""))
    if rule is None:
        raise _Unknown("<menclose>")
    return rule.format(_row(child for child in element if not child.get("class")) or _NOTHING)


_RULES: dict[str, Callable[[Element], str]] = {
    "mi": _identifier,
    "mn": lambda element: word(element.text or "", False),
    "mo": _operator,
    "mtext": _words,
    "mspace": _space,
    "mrow": _group,
    "mtd": _group,
    "mfrac": _fraction,
    "msqrt": lambda element: f"sqrt({_row(element) or _NOTHING})",
    "mroot": lambda element: f"root({_part(element[1])}, {_part(element[0])})",
    "msub": _scripts,
    "msup": _scripts,
    "msubsup": _scripts,
    "munder": _limits,
    "mover": _limits,
    "munderover": _limits,
    "mphantom": lambda element: f"#hide(${_row(element) or _NOTHING}$)",
    "mpadded": _padded,
    "menclose": _enclosed,
    "mtable": lambda element: table(element, _row),
}
