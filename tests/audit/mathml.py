"""What is seen of a formula of the site, as LaTeX for the audit: its MathML, every piece of it, and no annotation.

It knows how browsers draw MathML and what the classes of the page mean to the eye: a box, a line of its own for
each `left` and `right`, a word under a brace, a number in a circle. How nbsolve writes MathML it does not know.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from nbsolve.checking.audit.latex import Unreadable

OPERATORS = {
    "−": "-", "·": r"\cdot", "⋅": r"\cdot", "×": r"\times", "⊙": r"\odot", "⊗": r"\otimes", "≈": r"\approx",
    "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "←": r"\leftarrow", "→": r"\to", "∑": r"\sum", "⊤": r"\top",
    "{": r"\{", "}": r"\}", "⋯": r"\cdots", "⇒": r"\Rightarrow", "∂": r"\partial",
}  # fmt: skip
LETTERS = {
    "⊤": r"\top",
    "∂": r"\partial", "ℓ": r"\ell", "𝟙": r"\mathbb{1}", "φ": r"\varphi", "ϕ": r"\phi", "ε": r"\varepsilon",
    "ϵ": r"\epsilon", "…": "…", "∞": r"\infty", "ϑ": r"\vartheta", "ϱ": r"\varrho", "ς": r"\varsigma",
    "ϖ": r"\varpi", "∇": r"\nabla",
}  # fmt: skip
INVISIBLE = {"\u2061", "\u2062", "\u2063", "\u2064", ""}
NAMED = {"tanh", "exp", "ln", "log", "max", "min", "cosh", "sinh", "sin", "cos", "arctan", "lim", "det"}
ACCENTS = {"ˆ": r"\hat", "^": r"\hat", "˜": r"\tilde", "~": r"\tilde", "¯": r"\bar", "‾": r"\bar", "→": r"\vec",
           "˙": r"\dot"}  # fmt: skip
LIMITS, LIMITED = {"munder", "mover", "munderover"}, {"∑", "∏", "max", "min", "lim"}
FENCES = {"[": "bmatrix", "(": "pmatrix"}
STYLES = {
    ("BOLD", False): r"\mathbf", ("BOLD ITALIC", True): r"\boldsymbol", ("BOLD", True): r"\boldsymbol",
    ("BOLD ITALIC", False): r"\boldsymbol", ("ITALIC", False): r"\mathit", ("ITALIC", True): "",
    ("DOUBLE-STRUCK", False): r"\mathbb", ("SCRIPT", False): r"\mathcal",
}  # fmt: skip


def seen(formula: Tag) -> str:
    """The LaTeX of what is seen: `\\begin{aligned}` with a row for each line, or the formula in a line of text."""
    grid = formula.select_one(".nbsolve-math")
    if grid is None:
        return _flow(formula).strip()
    rows: list[str] = []
    for cell in grid.find_all("div", recursive=False):
        classes = cell.get_attribute_list("class")
        if classes == ["left"]:
            rows.append(_flow(cell).strip())
        elif classes == ["right"]:
            if not rows or "&" in rows[-1]:
                rows.append("")
            rows[-1] = f"{rows[-1]} &{_flow(cell).strip()}".strip()
        else:
            raise Unreadable(f"a cell that is neither left nor right: {classes}")
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def circled(number: str) -> str:
    """A number in a circle as words have it: ⑦, and (51) where no sign is made for it in every font."""
    value = int(number)
    return chr(0x2460 + value - 1) if 1 <= value <= 10 else f"({value})"


def _lies_over_its_number(link: Tag, around: Tag) -> None:
    """The link of a number that stands in a formula says which number that is. Raises: Unreadable."""
    place = str(link["style"]).removeprefix("position-anchor:")
    marks = around.select(f'.nbsolve-mark[style="anchor-name:{place}"]')
    if [f"line {mark.get_text()}" for mark in marks] != [link.get_text()]:
        raise Unreadable(f"a link that is not that of its number: {link}")


def _flow(tag: Tag) -> str:
    """Pieces of HTML one after the other; what stands below a long underlined piece is the piece after it."""
    parts = [child for child in tag.children if not isinstance(child, NavigableString) or child.strip()]
    out: list[str] = []
    while parts:
        child = parts.pop(0)
        if not isinstance(child, Tag):
            raise Unreadable(f"words between formulae: {child}")
        kind = set() if child.name == "math" else set(child.get_attribute_list("class"))
        if "nbsolve-over" in kind:
            _lies_over_its_number(child, tag)
        if child.name == "wbr" or "nbsolve-over" in kind:
            continue
        if child.name == "math":
            out.append(_row(child))
        elif child.name != "span":
            raise Unreadable(f"a piece that is unknown: {child.name}")
        elif "braced" in kind and parts:
            out.append(rf"\underbrace{{{_flow(child)}}}_{{{_piece(parts.pop(0))}}}")
        elif "boxed" in kind:
            out.append(rf"\boxed{{{_flow(child)}}}")
        elif "tail" in kind:
            out.append(f" && {_words(child)}")
        else:
            out.append(f" &&& {_flow(child)}" if "pair" in kind else _flow(child))
    return _joined(out)


def _piece(math: PageElement) -> str:
    """One `math` element."""
    if not isinstance(math, Tag) or math.name != "math":
        raise Unreadable(f"no formula: {math}")
    return _row(math)


def _words(tag: Tag) -> str:
    """The end of a line: words, formulae among them, numbers in circles."""
    out = ""
    for child in tag.children:
        if isinstance(child, NavigableString):
            out += rf"\text{{{child}}}" if child.strip() else ""
        elif not isinstance(child, Tag) or child.name == "wbr":
            continue
        elif child.name == "math":
            out += _piece(child)
        elif "nbsolve-over" in child.get_attribute_list("class"):
            continue  # the link of a number that stands in a formula
        elif "nbsolve-mark" in child.get_attribute_list("class"):
            out += rf"\text{{{circled(child.get_text())}}}"
        else:
            out += (r"\;\;" if out else "") + _words(child)
    return out


def _row(tag: Tag) -> str:
    """The elements of a row. Bars that open and close are a size; one bar with an index is a place."""
    parts = _elements(tag)[:1] if tag.name == "semantics" else _elements(tag)
    if len(parts) in (2, 3) and parts[1].name == "mtable" and parts[0].name == "mo":
        opening, closing = parts[0].get_text(), parts[2].get_text() if len(parts) == 3 else ""
        if opening == "{" and not closing:
            return _table(parts[1], "cases")
        if FENCES.get(opening) and closing == {"[": "]", "(": ")"}[opening]:
            return _table(parts[1], FENCES[opening])
        raise Unreadable(f"a table between {opening} and {closing}")
    inside = _joined(map(_spaced, parts))
    return rf"\boxed{{{inside}}}" if "boxed" in tag.get_attribute_list("class") else inside


def _joined(texts: Iterable[str]) -> str:
    """One after the other, a space between a command and a letter, and no space twice."""
    out = ""
    for text in texts:
        apart = text[:1].isalpha() and re.search(r"\\[A-Za-z]+$", out)
        out += text.removeprefix(" ") if out.endswith(" ") else f" {text}" if apart else text
    return out


def _elements(tag: Tag) -> list[Tag]:
    """What is in an element. Words that stand in none of their own are not drawn."""
    if any(isinstance(child, NavigableString) and child.strip() for child in tag.children):
        raise Unreadable(f"words that are not drawn: {tag}")
    return [child for child in tag.children if isinstance(child, Tag)]


def _spaced(tag: Tag) -> str:
    """An element, with a space before it where one is between the elements, and around a sign between two terms.

    The dot that stands for a space where a line may begin is that space again.
    """
    if tag.name == "mo" and tag.get("class") == ["gap"] and tag.get_text() == "·":
        return r"\,"
    before, text = tag.previous_sibling, _element(tag)
    apart = isinstance(before, NavigableString) and bool(before)
    if tag.name == "mo" and (apart or tag.get("form") == "infix"):
        return f" {text} "
    return f" {text}" if apart else text


def _element(tag: Tag) -> str:
    parts = [] if tag.name in ("mi", "mn", "mo", "mtext", "mspace") else _elements(tag)
    match tag.name:
        case "mrow" | "mstyle" | "semantics" | "mpadded" | "mtd":
            return _row(tag)
        case "mi":
            return _letters(tag)
        case "mn":
            return _number(tag.get_text())
        case "mo":
            return _operator(tag)
        case "mtext":
            return rf"\text{{{_text(tag)}}}"
        case "mspace":
            return r"\,"
        case "mfrac":
            return r"\frac{{{}}}{{{}}}".format(*map(_element, parts))
        case "msqrt":
            return rf"\sqrt{{{_row(tag)}}}"
        case "mroot":
            return rf"\sqrt[{_element(parts[1])}]{{{_element(parts[0])}}}"
        case "msub" | "msup" | "msubsup" | "munder" | "mover" | "munderover":
            return _scripts(tag.name, parts)
        case "mtable":
            return _table(tag, "matrix")
    raise Unreadable(f"an element that no browser draws, or that is unknown: {tag.name}")


def _scripts(kind: str, parts: list[Tag]) -> str:
    """Signs below and above another. A brace has what stands below it; a bar with an index is a place."""
    base, *scripts = parts
    if kind == "mover" and scripts[0].get_text() in ACCENTS:
        return f"{ACCENTS[scripts[0].get_text()]} {_element(base)}"
    if kind == "munder" and base.name == "munder":
        body, brace = _elements(base)
        if brace.get_text() == "⏟":
            return rf"\underbrace{{{_element(body)}}}_{{{_element(scripts[0])}}}"
    if kind in LIMITS and base.get_text() not in LIMITED:
        raise Unreadable(f"{kind} of {base.get_text()}")
    text = _element(base)
    if base.name == "mrow" and text.endswith("|") and text.count("|") % 2:
        text = rf"\left.{text[:-1]}\right|"
    signs = {"msub": "_", "munder": "_", "msup": "^", "mover": "^"}.get(kind, "_^")
    return text + "".join(f"{sign}{_script(part)}" for sign, part in zip(signs, scripts, strict=True))


def _script(tag: Tag) -> str:
    """What is raised or lowered; a number in parentheses, a layer, may be one element."""
    label = tag.name == "mtext" and re.fullmatch(r"\(\d+\)", tag.get_text())
    text = label[0] if label else _element(tag).strip()
    return text if len(text) == 1 else f"{{{text}}}"


def _text(tag: Tag) -> str:
    marks = tag.select(".nbsolve-mark")
    if marks:
        return circled(tag.get_text())
    return tag.get_text().replace("\u00a0", " ")


def _number(text: str) -> str:
    if not text or not set(text) <= set("0123456789."):
        raise Unreadable(f"no number: {text!r}")
    return text


def _operator(tag: Tag) -> str:
    text = tag.get_text().strip()
    if text in INVISIBLE:
        return ""
    if set(text) == {"′"}:
        return "'" * len(text)
    if text == "‖":
        return r"\rVert" if tag.get("form") == "postfix" else r"\lVert "
    if text in OPERATORS:
        return OPERATORS[text]
    if text in set("+=<>()[]|,/:;!…") or text.isalpha():
        return text
    raise Unreadable(f"a sign that is unknown: {text!r}")


def _letters(tag: Tag) -> str:
    """One letter is italic; several are the name of a function; letters of mathematical alphabets have a style."""
    text = tag.get_text().strip()
    if text in LETTERS:
        return LETTERS[text]
    plain = unicodedata.normalize("NFKC", text)
    if plain != text and len({_style(sign) for sign in text}) == 1:
        style, greek = _style(text[0])
        inside = "".join(map(_greek, plain)) if greek else plain
        return f"{STYLES[style, greek]}{{{inside}}}"
    if len(text) == 1:
        letter = _greek(text) if not text.isascii() else text
        if tag.get("mathvariant") == "normal" and text.isascii():
            return rf"\mathrm{{{letter}}}"
        return letter
    return f"\\{text}" if text in NAMED else rf"\mathrm{{{text}}}"


def _style(sign: str) -> tuple[str, bool]:
    """`BOLD` or `BOLD ITALIC` of a mathematical letter, and whether it is Greek."""
    words = unicodedata.name(sign, "").split()
    if words[:1] == ["PLANCK"]:
        return "ITALIC", False
    if words[:1] != ["MATHEMATICAL"]:
        raise Unreadable(f"a letter that is unknown: {sign}")
    at = next(n for n, word in enumerate(words) if word in ("CAPITAL", "SMALL", "DIGIT"))
    greek = not unicodedata.normalize("NFKC", sign).isascii()
    return " ".join(words[1:at]), greek


def _greek(sign: str) -> str:
    if sign in LETTERS:
        return LETTERS[sign]
    words = unicodedata.name(sign, "").split()
    if words[:1] != ["GREEK"] or words[2:3] != ["LETTER"] or len(words) != 4:
        raise Unreadable(f"a letter that is unknown: {sign}")
    name = words[3].lower().replace("lamda", "lambda")
    return "\\" + (name.capitalize() if words[1] == "CAPITAL" else name)


def _table(tag: Tag, environment: str) -> str:
    rows = (" & ".join(map(_row, _only(row, "mtd"))) for row in _only(tag, "mtr"))
    return rf"\begin{{{environment}}}" + r" \\ ".join(rows) + rf"\end{{{environment}}}"


def _only(tag: Tag, name: str) -> Iterable[Tag]:
    for child in _elements(tag):
        if child.name != name:
            raise Unreadable(f"{child.name} where {name} is due")
        yield child
