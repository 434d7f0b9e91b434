"""A handout's pages as the blocks that the audit checks; formulae from their alternative texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from nbsolve.checking.audit.identities import BOX
from nbsolve.checking.audit.page import Block
from nbsolve.document import (
    Bullets,
    Derivation,
    Document,
    Heading,
    Line,
    Math,
    Note,
    Paragraph,
    Result,
    Table,
    blocks_within,
)
from nbsolve.expr import Expr, atoms
from nbsolve.worked.network import WorkedSolution
from tests.handout.linear import Unlinear, display, inline
from tests.handout.pdf import Node, Run

HEADINGS = {f"H{level}" for level in range(1, 7)} | {"Title"}
SIGNS = str.maketrans({"−": "-"})


JACOBIAN = {"∂aₖ/∂zⱼ": r"\frac{\partial a_k}{\partial z_j}", "aₖ": "a_k", "aⱼ": "a_j", "k": "k", "j": "j"}
"""The letters of the derivatives of softmax, for any two of its units."""
OF_JACOBIANS = (r"\mathbf{v}", r"\mathbf{u}", r"\mathbf{p}", r"\mathbf{q}")
"""The vectors that a Jacobian is multiplied by, and its products with them."""
BOLD = ("\\mathbf", "\\boldsymbol")
"""How vectors and matrices are written, whose linear form is that of plain letters."""


def letters_of(document: Document, beginning: tuple[str, ...] = ("",)) -> dict[str, str]:
    """Each name as it is written in linear form, with its LaTeX; those whose LaTeX begins so."""
    found: dict[str, str] = {}
    for block in blocks_within(document.blocks):
        for expression in _expressions(block):
            for atom in atoms(expression):
                if (latex := document.names.latex(atom)).startswith(beginning):
                    found[document.names.plain(atom)] = latex
    return found


def _expressions(block: object) -> Iterator[Expr]:
    match block:
        case Heading(_, text) | Paragraph(text):
            yield from _of_text(text)
        case Bullets(items):
            for item in items:
                yield from _of_text(item)
        case Derivation(lines):
            for line in lines:
                yield from _of_line(line)
        case Table(header, rows):
            for row in (header, *rows):
                for cell in row:
                    yield from _of_text(cell)
        case Note():
            return


def _of_line(line: Line) -> Iterator[Expr]:
    if line.left is not None:
        yield line.left
    for _, right in line.parts:
        yield right.value if isinstance(right, Result) else right
    yield from _of_text(line.note)


def _of_text(text: tuple[object, ...]) -> Iterator[Expr]:
    for part in text:
        if isinstance(part, Math):
            yield part.left
            if part.right is not None:
                yield part.right


def digits(text: str) -> list[str]:
    """The digits, points and signs of a text, wherever they stand (as index, exponent, in a circle)."""
    plain = unicodedata.normalize("NFKC", text.replace("…", ""))
    return sorted(sign for sign in plain if sign.isdigit() or sign in ".+−")


def formulas(root: Node) -> Iterator[Node]:
    """Every formula of the tree."""
    yield from (node for node in root if node.kind == "Formula")


@dataclass(frozen=True)
class Reading:
    """How formulae are read: the letters of the problem, and the sentences of its author, as in the file."""

    letters: Mapping[str, str]
    authored: Mapping[tuple[str, tuple[str, ...]], str]
    vectors: Mapping[str, str]

    @classmethod
    def of(cls, document: Document, worked: WorkedSolution) -> Reading:
        problem = worked.problem
        source = problem.source and f"Source: {problem.source}"
        texts = [problem.title, source, *worked.texts().values()]
        authored = {_skeleton(text): " ".join(text.split()) for text in texts if text}
        return cls(letters_of(document), authored, letters_of(document, BOLD))

    def display(self, node: Node, box: str = "") -> str:
        """What cannot be read stays as it is: the audit then complains, unless it is a part in letters.

        Letters of an activation's derivative are those of one unit.
        """
        try:
            return display(node.alt or "", self._scalars | JACOBIAN if box == BOX else self.letters)
        except Unlinear:
            return node.alt or ""

    def text(self, node: Node) -> str:
        """Words with formulae between dollars; an author's sentence as it stands in the file."""
        whole = _text(node, lambda formula: "¤")
        shown = "".join(part.alt or "" for part in _parts(node) if isinstance(part, Node))
        own = self.authored.get((_words(whole), tuple(digits(shown))))
        return own or _text(node, lambda formula: f"${self.inline(formula)}$")

    @property
    def _scalars(self) -> dict[str, str]:
        return {name: latex for name, latex in self.letters.items() if not latex.startswith(BOLD)}

    def inline(self, formula: str) -> str:
        """A formula of a sentence: bold where it says how a layer computes or what a Jacobian is multiplied by."""
        vectors = {n: latex for n, latex in self.vectors.items() if "W" in formula or latex in OF_JACOBIANS}
        try:
            return inline(formula, self._scalars | vectors)
        except Unlinear:
            mean = re.sub(r"1/n·Σ_\(s=1\)ⁿ(\S+)\^\(\[s\]\)", r"\\frac{1}{n}\\sum_{s=1}^{n} \1^{[s]}", formula)
            return re.sub(r"_\((\w+)\)", r"_{\\text{\1}}", mean)


def _skeleton(text: str) -> tuple[str, tuple[str, ...]]:
    """An author's text as its words and the digits of its formulae."""
    parts = re.split(r"\$([^$]+)\$", text)
    return _words("¤".join(parts[::2])), tuple(digits("".join(parts[1::2]).replace("-", "−")))


def _words(text: str) -> str:
    return re.sub(r"[\s*_`]", "", text)


def read_blocks(root: Node, letters: Reading) -> list[Block]:
    """The blocks of a handout in reading order; the data that stand below each other are one display."""
    blocks: list[Block] = []
    before = False
    for block in _blocks(root, letters):
        data = (
            block.kind == "display"
            and not block.box
            and "\\\\\n" not in block.source
            and " + " not in block.source
        )
        if data and before and blocks[-1].kind == "display":
            above, below = blocks[-1].source.removesuffix(END), block.source.removeprefix(BEGIN)
            blocks[-1] = Block("display", f"{above} \\\\{below}")
        else:
            blocks.append(block)
        before = data
    return blocks


BEGIN, END = "\\begin{aligned}", "\n\\end{aligned}"


def _blocks(root: Node, letters: Reading) -> Iterator[Block]:
    box = ""
    for node in root.nodes:
        if node.kind in HEADINGS:
            box = ""
            yield Block("heading", letters.text(node))
        elif node.kind == "Strong":
            box = node.seen
            yield Block("heading", box, (), box)
        elif node.kind == "P":
            box = ""
            yield Block("text", letters.text(node))
        elif node.kind == "Formula":
            yield Block("display", letters.display(node, box), (), box)
            box = ""
        elif node.kind == "L":
            for item in node.nodes:
                label, body = item.nodes[0].seen.strip(), letters.text(item.nodes[1])
                yield Block("item", f"**{label}** {body}" if label.startswith("(") else body, (), box)
        elif node.kind == "Table":
            yield Block("table", _table(node, letters))
        elif node.kind not in ("Figure", "Span", "Link"):
            yield from _blocks(node, letters)


def _table(node: Node, letters: Reading) -> str:
    rows = [row for row in node if row.kind == "TR"]
    return "\n".join("| " + " | ".join(letters.text(cell) for cell in row.nodes) + " |" for row in rows)


def _text(node: Node, write: Callable[[str], str]) -> str:
    """Words, and what `write` makes of formulae; a space where a new line begins."""
    text, last = "", None
    for part in _parts(node):
        first = next(iter(part.runs()), None) if isinstance(part, Node) else part
        if first is not None and last is not None and last.height - first.height > 9:
            text += "" if text.endswith(" ") else " "
        if isinstance(part, Run):
            text += part.text.translate(SIGNS)
        else:
            text += write(part.alt or "")
        runs = list(part.runs()) if isinstance(part, Node) else [part]
        last = runs[-1] if runs else last
    return text.strip()


def _parts(node: Node) -> Iterator[Node | Run]:
    for part in node.parts:
        if isinstance(part, Run) or part.kind == "Formula":
            yield part
        else:
            yield from _parts(part)
