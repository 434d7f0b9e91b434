"""A page as blocks, in reading order: headings, sentences, list items, tables and displayed formulae."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ANCHOR = re.compile(r'<span id="([^"]+)"></span>')
ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
ENDS = ("Solution in symbols", "Solution in numbers")
"""Between these headings a page is in letters."""
LINK = re.compile(r"<a [^>]*>(.*?)</a>", re.S)


@dataclass(frozen=True)
class Block:
    """`kind` is heading, text, item, display or table; anchors are those that stand before it."""

    kind: str
    source: str
    anchors: tuple[str, ...] = ()
    box: str = ""
    """The heading of the admonition the block stands in, or nothing."""


def read_markdown(text: str) -> list[Block]:
    """The blocks of a page in MyST Markdown; code cells (```{code-cell} …) are no part of the page.

    Spaces at which no line may be broken are read as any others.
    """
    return list(_blocks(text.replace("\N{NO-BREAK SPACE}", " ").splitlines()))


def _blocks(lines: list[str]) -> Iterator[Block]:
    at, box = 0, ""
    anchors: tuple[str, ...] = ()
    while at < len(lines):
        line = lines[at]
        if not line.strip() or line.startswith((":class:", "<details", "</details")):
            at += 1
        elif line.startswith("<summary>"):
            yield Block("heading", line.removeprefix("<summary>").removesuffix("</summary>"), (), box)
            at += 1
        elif re.fullmatch(r"\*\*[^*]+\*\*", line):  # a heading in what is folded
            yield Block("heading", line.strip("*"), (), box)
            at += 1
        elif line.startswith("```"):
            at = lines.index("```", at + 1) + 1
        elif line.startswith(":::"):
            box = line.partition("}")[2].strip()
            at += 1
            if box:
                yield Block("heading", box, (), box)
        elif line.strip() == "$$":
            end = lines.index("$$", at + 1)
            yield Block("display", "\n".join(lines[at + 1 : end]), anchors, box)
            at, anchors = end + 1, ()
        elif line.startswith("<span") and not ANCHOR.sub("", line).strip():
            anchors = tuple(ANCHOR.findall(line))
            at += 1
        elif line.startswith("#"):
            yield Block("heading", line.lstrip("#").strip(), (), box)
            at += 1
        else:
            end = at
            while end < len(lines) and lines[end].strip() and lines[end].strip() != "$$":
                end += 1
                if lines[at].startswith("- ") and (end == len(lines) or lines[end].startswith(("- ", ":::"))):
                    break
            source = "\n".join(lines[at:end])
            table = _kind(source) == "table"
            yield Block(_kind(source), source.removeprefix("- "), anchors if table else (), box)
            at, anchors = end, () if table else anchors


def _kind(source: str) -> str:
    if source.startswith("|"):
        return "table"
    return "item" if source.startswith("- ") else "text"


def unescaped(text: str) -> str:
    """Markdown's words without the backslashes that keep signs from being markup: `4\\[a\\]` is 4[a]."""
    return ESCAPE.sub(r"\1", text)


def squeezed(text: str) -> str:
    """Markdown's words without spaces: on paper a long word may be broken anywhere."""
    return re.sub(r"[\s\u200b]", "", unescaped(text))


def cells(table: str) -> list[list[str]]:
    """The rows of a Markdown table, without the rule under its head; every space is one like any other."""
    lines = table.replace("\N{NO-BREAK SPACE}", " ").splitlines()
    rows = [LINK.sub(r"\1", row).strip().strip("|").split(" | ") for row in lines]
    return [[cell.strip() for cell in row] for row in rows if not set("".join(row)) <= set("-:| ")]


def split_inline(text: str) -> list[tuple[bool, str]]:
    """Words and inline formulae, in order: (is a formula, its source)."""
    parts = re.split(r"(?<!\\)\$", text)
    if len(parts) % 2 == 0:
        raise ValueError(f"an odd number of $: {text}")
    return [(bool(n % 2), part) for n, part in enumerate(parts) if part]


def in_numbers(blocks: list[Block]) -> list[Block]:
    """The page without its parts in letters, which is read elsewhere."""
    blocks = [*_without_own_functions(blocks)]
    headings = [block.source for block in blocks if block.kind == "heading"]
    if "Solution in symbols" not in headings:
        return blocks
    places = {
        name: next(n for n, b in enumerate(blocks) if (b.kind, b.source) == ("heading", name))
        for name in ENDS
    }
    return [*blocks[: places["Solution in symbols"]], *blocks[places["Solution in numbers"] + 1 :]]


def _without_own_functions(blocks: list[Block]) -> Iterator[Block]:
    """The page without the derivations of its author's functions, up to the next heading."""
    inside = False
    for block in blocks:
        if block.kind == "heading":
            inside = block.source == "Functions of this problem"
        if not inside:
            yield block
