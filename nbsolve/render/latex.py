"""Blocks as a LaTeX fragment (amsmath): for `--format latex` and for notebooks turned into LaTeX."""

from __future__ import annotations

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
from nbsolve.notation import Names
from nbsolve.render import latex_math
from nbsolve.render.circled import IN_EVERY_FONT, circled
from nbsolve.render.latex_markdown import blocks_of, escaped

__all__ = ["escaped", "render"]

_SECTIONS = {1: "section", 2: "subsection", 3: "subsubsection", 4: "paragraph", 5: "subparagraph"}


def render(document: Document) -> str:
    """The document as a LaTeX fragment."""
    return "\n\n".join(_block(block, document.names) for block in document.blocks) + "\n"


def _block(block: Block, names: Names) -> str:
    match block:
        case Heading(level, text):
            return rf"\{_SECTIONS[min(level, max(_SECTIONS))]}*{{{_text(text, names)}}}"
        case Paragraph(text):
            return _text(text, names)
        case Bullets(items, labels):
            marks = [f"[({label})]" for label in labels] or [""] * len(items)
            rows = [rf"\item{mark} {_text(item, names)}" for mark, item in zip(marks, items, strict=True)]
            return "\n".join([r"\begin{itemize}", *rows, r"\end{itemize}"])
        case Derivation():
            aligned = latex_math.derivation(block, names, lambda text: latex_math.note_words(text, names))
            return f"\\[\n{aligned}\n\\]"
        case Table():
            return _table(block, names)
        case Note(_, title, blocks):
            body = "\n\n".join(_block(inner, names) for inner in blocks)
            return f"\\begin{{quote}}\n\\textbf{{{escaped(title)}}}\n\n{body}\n\\end{{quote}}"
        case Code(_, text):
            return f"\\begin{{verbatim}}\n{text}\\end{{verbatim}}"
        case Fold(title, blocks):
            body = "\n\n".join(
                f"\\emph{{{_text(inner.text, names)}}}"
                if isinstance(inner, Heading)
                else _block(inner, names)
                for inner in blocks
            )
            return f"\\textbf{{{escaped(title)}}}\n\n{body}"
    raise TypeError(f"{type(block).__name__} cannot be rendered")


def _table(block: Table, names: Names) -> str:
    columns = "".join("r" if n in block.numeric else "l" for n in range(len(block.header)))
    rows = [" & ".join(_text(cell, names) for cell in row) + r" \\" for row in (block.header, *block.rows)]
    return "\n".join([rf"\begin{{tabular}}{{{columns}}}", rows[0], r"\hline", *rows[1:], r"\end{tabular}"])


def _text(text: Text, names: Names) -> str:
    return "".join(_inline(part, names) for part in text)


def _inline(part: Inline, names: Names) -> str:
    match part:
        case str():
            return escaped(part)
        case Math():
            return f"${latex_math.inline(part, names)}$"
        case Strong(words):
            return rf"\textbf{{{escaped(words)}}}"
        case Markdown(words):
            return blocks_of(words)
        case Mark(number):
            return rf"$\text{{{circled(number, IN_EVERY_FONT)}}}$"
        case Link(words, _):
            return _inline(words, names)
    raise TypeError(f"{type(part).__name__} cannot be rendered")
