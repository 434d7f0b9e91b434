"""An author's Markdown as a tree: CommonMark, tables, and mathematics between dollar signs."""

from __future__ import annotations

from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

__all__ = ["Node", "inlines", "new_parser", "only_paragraph", "tokens_of", "tree_of"]

Node = SyntaxTreeNode


def new_parser() -> MarkdownIt:
    """A parser of CommonMark, tables, mathematics between dollar signs, and boxes between colons."""
    parser = MarkdownIt("commonmark", {"linkify": True}).enable("table")
    parser.use(dollarmath_plugin, allow_space=False, double_inline=True)
    return parser.use(amsmath_plugin).use(colon_fence_plugin)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    """Raw HTML, directives, roles and every target of a link are recognised: `rules` refuses them by name."""
    parser = new_parser().enable("linkify").use(myst_role_plugin)
    assert parser.linkify is not None
    # an address that is written out is a link, a word with a point in it is none
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


@lru_cache(maxsize=1024)
def tree_of(markdown: str) -> Node:
    """The tree of a text; lines (`Node.map`) count from 0."""
    return SyntaxTreeNode(tokens_of(markdown))


def tokens_of(markdown: str) -> list[Token]:
    """Read Markdown into the parser's flat list of tokens."""
    return _parser().parse(markdown.strip())


def only_paragraph(tree: Node) -> Node | None:
    """The inside of a text that is one paragraph; None where there is more, or less."""
    if len(tree.children) == 1 and tree.children[0].type == "paragraph":
        return tree.children[0].children[0]
    return None


def inlines(node: Node) -> list[Node]:
    """The nodes inside a paragraph, a heading or a cell."""
    return node.children[0].children if node.children else []
