"""Hand-written Markdown of notebooks as Typst, through pandoc; its mathematics through nbsolve's own reader.

Pandoc takes the text apart and writes the Typst; a warning of pandoc is an error, so nothing is dropped silently.
Formulas never reach pandoc's writer: it loses rules of arrays, tags and colours, and writes no text alternatives.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from nbsolve.errors import NbsolveError
from nbsolve.render.typst.document import Piece
from nbsolve.render.typst.markdown import UnknownMarkdown, blocks_of, formula

__all__ = ["first_heading", "markdown_piece"]

_FORMAT = (
    "markdown-auto_identifiers-yaml_metadata_block+tex_math_single_backslash"
    "+lists_without_preceding_blankline"
)
_TITLE = re.compile(r"^#\s+(.+?)\s*#*\s*$", re.MULTILINE)
_FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1[`~]*\s*$", re.MULTILINE | re.DOTALL)


def first_heading(markdown: str) -> str:
    """The first heading of level 1, without markup; empty where there is none."""
    found = _TITLE.search(_FENCE.sub("", markdown))
    return re.sub(r"[*_`$]", "", found[1]) if found else ""


def markdown_piece(markdown: str, about: str, without_title: bool = False) -> Piece:
    """A passage. Raises: BrokenMathematics, UnknownMarkdown, NbsolveError where pandoc is needed and missing."""
    if without_title:
        fenced = [match.span() for match in _FENCE.finditer(markdown)]
        for found in _TITLE.finditer(markdown):
            if not any(start <= found.start() < end for start, end in fenced):
                markdown = markdown[: found.start()] + markdown[found.end() :]
                break
    return Piece(_typst(markdown), f"text of {about}")


@lru_cache(maxsize=256)
def _typst(markdown: str) -> str:
    if not markdown.strip():
        return ""
    convert = _pandoc()
    if convert is None:
        try:
            return blocks_of(markdown)
        except UnknownMarkdown as error:
            raise NbsolveError(
                f"{error}; or install pandoc for all of Markdown: "
                "pip install '.[notebook-pdf]' in a clone of nbsolve"
            ) from None
    tree = json.loads(convert(markdown, _FORMAT, "json"))
    tree["blocks"] = _with_formulas(tree["blocks"])
    return convert(json.dumps(tree), "json", "typst")


def _pandoc() -> Callable[[str, str, str], str] | None:
    """A function (text, from, to), or None where pandoc is not installed."""
    try:
        import pypandoc

        pypandoc.get_pandoc_version()
    except (ImportError, OSError):
        return None

    def convert(text: str, source: str, target: str) -> str:
        try:
            result = pypandoc.convert_text(
                text, target, format=source, extra_args=["--fail-if-warnings", "--wrap=preserve"]
            )
        except RuntimeError as error:
            raise NbsolveError(f"pandoc: {' '.join(str(error).split())}") from None
        return str(result)

    return convert


def _with_formulas(node: Any) -> Any:
    """Pandoc's tree with every formula as finished Typst."""
    if isinstance(node, list):
        return [_with_formulas(part) for part in node]
    if not isinstance(node, dict):
        return node
    if node.get("t") == "Math":
        kind, latex = node["c"]
        block = kind["t"] == "DisplayMath"
        text = formula(latex, block)
        return {"t": "RawInline", "c": ["typst", f"\n{text}\n" if block else text]}
    if node.get("t") == "RawInline" or node.get("t") == "RawBlock":
        form, text = node["c"]
        if form != "typst" and not text.lstrip().startswith("<!--"):
            raise NbsolveError(f"{' '.join(text.split())[:60]!r} is {form}, which a handout cannot show")
    return {key: _with_formulas(value) for key, value in node.items()}
