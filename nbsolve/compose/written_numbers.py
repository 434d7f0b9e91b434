"""Written numbers inside formulae: as literals, with one sign each, subtracted where they are negative."""

from __future__ import annotations

from nbsolve.expr import Brace, Expr, Negation, Number, Product, Sum, substitute
from nbsolve.expr.literals import literal_of
from nbsolve.given import Given
from nbsolve.logarithms import Logarithm
from nbsolve.rounding import Written

MOST_EXTRA = 14
"""Digits that may be added to operands; a value that needs more than this is a tie or a zero."""


def plain(expression: Expr) -> Expr:
    """−(−30) written as 30, except where it is subtracted."""
    return substitute(_turned(expression), _plain_within)


def _turned(part: Expr) -> Expr:
    inner = part.operands[0] if isinstance(part, Negation) else None
    if isinstance(inner, Negation):
        return inner.operands[0]
    if isinstance(inner, Number) and inner.text is not None and inner.text.startswith("-"):
        return Number(-inner.value, inner.text[1:])
    return part


def _plain_within(node: Expr) -> Expr | None:
    if isinstance(node, Sum):
        return None
    children = node.children
    for child in children:
        if isinstance(child, Negation):
            turned = tuple(map(_turned, children))
            return None if turned == children else substitute(node.rebuilt(turned), _plain_within)
    return None


def literal(written: Written | Given) -> Expr:
    """A written number as a literal of an expression, or as the logarithms that it is made of."""
    return literal_of(written.text, written.value)


def decimals_of(text: str) -> int:
    """How many decimals a written number has, counted from the point of the plain notation."""
    mantissa, _, exponent = text.partition("e")
    if "/" in mantissa:
        return MOST_EXTRA
    decimals = len(mantissa.partition(".")[2])
    return decimals - int(exponent or 0)


def composite(term: Expr) -> bool:
    """Whether a term of a sum is more than one number, perhaps with a sign or a note under a brace."""
    bare = term.body if isinstance(term, Brace) else term
    if isinstance(bare, Negation):
        bare = bare.operands[0]
    return isinstance(bare, Product) or bool(bare.children)


def signed_sum(terms: list[Written]) -> Sum:
    """a − b + c: a negative term after the first is subtracted."""
    parts: list[Expr] = []
    for position, term in enumerate(terms):
        if position and term.text.startswith("-") and not isinstance(term.value, Logarithm):
            parts.append(Negation((Number(-term.value, term.text[1:]),)))
        else:
            parts.append(literal(term))
    return Sum(tuple(parts))
