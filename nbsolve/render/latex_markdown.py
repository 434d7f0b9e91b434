"""An author's Markdown as LaTeX, from the same tree as every other output; only its mathematics has commands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbsolve.markdown.links import is_web
from nbsolve.markdown.reading import Node, inlines, tree_of

__all__ = ["blocks_of", "escaped"]

_SPECIAL = {"&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}"}
_SPECIAL |= {
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
    "$": r"\$",
    "≈": r"$\approx$",
    "…": r"\ldots{}",
    "θ": r"$\theta$",
}
_ENVIRONMENTS = {"bullet_list": "itemize", "ordered_list": "enumerate", "blockquote": "quote"}


def escaped(words: str) -> str:
    """Text whose special characters LaTeX prints as they are."""
    return "".join(_SPECIAL.get(sign, sign) for sign in words)


def blocks_of(markdown: str) -> str:
    """The text as LaTeX, a blank line between blocks."""
    return _blocks(tree_of(markdown).children)


def _blocks(nodes: Sequence[Node]) -> str:
    return "\n\n".join(written for node in nodes if (written := _block(node)))


def _block(node: Node) -> str:
    match node.type:
        case "paragraph":
            return _inline(inlines(node))
        case "heading":
            return rf"\textbf{{{_inline(inlines(node))}}}"
        case "math_block" | "math_block_label":
            return f"\\[\n{_formula(node.content)}\n\\]"
        case "amsmath":
            return _formula(node.content)
        case "bullet_list" | "ordered_list" | "blockquote":
            kind = _ENVIRONMENTS[node.type]
            inside = _blocks(node.children)
            return f"\\begin{{{kind}}}\n{inside}\n\\end{{{kind}}}"
        case "list_item":
            return rf"\item {{}}{_blocks(node.children)}"
        case "table":
            return _table(node)
        case "hr":
            return r"\hrule"
    lines = [escaped(line).replace(" ", "~") or "~" for line in node.content.rstrip("\n").split("\n")]
    return "\\begin{quote}\\ttfamily\n" + "\\\\\n".join(lines) + "\n\\end{quote}"


def _table(node: Node) -> str:
    rows = [
        [_inline(inlines(cell)) for cell in row.children] for part in node.children for row in part.children
    ]
    body = [" & ".join(row) + r" \\" for row in rows]
    return "\n".join(
        [rf"\begin{{tabular}}{{{'l' * len(rows[0])}}}", body[0], r"\hline", *body[1:], r"\end{tabular}"]
    )


def _formula(latex: str) -> str:
    return "\n".join(line for line in latex.strip().split("\n") if line.strip())


def _inline(nodes: Sequence[Node]) -> str:
    return "".join(_one(node) for node in nodes)


def _one(node: Node) -> str:
    match node.type:
        case "softbreak":
            return "\n"
        case "hardbreak":
            return r"\newline "
        case "em":
            return rf"\emph{{{_inline(node.children)}}}"
        case "strong":
            return rf"\textbf{{{_inline(node.children)}}}"
        case "code_inline":
            return rf"\texttt{{{escaped(node.content)}}}"
        case "link":
            target = str(node.attrGet("href") or "")
            words = _inline(node.children)
            return rf"\href{{{_address(target)}}}{{{words}}}" if is_web(target) else words
        case "math_inline" | "math_single":
            return f"${' '.join(node.content.split())}$"
        case "math_inline_double" | "math_block":
            return rf"$\displaystyle {' '.join(node.content.split())}$"
    return escaped(" ".join(node.content.split("\n")))


def _address(target: str) -> str:
    target = re.sub(r"[\s\\{}^]", lambda sign: f"%{ord(sign[0]):02X}", target)
    return re.sub(r"[%#&_~]", r"\\\g<0>", target)
