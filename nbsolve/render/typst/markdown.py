"""What a problem's author writes (Markdown with $mathematics$) as Typst. Nothing is dropped silently."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from markdown_it.token import Token

from nbsolve.authored.dollars import canonical
from nbsolve.authored.linear import linear
from nbsolve.authored.reading import read
from nbsolve.errors import NbsolveError
from nbsolve.markdown.languages import direction, is_english
from nbsolve.markdown.links import is_web
from nbsolve.markdown.reading import tokens_of
from nbsolve.render.typst.lines import filled
from nbsolve.render.typst.tree import typst_of
from nbsolve.render.typst.width import math_width
from nbsolve.render.typst.words import quoted

__all__ = [
    "UnknownMarkdown",
    "blocks_of",
    "equation",
    "escaped",
    "formula",
    "in_language",
    "inline_of",
    "one_paragraph",
]

_ROOM = 43.0
"""What a formula of an author's has on a line of A4 paper, in a list too, in the font's size."""
_LETTER, _SHORT = 2.5, 9.0
"""A formula in a line of text that is wider than the first, and not than the second, stands on one line."""
_ENDLESS = re.compile(r"[^\s\u200b]{35,}")
_AFTER_SIGNS = re.compile(r"(?<=[/?&-])(?![/?&-])")
_SPECIAL = frozenset("\\*_`$#@<>[]~=-+/'\":.;(")


class UnknownMarkdown(NbsolveError):
    """Markdown that a handout cannot show; the message says what to write instead."""

    def __init__(self, message: str, shown: str = "") -> None:
        super().__init__(message)
        self.shown = shown


def escaped(words: str) -> str:
    """Words that Typst prints as they are; a long one may end after / and -, as addresses do, or anywhere."""
    words = _ENDLESS.sub(lambda found: "\u200b".join(_AFTER_SIGNS.split(found[0])), words)
    words = _ENDLESS.sub(lambda found: "\u200b".join(found[0]), words)
    return "".join(f"\\{sign}" if sign in _SPECIAL else sign for sign in words)


def in_language(typst: str, language: str | None) -> str:
    """Words of an author in their language and direction; as they are in English."""
    if language is None or is_english(language):
        return typst
    name, _, region = language.partition("-")
    more = f", region: {quoted(region)}" if len(region) == 2 else ""
    return f"#[#set text(lang: {quoted(name.lower())}{more}, dir: {direction(language)})\n{typst}]"


def equation(typst: str, plain: str, block: bool = False) -> str:
    """A formula with its text alternative, which a PDF must have: a space says that nothing is seen."""
    plain = plain or " "
    if block:
        if math_width(typst) > _ROOM and "&" not in typst and " \\ " not in typst:
            typst = " \\ ".join(f"& {line}" for line in filled(typst, _ROOM))
        widest = max(map(math_width, typst.split(" \\ ")))
        smaller = f", smaller: {_ROOM / widest:.3f}" if widest > _ROOM else ""
        return f"#chain({quoted(plain)}{smaller}, $ {typst} $)"
    shown = f"math.equation(alt: {quoted(plain)}, ${typst}$)"
    return f"#box({shown})" if _LETTER < math_width(typst) <= _SHORT else f"#{shown}"


def formula(latex: str, block: bool = False) -> str:
    """A formula in LaTeX, with its text alternative; `block`: on lines of its own. Raises: BrokenMathematics."""
    read_once = read(latex.strip(), block)
    typst = typst_of(read_once)
    return equation(typst, linear(read_once.tree), block) if typst else ""


def inline_of(markdown: str) -> str:
    """Markdown inside a line: paragraphs become line breaks. Raises: BrokenMathematics, UnknownMarkdown."""
    tokens = _tokens(markdown)
    if all(token.type in ("paragraph_open", "inline", "paragraph_close") for token in tokens):
        return " #linebreak() ".join(
            _inline(token.children or ()) for token in tokens if token.type == "inline"
        )
    return "\n" + _blocks(tokens)


def one_paragraph(markdown: str) -> str | None:
    """The inside of a text's only paragraph; None where there is more. Raises as `inline_of`."""
    tokens = _tokens(markdown)
    if [token.type for token in tokens] != ["paragraph_open", "inline", "paragraph_close"]:
        return None
    return _inline(tokens[1].children or ())


def blocks_of(markdown: str) -> str:
    """Markdown as blocks of its own. Raises: BrokenMathematics, UnknownMarkdown."""
    return _blocks(_tokens(markdown))


def _tokens(markdown: str) -> list[Token]:
    return tokens_of(canonical(markdown))


def _blocks(tokens: Sequence[Token]) -> str:
    text: list[str] = []
    for position, token in enumerate(tokens):
        if token.type == "inline":
            text.append(_inline(token.children or ()))
        elif token.type == "table_open":
            ends = [other.type for other in tokens[position:]].index("thead_close")
            count = sum(other.type == "th_open" for other in tokens[position : position + ends])
            text.append(f"\n#table(columns: {count}, stroke: none, ")
        elif token.type in ("math_block", "amsmath"):
            text.append("\n" + formula(token.content, block=True) + "\n")
        elif token.type in ("fence", "code_block", "html_block"):
            text.append(f"\n#raw(block: true, {quoted(token.content.rstrip())})\n")
        elif token.type in _BLOCKS:
            text.append(_BLOCKS[token.type](token))
        else:
            raise UnknownMarkdown(_complaint(token.content or token.type), token.content)
    return "".join(text).strip("\n") + "\n"


def _heading(token: Token) -> str:
    return "\n#block(sticky: true, strong["


def _cell(token: Token) -> str:
    return "["


_BLOCKS: dict[str, Callable[[Token], str]] = {
    "paragraph_open": lambda token: "" if token.hidden else "\n",
    "paragraph_close": lambda token: "" if token.hidden else "\n",
    "heading_open": _heading,
    "heading_close": lambda token: "])\n",
    "bullet_list_open": lambda token: "\n#list(",
    "bullet_list_close": lambda token: ")\n",
    "ordered_list_open": lambda token: f"\n#enum(start: {token.attrGet('start') or 1}, ",
    "ordered_list_close": lambda token: ")\n",
    "list_item_open": _cell,
    "list_item_close": lambda token: "], ",
    "blockquote_open": lambda token: "\n#quote(block: true)[",
    "blockquote_close": lambda token: "]\n",
    "hr": lambda token: "\n#line(length: 100%, stroke: 0.5pt)\n",
    "table_close": lambda token: ")\n",
    "thead_open": lambda token: "",
    "thead_close": lambda token: "",
    "tbody_open": lambda token: "",
    "tbody_close": lambda token: "",
    "tr_open": lambda token: "",
    "tr_close": lambda token: "",
    "th_open": _cell,
    "th_close": lambda token: "], ",
    "td_open": _cell,
    "td_close": lambda token: "], ",
}


def _complaint(found: str) -> str:
    line = " ".join(found.split())
    return (
        f"a handout cannot show {line[:60]!r}: "
        "write paragraphs, lists, tables, **bold**, *italic*, `code` and $mathematics$"
    )


def _inline(tokens: Sequence[Token]) -> str:
    text: list[str] = []
    for token in tokens:
        if token.type == "text" or token.type == "html_inline":
            text.append(escaped(token.content))
        elif token.type in ("math_inline", "math_single"):
            text.append(formula(token.content))
        elif token.type in ("math_inline_double", "math_block"):
            text.append("\n" + formula(token.content, block=True) + "\n")
        elif token.type == "code_inline":
            text.append(f"#raw({quoted(token.content)})")
        elif token.type == "link_open":
            # a page of the course has no address on paper: its words stand alone
            target = str(token.attrGet("href") or "")
            text.append(f"#link({quoted(target)})[" if is_web(target) else "#[")
        elif token.type in _INLINES:
            text.append(_INLINES[token.type])
        else:
            raise UnknownMarkdown(_complaint(token.content or token.type), token.content)
    return "".join(text)


_INLINES = {
    "softbreak": "\n", "hardbreak": " #linebreak() ", "strong_open": "#strong[", "strong_close": "]",
    "em_open": "#emph[", "em_close": "]", "link_close": "]",
}  # fmt: skip
