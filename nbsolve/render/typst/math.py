"""The Typst dialect of mathematics, and formulae inside lines of text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise

from nbsolve.document import Mark, Math, Text
from nbsolve.expr import Atom, Expr
from nbsolve.letters import letter_name, own_name
from nbsolve.notation import Names
from nbsolve.phrases import phrase, phrase_of
from nbsolve.render import text as linear
from nbsolve.render.circled import circled
from nbsolve.render.dialect import Dialect
from nbsolve.render.printer import Printer
from nbsolve.render.typst.tree import latex_to_typst
from nbsolve.render.typst.words import quoted, spaced

FUNCTIONS = {
    "identity": 'op("id")',
    "sigmoid": "σ",
    "tanh": 'op("tanh")',
    "relu": 'op("ReLU")',
    "leaky_relu": 'op("LeakyReLU")',
    "elu": 'op("ELU")',
    "softplus": 'op("softplus")',
    "gelu": 'op("GELU")',
    "silu": 'op("SiLU")',
    "step": 'op("step")',
    "softmax": 'op("softmax")',
    "normal_distribution": "Φ",
    "normal_density": "φ",
    "loss": "ℓ",
    "max": 'op("max")',
    "min": 'op("min")',
    "sin": 'op("sin")',
    "cos": 'op("cos")',
    "sinh": 'op("sinh")',
    "cosh": 'op("cosh")',
    "atan": 'op("arctan")',
    "ln": 'op("ln")',
    "diag": 'op("diag")',
    "erf": 'op("erf")',
    "sign": 'op("sign")',
    "sum": 'op("sum")',
}
VARIABLES = {
    "alpha": "α", "delta": "δ", "theta": "θ", "epsilon": "ε", "ell": "ℓ", "…": "⋯", "b": "b", "W": "W", "x": "x",
}  # fmt: skip
_GREEK = frozenset(VARIABLES.values()) - frozenset("bWx")
CIRCLES = 20
"""Fonts for mathematics have circled numbers up to here."""
RELATIONS = {sign: sign for sign in "=≈<>≤≥≠←"}


def number(text: str) -> str:
    """`7.639e-6` as 7.639·10⁻⁶."""
    mantissa, _, exponent = text.lower().partition("e")
    return f"{mantissa} dot.c 10^({int(exponent)})" if exponent else mantissa


def printer(names: Names) -> Printer:
    """A printer of expressions in Typst with these names."""

    def atom(one: Atom) -> str:
        return latex_to_typst(names.latex(one))

    def note(key: str, atoms: Sequence[Atom]) -> str:
        words = phrase_of("braces.", key).rstrip()
        listed = ' comma " " '.join(atom(one) for one in atoms)
        return f"{quoted(words + ' ')}{listed}" if listed else quoted(words)

    def call(name: str, arguments: Sequence[str], primes: int) -> str:
        function = FUNCTIONS.get(name) or latex_to_typst(own_name(name).latex())
        return f"{function}{'^′' * primes}({' comma med '.join(arguments)})"

    def cases(rows: Sequence[tuple[str, str | None]]) -> str:
        lines = [
            f"{value} & quad {quoted(phrase('cases.if'))} med {condition}"
            if condition is not None
            else f"{value} & quad {quoted(phrase('cases.otherwise'))}"
            for value, condition in rows
        ]
        return f"display(cases({', '.join(lines)}))"

    return Printer(
        Dialect(
            atom=atom,
            number=number,
            variable=_variable,
            fraction=lambda n, d: f"frac({n}, {d})",
            fraction_is_atom=True,
            power=lambda base, exponent: f"{base}^({exponent})",
            root=lambda x: f"sqrt({x})",
            parentheses=lambda x: f"({x})",
            brackets=lambda x: f"[{x}]",
            call=call,
            exponential=lambda x: f"e^({x})",
            logarithm=lambda base, x: f'op("log")_({base})({x})',
            absolute=lambda x: f"lr(bar.v {x} bar.v)",
            norm=lambda x: f"lr(bar.v.double {x} bar.v.double)",
            matrix=lambda rows: f'mat(delim: "[", {"; ".join(", ".join(row) for row in rows)})',
            cases=cases,
            brace=lambda body, words: f"underbrace({body}, {words})",
            reference=lambda body, n: f"underbrace({body}, {quoted(circled(n, CIRCLES))})",
            note=note,
            relations=RELATIONS,
            minus="-",
            dot="dot.c",
            juxtaposed=" thin ",
            applied=" med ",
            hadamard="⊙",
            transpose="⊤",
            pi="π",
            all_of="sum",
            subscript=lambda base, index: f"{base}_({latex_to_typst(index)})",
            bold=lambda letter: f"bold({letter})" if letter in _GREEK else f"upright(bold({letter}))",
            indexed_sum=_indexed_sum,
            indexed_extreme=_indexed_extreme,
            derivative=_derivative,
            remainder=lambda x: f"O({x})",
            indicator=lambda condition: f"bb(1)_([{condition}])",
        )
    )


def _variable(name: str) -> str:
    if re.match(r"[A-Za-z]\w", name) and name not in VARIABLES:
        return latex_to_typst(letter_name(name).latex())
    return VARIABLES.get(name) or latex_to_typst(name)


def _indexed_sum(index: str, first: int, last: str) -> str:
    return f"∑_({index} = {first})^({last})"


def _indexed_extreme(name: str, index: str, first: int, last: str) -> str:
    return f"{name}_({first} <= {index} <= {last})"


def _derivative(over: str, under: str, partial: bool) -> str:
    sign = "∂" if partial else "upright(d)"
    return f"frac({sign} {over}, {sign} {under})"


@dataclass(frozen=True)
class Formulas:
    """Writes formulae twice: in Typst, and in the linear form that is read aloud instead."""

    names: Names

    @cached_property
    def typst(self) -> Printer:
        """The printer of what is seen."""
        return printer(self.names)

    @cached_property
    def linear(self) -> Printer:
        """The printer of what is read; a name is taken apart once only."""
        plain = linear.printer(self.names)
        return Printer(replace(plain.dialect, atom=lru_cache(maxsize=None)(plain.dialect.atom)))

    def both(self, expression: Expr) -> tuple[str, str]:
        """An expression as it stands alone."""
        return fitting(self.typst.print(expression)), self.linear.print(expression)

    def inline(self, math: Math) -> tuple[str, str]:
        """Mathematics in a line of text, without dollar signs."""
        typst, plain = self.both(math.left)
        if math.relation is None or math.right is None:
            return typst, plain
        right = self.both(math.right)
        signs = self.typst.relation(math.relation), self.linear.relation(math.relation)
        return f"{typst} {signs[0]} {right[0]}", f"{plain} {signs[1]} {right[1]}"

    def note(self, text: Text) -> tuple[str, str]:
        """A line's note: words with mathematics between. Raises TypeError for anything else."""
        typst, plain = [], []
        for part in text:
            if isinstance(part, Math):
                formula = self.inline(part)
                typst.append(formula[0])
                plain.append(formula[1])
            elif isinstance(part, str | Mark):
                words = part if isinstance(part, str) else circled(part.number, CIRCLES)
                typst.append(quoted(words))
                plain.append(words)
            else:
                raise TypeError(f"{type(part).__name__} cannot stand in a note")
        return spaced(typst), "".join(plain)


_BRACKETS = re.compile(r'["()\[\]]')
_TALL = re.compile(r"frac\(|mat\(|cases\(|underbrace\(|[∑∏∫]")
_GROUPING = re.compile(r"(?:[_^#]|: |#h|[A-Za-z.]{2,})$")


@lru_cache(maxsize=16384)
def fitting(typst: str) -> str:
    """Round and square brackets that grow only around what is taller than a line, as in LaTeX.

    Typst lets every pair grow that stands in its source; a pair that must not is written with backslashes.
    """
    opened: list[tuple[int, bool]] = []
    plain: set[int] = set()
    words = False
    for found in _BRACKETS.finditer(typst):
        at, sign = found.start(), found.group()
        if sign == '"':
            words = words == (typst[at - 1 : at] == "\\")
        elif words:
            continue
        elif sign in "([":
            opened.append((at, sign == "(" and bool(_GROUPING.search(typst, max(0, at - 16), at))))
        else:
            start, grouping = opened.pop()
            if not grouping and not _TALL.search(typst, start, at):
                plain |= {start, at}
    ends = [0, *sorted(plain), len(typst)]
    return "\\".join(typst[start:end] for start, end in pairwise(ends))


_DERIVATIVE = re.compile(
    r"frac\((∂ (?:[^(),]|\((?:[^()]|\([^()]*\))*\))+), (∂ (?:[^(),]|\((?:[^()]|\([^()]*\))*\))+)\)"
)


def slashed(typst: str) -> str:
    """A partial derivative that is all there is, ∂L/∂w, on one line; anything else as it is."""
    found = _DERIVATIVE.fullmatch(typst)
    return f"{found[1]} slash {found[2]}" if found else typst
