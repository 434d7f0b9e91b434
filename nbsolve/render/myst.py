"""Blocks as MyST Markdown, which Jupyter shows too: mathematics in dollars, boxes as directives."""

from __future__ import annotations

import re

from nbsolve.document import (
    Block,
    Bullets,
    Derivation,
    Document,
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
from nbsolve.notation import Names
from nbsolve.render import latex_math
from nbsolve.render.circled import IN_EVERY_FONT, circled

_DIRECTIVES = {"conventions": "admonition", "pitfall": "warning", "remark": "note"}


def render(document: Document) -> str:
    """The document as MyST Markdown."""
    return "\n\n".join(_block(block, document.names) for block in document.blocks) + "\n"


def render_plain(document: Document) -> str:
    """The document as Markdown for every reader: boxes are passages under a title, between invisible marks."""
    return _BOX.sub(
        r"<!-- box: \g<classes> -->\n\n**\g<title>**\n\n\g<body>\n<!-- end of box -->", render(document)
    )


def with_directives(markdown: str) -> str:
    """MyST Markdown from what `render_plain` gave."""
    return _PASSAGE.sub(r":::{admonition} \g<title>\n:class: \g<classes>\n\n\g<body>:::", markdown)


_BOX = re.compile(
    r"^:::\{admonition\} (?P<title>.*)\n:class: (?P<classes>.*)\n\n(?P<body>(?:.*\n)*?):::$", re.MULTILINE
)
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
            marks = [f"- **({label})** " if label else "- " for label in labels] or ["- "] * len(items)
            return "\n".join(mark + _text(item, names) for mark, item in zip(marks, items, strict=True))
        case Derivation():
            return _derivation(block, names)
        case Table():
            return _table(block, names)
        case Note(kind, title, blocks):
            body = "\n\n".join(_block(inner, names) for inner in blocks)
            return f":::{{admonition}} {title}\n:class: {_CLASSES[kind]}\n\n{body}\n:::"
    raise TypeError(f"{type(block).__name__} cannot be rendered")


_CLASSES = {"conventions": "note nbsolve-conventions", "pitfall": "warning", "remark": "tip"}


def _derivation(block: Derivation, names: Names) -> str:
    anchors = "".join(f'<span id="{anchor}"></span>' for anchor in block.anchors)
    aligned = latex_math.derivation(block, names, lambda text: latex_math.note_words(text, names))
    return f"{anchors}\n\n$$\n{aligned}\n$$" if anchors else f"$$\n{aligned}\n$$"


def _table(block: Table, names: Names) -> str:
    header = "| " + " | ".join(_text(cell, names) for cell in block.header) + " |"
    rule = "|" + "|".join("---:" if n in block.numeric else "---" for n in range(len(block.header))) + "|"
    rows = ["| " + " | ".join(_text(cell, names) for cell in row) + " |" for row in block.rows]
    return "\n".join([header, rule, *rows])


def _text(text: Text, names: Names) -> str:
    return "".join(_inline(part, names) for part in text)


def _inline(part: Inline, names: Names) -> str:
    match part:
        case str():
            return part
        case Math():
            return f"${latex_math.inline(part, names)}$"
        case Strong(words):
            return f"**{words}**"
        case Markdown(words):
            return words.strip()
        case Mark(number):
            return circled(number, IN_EVERY_FONT)
        case Link(words, anchor):
            return f'<a href="#{anchor}">{words}</a>'
    raise TypeError(f"{type(part).__name__} cannot be rendered")
