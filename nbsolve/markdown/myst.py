r"""An author's text as Markdown again, the same for MyST, Jupyter and CommonMark; nothing in it but what was read.

What stands in the tree as text is escaped, so that no reader finds a directive, a role or HTML in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from nbsolve.markdown.headings import depths
from nbsolve.markdown.languages import attributes, is_english
from nbsolve.markdown.links import in_page
from nbsolve.markdown.reading import Node, inlines, only_paragraph, tree_of

__all__ = ["code", "ends_with_words", "escaped", "fenced", "indented", "line", "starts_with_words", "text"]

_DEEPEST = 6
_SPECIAL = re.compile(r"[\\`*_{}\[\]|~]|&(?=[#\w])")
_STARTS = re.compile(r"^(?:[#+\-=:%>]|\((?=[^)]*\)=))")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])")
_DOLLAR = r"<span>\$</span>"
"""A dollar that no reader of the finished page, MathJax for one, takes for the beginning of mathematics."""

_LESS = "&lt;"
"""Not escaped with a backslash: a reader that makes links of bare addresses takes that for the address's end."""

Place = Literal["block", "line", "cell"]
"""Where words stand: in a block that may have several lines, on one line, in a table."""


def escaped(words: str, *, at_start: bool = False) -> str:
    """Words that every reader of Markdown shows as they are; `at_start`: of a line."""
    words = re.sub(r"\s*\n\s*", " ", words)
    written = _SPECIAL.sub(r"\\\g<0>", words).replace("<", _LESS).replace("$", _DOLLAR)
    if at_start:
        written = _NUMBERED.sub(r"\1\\\2", _STARTS.sub(r"\\\g<0>", written))
        written = re.sub(r"^[ \t]", "&#32;", written)
    return written


def line(markdown: str, cell: bool = False, language: str | None = None) -> str:
    """A title, or any text that has to stay on one line; `cell`: of a table."""
    inside = only_paragraph(tree_of(markdown))
    return (
        ""
        if inside is None
        else _Writer(language=language).words(inside.children, "cell" if cell else "line")
    )


def text(markdown: str, level: int | None = None, trust: bool = False, language: str | None = None) -> str:
    """A text: a paragraph without its line's end, or blocks. `level`: that of its highest headings.

    Without a level its headings are strong words: where it stands there can be none (in a list, in a box).
    Raw HTML is shown as it is written, unless `trust` lets it through. Words in another language than English are
    marked as such.
    """
    return _Writer(trust, language).whole(tree_of(markdown), level)


def starts_with_words(markdown: str, english: bool = True) -> bool:
    """Whether words can stand before a text on its first line."""
    blocks = tree_of(markdown).children
    return not blocks or (blocks[0].type == "paragraph" and (english or len(blocks) == 1))


def ends_with_words(markdown: str, english: bool = True) -> bool:
    """Whether words can follow a text on its last line."""
    blocks = tree_of(markdown).children
    return not blocks or (blocks[-1].type == "paragraph" and (english or len(blocks) == 1))


def fenced(sign: str, body: str, opening: str) -> str:
    """A fence around a body in which there may be fences: longer than any of them."""
    longest = max((len(run) for run in re.findall(f"{re.escape(sign)}+", body)), default=0)
    fence = sign * max(3, longest + 1)
    return f"{fence}{opening}\n{body}\n{fence}"


def indented(body: str, mark: str) -> str:
    """A body after the mark of its item, its other lines below its first."""
    return mark + re.sub(r"\n(?=[^\n])", "\n" + " " * len(mark), body)


@dataclass(frozen=True, slots=True)
class _Writer:
    trust: bool = False
    language: str | None = None

    def whole(self, tree: Node, level: int | None) -> str:
        """A text from its beginning to its end, in its language: each heading and what is between marked."""
        if is_english(self.language):
            return self.blocks(tree, level)
        assert self.language is not None
        if (only := only_paragraph(tree)) is not None:
            return self.words(only.children)
        written = []
        for heading, text in self.written(tree, level):
            inside = f"<div {attributes(self.language)}>\n\n{text}\n\n</div>"
            written.append(text if heading else inside)
        return "\n\n".join(written)

    def words(self, nodes: Sequence[Node], place: Place = "block") -> str:
        """Words on a line, in their language."""
        written = self.inline(nodes, place)
        if self.language is None or is_english(self.language):
            return written
        return f"<span {attributes(self.language)}>{written}</span>"

    def blocks(self, tree: Node, level: int | None = None) -> str:
        """All blocks of a tree as Markdown, with a blank line between any two."""
        return "\n\n".join(text for _, text in self.written(tree, level))

    def written(self, tree: Node, level: int | None) -> Iterator[tuple[bool, str]]:
        """Every block, and whether it is a heading."""
        found = depths(tree) if level is not None else {}
        for place, node in enumerate(tree.children):
            if place in found and level is not None:
                hashes = "#" * min(level + found[place] - 1, _DEEPEST)
                yield True, f"{hashes} {self.words(inlines(node), 'line')}"
            elif text := self.block(node):
                yield False, text

    def block(self, node: Node) -> str:
        match node.type:
            case "paragraph":
                return self.inline(inlines(node))
            case "heading":
                return f"**{self.inline(inlines(node), 'line')}**"
            case "math_block" | "math_block_label":
                return f"$$\n{_formula(node.content)}\n$$"
            case "amsmath":
                return _formula(node.content)
            case "bullet_list":
                return self.listed(node, ["- "] * len(node.children))
            case "ordered_list":
                first = int(node.attrGet("start") or 1)
                return self.listed(node, [f"{first + n}. " for n in range(len(node.children))])
            case "blockquote":
                return "\n".join(f"> {one}".rstrip() for one in self.blocks(node).split("\n"))
            case "hr":
                return "***"
            case "table":
                return self.table(node)
            case "html_block" if self.trust:
                return node.content.strip("\n")
        # code; and what the rules refuse, shown as it is written
        language = _language(node.info) if node.type == "fence" else ""
        return fenced("`", node.content.rstrip("\n"), language)

    def listed(self, node: Node, marks: Sequence[str]) -> str:
        loose = any(
            inner.type == "paragraph" and not inner.hidden
            for item in node.children
            for inner in item.children
        )
        between = "\n\n" if loose else "\n"
        items = []
        for item, mark in zip(node.children, marks, strict=True):
            items.append(
                indented(between.join(one for inner in item.children if (one := self.block(inner))), mark)
            )
        return between.join(items)

    def table(self, node: Node) -> str:
        rows = [row for part in node.children for row in part.children]
        sides = {"left": ":--", "right": "--:", "center": ":-:"}
        aligned = [
            re.sub(r".*text-align:\s*", "", str(cell.attrGet("style") or "")) for cell in rows[0].children
        ]
        written = [
            "| " + " | ".join(self.inline(inlines(cell), "cell") for cell in row.children) + " |"
            for row in rows
        ]
        written.insert(1, "|" + "|".join(sides.get(side, "---") for side in aligned) + "|")
        return "\n".join(written)

    def inline(self, nodes: Sequence[Node], place: Place = "block") -> str:
        written = ""
        for node in nodes:
            if node.type == "link" and written.endswith("!"):
                written = written[:-1] + "\\!"  # else a picture
            written += self.one(node, place, at_start=not written or written.endswith("\n"))
        return re.sub(r"[ \t]+$", "", written)

    def one(self, node: Node, place: Place, at_start: bool) -> str:
        match node.type:
            case "softbreak":
                return "\n" if place == "block" else " "
            case "hardbreak":
                return "\\\n" if place == "block" else " "
            case "em":
                return f"*{self.inline(node.children, place)}*"
            case "strong":
                return f"**{self.inline(node.children, place)}**"
            case "code_inline":
                return code(node.content, cell=place == "cell")
            case "link":
                address = _address(str(node.attrGet("href") or ""))
                return f"[{self.inline(node.children, place)}](<{address}>)"
            case "math_inline" | "math_single":
                return f"${_on_a_line(node.content, place)}$"
            case "math_inline_double" | "math_block":
                return f"$\\displaystyle {_on_a_line(node.content, place)}$"
            case "html_inline" if self.trust:
                return node.content
        return escaped(node.content, at_start=at_start)


def _language(info: str) -> str:
    """The language of a block of code, where it is one that pages can colour: any other would stop the site."""
    word = info.split()[0] if info.split() else ""
    known = re.fullmatch(r"[\w+#.-]+", word) and _is_known(word)
    return word if known else ""


@lru_cache(maxsize=64)
def _is_known(word: str) -> bool:
    """Whether Pygments knows a language."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        get_lexer_by_name(word)
    except ClassNotFound:
        return False
    return True


def _formula(latex: str) -> str:
    return "\n".join(one for one in latex.strip().split("\n") if one.strip())


def _on_a_line(latex: str, place: Place) -> str:
    latex = " ".join(latex.split())
    if place == "cell":  # a bar would end the cell
        latex = latex.replace("\\|", "\\Vert ").replace("|", "\\vert ")
    return latex


def _address(target: str) -> str:
    return re.sub(r"[<>\\\s|$]", lambda sign: f"%{ord(sign[0]):02X}", in_page(target))


def code(words: str, cell: bool = False) -> str:
    """Words in the type of code; `cell`: in a table, where a bar would end the cell."""
    longest = max((len(run) for run in re.findall("`+", words)), default=0)
    fence = "`" * (longest + 1)
    gap = " " if words[:1] in ("`", " ") or words[-1:] in ("`", " ") else ""
    if cell:
        words = words.replace("|", "\\|")
    return f"{fence}{gap}{words}{gap}{fence}"
