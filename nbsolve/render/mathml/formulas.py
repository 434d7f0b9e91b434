"""The MathML dialect of mathematics: rows without a shell, so that a long one can be broken at its operators.

What is printed is the content of a `math` element. A space stands before an operator between two terms or factors,
and nowhere else between elements: there a line may be broken (see `lines.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from nbsolve.document import Math
from nbsolve.expr import Atom
from nbsolve.letters import own_name
from nbsolve.notation import Names
from nbsolve.phrases import phrase, phrase_of
from nbsolve.render import latex_math
from nbsolve.render.dialect import Dialect
from nbsolve.render.mathml.tree import APPLIED, THIN, authored, elements, is_tall, level, one, script
from nbsolve.render.printer import MOST_NAMES, Printer

MINUS = '<mo form="prefix">−</mo>'
"""Where it is a sign; between two terms it is an operator."""
_DIGIT_FIRST = re.compile(r"(?:<(?:mrow|msub|msup|msubsup)>)*<mn>")
_RELATIONS = {sign: f"<mo>{sign}</mo>" for sign in "=≈≤≥≠←"} | {"<": "<mo>&lt;</mo>", ">": "<mo>&gt;</mo>"}


@lru_cache(maxsize=MOST_NAMES)
def printer(names: Names) -> Printer:
    """A printer of expressions in MathML with these names."""

    def atom(one_atom: Atom) -> str:
        return authored(names.latex(one_atom))

    def note(key: str, atoms: Sequence[Atom]) -> str:
        words = _words(phrase_of("braces.", key))
        return f"<mrow>{words}{'<mo>,</mo>'.join(atom(each) for each in atoms)}</mrow>"

    def call(name: str, arguments: Sequence[str], primes: int) -> str:
        letter = authored(latex_math.FUNCTIONS.get(name) or own_name(name).latex())
        signs = f'<mo lspace="0" rspace="0">{"′" * primes}</mo>' if primes else ""
        return f"{letter}{signs}{_parentheses('<mo>,</mo>'.join(arguments))}"

    return Printer(
        Dialect(
            atom=atom,
            number=_number,
            variable=lambda name: authored(latex_math.variable(name)),
            fraction=lambda n, d: f"<mfrac>{one(_literal(n))}{one(_literal(d))}</mfrac>",
            fraction_is_atom=True,
            power=_power,
            root=lambda x: f"<msqrt>{x}</msqrt>",
            parentheses=_parentheses,
            brackets=lambda x: f"<mrow><mo>[</mo>{x}<mo>]</mo></mrow>",
            call=call,
            exponential=lambda x: f"<msup><mi>e</mi>{script(x)}</msup>",
            logarithm=lambda base, x: f"<msub><mi>log</mi>{one(base)}</msub>{_parentheses(x)}",
            absolute=lambda x: _fenced("|", "|", x),
            norm=lambda x: _fenced("‖", "‖", x),
            matrix=lambda rows: f"<mrow><mo>[</mo>{_table(rows)}<mo>]</mo></mrow>",
            cases=_cases,
            brace=lambda body, words: _braced(body, words),
            reference=lambda body, n: _braced(body, f"<mtext>{mark(n)}</mtext>"),
            note=note,
            relations=_RELATIONS,
            minus=MINUS,
            subtracted="<mo>−</mo>",
            dot="<mo>·</mo>",
            juxtaposed=THIN,
            applied=APPLIED,
            hadamard="<mo>⊙</mo>",
            transpose="<mo>⊤</mo>",
            pi="<mi>π</mi>",
            all_of="sum",
            subscript=lambda base, index: f"<msub>{level(one(base))}{one(authored(index))}</msub>",
            bold=_bold,
            indexed_sum=_indexed_sum,
            indexed_extreme=_indexed_extreme,
            derivative=_derivative,
            remainder=lambda x: f"<mi>O</mi>{_parentheses(x)}",
            indicator=lambda condition: f"<msub><mi>𝟙</mi><mrow>{_fenced('[', ']', condition)}</mrow></msub>",
            plus="<mo>+</mo>",
            starts_with_digit=lambda text: _DIGIT_FIRST.match(text) is not None,
            is_raised=lambda text: text.startswith(("<msup", "<msubsup")),
            is_long=lambda text: text.startswith(("<msup", "<msubsup", "<mfrac")),
        )
    )


def inline(math: Math, names: Names) -> str:
    """Mathematics in a line of text: the content of a `math` element."""
    return printer(names).equation(math.left, math.relation, math.right)


def mark(number: int) -> str:
    """The number of a line in a circle. `data-mark` is what a page makes a link of."""
    return f'<a class="nbsolve-mark" data-mark="{number}">{number}</a>'


def _literal(text: str) -> str:
    """A part of a fraction that may be bare digits."""
    return text if text.startswith("<") else f"<mn>{text}</mn>"


def _number(text: str) -> str:
    """`-7.639e-6` as −7.639·10⁻⁶."""
    mantissa, _, exponent = text.lower().partition("e")
    sign, digits = (MINUS, mantissa[1:]) if mantissa.startswith("-") else ("", mantissa.removeprefix("+"))
    if not exponent:
        return f"{sign}<mn>{digits}</mn>"
    power = f"<msup><mn>10</mn>{one(_number(str(int(exponent))))}</msup>"
    return f"{sign}<mn>{digits}</mn><mo>·</mo>{power}"


def _words(text: str) -> str:
    return f"<mtext>{text.replace(' ', chr(0xA0))}</mtext>"


def _power(base: str, exponent: str) -> str:
    if base.startswith("<msub>") and len(parts := elements(base)) == 1:
        inside = "".join(
            part for part, _ in elements(parts[0][0].removeprefix("<msub>").removesuffix("</msub>"))
        )
        return f"<msubsup>{inside}{script(exponent)}</msubsup>"
    return f"<msup>{one(base)}{script(exponent)}</msup>"


def _fenced(left: str, right: str, inside: str) -> str:
    grows = str(is_tall(inside)).lower()
    opening, closing = (f'<mo form="{form}" stretchy="{grows}">' for form in ("prefix", "postfix"))
    return f"<mrow>{opening}{left}</mo>{inside}{closing}{right}</mo></mrow>"


def _parentheses(inside: str) -> str:
    if is_tall(inside):
        return f"<mrow><mo>(</mo>{inside}<mo>)</mo></mrow>"
    return f'<mo stretchy="false">(</mo>{inside}<mo stretchy="false">)</mo>'


def _table(rows: Sequence[Sequence[str]]) -> str:
    cells = ("".join(f"<mtd>{cell}</mtd>" for cell in row) for row in rows)
    return "<mtable>" + "".join(f"<mtr>{row}</mtr>" for row in cells) + "</mtable>"


def _cases(rows: Sequence[tuple[str, str | None]]) -> str:
    lines = [
        (value, _words(phrase("cases.otherwise")))
        if condition is None
        else (value, f"{_words(phrase('cases.if') + ' ')}{condition}")
        for value, condition in rows
    ]
    return f'<mrow class="cases"><mo>{{</mo>{_table(lines)}</mrow>'


def _braced(body: str, below: str) -> str:
    return f'<munder><munder>{one(body)}<mo stretchy="true">⏟</mo></munder>{one(below)}</munder>'


@lru_cache(maxsize=1024)
def _bold(letter: str) -> str:
    """Upright bold for Latin letters, bold italics for Greek ones: browsers know no other way than the letters."""
    return re.sub(r"(?<=>)[^<]+", lambda text: "".join(map(_bold_letter, text[0])), letter)


def _bold_letter(sign: str) -> str:
    case = "CAPITAL" if sign.isupper() else "SMALL"
    if sign.isascii() and sign.isalpha():
        return unicodedata.lookup(f"MATHEMATICAL BOLD {case} {sign.upper()}")
    name = unicodedata.name(sign, "")
    if name.startswith("GREEK ") and " LETTER " in name and name.count(" ") == 3:
        return unicodedata.lookup(
            f"MATHEMATICAL BOLD ITALIC {case} {name.rpartition(' ')[2].replace('LAMBDA', 'LAMDA')}"
        )
    return sign


def _indexed_sum(index: str, first: int, last: str) -> str:
    below, above = script(f"{authored(index)}<mo>=</mo><mn>{first}</mn>"), one(authored(last))
    return f"<munderover><mo>∑</mo>{below}{above}</munderover>"


def _indexed_extreme(name: str, index: str, first: int, last: str) -> str:
    below = script(f"<mn>{first}</mn><mo>≤</mo>{authored(index)}<mo>≤</mo>{authored(last)}")
    return f"<munder><mi>{name}</mi>{below}</munder>"


def _derivative(over: str, under: str, partial: bool) -> str:
    sign = "<mi>∂</mi>" if partial else '<mi mathvariant="normal">d</mi>'
    return f"<mfrac><mrow>{sign}{over}</mrow><mrow>{sign}{under}</mrow></mfrac>"
