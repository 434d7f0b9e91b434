"""Blocks as MyST Markdown, which Jupyter shows too: mathematics in dollars, boxes as directives."""

from __future__ import annotations

import html
import re

from nbsolve.document import (
    Block,
    Bullets,
    Code,
    Derivation,
    Document,
    Fold,
    Heading,
    Inline,
    Link,
    Mark,
    Markdown,
    Math,
    Note,
    Paragraph,
    Strong,
    Table,
    Text,
)
from nbsolve.markdown import myst
from nbsolve.markdown.myst import escaped, fenced, indented
from nbsolve.notation import Names
from nbsolve.render import latex_math

BAR = r"\vert "
"""The bar in tables of Markdown."""
_DIRECTIVES = {"conventions": "admonition", "pitfall": "warning", "remark": "note"}


def render(document: Document) -> str:
    """The document as MyST Markdown."""
    return "\n\n".join(_block(block, document.names) for block in document.blocks) + "\n"


def render_plain(document: Document) -> str:
    """The document as Markdown for every reader: boxes are passages under a title, between invisible marks."""
    return "\n\n".join(_plain_block(block, document.names) for block in document.blocks) + "\n"


def _plain_block(block: Block, names: Names) -> str:
    if not isinstance(block, Note):
        return _block(block, names)
    body = "\n\n".join(_block(inner, names) for inner in block.blocks)
    title = escaped(block.title)
    return f"<!-- box: {_CLASSES[block.kind]} -->\n\n**{title}**\n\n{body}\n\n<!-- end of box -->"


def with_directives(markdown: str) -> str:
    """MyST Markdown from what `render_plain` gave."""
    return _PASSAGE.sub(
        lambda found: _box(found["classes"], found["title"], found["body"].rstrip("\n")), markdown
    )


def _box(classes: str, title: str, body: str) -> str:
    return fenced(":", f":class: {classes}\n\n{body}", f"{{admonition}} {title}")


_PASSAGE = re.compile(
    r"^<!-- box: (?P<classes>.*) -->\n\n\*\*(?P<title>.*)\*\*\n\n(?P<body>(?:.*\n)*?)\n<!-- end of box -->$",
    re.MULTILINE,
)


def _block(block: Block, names: Names) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {_text(text, names)}"
        case Paragraph(text):
            return _text(text, names)
        case Bullets(items, labels):
            marks = [f"**({escaped(label)})** " if label else "" for label in labels] or [""] * len(items)
            rows = zip(marks, items, strict=True)
            return "\n".join(indented(_text(item, names, mark), "- ") for mark, item in rows)
        case Derivation():
            return _derivation(block, names)
        case Table():
            return _table(block, names)
        case Note(kind, title, blocks):
            body = "\n\n".join(_block(inner, names) for inner in blocks)
            return _box(_CLASSES[kind], escaped(title), body)
        case Code(language, text):
            return fenced("`", text.rstrip("\n"), language)
        case Fold(title, blocks):
            return _folded(title, blocks, names)
    raise TypeError(f"{type(block).__name__} cannot be rendered")


_CLASSES = {"conventions": "note nbsolve-conventions", "pitfall": "warning", "remark": "tip"}


def _folded(title: str, blocks: tuple[Block, ...], names: Names) -> str:
    """What is one click away; its headings, which cannot open a section there, stand out as words."""
    body = "\n\n".join(
        f"**{_text(block.text, names)}**" if isinstance(block, Heading) else _block(block, names)
        for block in blocks
    )
    summary = f"<summary>{html.escape(title)}</summary>"
    return f'<details class="nbsolve-fold">\n{summary}\n\n{body}\n\n</details>'


def _derivation(block: Derivation, names: Names) -> str:
    anchors = _anchors(block)
    aligned = latex_math.derivation(block, names, lambda text: latex_math.note_words(text, names))
    return f"{anchors}\n\n$$\n{aligned}\n$$" if anchors else f"$$\n{aligned}\n$$"


def _anchors(block: Derivation | Table) -> str:
    return "".join(f'<span id="{anchor}"></span>' for anchor in block.anchors)


def _table(block: Table, names: Names) -> str:
    header = "| " + " | ".join(_cell(cell, names) for cell in block.header) + " |"
    rule = "|" + "|".join("---:" if n in block.numeric else "---" for n in range(len(block.header))) + "|"
    rows = ["| " + " | ".join(_cell(cell, names) for cell in row) + " |" for row in block.rows]
    anchors = [_anchors(block), ""] if block.anchors else []
    return "\n".join([*anchors, header, rule, *rows])


def _cell(text: Text, names: Names) -> str:
    """A cell of a table, where a bar in a formula would begin the next cell."""
    return "".join(
        f"${latex_math.inline(part, names).replace('|', BAR)}$"
        if isinstance(part, Math)
        else _text((part,), names)
        for part in text
    )


def _text(text: Text, names: Names, before: str = "") -> str:
    """Inlines one after the other; blocks of an author's text (a list, code) on lines of their own."""
    written = before
    for part in text:
        if (
            isinstance(part, Markdown)
            and written.strip()
            and not myst.starts_with_words(part.text, part.language is None)
        ):
            written = written.rstrip() + "\n\n"
        written += _inline(part, names)
        if (
            isinstance(part, Markdown)
            and part is not text[-1]
            and not myst.ends_with_words(part.text, part.language is None)
        ):
            written += "\n\n"
    return written


def _inline(part: Inline, names: Names) -> str:
    match part:
        case str():
            return escaped(part)
        case Math():
            return f"${latex_math.inline(part, names)}$"
        case Strong(words):
            return f"**{escaped(words)}**"
        case Markdown():
            return _markdown(part)
        case Mark():
            return f"${latex_math.mark(part)}$"
        case Link(words, anchor):
            return f'<a href="#{html.escape(anchor)}">{_inline(words, names)}</a>'
    raise TypeError(f"{type(part).__name__} cannot be rendered")


def _markdown(part: Markdown) -> str:
    return myst.text(part.text, part.level, part.trust, part.language)
