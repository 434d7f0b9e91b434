"""Numbers such as ln(3), ln(4) − 8.8 and 0.5 · ln(3), which stand on a page as they are: one number each.

Their value is kept to so many decimals that no other number of a page has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from mpmath import mp

from nbsolve.checking.audit.evaluate import Evaluator, Vector
from nbsolve.checking.audit.tree import Call, Matrix, Neg, Node, Num, Power, Product, Quotient, Sum
from nbsolve.checking.oracle.numbers import DIGITS, Number, Real, given, log
from nbsolve.checking.oracle.rounding import as_fraction, round_half_away

PLACES = 45
_SHORT, _NEAR, _EQUAL = 30, Fraction(1, 10**48), Fraction(1, 10**40)


def is_logarithm(number: Num) -> bool:
    """Whether a number is one of these."""
    return number.decimals == PLACES and "ln" in number.text


def has_logarithm(text: str) -> bool:
    """Whether a number of a file is one of these."""
    return "ln" in text


def is_value(number: Fraction, value: Number) -> bool:
    """Whether such a number is a value: their last decimals may have been rounded on different ways."""
    return abs(as_fraction(value) - number) < _EQUAL


def is_given(number: Fraction, text: str) -> bool:
    """Whether such a number is what a file gives."""
    with mp.workdps(DIGITS):
        return is_value(number, given(text))


def rounded(value: Number) -> Fraction:
    """The value as such a number has it."""
    return round_half_away(as_fraction(value), PLACES)


def snapped(value: Number) -> Number:
    """The rational number that σ(ln 4) = 0.8 is: a value that is a decimal to more digits than chance gives."""
    if not isinstance(value, Real):
        return value
    exact = as_fraction(value)
    short = round_half_away(exact, _SHORT)
    return short if abs(exact - short) < _NEAR else value


class SnappingEvaluator(Evaluator):
    """Values of formulae in which logarithms cancel: rational where they are."""

    def value(self, node: Node) -> Number | Vector:
        """The value of a number or of a column."""
        found = super().value(node)
        return found if isinstance(found, Vector) else snapped(found)


def collapsed(node: Node) -> Node:
    """The formula with one number in the place of each logarithm of a number and what is added to it."""
    match node:
        case Call("ln", (inner,)) if (value := _plain(inner)) is not None and value > 0:
            return _made(log(value)) if value != 1 else node
        case Call(name, arguments):
            return Call(name, tuple(map(collapsed, arguments)))
        case Neg(inner):
            return Neg(collapsed(inner))
        case Power(base, exponent):
            return Power(collapsed(base), collapsed(exponent))
        case Quotient(top, bottom):
            return _joined(Quotient(collapsed(top), collapsed(bottom)), lambda a, b: a / b)
        case Product(factors):
            return _product(tuple(map(collapsed, factors)))
        case Sum(terms):
            return _sum(tuple(map(collapsed, terms)))
        case Matrix(rows):
            return Matrix(tuple(tuple(map(collapsed, row)) for row in rows))
    return node


def _made(value: Number) -> Num:
    return Num("ln", rounded(value), PLACES)


def _plain(node: Node) -> Fraction | None:
    """A number of the page, or a fraction of two, with its sign; no logarithm."""
    match node:
        case Num() if not is_logarithm(node):
            return node.value
        case Neg(inner) if (value := _plain(inner)) is not None:
            return -value
        case Quotient(Num() as top, Num() as bottom) if not is_logarithm(top):
            return top.value / bottom.value
        case Call("brace" | "boxed", (inner, *_)):
            return _plain(inner)
    return None


def _logarithm(node: Node) -> Fraction | None:
    match node:
        case Num() if is_logarithm(node):
            return node.value
        case Neg(inner) if (value := _logarithm(inner)) is not None:
            return -value
    return None


def _joined(node: Quotient, join: Callable[[Fraction, Fraction], Fraction]) -> Node:
    top, bottom = _logarithm(node.top), _plain(node.bottom)
    return node if top is None or not bottom else _made(join(top, bottom))


def _product(factors: tuple[Node, ...]) -> Node:
    """c · ln b is one number; where it is a factor among others it stays two."""
    if len(factors) == 2:
        number, other = _plain(factors[0]), _logarithm(factors[1])
        if number and other is not None:  # 0 · ln(0.8) has a second number in it
            return _made(number * other)
    return Product(factors)


def _sum(terms: tuple[Node, ...]) -> Node:
    """A logarithm takes the number before it, or else the one after it, which the file gives together."""
    parts = [*_taken(list(terms))]
    return parts[0] if len(parts) == 1 else Sum(tuple(parts))


def _taken(terms: list[Node]) -> Iterator[Node]:
    while terms:
        first, second = terms[0], terms[1] if len(terms) > 1 else None
        pair = None
        if second is not None and (_logarithm(first) is None) != (_logarithm(second) is None):
            values = [_value(first), _value(second)]
            pair = None if None in values else sum(v for v in values if v is not None)
        if pair is not None:
            yield _made(Fraction(pair))
            terms = terms[2:]
        else:
            yield first
            terms = terms[1:]


def _value(node: Node) -> Fraction | None:
    found = _logarithm(node)
    return _plain(node) if found is None else found
