"""Blocks as plain text with Unicode mathematics, for terminals."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

from nbsolve.document import (
    Block,
    Bullets,
    Code,
    Derivation,
    Document,
    Fold,
    Heading,
    Inline,
    Line,
    Link,
    Mark,
    Markdown,
    Math,
    Note,
    Paragraph,
    Result,
    Strong,
    Table,
    Text,
)
from nbsolve.expr import Atom, Matrix
from nbsolve.letters import letter_name, own_name
from nbsolve.markdown.plain import plain as authored
from nbsolve.notation import Names
from nbsolve.phrases import phrase, phrase_of
from nbsolve.render.circled import circled
from nbsolve.render.dialect import Dialect
from nbsolve.render.printer import MOST_NAMES, Printer

_SUPERSCRIPTS = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_INDICES = str.maketrans("0123456789ijkmnrst", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₘₙᵣₛₜ")
_FUNCTIONS = {
    "identity": "id", "sigmoid": "σ", "relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU", "gelu": "GELU",
    "silu": "SiLU", "loss": "ℓ", "atan": "arctan", "normal_distribution": "Φ", "normal_density": "φ",
}  # fmt: skip
_VARIABLES = {"alpha": "α", "delta": "δ", "theta": "θ", "epsilon": "ε", "ell": "ℓ", "a_k": "aₖ", "y_k": "yₖ"}
_RELATIONS = {sign: sign for sign in "=≈<>≤≥≠←"}
_OPERATOR = re.compile(r"((?<= )[=≈<>≤≥≠←+−·]) (?=\S)")
"""An operator with the spaces around it: a line may end before it, not after it."""
_TIED = "\N{NO-BREAK SPACE}"
Style = Callable[[str, str], str]


def _with_index(base: str, index: str) -> str:
    """a₂; W[:,1:2] for a range of columns, which has no signs of its own."""
    return f"{base}[{index}]" if ":" in index else base + index.translate(_INDICES)


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes: accents stand above their letters."""
    return sum(not unicodedata.combining(sign) for sign in text)


def plain(text: str, style: str) -> str:
    """Return a text unstyled."""
    return text


def render(document: Document, width: int = 100, style: Style = plain) -> str:
    """The document as text; `style(text, kind)` may colour headings, answers and numbers."""
    writer = _Writer(document.names, width, style)
    return "\n\n".join(writer.block(block) for block in document.blocks) + "\n"


@lru_cache(maxsize=MOST_NAMES)
def printer(names: Names) -> Printer:
    """A printer of expressions in Unicode text."""

    def cases(rows: Sequence[tuple[str, str | None]]) -> str:
        parts = [
            f"{value} {phrase('cases.if')} {condition}"
            if condition is not None
            else f"{value} {phrase('cases.otherwise')}"
            for value, condition in rows
        ]
        return "{" + "; ".join(parts) + "}"

    def note(key: str, atoms: Sequence[Atom]) -> str:
        return phrase_of("braces.", key) + ", ".join(names.plain(atom) for atom in atoms)

    return Printer(
        Dialect(
            atom=names.plain,
            number=_number,
            variable=_variable,
            fraction=lambda n, d: f"{n}/{d}",
            fraction_is_atom=False,
            power=_power,
            root=lambda x: f"√({x})",
            parentheses=lambda x: f"({x})",
            brackets=lambda x: f"[{x}]",
            call=lambda name, arguments, primes: f"{_function(name)}{'′' * primes}({', '.join(arguments)})",
            exponential=lambda x: f"exp({x})",
            logarithm=lambda base, x: (
                f"log{base.translate(_SUBSCRIPTS) if base.isdigit() else '_' + base}({x})"
            ),
            absolute=lambda x: f"|{x}|",
            norm=lambda x: f"‖{x}‖",
            matrix=lambda rows: "[" + "; ".join(", ".join(row) for row in rows) + "]",
            cases=cases,
            brace=lambda body, words: f"{body} ⟨{words}⟩",
            reference=lambda body, n: f"{body}{circled(n)}",
            note=note,
            relations=_RELATIONS,
            minus="−",
            dot="·",
            juxtaposed="·",
            applied=" ",
            hadamard="⊙",
            transpose="T",
            pi="π",
            all_of="sum",
            subscript=_with_index,
            bold=lambda letter: letter,
            indexed_sum=_indexed_sum,
            indexed_extreme=_indexed_extreme,
            derivative=_derivative,
            remainder=lambda x: f"O({x})",
            indicator=lambda condition: f"1[{condition}]",
        )
    )


def _function(name: str) -> str:
    return _FUNCTIONS.get(name) or (name if re.match(r"[A-Za-z]{2}", name) else own_name(name).plain())


def _variable(name: str) -> str:
    return _VARIABLES.get(name) or (letter_name(name).plain() if re.match(r"[A-Za-z]\w", name) else name)


def _indexed_sum(index: str, first: int, last: str) -> str:
    return f"Σ_{index}={first}…{last}"


def _indexed_extreme(name: str, index: str, first: int, last: str) -> str:
    return f"{name}_{index}={first}…{last}"


def _derivative(over: str, under: str, partial: bool) -> str:
    sign = "∂" if partial else "d"
    return f"{sign}{over}/{sign}{under}"


def _number(text: str) -> str:
    mantissa, _, exponent = text.lower().partition("e")
    written = mantissa.replace("-", "−")
    return f"{written}·10{str(int(exponent)).translate(_SUPERSCRIPTS)}" if exponent else written


def _power(base: str, exponent: str) -> str:
    if exponent == "T":
        return f"{base}ᵀ"
    return (
        base + exponent.translate(_SUPERSCRIPTS)
        if exponent.isascii() and exponent.isdigit()
        else f"{base}^({exponent})"
    )


class _Writer:
    def __init__(self, names: Names, width: int, style: Style) -> None:
        self.names, self.width, self.style = names, width, style
        self.printer = printer(names)

    def block(self, block: Block) -> str:
        match block:
            case Heading(level, text):
                words = self._text(text)
                rule = {1: "═", 2: "─"}.get(level)
                title = self.style(words, "heading")
                return f"{title}\n{rule * len(words)}" if rule else title
            case Paragraph(text):
                return self._wrapped(self._text(text))
            case Bullets(items, labels):
                marks = [f"({label}) " for label in labels] or ["• "] * len(items)
                rows = [
                    self._wrapped(self._text(item), mark) for mark, item in zip(marks, items, strict=True)
                ]
                return "\n".join(rows)
            case Derivation(lines):
                return self._derivation(lines)
            case Table():
                return self._table(block)
            case Note(_, title, blocks):
                body = "\n\n".join(self.block(inner) for inner in blocks)
                return self.style(title, "heading") + "\n" + textwrap.indent(body, "  ")
            case Code(_, text):
                return text.rstrip("\n")  # not indented: it is copied from here
            case Fold(title, blocks):
                return "\n\n".join([self.style(title, "heading"), *map(self.block, blocks)])
        raise TypeError(f"{type(block).__name__} cannot be rendered")

    def _wrapped(self, words: str, mark: str = "") -> str:
        """The lines of a text, none of which ends with an operator, after the mark and below it."""
        indent = " " * len(mark)
        wrapped = [
            textwrap.fill(
                _OPERATOR.sub(rf"\1{_TIED}", line), self.width,
                initial_indent=indent if number else mark, subsequent_indent=indent,
                break_long_words=False, break_on_hyphens=False,
            )
            for number, line in enumerate(words.split("\n"))
        ]  # fmt: skip
        return "\n".join(wrapped).replace(_TIED, " ")

    def _derivation(self, lines: Sequence[Line]) -> str:
        lefts = [self.printer.print(line.left) if line.left is not None else "" for line in lines]
        margin = max(map(_columns, lefts))
        return "\n".join(self._line(line, left, margin) for line, left in zip(lines, lefts, strict=True))

    def _line(self, line: Line, left: str, margin: int) -> str:
        text = f"  {left}{' ' * (margin - _columns(left))}"
        for relation, right in line.parts:
            if isinstance(right, Result):
                written = self.printer.print(right.value)
                if right.boxed:  # the brackets of a vector or matrix are box enough
                    boxed = written if isinstance(right.value, Matrix) else f"[ {written} ]"
                    written = self.style(boxed, "answer")
            else:
                written = self.printer.print(right)
            text += f" {relation} {written}"
        if line.tag is not None:
            text += f"   {circled(line.tag)}"
        if line.note:
            text += "   " + self.style(self._text(line.note), "note")
        return text

    def _table(self, block: Table) -> str:
        cells = [[self._text(cell) for cell in row] for row in (block.header, *block.rows)]
        widths = [max(_columns(row[n]) for row in cells) for n in range(len(block.header))]

        def row(values: list[str]) -> str:
            spaces = [" " * (w - _columns(value)) for value, w in zip(values, widths, strict=True)]
            padded = [
                space + value if n in block.numeric else value + space
                for n, (value, space) in enumerate(zip(values, spaces, strict=True))
            ]
            return "  " + "  ".join(padded).rstrip()

        rule = "  " + "  ".join("─" * w for w in widths)
        return "\n".join([row(cells[0]), rule, *(row(values) for values in cells[1:])])

    def _text(self, text: Text) -> str:
        return "".join(self._inline(part) for part in text)

    def _inline(self, part: Inline) -> str:
        match part:
            case str():
                return part
            case Math(left, relation, right):
                words = self.printer.print(left)
                return (
                    words
                    if right is None or relation is None
                    else f"{words} {relation} {self.printer.print(right)}"
                )
            case Strong(words):
                return self.style(words, "heading")
            case Markdown(words):
                return authored(words)
            case Mark(number):
                return circled(number)
            case Link(words, _):
                return self._inline(words)
        raise TypeError(f"{type(part).__name__} cannot be rendered")
