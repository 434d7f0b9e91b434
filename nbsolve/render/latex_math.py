"""The LaTeX dialect of mathematics, shared by the MyST and the LaTeX renderer."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache

from nbsolve.document import Derivation, Inline, Line, Mark, Math, Result, Text
from nbsolve.expr import Atom, Expr
from nbsolve.letters import letter_name, own_name
from nbsolve.notation import Names
from nbsolve.phrases import phrase, phrase_of
from nbsolve.render.circled import IN_EVERY_FONT, circled
from nbsolve.render.dialect import Dialect
from nbsolve.render.printer import MOST_NAMES, Printer

FUNCTIONS = {
    "identity": r"\mathrm{id}",
    "sigmoid": r"\sigma",
    "tanh": r"\tanh",
    "relu": r"\mathrm{ReLU}",
    "leaky_relu": r"\mathrm{LeakyReLU}",
    "elu": r"\mathrm{ELU}",
    "softplus": r"\mathrm{softplus}",
    "gelu": r"\mathrm{GELU}",
    "silu": r"\mathrm{SiLU}",
    "step": r"\mathrm{step}",
    "softmax": r"\mathrm{softmax}",
    "normal_distribution": r"\Phi",
    "normal_density": r"\varphi",
    "loss": r"\ell",
    "max": r"\max",
    "min": r"\min",
    "sinh": r"\sinh",
    "cosh": r"\cosh",
    "sin": r"\sin",
    "cos": r"\cos",
    "atan": r"\arctan",
    "ln": r"\ln",
    "diag": r"\operatorname{diag}",
    "erf": r"\operatorname{erf}",
    "sign": r"\operatorname{sign}",
    "sum": r"\operatorname{sum}",
}
VARIABLES = {
    "alpha": r"\alpha", "delta": r"\delta", "theta": r"\theta", "epsilon": r"\varepsilon", "ell": r"\ell",
    "…": r"\cdots",
}  # fmt: skip
RELATIONS = {
    "=": "=",
    "≈": r"\approx",
    "<": "<",
    ">": ">",
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "←": r"\leftarrow",
}


def number(text: str) -> str:
    """`7.639e-6` as 7.639·10⁻⁶."""
    mantissa, _, exponent = text.lower().partition("e")
    return rf"{mantissa}\cdot 10^{{{int(exponent)}}}" if exponent else text


@lru_cache(maxsize=8)
@lru_cache(maxsize=MOST_NAMES)
def printer(names: Names) -> Printer:
    """A printer of expressions in LaTeX with these names."""

    def note(key: str, atoms: Sequence[Atom]) -> str:
        words = phrase_of("braces.", key)
        return rf"\text{{{words}}}{', '.join(names.latex(atom) for atom in atoms)}"

    def call(name: str, arguments: Sequence[str], primes: int) -> str:
        return _applied(
            (FUNCTIONS.get(name) or own_name(name).latex()) + "'" * primes, ",\\, ".join(arguments)
        )

    def cases(rows: Sequence[tuple[str, str | None]]) -> str:
        lines = [
            rf"{value} & \text{{{phrase('cases.if')} }} {condition}"
            if condition is not None
            else rf"{value} & \text{{{phrase('cases.otherwise')}}}"
            for value, condition in rows
        ]
        return r"\begin{cases}" + r" \\ ".join(lines) + r"\end{cases}"

    return Printer(
        Dialect(
            atom=names.latex,
            number=number,
            variable=variable,
            fraction=lambda n, d: rf"\frac{{{n}}}{{{d}}}",
            fraction_is_atom=True,
            power=lambda base, exponent: f"{base}^{{{exponent}}}",
            root=lambda x: rf"\sqrt{{{x}}}",
            parentheses=_fitting("(", ")"),
            brackets=lambda x: rf"\left[{x}\right]",
            call=call,
            exponential=lambda x: f"e^{{{x}}}",
            logarithm=lambda base, x: rf"\log_{{{base}}}({x})",
            absolute=lambda x: rf"\left|{x}\right|",
            norm=lambda x: rf"\left\lVert {x}\right\rVert" if _is_tall(x) else rf"\lVert {x}\rVert",
            matrix=lambda rows: (
                r"\begin{bmatrix}" + r" \\ ".join(" & ".join(row) for row in rows) + r"\end{bmatrix}"
            ),
            cases=cases,
            brace=lambda body, words: rf"\underbrace{{{body}}}_{{{words}}}",
            reference=lambda body, n: rf"\underbrace{{{body}}}_{{\text{{{circled(n, IN_EVERY_FONT)}}}}}",
            note=note,
            relations=RELATIONS,
            minus="-",
            dot=r"\cdot",
            juxtaposed=r"\,",
            hadamard=r"\odot",
            transpose=r"\top",
            pi=r"\pi",
            all_of="sum",
            subscript=lambda base, index: f"{base}_{{{index}}}",
            bold=lambda letter: rf"\{'boldsymbol' if letter.startswith(chr(92)) else 'mathbf'}{{{letter}}}",
            indexed_sum=_indexed_sum,
            indexed_extreme=_indexed_extreme,
            derivative=_derivative,
            remainder=lambda x: rf"O\left({x}\right)",
            indicator=lambda condition: rf"\mathbb{{1}}_{{[{condition}]}}",
        )
    )


def variable(name: str) -> str:
    """A letter of a formula that stands on its own: alpha is α, beta2 is β₂."""
    return VARIABLES.get(name) or (letter_name(name).latex() if re.match(r"[A-Za-z]\w", name) else name)


def _indexed_sum(index: str, first: int, last: str) -> str:
    return rf"\sum_{{{index}={first}}}^{{{last}}}"


def _indexed_extreme(name: str, index: str, first: int, last: str) -> str:
    return rf"\{name}_{{{first}\le {index}\le {last}}}"


def _derivative(over: str, under: str, partial: bool) -> str:
    sign = r"\partial " if partial else r"\mathrm{d}"
    return rf"\frac{{{sign}{over}}}{{{sign}{under}}}".replace(r"\partial }", r"\partial}")


def _applied(name: str, inside: str) -> str:
    return f"{name}{_fitting('(', ')')(inside)}"


def _fitting(left: str, right: str):  # type: ignore[no-untyped-def]
    def fitted(inside: str) -> str:
        return rf"\left{left}{inside}\right{right}" if _is_tall(inside) else f"{left}{inside}{right}"

    return fitted


def _is_tall(inside: str) -> bool:
    """Whether signs around it have to grow. (Where they need not, \\left would make some of them too small.)"""
    return any(sign in inside for sign in (r"\frac", r"\begin", r"\underbrace", r"\sum"))


def inline(math: Math, names: Names) -> str:
    """Inline mathematics without its dollar signs."""
    return printer(names).equation(math.left, math.relation, math.right)


def derivation(block: Derivation, names: Names, words: object) -> str:
    """An `aligned` environment, one row a line. `words` turns a note's text into LaTeX."""
    p = printer(names)
    rows = [_row(line, p, words) for line in block.lines]
    text = rows[0]
    for above, row in itertools.pairwise(rows):
        tall = any(sign in above + row for sign in (r"\frac", r"\underbrace", r"\begin"))
        text += (" \\\\[4pt]\n" if tall else " \\\\\n") + row
    return f"\\begin{{aligned}}\n{text}\n\\end{{aligned}}"


def _row(line: Line, p: Printer, words: object) -> str:
    row = "" if line.left is None else p.print(line.left)
    for position, (relation, right) in enumerate(line.parts):
        mark = "&" if position == 0 else ""
        row += f" {mark}{p.relation(relation)} {_right(right, p)}"
    tail = ""
    if line.tag is not None:
        tail = rf"\text{{{circled(line.tag, IN_EVERY_FONT)}}}"
    if line.note:
        tail += (r"\;\;" if tail else "") + words(line.note)  # type: ignore[operator]
    return row.strip() + (f" && {tail}" if tail else "")


def _right(right: Expr | Result, p: Printer) -> str:
    if isinstance(right, Result):
        text = p.print(right.value)
        return rf"\boxed{{{text}}}" if right.boxed else text
    return p.print(right)


def note_words(text: Text, names: Names) -> str:
    """A line's note: words in \\text, mathematics between."""
    return "".join(_note_part(part, names) for part in text)


def _note_part(part: Inline, names: Names) -> str:
    if isinstance(part, Math):
        return inline(part, names)
    return mark(part) if isinstance(part, Mark) else rf"\text{{{part}}}"


def mark(called: Mark) -> str:
    """The number of a line."""
    return rf"\text{{{circled(called.number, IN_EVERY_FONT)}}}"
