"""What may stand in the fields of a problem, and what is refused: HTML, directives, roles, pictures, labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nbsolve.markdown.links import trouble
from nbsolve.markdown.reading import Node, tree_of

__all__ = ["Complaint", "Line", "complaints"]

Line = Literal["title", "line"]

_MATHEMATICS = "write mathematics between dollar signs: $…$, or $$…$$ on a line of its own"
_FORMULAS = ("amsmath", "math_block", "math_inline", "math_inline_double")
_FORBIDDEN = re.compile(
    r"""\\(?:href|url|require|unicode|html[A-Za-z]*|class|cssId|style|data|mmlToken|toggle|texttip|mathtip
    |input|include|import|subimport|includegraphics|verbatiminput|lstinputlisting|bibliography|usepackage
    |documentclass|write|immediate|open(?:in|out)|close(?:in|out)|read|readline|special|shipout|dump|batchmode
    |catcode|lccode|uccode|mathcode|active|[egx]?def|let|futurelet|(?:re|provide)?newcommand|renewcommand
    |(?:re)?newenvironment|Declare[A-Za-z]+|csname|endcsname|expandafter|noexpand|scantokens|jobname|meaning
    |directlua|latelua|luaexec|pdf[a-z]+|ShellEscape|loop|repeat|every[a-z]+|output|afterassignment|aftergroup
    |at@?begin[A-Za-z]*|AtBegin[A-Za-z]+|AtEnd[A-Za-z]+|begingroup|endgroup|label|ref|eqref)(?![A-Za-z])
    |\^\^[0-9A-Za-z\\@-_?]|\\begin\s*\{\s*(?:document|filecontents\*?|verbatim\*?)\s*\}""",
    re.VERBOSE,
)
"""Commands of LaTeX or MathJax that are not mathematics but reach files, addresses, or how things are read."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that is not allowed; `line` counts from 0 within the text."""

    line: int
    message: str
    expected: str


def complaints(
    markdown: str,
    *,
    line: Line | None = None,
    mathematics: bool = True,
    trust: bool = False,
    folder: Path | None = None,
) -> Iterator[Complaint]:
    """All that is wrong with a text. `line`: it has to be one line, in a title without links.

    `mathematics`: whether to look into formulae as well. `trust` allows raw HTML. `folder` is the problem's,
    where links are looked up.
    """
    tree = tree_of(markdown)
    if line and [child.type for child in tree.children] not in ([], ["paragraph"]):
        yield Complaint(
            0, "this is more than a line of text", "one line, with *emphasis*, `code` and $mathematics$"
        )
        return
    for node in tree.walk(include_self=False):
        found = _complaint(node, line, trust, folder)
        if found is not None and (mathematics or node.type not in _FORMULAS):
            yield Complaint(_line(node), *found)


def _line(node: Node) -> int:
    at: Node | None = node
    while at is not None and (at.is_root or at.map is None):
        at = at.parent
    return 0 if at is None or at.map is None else at.map[0]


def _complaint(node: Node, line: Line | None, trust: bool, folder: Path | None) -> tuple[str, str] | None:
    match node.type:
        case "html_block" | "html_inline":
            if trust:
                return None
            instead = r"Markdown, with \< where the sign is meant; or trust: true in _config.yml"
            return f"raw HTML is not allowed here: {_shown(node.content)}", instead
        case "fence" if re.match(r"\s*\{", node.info):
            return f"directives are not read here: {_shown(node.info)}", _instead(node.info)
        case "colon_fence":
            return f"directives are not read here: {_shown(':::' + node.info)}", _instead(node.info)
        case "myst_role":
            name = str(node.meta.get("name", ""))
            return f"roles are not read here: {_shown('{' + name + '}')}", _instead(name)
        case "image":
            instead = "a link to a page of the book that shows it"
            return f"pictures are not read here: {_shown(str(node.attrGet('src')))}", instead
        case "link":
            if line == "title":
                return "a link cannot stand here", "words, *emphasis*, `code` and $mathematics$"
            return trouble(str(node.attrGet("href") or ""), folder)
        case "math_block_label":
            return f"equations have no labels here: {_shown(node.info)}", "the equation without a label"
        case kind if kind in _FORMULAS:
            bad = _FORBIDDEN.search(node.content)
            return bad and (f"{bad[0]} is not mathematics, in {_shown(node.content)}", "mathematics alone")
        case "text":
            return _of_text(node.content)
    return None


def _of_text(words: str) -> tuple[str, str] | None:
    if found := re.search(r"\\[(\[]|\\(?:begin|end)\{", words):
        return f"{found[0]} is not read here", _MATHEMATICS
    if found := re.match(r"\[\^[^\]]+\]:|\([\w.:+-]+\)=$", words):
        return f"footnotes and labels are not read here: {_shown(words)}", "the words where they belong"
    return None


def _instead(name: str) -> str:
    bare = name.strip().strip("{").split("}")[0]
    if bare == "math":
        return _MATHEMATICS
    if bare in ("ref", "doc", "numref", "any", "term"):
        return "a link: [words](week-2.yaml) or [words](../book/notation.md)"
    if bare in ("code", "code-block"):
        return "a block of code: ```python"
    return "paragraphs, lists, tables, quotations, **bold**, *italic*, `code`, [links](…) and $mathematics$"


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 60 else line[:59] + "…")
