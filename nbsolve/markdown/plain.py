"""An author's text without markup: for terminals, running heads, captions, and wherever words alone can stand."""

from __future__ import annotations

from collections.abc import Sequence

from nbsolve.authored.linear import linear
from nbsolve.authored.reading import read
from nbsolve.authored.spelling import BrokenMathematics
from nbsolve.markdown.reading import Node, inlines, tree_of

__all__ = ["plain"]


def plain(markdown: str) -> str:
    """The words of a text, its formulae as words too, its blocks on lines of their own."""
    return "\n\n".join(text for node in tree_of(markdown).children if (text := _block(node)))


def _block(node: Node) -> str:
    match node.type:
        case "paragraph" | "heading":
            return _inline(inlines(node))
        case "fence" | "code_block" | "colon_fence" | "html_block":
            return node.content.rstrip("\n")
        case "math_block" | "math_block_label" | "amsmath":
            return _said(node.content.strip())
        case "bullet_list":
            return "\n".join(_item(item, "• ") for item in node.children)
        case "ordered_list":
            first = int(node.attrGet("start") or 1)
            return "\n".join(_item(item, f"{n}. ") for n, item in enumerate(node.children, first))
        case "tr":
            return "  ".join(_inline(inlines(cell)) for cell in node.children)
        case "hr":
            return ""
    parts = (_block(inner) for inner in node.children)
    return "\n".join(text for text in parts if text)


def _item(item: Node, mark: str) -> str:
    body = "\n".join(text for inner in item.children if (text := _block(inner)))
    return mark + body.replace("\n", "\n" + " " * len(mark))


def _inline(nodes: Sequence[Node]) -> str:
    return "".join(_one(node) for node in nodes)


def _one(node: Node) -> str:
    if node.type in ("softbreak", "hardbreak"):
        return " " if node.type == "softbreak" else "\n"
    if node.type.startswith("math"):
        return _said(" ".join(node.content.split()))
    return _inline(node.children) if node.children else " ".join(node.content.split("\n"))


def _said(latex: str) -> str:
    try:
        return linear(read(latex).tree)
    except BrokenMathematics:
        return latex
